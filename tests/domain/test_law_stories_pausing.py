"""Stories of pauses and moved targets: suspension and extension, each decided by another."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain import commands as c
from domain.actor import Actor
from domain.acts import clocks
from domain.facts import IssueFacts
from domain.refusals import RefusalCode as No
from domain.sla import Limit, Unit
from domain.vocabulary import DeadlineKind as K
from domain.vocabulary import IssueState as S
from tests.domain.cast import (
    A_POST,
    CO_STAFF,
    COLLEAGUE,
    DAY,
    DISPATCHER,
    HOUR,
    LIFT,
    MINUTE,
    MODEST,
    POLICE,
    SUPERVISOR,
    the_policy,
    urgent,
)
from tests.domain.life import Life, a_life

DISPATCHER_TOO = replace(A_POST, roles=(*A_POST.roles, *DISPATCHER.roles), grids=DISPATCHER.grids)


def suspend(life: Life, span: timedelta = DAY) -> None:
    life.give(A_POST, c.RequestSuspension, until=life.now + span)
    life.give(DISPATCHER, c.DecideSuspension, approved=True)


def extend(life: Life, hours: float = 48) -> None:
    life.give(A_POST, c.RequestExtension, by=urgent(hours))
    life.give(DISPATCHER, c.DecideExtension, approved=True)


# --- suspension ----------------------------------------------------------------------------------


def test_suspension_stops_clocks_from_the_decision() -> None:
    life = a_life(S.HANDLING)
    life.give(A_POST, c.RequestSuspension, until=life.now + 10 * DAY)
    life.wait(2 * HOUR)
    life.give(DISPATCHER, c.DecideSuspension, approved=True)
    resolve = life.latest(K.RESOLVE).clock.intervals
    assert [(each.end - each.start) for each in resolve if each.end] == [2 * HOUR]
    assert not life.latest(K.OVERALL).is_running
    assert life.latest(K.RETURN).is_running


def test_suspended_clocks_run_on_where_they_stood() -> None:
    life = a_life(S.HANDLING)
    life.wait(HOUR)
    suspend(life, DAY)
    life.wait(3 * DAY)
    resumed = [each for each in life.steps if isinstance(each.command, c.ResumeIssue)]
    assert [each.at for each in resumed] == [life.steps[0].at + HOUR + DAY]
    assert life.latest(K.RESOLVE).due_by == life.steps[0].at + 48 * HOUR + DAY
    assert life.issue.suspension is None


def test_nothing_is_breached_during_a_suspension() -> None:
    life = a_life(S.HANDLING)
    life.give(A_POST, c.ContactReporter)
    suspend(life, 30 * DAY)
    life.wait(29 * DAY)
    assert life.issue.first_breach_at is None
    assert life.issue.next_instant() == life.steps[0].at + 30 * DAY


@pytest.mark.parametrize("actor", [COLLEAGUE, DISPATCHER])
def test_people_resume_before_the_date(actor: Actor) -> None:
    life = a_life(S.HANDLING)
    suspend(life, 10 * DAY)
    life.wait(DAY)
    life.give(actor, c.ResumeIssue)
    assert life.left(K.RESOLVE) == 48 * HOUR
    assert life.why_not(actor, c.ResumeIssue) is No.NOT_SUSPENDED


def test_suspension_is_bounded_in_length_and_number() -> None:
    life = a_life(S.HANDLING, terms=MODEST)
    assert life.why_not(A_POST, c.RequestSuspension, until=life.now) is No.SUSPENSION_IN_PAST
    too_far = life.now + MODEST.longest_suspension + MINUTE
    refusal = life.refused(A_POST, c.RequestSuspension, until=too_far)
    assert refusal.code is No.SUSPENSION_TOO_LONG
    assert refusal.params["longest_seconds"] == f"{MODEST.longest_suspension.total_seconds():.0f}"
    just = life.command(A_POST, c.RequestSuspension, until=too_far - MINUTE)
    life.issue.check(just, life.now)
    for _ in range(2):
        suspend(life)
        life.wait(DAY)
    assert life.why_not(A_POST, c.RequestSuspension, until=life.now + DAY) is No.LIMIT_REACHED


def test_suspension_is_not_asked_for_twice() -> None:
    life = a_life(S.HANDLING)
    until = life.now + DAY
    life.give(A_POST, c.RequestSuspension, until=until)
    assert life.why_not(COLLEAGUE, c.RequestSuspension, until=until) is No.REQUEST_PENDING
    life.give(DISPATCHER, c.DecideSuspension, approved=True)
    refusal = life.refused(A_POST, c.RequestSuspension, until=until)
    assert refusal.code is No.ALREADY_SUSPENDED
    assert refusal.params == {"until": until.isoformat()}


def test_suspension_is_decided_by_another_person() -> None:
    life = a_life(S.HANDLING)
    life.give(DISPATCHER_TOO, c.RequestSuspension, until=life.now + DAY)
    assert life.why_not(DISPATCHER_TOO, c.DecideSuspension, approved=True) is No.OWN_REQUEST
    assert life.why_not(SUPERVISOR, c.DecideSuspension, approved=True) is No.NOT_ALLOWED


def test_suspension_over_before_decision_is_not_granted() -> None:
    life = a_life(S.HANDLING)
    life.give(A_POST, c.RequestSuspension, until=life.now + HOUR)
    life.wait(2 * HOUR)
    assert life.why_not(DISPATCHER, c.DecideSuspension, approved=True) is No.SUSPENSION_IN_PAST
    life.give(DISPATCHER, c.DecideSuspension, approved=False)
    assert (life.issue.suspension, life.issue.suspensions) == (None, 0)


def test_resolution_ends_a_suspension() -> None:
    life = a_life(S.HANDLING)
    life.give(CO_STAFF, c.CompletePart)
    suspend(life, 10 * DAY)
    life.wait(5 * DAY)
    issue = life.give(A_POST, c.ResolveIssue)
    assert (issue.suspension, issue.first_breach_at) == (None, None)
    assert life.latest(K.RESOLVE).met_at == life.now


def test_clock_met_while_paused_keeps_an_instant() -> None:
    life = a_life(S.HANDLING)
    life.give(CO_STAFF, c.CompletePart)
    life.wait(HOUR)
    suspend(life, 10 * DAY)
    life.wait(5 * DAY)
    life.give(A_POST, c.ResolveIssue)
    assert life.left(K.RESOLVE) == 47 * HOUR
    assert life.left(K.OVERALL) == 71 * HOUR


def test_redispatch_ends_a_suspension() -> None:
    life = a_life(S.HANDLING)
    suspend(life, 10 * DAY)
    life.wait(5 * DAY)
    life.give(DISPATCHER, c.DispatchIssue, lead=POLICE)
    assert life.issue.suspension is None
    assert life.left(K.OVERALL) == 72 * HOUR
    assert all(each.is_running for each in life.issue.open_deadlines)


def provisional(life: Life) -> IssueFacts:
    """Everything open was reckoned past the end of the calendar."""
    issue = life.issue
    for deadline in issue.open_deadlines:
        issue = issue.with_deadline(replace(deadline, provisional=True))
    return issue


def test_new_calendar_reaches_a_paused_clock() -> None:
    life = a_life(S.HANDLING)
    suspend(life)
    issue = provisional(life)
    after = clocks.reckon_again(issue, c.ReckonAgain.by_engine("recheck:1"), life.now)
    paused = [each for each in after.open_deadlines if not each.is_running]
    assert paused
    assert all(each.needs_reckoning for each in paused)


def test_new_calendar_leaves_what_was_certain() -> None:
    life = a_life(S.HANDLING)
    after = life.issue.handle(c.ReckonAgain.by_engine("recheck:1"), life.now)
    assert after.open_deadlines == life.issue.open_deadlines


# --- extension -----------------------------------------------------------------------------------


def test_extension_moves_both_targets_together() -> None:
    life = a_life(S.HANDLING)
    life.wait(HOUR)
    extend(life, 4)
    assert life.left(K.RESOLVE) == 51 * HOUR
    assert life.left(K.OVERALL) == 75 * HOUR


def test_refused_extension_moves_nothing() -> None:
    life = a_life(S.HANDLING)
    life.give(A_POST, c.RequestExtension, by=urgent(4))
    life.give(DISPATCHER, c.DecideExtension, approved=False)
    assert life.left(K.RESOLVE) == 48 * HOUR
    assert life.latest(K.DECIDE).met_at == life.now


def test_extension_is_asked_for_before_the_deadline() -> None:
    life = a_life(S.HANDLING)
    life.wait(48 * HOUR)
    life.issue.check(life.command(A_POST, c.RequestExtension, by=urgent(4)), life.now)
    life.wait(timedelta(milliseconds=1))
    refusal = life.refused(A_POST, c.RequestExtension, by=urgent(4))
    assert refusal.code is No.DEADLINE_PASSED
    assert refusal.params == {"due_by": (life.steps[0].at + 2 * DAY).isoformat()}


def test_extension_is_too_late_before_the_engine_notices() -> None:
    life = a_life(S.HANDLING)
    life.now += 49 * HOUR
    assert life.why_not(A_POST, c.RequestExtension, by=urgent(4)) is No.DEADLINE_PASSED


def test_extension_decided_late_keeps_the_breach() -> None:
    life = a_life(S.HANDLING)
    life.wait(47 * HOUR)
    life.give(A_POST, c.RequestExtension, by=urgent(48))
    life.wait(2 * HOUR)
    breached_at = life.latest(K.RESOLVE).breached_at
    life.give(DISPATCHER, c.DecideExtension, approved=True)
    assert life.latest(K.RESOLVE).breached_at == breached_at == life.steps[0].at + 48 * HOUR
    assert life.left(K.RESOLVE) == 47 * HOUR
    assert life.why_not(A_POST, c.RequestExtension, by=urgent(4)) is No.DEADLINE_PASSED


def test_extension_is_granted_twice_at_most() -> None:
    life = a_life(S.HANDLING)
    extend(life)
    extend(life)
    assert life.why_not(A_POST, c.RequestExtension, by=urgent(1)) is No.LIMIT_REACHED
    assert life.left(K.RESOLVE) == 3 * 48 * HOUR


@pytest.mark.parametrize("by", [urgent(49), Limit(Unit.NATURAL_DAY, DAY)])
def test_extension_is_never_longer_than_original(by: Limit) -> None:
    refusal = a_life(S.HANDLING).refused(A_POST, c.RequestExtension, by=by)
    assert refusal.code is No.EXTENSION_TOO_LONG
    assert refusal.params == {"unit": "urgent_hour", "seconds": str(48 * 3600)}


def test_extension_is_decided_by_another_person() -> None:
    life = a_life(S.HANDLING)
    life.give(DISPATCHER_TOO, c.RequestExtension, by=urgent(4))
    assert life.why_not(COLLEAGUE, c.RequestExtension, by=urgent(4)) is No.REQUEST_PENDING
    assert life.why_not(DISPATCHER_TOO, c.DecideExtension, approved=True) is No.OWN_REQUEST


def test_extension_needs_a_deadline_to_move() -> None:
    life = a_life(S.HANDLING, policy=the_policy(K.RESOLVE))
    assert life.why_not(A_POST, c.RequestExtension, by=urgent(4)) is No.NO_DEADLINE


def test_new_lead_may_be_granted_two_again() -> None:
    life = a_life(S.HANDLING)
    extend(life)
    extend(life)
    life.give(DISPATCHER, c.DispatchIssue, lead=LIFT)
    extend(life)
    assert life.left(K.RESOLVE) == 96 * HOUR


# --- requests have clocks of their own -----------------------------------------------------------


def test_two_requests_are_two_decisions_with_clocks() -> None:
    life = a_life(S.HANDLING)
    life.give(A_POST, c.ReturnIssue)
    life.wait(HOUR)
    life.give(A_POST, c.RequestExtension, by=urgent(4))
    life.give(DISPATCHER, c.DecideExtension, approved=True)
    first, second = (each for each in life.issue.deadlines if each.kind is K.DECIDE)
    assert (first.is_open, second.met_at) == (True, life.now)
    life.give(DISPATCHER, c.DecideReturn, approved=False)
    assert all(each.met_at for each in life.issue.deadlines if each.kind is K.DECIDE)


def test_late_decision_is_a_breach_of_its_own() -> None:
    life = a_life(S.HANDLING)
    life.give(A_POST, c.RequestExtension, by=urgent(4))
    life.wait(9 * HOUR)
    assert life.latest(K.DECIDE).breached_at == life.steps[0].at + 8 * HOUR
    assert life.latest(K.RESOLVE).breached_at is None


def test_request_without_object_was_never_decided() -> None:
    life = a_life(S.HANDLING)
    life.give(CO_STAFF, c.CompletePart)
    life.give(A_POST, c.RequestExtension, by=urgent(4))
    issue = life.give(A_POST, c.ResolveIssue)
    assert issue.pending == ()
    decide = life.latest(K.DECIDE)
    assert (decide.met_at, decide.ended_at) == (None, life.now)
