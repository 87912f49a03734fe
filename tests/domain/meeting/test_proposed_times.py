"""When a meeting sits that somebody proposed times for, and until when its parties report in."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.ids import TextId
from domain.meeting import commands as m
from domain.meeting.convening import Summons, convene, summons_again
from domain.vocabulary import ConvenedBy
from tests.domain.cast import DAY, HOUR, LIFT, MONDAY_NINE, POLICE
from tests.domain.meeting.life import CONVENOR, POLICY, MeetingLife, a_summons, an_item

SOON, LATER, FAR = (MONDAY_NINE + span for span in (5 * HOUR, 4 * DAY, 40 * DAY))


def a_proposal(*proposed: datetime) -> Summons:
    return replace(
        a_summons(an_item(departments=(LIFT, POLICE))),
        convened_by=ConvenedBy.SUPERVISOR,
        proposed=proposed,
        place=TextId("p:1/place"),
    )


def called(*proposed: datetime, late: timedelta = timedelta()) -> MeetingLife:
    life = MeetingLife(convene(a_proposal(*proposed), POLICY, None))
    life.now += late
    life.carry_out(m.InviteParties.by_engine("invite"), life.now)
    return life


@pytest.mark.parametrize(
    ("proposed", "late", "sits_at"),
    [
        ((), timedelta(), MONDAY_NINE + 2 * DAY),
        ((LATER, SOON), timedelta(), LATER),
        ((FAR,), timedelta(), FAR),
        ((SOON, LATER), 6 * HOUR, LATER),
        ((SOON,), 6 * HOUR, MONDAY_NINE + 6 * HOUR + 2 * DAY),
    ],
    ids=["none", "the first", "far ahead", "the first is over", "all are over"],
)
def test_a_meeting_is_planned_for_the_first_proposed_time_that_lies_ahead(
    proposed: tuple[datetime, ...], late: timedelta, sits_at: datetime
) -> None:
    meeting = called(*proposed, late=late).meeting
    assert (meeting.sits_at, meeting.decide_by) == (sits_at, sits_at + DAY)
    assert meeting.origin.proposed == proposed


@pytest.mark.parametrize(
    ("proposed", "by"),
    [(SOON, SOON), (LATER, MONDAY_NINE + DAY), (FAR, MONDAY_NINE + DAY)],
    ids=["before the policy's time", "after it", "far ahead"],
)
def test_parties_report_in_as_the_policy_says_but_not_after_the_sitting(
    proposed: datetime, by: datetime
) -> None:
    assert {each.report_in_by for each in called(proposed).meeting.parties} == {by}


def test_a_sitting_that_is_put_off_gives_the_policys_time_again() -> None:
    life = called(SOON)
    life.give(CONVENOR, m.PostponeMeeting, to=SOON + 3 * HOUR)
    assert {each.report_in_by for each in life.meeting.parties} == {MONDAY_NINE + DAY}


def test_a_proposed_time_without_a_sitting_is_followed_by_the_policys() -> None:
    life = called(LATER, FAR)
    life.wait(4 * DAY + 2 * HOUR)
    assert life.meeting.postponements == 1
    assert life.meeting.called_at is not None
    assert life.meeting.sits_at == life.meeting.called_at + 2 * DAY


def test_what_called_for_a_meeting_is_told_again_as_it_was() -> None:
    first = a_proposal(SOON, LATER)
    again = summons_again(convene(first, POLICY, None))
    assert (again.proposed, again.place) == (first.proposed, first.place)
