"""Everyday matters of the estate, mostly for the property company."""

import asyncio

from deploy.demo.client import Refused
from deploy.demo.scene import Ending, Scene
from deploy.demo.story import story


@story("地下车库外来车辆", "Outside cars in the underground car park")
async def outside_cars(scene: Scene) -> None:
    head, property_a = scene.person("fuchun_b2_head"), scene.person("property_company_a")
    report = await head.reports("outside_vehicles", "地下车库停了三辆外来车，业主回家没车位", "b2")
    await report.is_with("property_company")
    await property_a.claims(report)
    await property_a.does("note", report, "已联系车主挪车")
    await property_a.resolves(report, "外来车辆已全部驶离，道闸改为白名单放行")
    await head.evaluates(report, "satisfied")
    await scene.ends(
        report,
        Ending(
            outcome="solved",
            satisfaction="satisfied",
            met=["claim", "resolve", "overall", "evaluate"],
            events=[
                *("issue_reported", "issue_dispatched", "issue_claimed"),
                *("note_added", "issue_resolved", "issue_evaluated"),
            ],
        ),
    )


@story("电梯灯不亮", "Lift light broken")
async def lift_light(scene: Scene) -> None:
    officer, property_a = scene.person("fuchun_b4_officer_1"), scene.person("property_company_a")
    report = await officer.reports("lift_lighting", "2 单元电梯里的灯坏了，老人不敢坐", "b4")
    await report.is_with("property_company")
    await property_a.claims(report)
    await property_a.resolves(report, "灯管已更换")
    await officer.evaluates(report, "satisfied", "来得很快")
    await scene.ends(
        report,
        Ending(outcome="solved", satisfaction="satisfied", met=["claim", "resolve", "overall"]),
    )


@story("宠物粪便，无人评价", "Pet mess; nobody evaluates")
async def pet_mess(scene: Scene) -> None:
    officer, property_a = scene.person("fuchun_b1_officer_2"), scene.person("property_company_a")
    report = await officer.reports("pet_mess", "楼前草坪遛狗不清理", "b1", resident="resident_b1")
    await report.is_with("property_company")
    await property_a.claims(report)
    await property_a.resolves(report, "已清理，设置拾便袋箱并入户提醒")
    await report.becomes(state="closed")
    await scene.ends(
        report,
        Ending(
            outcome="solved",
            satisfaction="no_answer",
            met=["resolve", "overall"],
            events=["issue_resolved", "rung_climbed", "issue_left_unanswered"],
        ),
    )


@story("两人抢签收", "Two claimants, one winner")
async def two_claimants(scene: Scene) -> None:
    resident = scene.person("resident_b6")
    rivals = [scene.person(each) for each in ("property_company_a", "property_company_repairs")]
    report = await resident.reports("standing_water", "车库入口积水没过脚面", "b6")
    await report.is_with("property_company")
    answers = await asyncio.gather(
        *(each.claims(report) for each in rivals), return_exceptions=True
    )
    lost = [each for each in answers if isinstance(each, Refused)]
    scene.expect(report, "reasons of the losers", [each.code for each in lost], ["already_claimed"])
    winner = rivals[0] if isinstance(answers[1], Refused) else rivals[1]
    told = lost[0].params.get("claimed_by") if lost else None
    scene.expect(report, "winner as told to the loser", told, winner.code)
    await winner.resolves(report, "已抽干并疏通排水沟")
    await resident.evaluates(report, "satisfied")
    await scene.ends(
        report, Ending(outcome="solved", satisfaction="satisfied", met=["claim", "resolve"])
    )
    claims = [each for each in await report.events() if each["name"] == "issue_claimed"]
    scene.expect(report, "claims", [each["actor"] for each in claims], [winner.code])
