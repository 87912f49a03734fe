"""A report-in is for one day: what becomes of it when the day moves, or its party thinks again."""

from dataclasses import replace

from domain.ids import DepartmentCode
from domain.meeting import commands as m
from domain.meeting.words import MeetingOutcome, MeetingState
from domain.refusals import RefusalCode
from domain.schedule import PAST
from domain.vocabulary import ItemOutcome
from tests.domain.cast import DAY, HOUR, LIFT, MONDAY_NINE, PROPERTY
from tests.domain.meeting.life import CONVENOR, FIVE, PARTIES, POLICY, MeetingLife, a_meeting

S = MeetingState
REPORT_BY, SITS_AT = MONDAY_NINE + DAY, MONDAY_NINE + 2 * DAY


def absences(life: MeetingLife, code: DepartmentCode) -> tuple[object, ...]:
    party = life.meeting.party(code)
    assert party is not None
    return party.absences


def test_sitting_that_could_have_been_opened_does_not_lack_its_quorum() -> None:
    life = a_meeting(policy=replace(POLICY, max_postponements=0))
    life.report_in(*FIVE)
    life.wait(2 * DAY + HOUR + PAST)
    assert (life.meeting.state, life.meeting.outcome) == (S.CLOSED, MeetingOutcome.NOT_OPENED)
    assert life.outcomes == [ItemOutcome.NOT_OPENED]


def test_miss_from_before_it_told_of_the_quorum_lacked_it() -> None:
    life = a_meeting(policy=replace(POLICY, max_postponements=0))
    life.report_in(*FIVE)
    life.carry_out(m.MissSitting.by_engine("recorded before"), SITS_AT + HOUR + PAST)
    assert life.outcomes == [ItemOutcome.NO_QUORUM]


def test_postponement_from_before_there_was_the_word_keeps_who_has_come() -> None:
    life = a_meeting()
    life.report_in(LIFT)
    life.wait(DAY + HOUR)
    life.give(CONVENOR, m.PostponeMeeting, to=SITS_AT + DAY)
    silent, came = life.meeting.party(PROPERTY), life.meeting.party(LIFT)
    assert silent is not None
    assert came is not None
    assert (silent.absent_at, silent.absences) == (None, (REPORT_BY,))
    assert silent.report_in_by == life.now + DAY
    assert (came.invited_at, came.reported_in_at) == (MONDAY_NINE, MONDAY_NINE)


def test_who_came_for_the_first_day_is_not_there_on_the_day_it_is_put_off_to() -> None:
    life = a_meeting()
    life.report_in(*FIVE)
    life.wait(DAY + HOUR)
    assert life.meeting.has_quorum
    life.give(CONVENOR, m.PostponeMeeting, to=SITS_AT + DAY, anew=True)
    assert life.meeting.present == 0
    came = life.meeting.party(FIVE[0])
    assert came is not None
    assert (came.owes_report, came.acknowledged_at, came.arrived_at) == (True, None, None)
    assert (came.invited_at, came.report_in_by) == (life.now, life.now + DAY)
    life.wait(SITS_AT + DAY - life.now)
    assert life.why_not(CONVENOR, m.OpenSitting) is RefusalCode.NO_QUORUM
    assert absences(life, FIVE[0]) == (came.report_in_by,)


def test_sitting_that_nobody_opened_asks_everybody_anew() -> None:
    life = a_meeting()
    life.report_in(*PARTIES)
    life.wait(2 * DAY + HOUR + PAST)
    assert (life.meeting.postponements, life.meeting.present) == (1, 0)


def test_who_reported_in_may_take_it_back_until_the_sitting_opens() -> None:
    life = a_meeting()
    life.report_in(*PARTIES)
    back = {"proposes": SITS_AT + DAY, "comes": False, "instead": True}
    life.give(PARTIES[LIFT], m.ReportInToMeeting, **back)
    party = life.meeting.party(LIFT)
    assert party is not None
    assert (party.owes_report, party.report_in_by) == (True, REPORT_BY)
    life.report_in(LIFT)
    life.give(CONVENOR, m.OpenSitting)
    refused = life.why_not(PARTIES[LIFT], m.ReportInToMeeting, **back)
    assert refused is RefusalCode.ALREADY_REPORTED_IN


def test_who_takes_it_back_late_is_absent_only_from_the_sitting() -> None:
    life = a_meeting()
    life.report_in(LIFT)
    life.wait(DAY + HOUR)
    life.give(PARTIES[LIFT], m.ReportInToMeeting, comes=False, instead=True)
    party = life.meeting.party(LIFT)
    assert party is not None
    assert (party.report_in_by, party.absences) == (SITS_AT, ())
    life.wait(DAY)
    assert absences(life, LIFT) == (SITS_AT,)


def test_word_from_before_it_could_be_taken_back_takes_nothing_back() -> None:
    life = a_meeting()
    life.report_in(LIFT)
    refused = life.why_not(PARTIES[LIFT], m.ReportInToMeeting, comes=False)
    assert refused is RefusalCode.ALREADY_REPORTED_IN
