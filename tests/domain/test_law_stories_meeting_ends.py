"""What comes of a joint meeting, and how an issue leaves one."""

import pytest

from domain import commands as c
from domain.actor import ENGINE
from domain.acts.convening import left_meetings
from domain.ids import IssueNumber, MeetingNumber
from domain.refusals import RefusalCode
from domain.vocabulary import (
    ItemOutcome,
    Level,
    Outcome,
    Part,
)
from tests.domain import cast
from tests.domain.cast import DAY, FIRST_MEETING, HOUR, LIFT, POLICE, PROPERTY
from tests.domain.convened import (
    LEADER,
    NOTHING,
    SECOND_MEETING,
    D,
    S,
    convened,
    decided,
    ended,
    open_kinds,
)
from tests.domain.life import Life, a_life, disappoint, evaluate, resolve

# --- what comes of it ----------------------------------------------------------------------------


def test_decision_dispatches_and_ends_what_was_called_before() -> None:
    life = convened()
    decided(life, co=(PROPERTY,))
    leads = [each.department for each in life.issue.active if each.part is Part.LEAD]
    assert (leads, life.issue.state) == ([POLICE], S.DISPATCHED)
    assert life.issue.meeting is None
    assert D.MEETING not in open_kinds(life)
    assert D.CLAIM in open_kinds(life)


def test_department_that_returned_it_may_be_called_by_a_meeting_only() -> None:
    life = a_life()
    life.give(cast.A_POST, c.ReturnIssue)
    life.give(cast.DISPATCHER, c.DecideReturn, approved=True)
    assert life.why_not(cast.DISPATCHER, c.DispatchIssue, lead=LIFT) is RefusalCode.RETURNED_BEFORE
    life.give(cast.SUPERVISOR, c.ConveneMeeting)
    decided(life, lead=LIFT)
    assert life.issue.lead is not None


def test_decision_with_tasks_stays_the_meetings_until_they_are_done() -> None:
    life = convened()
    decided(life, with_tasks=True)
    assert (life.issue.meeting is None, life.issue.in_meeting) == (False, None)
    resolve(life)
    ended(life, ItemOutcome.CARRIED_OUT)
    assert not life.issue.meeting
    assert life.issue.state is S.RESOLVED


@pytest.mark.parametrize(
    "outcome",
    [
        ItemOutcome.PASSED_UP,
        ItemOutcome.NO_QUORUM,
        ItemOutcome.NOT_OPENED,
        ItemOutcome.NO_DECISION,
    ],
)
def test_failed_meeting_is_followed_by_one_of_the_next_level(outcome: ItemOutcome) -> None:
    life = convened()
    ended(life, outcome)
    life.wait(NOTHING)
    meeting = life.issue.meeting
    assert meeting is not None
    assert (meeting.number, meeting.level) == (SECOND_MEETING, Level.STREET)
    assert life.issue.level is Level.STREET


def test_missed_task_convenes_the_next_level() -> None:
    life = convened()
    decided(life, with_tasks=True)
    ended(life, ItemOutcome.TASK_MISSED)
    life.wait(NOTHING)
    assert life.issue.in_meeting is not None
    assert life.issue.in_meeting.level is Level.STREET


def test_task_missed_after_the_resolution_convenes_nobody() -> None:
    life = convened()
    decided(life, with_tasks=True)
    resolve(life)
    ended(life, ItemOutcome.TASK_MISSED)
    life.wait(NOTHING)
    assert (life.issue.meeting, life.issue.meeting_called) == (None, None)


def test_above_the_county_it_is_supervised_by_a_named_leader() -> None:
    life = convened(level=Level.COUNTY)
    ended(life, ItemOutcome.NO_QUORUM, leader=LEADER)
    assert life.issue.beyond_county
    assert life.issue.supervised_by == LEADER
    assert life.issue.priority
    assert (life.issue.state, life.issue.lead) == (S.DISPATCHING, None)
    assert open_kinds(life) == {D.OVERALL, D.DISPATCH}


def test_above_the_county_nothing_but_a_supervisor_convenes_again() -> None:
    life = convened(level=Level.COUNTY)
    ended(life, ItemOutcome.PASSED_UP, leader=LEADER)
    life.give(cast.DISPATCHER, c.DispatchIssue, lead=LIFT)
    disappoint(life)
    disappoint(life)
    life.wait(HOUR)
    assert life.issue.meeting is None
    life.give(cast.SUPERVISOR, c.ConveneMeeting)
    assert life.issue.in_meeting is not None


def test_not_ours_closes_and_settled_closes_solved() -> None:
    not_ours, settled = convened(), convened()
    ended(not_ours, ItemOutcome.NOT_OURS)
    assert not_ours.issue.outcome is Outcome.NOT_ACCEPTED
    settled.give(ENGINE, c.SettleIssue, meeting=FIRST_MEETING)
    assert settled.issue.outcome is Outcome.SOLVED
    assert settled.latest(D.MEETING).met_at == settled.now


