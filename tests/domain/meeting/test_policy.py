"""Which policy holds for a meeting, and what a summons makes of it."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from deploy.reference import shipped
from domain.ids import DepartmentCode, GridCode, Subject
from domain.meeting import commands as m
from domain.meeting.convening import convene
from domain.meeting.planning import plan
from domain.meeting.policy import MeetingPolicy, choose_meeting_policy
from domain.meeting.words import MeetingKind
from domain.reference import ReferenceKind
from domain.vocabulary import Level
from tests.domain import calendars
from tests.domain.cast import HERE, LIFT, PROPERTY
from tests.domain.meeting.life import FIVE, OFFICE, OTHER, POLICY, STREET, a_summons, an_item

COUNTY, TOWN, FAR = GridCode("qj"), GridCode("qj.bh"), GridCode("qj.zz")


def policy(code: str, level: Level = Level.STREET, **changes: Any) -> MeetingPolicy:  # noqa: ANN401 - any field
    return MeetingPolicy(code=code, level=level, **changes)


def test_most_exact_grid_of_the_level_wins() -> None:
    known = [
        policy("anywhere"),
        policy("county", grid=COUNTY),
        policy("town", grid=TOWN),
        policy("far", grid=FAR),
        policy("community", Level.COMMUNITY, grid=HERE),
        policy("council", kind=MeetingKind.COUNCIL, grid=HERE),
    ]
    for order in (known, known[::-1]):
        assert choose_meeting_policy(order, Level.STREET, HERE).code == "town"
        assert choose_meeting_policy(order, Level.STREET, FAR).code == "far"
        assert choose_meeting_policy(order, Level.STREET, GridCode("xx")).code == "anywhere"
        council = choose_meeting_policy(order, Level.STREET, HERE, MeetingKind.COUNCIL)
        assert council.code == "council"


def test_two_policies_of_one_grid_are_told_apart_by_their_codes() -> None:
    known = [policy("b", grid=TOWN), policy("a", grid=TOWN)]
    assert choose_meeting_policy(known, Level.STREET, HERE).code == "a"
    assert choose_meeting_policy(known[::-1], Level.STREET, HERE).code == "a"


def test_meeting_is_possible_without_any_policy() -> None:
    plain = choose_meeting_policy([], Level.COUNTY, HERE)
    assert (plain.code, plain.level, plain.standing) == ("default", Level.COUNTY, ())


@pytest.mark.parametrize(
    "wrong",
    [
        {"quorum_percent": 0},
        {"quorum_percent": 101},
        {"max_postponements": -1},
        {"max_minutes": -1},
        {"grace": timedelta(seconds=-1)},
        {"longest_postponement": timedelta(seconds=-1)},
        {"standing": (LIFT, LIFT)},
    ],
)
def test_policy_makes_sense(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"quorum|negative|once"):
        policy("wrong", **wrong)


def test_everybody_is_invited_once_standing_parties_first() -> None:
    summons = a_summons(an_item(departments=(FIVE[0], LIFT)), an_item(OTHER))
    parties = convene(summons, POLICY, None).parties
    assert [str(each.code) for each in parties] == [*FIVE, LIFT, PROPERTY]


def test_unit_of_the_grid_convenes_where_the_policy_names_nobody() -> None:
    office = DepartmentCode("town_hall")
    assert convene(a_summons(), POLICY, office).origin.convenor == OFFICE
    assert convene(a_summons(), policy("plain"), office).origin.convenor == office
    assert convene(a_summons(), policy("plain"), None).origin.convenor is None


def test_meeting_sits_at_the_node_of_its_level() -> None:
    assert convene(a_summons(), POLICY, None).origin.grid == STREET == "qj.bh"


def test_persons_are_parties_of_a_council() -> None:
    summons = replace(a_summons(), kind=MeetingKind.COUNCIL, persons=(Subject("head-1"),))
    last = convene(summons, POLICY, None).parties[-1]
    assert (last.code, last.is_person) == ("head-1", True)


def test_joint_meeting_sits_at_the_hour_of_its_policy_and_again_when_nobody_opened_it() -> None:
    """Called on a Friday; the close of the day would be six in the evening."""
    held = replace(
        POLICY,
        hour=time(14, 30),
        report_in=calendars.working_days(1),
        sits_after=calendars.working_days(3),
    )
    called = calendars.at("2026-11-06T10:00")
    meeting = convene(a_summons(), held, None).handle(m.InviteParties.by_engine("invite"), called)
    meeting = plan(meeting, calendars.china())
    assert meeting.sits_at == calendars.at("2026-11-11T14:30")
    due = meeting.due(calendars.at("2026-11-11T16:00"))
    while due is not None:
        meeting = plan(meeting.handle(due.command, due.at), calendars.china())
        due = meeting.due(calendars.at("2026-11-11T16:00"))
    assert meeting.sits_at == calendars.at("2026-11-16T14:30")


def test_shipped_meetings_sit_while_people_are_at_work() -> None:
    policies = [
        each.body
        for each in shipped.read(shipped.FOLDER)
        if each.kind is ReferenceKind.MEETING_POLICY
    ]
    assert {each.level for each in policies} == {Level.COMMUNITY, Level.STREET, Level.COUNTY}
    assert {each.hour for each in policies} == {time(14, 30)}
