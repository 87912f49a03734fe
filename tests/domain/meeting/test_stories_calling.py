"""From the call to the sitting: report-ins, absences, quorum, postponements."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.actor import ENGINE
from domain.ids import DepartmentCode
from domain.meeting import commands as m
from domain.meeting.words import MeetingOutcome, MeetingState
from domain.refusals import RefusalCode
from domain.schedule import PAST
from domain.vocabulary import ItemOutcome
from tests.domain.cast import DAY, HOUR, LIFT, MONDAY_NINE, PROPERTY, staff
from tests.domain.meeting.life import (
    CONVENOR,
    FIVE,
    PARTIES,
    POLICY,
    SUPERVISOR,
    MeetingLife,
    a_meeting,
)

S = MeetingState
REPORT_BY, SITS_AT, DECIDE_BY = (MONDAY_NINE + each * DAY for each in (1, 2, 3))


def absences(life: MeetingLife, code: DepartmentCode) -> tuple[object, ...]:
    party = life.meeting.party(code)
    assert party is not None
    return party.absences


def test_invitation_starts_every_clock() -> None:
    meeting = a_meeting().meeting
    assert {each.report_in_by for each in meeting.parties} == {REPORT_BY}
    assert (meeting.sits_at, meeting.decide_by) == (SITS_AT, DECIDE_BY)
    assert [str(each.code) for each in meeting.parties] == [*FIVE, LIFT, PROPERTY]
    assert {str(each.code) for each in meeting.parties if each.standing} == set(FIVE)


def test_party_acknowledges_once_and_reports_in_once() -> None:
    life = a_meeting()
    life.give(PARTIES[LIFT], m.AcknowledgeInvitation)
    again = life.why_not(PARTIES[LIFT], m.AcknowledgeInvitation)
    assert again is RefusalCode.ALREADY_ACKNOWLEDGED
    life.report_in(LIFT)
    colleague = staff("lift-b", LIFT)
    assert life.why_not(colleague, m.ReportInToMeeting) is RefusalCode.ALREADY_REPORTED_IN


def test_who_reports_in_has_read_the_invitation() -> None:
    life = a_meeting()
    life.report_in(LIFT)
    party = life.meeting.party(LIFT)
    assert party is not None
    assert (party.acknowledged_at, party.reported_in_at) == (life.now, life.now)


def test_who_proposes_another_time_is_not_there_and_still_owes_its_report() -> None:
    life = a_meeting()
    life.give(PARTIES[LIFT], m.ReportInToMeeting, proposes=SITS_AT + DAY, comes=False)
    party = life.meeting.party(LIFT)
    assert party is not None
    assert (party.acknowledged_at, party.proposed_at) == (life.now, SITS_AT + DAY)
    assert (life.meeting.present, party.owes_report, party.report_in_by) == (0, True, REPORT_BY)
    life.wait(DAY + HOUR)
    assert absences(life, LIFT) == (REPORT_BY,)
    party = life.report_in(LIFT).party(LIFT)
    assert party is not None
    assert (life.meeting.present, party.proposed_at) == (1, SITS_AT + DAY)


def test_report_in_from_before_there_was_the_word_counts_as_being_there() -> None:
    life = a_meeting()
    life.give(PARTIES[LIFT], m.ReportInToMeeting, proposes=SITS_AT + DAY)
    assert life.meeting.present == 1


def test_acknowledgement_keeps_its_own_instant() -> None:
    life = a_meeting()
    life.give(PARTIES[LIFT], m.AcknowledgeInvitation)
    life.wait(HOUR)
    life.report_in(LIFT)
    party = life.meeting.party(LIFT)
    assert party is not None
    assert party.acknowledged_at == MONDAY_NINE


def test_silent_parties_are_reminded_together_at_three_quarters() -> None:
    life = a_meeting()
    life.report_in(LIFT)
    life.wait(18 * HOUR)
    assert life.done(m.RemindParties) == [MONDAY_NINE + 18 * HOUR]
    reminded = {str(each.code) for each in life.meeting.parties if each.reminded_at}
    assert reminded == set(PARTIES) - {LIFT}


def test_report_in_at_its_instant_is_in_time() -> None:
    life = a_meeting()
    life.wait(DAY)
    life.report_in(LIFT)
    life.wait(HOUR)
    assert absences(life, LIFT) == ()
    assert absences(life, PROPERTY) == (REPORT_BY,)
    assert life.done(m.RecordAbsences) == [REPORT_BY + PAST]


def test_late_report_in_counts_for_the_quorum_and_the_absence_stays() -> None:
    life = a_meeting()
    life.wait(DAY + HOUR)
    assert life.meeting.present == 0
    life.report_in(PROPERTY)
    assert life.meeting.present == 1
    assert absences(life, PROPERTY) == (REPORT_BY,)


@pytest.mark.parametrize(
    ("percent", "parties", "needed"), [(60, 7, 5), (50, 7, 4), (1, 7, 1), (100, 7, 7), (50, 4, 2)]
)
def test_quorum_is_rounded_up(percent: int, parties: int, needed: int) -> None:
    meeting = a_meeting(policy=replace(POLICY, quorum_percent=percent)).meeting
    assert replace(meeting, parties=meeting.parties[:parties]).quorum == needed


def test_meeting_of_nobody_needs_nobody_and_one_of_somebody_needs_one() -> None:
    meeting = a_meeting(policy=replace(POLICY, quorum_percent=1)).meeting
    assert replace(meeting, parties=meeting.parties[:1]).quorum == 1
    assert replace(meeting, parties=()).has_quorum


def test_sitting_opens_with_a_quorum_at_its_time() -> None:
    life = a_meeting()
    life.report_in(*FIVE[:4])
    life.wait(2 * DAY)
    refusal = life.refused(CONVENOR, m.OpenSitting)
    assert refusal.code is RefusalCode.NO_QUORUM
    assert refusal.params == {"present": "4", "quorum": "5"}
    life.report_in(LIFT)
    assert life.give(CONVENOR, m.OpenSitting).state is S.DISCUSSING


def test_sitting_opens_early_only_when_everybody_is_there() -> None:
    life = a_meeting()
    life.report_in(*FIVE, LIFT)
    assert life.why_not(CONVENOR, m.OpenSitting) is RefusalCode.SITTING_TOO_EARLY
    life.report_in(PROPERTY)
    assert life.give(CONVENOR, m.OpenSitting).opened_at == life.now


def test_sitting_that_nobody_opens_is_called_again_once_and_then_fails() -> None:
    life = a_meeting()
    life.wait(2 * DAY + HOUR)
    assert life.meeting.postponements == 0
    life.wait(PAST)
    assert (life.meeting.state, life.meeting.postponements) == (S.PROPOSED, 1)
    assert life.meeting.sits_at == life.now + 2 * DAY
    life.wait(2 * DAY + HOUR + PAST)
    assert (life.meeting.state, life.meeting.outcome) == (S.CLOSED, MeetingOutcome.NO_QUORUM)
    assert life.outcomes == [ItemOutcome.NO_QUORUM]
    assert life.meeting.next_instant() is None


def test_quorum_that_fails_twice_leaves_an_absence_for_every_day_a_party_did_not_come() -> None:
    life = a_meeting()
    life.report_in(*FIVE[:4])
    life.wait(10 * DAY)
    assert len(absences(life, PROPERTY)) == 2
    assert len(absences(life, FIVE[0])) == 1
    assert life.outcomes == [ItemOutcome.NO_QUORUM]


def test_convenor_postpones_within_bounds() -> None:
    life = a_meeting()
    too_far = SITS_AT + 7 * DAY + timedelta(seconds=1)
    assert life.why_not(CONVENOR, m.PostponeMeeting, to=SITS_AT) is RefusalCode.POSTPONED_BACKWARDS
    refusal = life.refused(CONVENOR, m.PostponeMeeting, to=too_far)
    assert refusal.code is RefusalCode.POSTPONED_TOO_FAR
    assert refusal.params == {"longest_days": "7", "longest_seconds": "604800"}
    meeting = life.give(CONVENOR, m.PostponeMeeting, to=SITS_AT + 7 * DAY)
    assert meeting.sits_at == SITS_AT + 7 * DAY
    assert meeting.decide_by == SITS_AT + 8 * DAY
    again = life.why_not(SUPERVISOR, m.PostponeMeeting, to=SITS_AT + 8 * DAY)
    assert again is RefusalCode.LIMIT_REACHED


def test_postponement_lies_ahead_even_when_the_time_has_passed() -> None:
    life = a_meeting()
    life.wait(2 * DAY + HOUR / 2)
    passed = life.why_not(CONVENOR, m.PostponeMeeting, to=SITS_AT + HOUR / 4)
    assert passed is RefusalCode.POSTPONED_BACKWARDS


def test_postponed_past_its_bound_by_hand_it_is_not_called_again_by_itself() -> None:
    life = a_meeting()
    life.give(CONVENOR, m.PostponeMeeting, to=SITS_AT + DAY)
    life.wait(4 * DAY)
    assert life.meeting.outcome is MeetingOutcome.NO_QUORUM


def test_supervisor_of_the_grid_leads_where_no_convenor_is_known() -> None:
    life = a_meeting(policy=replace(POLICY, convenor=None))
    life.report_in(*PARTIES)
    assert life.why_not(CONVENOR, m.OpenSitting) is RefusalCode.NOT_ALLOWED
    assert life.give(SUPERVISOR, m.OpenSitting).state is S.DISCUSSING


def test_clocks_do_not_call_at_the_instant_itself() -> None:
    life = a_meeting()
    party = next(iter(PARTIES))
    life.now = REPORT_BY
    assert life.why_not(ENGINE, m.RecordAbsences, parties=(party,)) is RefusalCode.FACT_GONE
    life.now = SITS_AT + life.meeting.terms.grace
    assert life.why_not(ENGINE, m.MissSitting) is RefusalCode.FACT_GONE
    life.now = MONDAY_NINE
    life.open()
    life.now = DECIDE_BY
    assert life.why_not(ENGINE, m.MissDecision) is RefusalCode.FACT_GONE


def test_a_party_says_since_when_it_is_there() -> None:
    life = a_meeting()
    life.wait(HOUR)
    for wrong in (MONDAY_NINE - HOUR, life.now + HOUR):
        refused = life.refused(PARTIES[LIFT], m.ReportInToMeeting, arrived_at=wrong)
        assert refused.code is RefusalCode.ARRIVED_OUT_OF_TIME
    for at, code in ((MONDAY_NINE, LIFT), (life.now, PROPERTY)):
        life.give(PARTIES[code], m.ReportInToMeeting, arrived_at=at)
        party = life.meeting.party(code)
        assert party is not None
        assert (party.arrived_at, party.reported_in_at) == (at, life.now)


def test_a_meeting_with_an_undecided_item_has_not_come_to_its_decision() -> None:
    life = a_meeting(S.DISCUSSING)
    assert [step for step, _ in life.meeting.steps] == [S.PROPOSED, S.DISCUSSING]
