"""When a meeting sits that somebody proposed times for, and until when its parties report in."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.ids import TextId
from domain.meeting import commands as m
from domain.meeting.convening import Summons, convene, summons_again
from domain.vocabulary import ConvenedBy, ItemOutcome
from tests.domain.cast import DAY, HOUR, LIFT, MONDAY_NINE, POLICE, urgent
from tests.domain.meeting.life import CONVENOR, POLICY, MeetingLife, a_summons, an_item

SOON, LATER, FAR = (MONDAY_NINE + span for span in (14 * HOUR, 4 * DAY, 40 * DAY))
AT_ONCE = MONDAY_NINE + 2 * HOUR


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
        ((SOON, LATER), 15 * HOUR, LATER),
        ((SOON,), 15 * HOUR, MONDAY_NINE + 15 * HOUR + 2 * DAY),
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
    [
        (AT_ONCE, MONDAY_NINE + DAY),
        (SOON, SOON),
        (LATER, MONDAY_NINE + DAY),
        (FAR, MONDAY_NINE + DAY),
    ],
    ids=["at short notice", "before the policy's time", "after it", "far ahead"],
)
def test_parties_report_in_as_the_policy_says_but_not_after_the_sitting(
    proposed: datetime, by: datetime
) -> None:
    assert {each.report_in_by for each in called(proposed).meeting.parties} == {by}


def test_nobody_is_absent_before_they_could_know_of_a_sitting_at_short_notice() -> None:
    life = called(AT_ONCE)
    life.wait(3 * HOUR)
    assert not any(each.absences for each in life.meeting.parties)


def test_who_does_not_come_to_the_hour_it_was_put_off_to_is_absent() -> None:
    policy = replace(POLICY, report_in=urgent(36))
    life = MeetingLife(convene(a_proposal(), policy, None), policy)
    life.carry_out(m.InviteParties.by_engine("invite"), life.now)
    life.wait(34 * HOUR)
    to = life.now + 20 * HOUR
    life.give(CONVENOR, m.PostponeMeeting, to=to, anew=True)
    assert {each.report_in_by for each in life.meeting.parties} == {to}
    life.wait(22 * HOUR)
    assert life.outcomes == [ItemOutcome.NO_QUORUM]
    assert {each.absences for each in life.meeting.parties} == {(to,)}


def test_put_off_by_hand_at_short_notice_nobody_is_absent() -> None:
    life = called(SOON)
    life.give(CONVENOR, m.PostponeMeeting, to=SOON + 3 * HOUR, anew=True)
    assert {each.report_in_by for each in life.meeting.parties} == {SOON + 3 * HOUR}
    late = called(SOON)
    late.wait(10 * HOUR)
    late.give(CONVENOR, m.PostponeMeeting, to=SOON + 3 * HOUR, anew=True)
    assert {each.report_in_by for each in late.meeting.parties} == {late.now + DAY}


def test_postponement_from_before_there_was_the_word_gives_the_policys_time_again() -> None:
    life = called(SOON)
    life.give(CONVENOR, m.PostponeMeeting, to=SOON + 3 * HOUR)
    assert {each.report_in_by for each in life.meeting.parties} == {MONDAY_NINE + DAY}


def test_a_proposed_time_without_a_sitting_is_followed_by_the_policys() -> None:
    life = called(LATER, FAR)
    life.wait(4 * DAY + 2 * HOUR)
    assert life.meeting.postponements == 1
    assert life.meeting.called_at is not None
    assert life.meeting.sits_at == life.meeting.called_at + 2 * DAY


MISSED = SOON + HOUR
"""When it is certain that nobody opens the sitting at `SOON`."""


@pytest.mark.parametrize(
    ("proposed", "sits_at"),
    [
        ((SOON, LATER), LATER),
        ((SOON, AT_ONCE, LATER + DAY, LATER), LATER + DAY),
        ((SOON, SOON + 7 * DAY), SOON + 7 * DAY),
        ((SOON, SOON + 7 * DAY + HOUR), MISSED + 2 * DAY),
        ((SOON, MISSED + 13 * HOUR), MISSED + 13 * HOUR),
        ((SOON, MISSED + 11 * HOUR), MISSED + 2 * DAY),
        ((SOON, SOON), MISSED + 2 * DAY),
        ((SOON,), MISSED + 2 * DAY),
    ],
    ids=[
        *("the next", "as they were ranked", "as far as allowed", "too far", "time enough"),
        *("at too short notice", "the same again", "no other"),
    ],
)
def test_a_sitting_that_was_missed_is_put_off_to_the_next_proposed_time(
    proposed: tuple[datetime, ...], sits_at: datetime
) -> None:
    life = called(*proposed)
    life.wait(15 * HOUR + timedelta(minutes=1))
    meeting = life.meeting
    assert meeting.postponements == 1
    assert meeting.sits_at is not None
    assert abs(meeting.sits_at - sits_at) < timedelta(seconds=1)
    assert meeting.decide_by == meeting.sits_at + DAY


def test_everybody_is_invited_anew_for_the_next_proposed_time() -> None:
    life = called(SOON, SOON + 20 * HOUR)
    life.report_in(LIFT)
    life.wait(16 * HOUR)
    owing = [each for each in life.meeting.parties if each.owes_report]
    assert len(owing) == len(life.meeting.parties)
    assert {each.report_in_by for each in owing} == {SOON + 20 * HOUR}


def test_a_proposed_time_does_not_put_off_the_next_level() -> None:
    life = called(SOON, LATER, LATER + 2 * DAY)
    life.wait(5 * DAY)
    assert life.outcomes == [ItemOutcome.NO_QUORUM]
    assert [each.to for each, _ in life.steps if isinstance(each, m.MissSitting)] == [LATER, None]


def test_a_miss_from_before_proposed_times_followed_keeps_the_policys_day() -> None:
    life = called(SOON, LATER)
    life.now = MISSED + DAY
    due = life.meeting.due(life.now)
    while due is not None and not isinstance(due.command, m.MissSitting):
        life.carry_out(due.command, due.at)
        due = life.meeting.due(life.now)
    assert due is not None
    life.carry_out(m.MissSitting.by_engine("recorded before"), due.at)
    assert life.meeting.sits_at == due.at + 2 * DAY


def test_what_called_for_a_meeting_is_told_again_as_it_was() -> None:
    first = a_proposal(SOON, LATER)
    again = summons_again(convene(first, POLICY, None))
    assert (again.proposed, again.place) == (first.proposed, first.place)