def test_taken_off_it_goes_to_a_dispatcher() -> None:
    life = convened()
    ended(life, ItemOutcome.TAKEN_OFF)
    assert life.issue.state is S.DISPATCHING
    assert D.DISPATCH in open_kinds(life)


def test_word_of_another_meeting_counts_for_nothing() -> None:
    life = convened()
    other: dict[str, object] = {"meeting": SECOND_MEETING}
    sits = {"sits_at": life.now, "decide_by": life.now}
    gone = RefusalCode.FACT_GONE
    assert life.why_not(ENGINE, c.EndMeeting, outcome=ItemOutcome.PASSED_UP, **other) is gone
    assert life.why_not(ENGINE, c.ScheduleMeeting, **other, **sits) is gone
    assert life.why_not(ENGINE, c.SettleIssue, **other) is gone
    assert life.why_not(ENGINE, c.DispatchIssue, lead=POLICE, **other) is gone


# --- leaving the agenda --------------------------------------------------------------------------


def left(life: Life) -> MeetingNumber | None:
    last = life.steps[-1]
    return next(iter(left_meetings(last.before, last.after, last.command)), None)


def test_issue_that_needs_no_meeting_any_more_leaves_its_agenda() -> None:
    withdrawn, resolved, redispatched, duplicate = (convened() for _ in range(4))
    withdrawn.give(cast.OFFICER, c.WithdrawIssue)
    resolve(resolved)
    redispatched.give(cast.DISPATCHER, c.DispatchIssue, lead=POLICE)
    duplicate.give(cast.DISPATCHER, c.MarkDuplicate, of=IssueNumber("QJ-2026-0000009"))
    for life in (withdrawn, resolved, redispatched, duplicate):
        assert left(life) == FIRST_MEETING
        assert life.issue.meeting is None


def test_issue_does_not_leave_what_has_ended_by_the_meetings_own_word() -> None:
    passed, ordered = convened(), convened()
    ended(passed, ItemOutcome.PASSED_UP)
    decided(ordered)
    assert (left(passed), left(ordered)) == (None, None)


def test_tasks_outlive_a_good_end_and_not_a_withdrawal() -> None:
    good, withdrawn = convened(), convened()
    for life in (good, withdrawn):
        decided(life, with_tasks=True)
    good.give(cast.DISPATCHER, c.DispatchIssue, lead=PROPERTY)
    assert (left(good), good.issue.meeting is not None) == (None, True)
    withdrawn.give(cast.OFFICER, c.WithdrawIssue)
    assert left(withdrawn) == FIRST_MEETING


def test_new_meeting_takes_over_from_one_that_has_decided() -> None:
    life = convened()
    decided(life, with_tasks=True)
    life.give(cast.SUPERVISOR, c.ConveneMeeting)
    assert left(life) == FIRST_MEETING
    assert life.issue.meeting is not None
    assert life.issue.meeting.number == SECOND_MEETING


def test_joining_takes_the_other_meetings_number_and_counts_none_of_its_own() -> None:
    life = a_life()
    other = MeetingNumber("QJ-2026-0000002-M1")
    life.give(cast.SUPERVISOR, c.ConveneMeeting, joins=other)
    assert life.issue.in_meeting is not None
    assert (life.issue.in_meeting.number, life.issue.meetings) == (other, 0)


def test_task_missed_after_the_resolution_leaves_it_to_the_resident() -> None:
    life = convened(level=Level.COUNTY)
    decided(life, with_tasks=True)
    resolve(life)
    ended(life, ItemOutcome.TASK_MISSED)
    assert (life.issue.state, life.issue.beyond_county) == (S.RESOLVED, False)


def test_tasks_outlive_a_satisfied_resident() -> None:
    life = convened()
    decided(life, with_tasks=True)
    resolve(life)
    evaluate(life)
    assert (life.issue.meeting, left(life)) == (None, None)


def test_an_issue_that_joined_the_countys_meeting_is_passed_up_from_there() -> None:
    life = a_life(S.HANDLING)
    joined = MeetingNumber("QJ-2026-0000009-M1")
    life.give(cast.SUPERVISOR, c.ConveneMeeting, joins=joined)
    dates = {"sits_at": life.now + DAY, "decide_by": life.now + 2 * DAY}
    life.give(ENGINE, c.ScheduleMeeting, meeting=joined, level=Level.COUNTY, **dates)
    assert life.issue.level is Level.COUNTY
    ended(life, ItemOutcome.PASSED_UP, leader=LEADER)
    assert (life.issue.beyond_county, life.issue.supervised_by) == (True, LEADER)
