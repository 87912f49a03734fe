"""What one department cannot settle: joint meetings (联席会议) that decide, or pass it up."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

from deploy.demo.cast import Meeting, Person, Report
from deploy.demo.scene import Ending, Scene
from deploy.demo.story import story
from observability.clock import now

_FIVE = (
    *("housing_a", "tax_bureau_party_a", "baihetan_party_a"),
    *("hupan_party_a", "fuchun_branch_a"),
)
"""Who speaks for the five standing parties (五方)."""
_TASK_TIME = timedelta(seconds=60)
_SAT = ("sitting_opened", "minutes_added", "agenda_item_decided")
_CARRIED_OUT = ("task_completed", "task_completed", "task_reviewed", "task_reviewed")


@story("小区门口逆行，物业不到场，街道联席会议定责", "Wrong-way traffic; the street's meeting")
async def gate_traffic(scene: Scene) -> None:
    secretary, police = scene.person("hupan_secretary"), scene.person("traffic_police_a")
    report = await secretary.reports(
        "wrong_way_traffic", "小区门口车辆逆行，社区无执法权", whistle_kind="joint_action"
    )
    await report.is_with("traffic_police")
    await police.claims(report)
    await police.does("report-in", report, "民警已到门口，物业未到")
    meeting = await report.goes_before("street")
    await _street_decides(scene, report, meeting)
    await _gate_is_mended(scene, report, meeting)
    await secretary.evaluates(report, "satisfied", "门口顺畅了")
    await scene.ends(
        report,
        Ending(
            outcome="solved",
            satisfaction="satisfied",
            level="street",
            breached=["report_in"],
            met=["claim", "contact", "meeting", "answer", "resolve", "overall", "evaluate"],
            events=[
                *("issue_dispatched", "issue_claimed", "deadline_breached", "rung_climbed"),
                *("meeting_convened", "issue_dispatched", "issue_claimed", "meeting_ended"),
                *("part_completed", "issue_resolved", "issue_evaluated"),
            ],
        ),
    )
    late = [each["department"] for each in await report.deadlines() if each["breached_at"]]
    scene.expect(report, "did not report in", late, ["property_company"])
    await _held(scene, report, [("street", "settled")])
    await scene.went(report, meeting, [*_SAT, *_CARRIED_OUT])


async def _street_decides(scene: Scene, report: Report, meeting: Meeting) -> None:
    street = scene.person("baihetan_street_a")
    await _all_come(scene, meeting, (*_FIVE, "traffic_police_a", "property_company_a"))
    await street.does("open", meeting)
    await street.does("add-minutes", meeting, "物业承认保安排班不足，交警可装护栏和标志")
    tasks = [
        _task("traffic_police", "baihetan_street", "装隔离护栏和禁行标志"),
        _task("property_company", "hupan_party", "早晚高峰保安巡逻"),
    ]
    called = {"lead": "traffic_police", "co": ["property_company"]}
    await _dispatches(street, meeting, report, **called, tasks=tasks)


async def _gate_is_mended(scene: Scene, report: Report, meeting: Meeting) -> None:
    police, property_a = scene.person("traffic_police_a"), scene.person("property_company_a")
    street, party = scene.person("baihetan_street_a"), scene.person("hupan_party_a")
    await police.claims(report)
    await asyncio.gather(
        police.does("report-in", report, "民警和施工队已到"),
        police.does("contact", report, "已与社区书记联系"),
        property_a.does("report-in", report, "保安队已到"),
    )
    early = police.resolves(report, "护栏已装")
    parts = await scene.refused(report, early, "parts_open")
    scene.expect(report, "open parts", parts.get("departments"), "property_company")
    await asyncio.gather(
        police.does("complete-task", meeting, "护栏、标志已装", task="T1"),
        property_a.does("complete-task", meeting, "巡逻已排班", task="T2"),
    )
    await _accept(meeting, {"T1": street, "T2": party})
    await property_a.does("complete-part", report, "早晚高峰保安巡逻已排班")
    await police.resolves(report, "护栏、标志到位，逆行消除")


@story("消防通道被地锁占用，街道会议不足人数，县级会议定责", "Fire lane; no quorum, to the county")
async def fire_lane_locks(scene: Scene) -> None:
    worker, supervisor = (
        scene.person("hupan_grid_worker"),
        scene.person("command_centre_supervisor"),
    )
    report = await worker.reports("fire_lane_blocked", "消防通道装了私家地锁，多次清理又装", "b7")
    await report.is_with("fire")
    await supervisor.does("convene", report, "须多方共同商议", level="street")
    street = await report.goes_before("street")
    await _too_few_come(scene, report, street)
    county = await report.goes_before("county")
    await _county_decides(scene, report, county)
    await _lane_is_cleared(scene, report, county)
    await worker.evaluates(report, "satisfied")
    await scene.ends(
        report,
        Ending(
            outcome="solved",
            satisfaction="satisfied",
            level="county",
            met=["claim", "meeting", "answer", "resolve", "overall", "evaluate"],
            events=[
                *("issue_dispatched", "meeting_convened", "meeting_ended", "meeting_convened"),
                *("issue_dispatched", "issue_claimed", "meeting_ended", "issue_resolved"),
            ],
        ),
    )
    await _held(scene, report, [("street", "no_quorum"), ("county", "settled")])
    await scene.went(report, street, ["absences_recorded", "sitting_missed", "sitting_missed"])
    await scene.went(report, county, [*_SAT, *_CARRIED_OUT])


async def _too_few_come(scene: Scene, report: Report, meeting: Meeting) -> None:
    await _all_come(scene, meeting, ("fire_a", "fuchun_branch_a"))
    few = scene.person("baihetan_street_a").does("open", meeting)
    missing = await scene.refused(report, few, "no_quorum")
    scene.expect(report, "there and needed", dict(missing), {"present": "2", "quorum": "4"})


async def _county_decides(scene: Scene, report: Report, meeting: Meeting) -> None:
    centre = scene.person("command_centre_a")
    await _all_come(scene, meeting, (*_FIVE, "fire_a"))
    await centre.does("open", meeting)
    await centre.does("add-minutes", meeting, "消防依法拆锁，物业恢复划线并值守")
    tasks = [
        _task("fire", "housing", "依法拆除地锁"),
        _task("property_company", None, "划线值守"),
    ]
    called = {"lead": "fire", "co": ["property_company"]}
    await _dispatches(centre, meeting, report, **called, tasks=tasks)


async def _lane_is_cleared(scene: Scene, report: Report, meeting: Meeting) -> None:
    fire, property_a = scene.person("fire_a"), scene.person("property_company_a")
    await asyncio.gather(
        fire.claims(report),
        fire.does("complete-task", meeting, "地锁已拆除", task="T1"),
        property_a.does("complete-task", meeting, "已划线，专人值守", task="T2"),
    )
    reviewers = {"T1": scene.person("housing_a"), "T2": scene.person("command_centre_a")}
    await _accept(meeting, reviewers)
    await property_a.does("complete-part", report, "已划线，专人值守")
    await fire.resolves(report, "地锁拆除，通道畅通", photos=1)


async def _all_come(scene: Scene, meeting: Meeting, codes: Sequence[str]) -> None:
    await asyncio.gather(*(_comes(scene.person(code), meeting) for code in codes))


async def _comes(person: Person, meeting: Meeting) -> None:
    await person.does("acknowledge", meeting)
    await person.does("report-in", meeting, "已到会议室")


async def _accept(meeting: Meeting, reviewers: Mapping[str, Person]) -> None:
    accept = (
        reviewer.does("review-task", meeting, task=task, accepted=True)
        for task, reviewer in reviewers.items()
    )
    await asyncio.gather(*accept)
    await meeting.becomes(state="closed")


async def _dispatches(chair: Person, meeting: Meeting, report: Report, **decision: object) -> None:
    await chair.does(
        "decide", meeting, "各方一致同意", issue=report.number, outcome="dispatched", **decision
    )
    await report.becomes(state="dispatched", lead_department=decision["lead"])


def _task(department: str, reviewer: str | None, says: str) -> Mapping[str, object]:
    due_by = (now() + _TASK_TIME).isoformat()
    return {"department": department, "due_by": due_by, "reviewer": reviewer, "text": says}


async def _held(scene: Scene, report: Report, wanted: Sequence[tuple[str, str]]) -> None:
    held = [(each["level"], each["outcome"]) for each in await report.meetings()]
    scene.expect(report, "meetings", held, list(wanted))
