"""What calls for a joint meeting, and what it stops."""

from datetime import timedelta

import pytest

from domain import commands as c
from domain.actor import ENGINE
from domain.acts.convening import call_meeting
from domain.refusals import RefusalCode
from domain.schedule import PAST
from domain.vocabulary import (
    ConvenedBy,
    ItemOutcome,
    Level,
)
from tests.domain import cast
from tests.domain.cast import DAY, FIRST_MEETING, HOUR, POLICE, urgent
from tests.domain.convened import (
    NOTHING,
    D,
    S,
    convened,
    convening_policy,
    decided,
    ended,
    open_kinds,
    scheduled,
)
from tests.domain.life import a_life, disappoint

# --- what calls for it ---------------------------------------------------------------------------


def test_ladder_convenes_at_the_instant_of_its_rung() -> None:
    life = a_life(S.HANDLING, policy=convening_policy())
    life.give(cast.A_POST, c.ReportIn)
    life.wait(5 * HOUR)
    meeting = life.issue.meeting
    assert meeting is not None
    assert (meeting.number, meeting.level) == (FIRST_MEETING, Level.COMMUNITY)
    assert meeting.since == cast.MONDAY_NINE + 4 * HOUR
    last = life.steps[-1].command
    assert isinstance(last, c.ConveneMeeting)
    assert last.by is ConvenedBy.LADDER


def test_two_rungs_at_one_instant_convene_once() -> None:
    life = a_life(S.HANDLING, policy=convening_policy())
    life.wait(5 * HOUR)
    assert sum(isinstance(step.command, c.ConveneMeeting) for step in life.steps) == 1


def test_second_unsatisfied_convenes_one_level_up_at_once() -> None:
    life = a_life()
    disappoint(life)
    assert life.issue.meeting_called is None
    disappoint(life)
    life.wait(NOTHING)
    meeting = life.issue.meeting
    assert meeting is not None
    assert meeting.level is Level.STREET
    assert life.issue.awaits_meeting
    assert life.issue.state is S.DISPATCHING


def test_supervisor_convenes_at_a_level_of_choice_but_never_below_the_community() -> None:
    assert convened(level=Level.COUNTY).issue.level is Level.COUNTY
    low = convened(level=Level.BUILDING).issue
    assert low.meeting is not None
    assert low.meeting.level is Level.COMMUNITY


def test_one_meeting_at_a_time() -> None:
    life = convened()
    assert life.why_not(cast.SUPERVISOR, c.ConveneMeeting) is RefusalCode.IN_MEETING


@pytest.mark.parametrize(
    ("ahead", "code"),
    [
        (NOTHING, RefusalCode.PROPOSED_IN_PAST),
        (-DAY, RefusalCode.PROPOSED_IN_PAST),
        (90 * DAY + HOUR, RefusalCode.PROPOSED_TOO_FAR),
    ],
)
def test_a_proposed_time_lies_ahead_and_not_too_far(ahead: timedelta, code: RefusalCode) -> None:
    life = a_life(S.HANDLING)
    proposed = (life.now + 90 * DAY, life.now + ahead)
    refusal = life.refused(cast.SUPERVISOR, c.ConveneMeeting, proposed=proposed)
    assert (refusal.code, refusal.params["field"]) == (code, "proposed.1")
    assert refusal.params["proposed_at"] == proposed[1].isoformat()
    life.give(cast.SUPERVISOR, c.ConveneMeeting, proposed=proposed[:1])
    assert life.issue.in_meeting is not None


def test_meeting_is_called_just_once_past_its_breach() -> None:
    life = a_life(S.HANDLING, policy=convening_policy())
    life.wait(3 * HOUR + PAST)
    assert life.issue.meeting is None
    life.wait(2 * HOUR)
    life.wait(10 * DAY)
    assert life.issue.meetings == 1


# --- what it stops -------------------------------------------------------------------------------


