from typing import Any

import pytest

from api.happened import event_label, meeting_event_label
from domain import commands as c
from domain.events import EventName
from domain.meeting.words import MeetingEvent
from domain.sla import RungAct
from domain.vocabulary import IssueState, Level, WithdrawalReason
from storage.session import Database
from tests.api.town import Town
from tests.builders import RESIDENT
from tests.storage.stories import born_in, recorded

RUNG, BREACH = EventName.RUNG_CLIMBED, EventName.DEADLINE_BREACHED


@pytest.mark.parametrize(
    ("name", "details", "zh", "en"),
    [
        (RUNG, {"acts": ["warn"]}, "已提醒", "reminded"),
        (RUNG, {"acts": ["hand_to_b"]}, "已转 B 岗", "handed to the B post"),
        (
            RUNG,
            {"acts": ["warn", "raise_level"], "level": "street"},
            "已提醒，已升级到街道",
            "reminded, raised to the street",
        ),
        (RUNG, {"acts": ["raise_level"], "level": None}, "已升级", "level raised"),
        (RUNG, {"acts": ["convene"]}, "已提请联席会议", "joint meeting called for"),
        (RUNG, {}, "到达时限节点", "rung of the ladder reached"),
        (BREACH, {"deadline": "claim:police#1"}, "签收超时", "deadline breached: claim"),
        (BREACH, {}, "已超时", "deadline breached"),
        (
            EventName.WITHDRAWN,
            {"why": WithdrawalReason.NOT_SEEN},
            "已撤回：摄像头不再看到，且尚无人受理",
            "withdrawn: its camera sees it no more, and nobody had taken it up",
        ),
        (EventName.WITHDRAWN, {"why": None}, "已撤回", "withdrawn"),
        (EventName.CLAIMED, {}, "已签收", "claimed"),
    ],
)
def test_a_label_says_what_happened(
    name: EventName, details: dict[str, Any], zh: str, en: str
) -> None:
    assert (event_label(name, details, "zh"), event_label(name, details, "en")) == (zh, en)


async def test_a_timeline_names_the_deadline_that_passed(town: Town, database: Database) -> None:
    issue = await born_in(IssueState.DISPATCHED, database)
    claim = next(each for each in issue.deadlines if each.kind == "claim")
    assert claim.due_by is not None
    breach = c.BreachDeadline.by_engine("breach", deadline=claim.id)
    await recorded(database, issue.number, [breach], at=claim.due_by.replace(minute=1))
    items = (await town.get(RESIDENT, f"/issues/{issue.number}/timeline")).json()["items"]
    assert items[-1]["label"] == "签收超时"


def test_what_a_rung_does_is_recorded_in_the_words_that_are_labelled() -> None:
    rung = c.ClimbRung.by_engine(
        "rung", deadline="claim:police#1", rung=0, acts=(RungAct.RAISE_LEVEL,), level=Level.COUNTY
    )
    assert isinstance(rung, c.ClimbRung)
    details = {"acts": list(rung.acts), "level": rung.level}
    assert event_label(RUNG, details, "zh") == "已升级到县"


@pytest.mark.parametrize(
    ("details", "zh", "en"),
    [
        ({"comes": True, "proposes": None}, "已报到", "party reported in"),
        ({"proposes": "2026-12-01T09:00:00Z"}, "已报到", "party reported in"),
        (
            {"comes": False, "proposes": "2026-12-01T09:00:00Z"},
            "已提议另定时间（尚未报到）",
            "another time proposed; not reported in yet",
        ),
    ],
    ids=["comes", "from before it was asked", "proposes"],
)
def test_who_only_proposes_another_time_is_not_told_to_be_there(
    details: dict[str, Any], zh: str, en: str
) -> None:
    name = MeetingEvent.PARTY_REPORTED_IN
    assert meeting_event_label(name, details, "zh") == zh
    assert meeting_event_label(name, details, "en") == en
