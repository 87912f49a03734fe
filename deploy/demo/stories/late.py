"""Emergencies, silence and lateness: what the clocks do when nobody else does."""

from deploy.demo.scene import Ending, Scene
from deploy.demo.story import story


@story("垃圾满溢，无人签收，逐级升级", "Rubbish overflow; nobody claims")
async def rubbish_overflow(scene: Scene) -> None:
    resident = scene.person("resident_b2")
    post_b = scene.person("urban_management_b")
    report = await resident.reports("exposed_rubbish", "垃圾桶满溢三天没人收", "b2")
    await report.is_with("urban_management")
    await scene.refused(report, post_b.claims(report), "a_post_present")
    await report.becomes(level="county")
    await post_b.claims(report)
    await post_b.resolves(report, "已清运，增加收运班次", photos=1)
    await resident.evaluates(report, "basically", "早该来了")
    await scene.ends(
        report,
        Ending(
            outcome="solved",
            satisfaction="basically",
            level="county",
            breached=["claim"],
            met=["resolve", "overall"],
            events=[
                *("rung_climbed", "rung_climbed", "deadline_breached"),
                *("rung_climbed", "rung_climbed", "issue_claimed"),
            ],
        ),
    )
    claim = await report.deadline("claim")
    climbed = [(rung["acts"], rung["level"], bool(rung["reached_at"])) for rung in claim["rungs"]]
    ladder = [
        (["warn"], None, True),
        (["hand_to_b"], None, True),
        (["raise_level"], "street", True),
        (["raise_level"], "county", True),
    ]
    scene.expect(report, "ladder of the claim", climbed, ladder)
    lead = (await report.detail())["assignments"][0]
    scene.expect(report, "handed to the B post", bool(lead["handed_to_b_at"]), True)
    scene.expect(report, "claimed by", lead["claimed_by"], post_b.code)


@story("井盖缺失，紧急", "A manhole cover missing; emergency")
async def manhole_cover(scene: Scene) -> None:
    officer, water = scene.person("fuchun_b3_officer_1"), scene.person("water_a")
    report = await officer.reports(
        "manhole_cover_missing", "3 号楼东侧井盖没了，小孩常经过", "b3", whistle_kind="emergency"
    )
    await report.is_with("water")
    await water.claims(report)
    await water.does("contact", report, "已请信息员现场看守")
    bare = water.resolves(report, "已换新井盖")
    await scene.refused(report, bare, "evidence_missing")
    await water.resolves(report, "已换新井盖", photos=2)
    await officer.evaluates(report, "satisfied")
    await scene.ends(
        report,
        Ending(
            outcome="solved",
            satisfaction="satisfied",
            emergency=True,
            met=["claim", "contact", "resolve", "overall"],
        ),
    )
    rule = (await report.deadline("resolve"))["explanation"]["limit"]["unit"]
    scene.expect(report, "unit of the limit", rule, "urgent_hour")


@story("部门超时，申诉获准：免计统计，超时保留", "A late department; appeal granted")
async def late_department(scene: Scene) -> None:
    head, staff = scene.person("fuchun_b6_head"), scene.person("urban_management_a")
    supervisor = scene.person("command_centre_supervisor")
    report = await head.reports("illegal_building", "楼顶有人搭彩钢棚", "b6")
    await report.is_with("urban_management")
    await staff.claims(report)
    await staff.does("report-in", report, "已到现场，已责令停工")
    await report.becomes(first_breach_kind="resolve")
    await staff.resolves(report, "棚子已拆除", photos=1)
    await head.evaluates(report, "satisfied")
    await staff.does("appeal", report, "连续暴雨无法高空作业")
    await supervisor.does("decide-appeal", report, "情况属实", approved=True)
    await scene.ends(
        report,
        Ending(
            outcome="solved",
            satisfaction="satisfied",
            exempt=True,
            breached=["resolve"],
            met=["claim", "report_in", "overall", "appeal", "decide"],
            events=["deadline_breached", "issue_resolved", "breach_appealed", "appeal_decided"],
        ),
    )
    kept = await report.detail()
    scene.expect(report, "first breach", kept["first_breach_kind"], "resolve")