def test_departments_clocks_end_unmet_and_the_overall_clock_runs_on() -> None:
    life = a_life(S.HANDLING)
    life.give(cast.SUPERVISOR, c.ConveneMeeting)
    assert open_kinds(life) == {D.OVERALL}
    assert life.latest(D.RESOLVE).ended_at == life.now
    assert life.latest(D.RESOLVE).met_at is None
    life.wait(4 * DAY)
    assert life.issue.first_breach_kind is D.OVERALL


def test_meetings_time_to_decide_is_the_stage_clock_and_moves_with_the_meeting() -> None:
    life = convened()
    assert life.latest(D.MEETING).due_by == life.now + 2 * DAY
    scheduled(life, days=3)
    assert life.latest(D.MEETING).due_by == life.now + 4 * DAY
    assert open_kinds(life) == {D.OVERALL, D.MEETING}


def test_dates_told_twice_count_once() -> None:
    life = convened()
    told = life.steps[-1].command
    assert isinstance(told, c.ScheduleMeeting)
    again = {"meeting": told.meeting, "sits_at": told.sits_at, "decide_by": told.decide_by}
    assert life.why_not(ENGINE, c.ScheduleMeeting, **again) is RefusalCode.FACT_GONE


def test_meetings_clock_is_breached_by_the_meetings_word_alone() -> None:
    life = convened()
    due_by = life.latest(D.MEETING).due_by
    life.wait(2 * DAY + HOUR)
    assert life.latest(D.MEETING).breached_at is None
    ended(life, ItemOutcome.NO_DECISION)
    assert life.latest(D.MEETING).breached_at == due_by


def test_decision_told_late_was_in_time() -> None:
    life = convened()
    due_by = life.latest(D.MEETING).due_by
    assert due_by is not None
    life.now = due_by
    decided(life)
    assert life.latest(D.MEETING).breached_at is None
    assert life.latest(D.MEETING).met_at == due_by


def test_nobody_moves_the_issue_about_meanwhile() -> None:
    life = convened()
    asked: list[tuple[type[c.Command], dict[str, object]]] = [
        (c.ReturnIssue, {}),
        (c.TransferIssue, {"to": POLICE}),
        (c.RequestSuspension, {"until": life.now + DAY}),
        (c.RequestExtension, {"by": urgent(4)}),
    ]
    for kind, fields in asked:
        assert life.why_not(cast.A_POST, kind, **fields) is RefusalCode.IN_MEETING


def test_pause_and_requests_end_with_the_call() -> None:
    life = a_life(S.HANDLING)
    life.give(cast.A_POST, c.RequestSuspension, until=life.now + DAY)
    life.give(cast.DISPATCHER, c.DecideSuspension, approved=True)
    life.give(cast.A_POST, c.ReturnIssue)
    life.give(cast.SUPERVISOR, c.ConveneMeeting)
    assert life.issue.suspension is None
    assert life.issue.pending == ()


def test_second_call_changes_nothing_while_a_meeting_is_on() -> None:
    life = convened()
    assert call_meeting(life.issue, ConvenedBy.LADDER, life.now) == life.issue


def test_first_call_stands() -> None:
    called = call_meeting(a_life().issue, ConvenedBy.LADDER, cast.MONDAY_NINE)
    again = call_meeting(called, ConvenedBy.EVALUATION, cast.MONDAY_NINE + HOUR)
    assert again == called
    assert called.meeting_called is not None


def test_issue_does_not_join_the_meeting_that_has_decided_it() -> None:
    life = convened()
    decided(life, with_tasks=True)
    said = life.why_not(cast.SUPERVISOR, c.ConveneMeeting, joins=FIRST_MEETING)
    assert said is RefusalCode.IN_MEETING


def test_meetings_word_that_time_has_passed_counts_by_the_meetings_clock() -> None:
    life = convened()
    due_by = life.latest(D.MEETING).due_by
    ended(life, ItemOutcome.NO_DECISION)
    assert life.issue.first_breach_at == due_by
