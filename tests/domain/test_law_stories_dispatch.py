"""Stories from birth to a claimed assignment: verify, dispatch, claim, return, transfer."""

from dataclasses import replace

import pytest

from domain import commands as c
from domain.parts import EndReason, Posts
from domain.refusals import RefusalCode as No
from domain.vocabulary import DeadlineKind as K
from domain.vocabulary import IssueState as S
from domain.vocabulary import Outcome, Part
from tests.domain.cast import (
    A_POST,
    B_POST,
    CO_STAFF,
    COLLEAGUE,
    DAY,
    DISPATCHER,
    GRID_WORKER,
    HOUR,
    LIFT,
    MINUTE,
    MONDAY_NINE,
    OUTSIDER,
    POLICE,
    PROPERTY,
    born_under,
    the_policy,
)
from tests.domain.life import Life, a_life


def departments(life: Life) -> list[tuple[str, Part]]:
    return [(each.department, each.part) for each in life.issue.active]


def return_accepted(life: Life) -> None:
    life.give(A_POST, c.ReturnIssue)
    life.give(DISPATCHER, c.DecideReturn, approved=True)


def return_refused(life: Life) -> None:
    life.give(A_POST, c.ReturnIssue)
    life.give(DISPATCHER, c.DecideReturn, approved=False)


def test_confirmed_report_goes_where_rules_say() -> None:
    life = a_life(S.VERIFYING)
    life.give(GRID_WORKER, c.VerifyIssue, confirmed=True)
    assert departments(life) == [(LIFT, Part.LEAD), (PROPERTY, Part.CO)]
    assert life.latest(K.VERIFY).met_at == life.now


def test_confirmed_report_without_rule_waits_for_dispatcher() -> None:
    life = a_life(S.VERIFYING, born_under(the_policy(), routed=False))
    assert life.give(GRID_WORKER, c.VerifyIssue, confirmed=True).state is S.DISPATCHING
    assert life.left(K.DISPATCH) == 15 * MINUTE


def test_false_alarm_closes_and_calls_nobody() -> None:
    life = a_life(S.VERIFYING)
    issue = life.give(GRID_WORKER, c.VerifyIssue, confirmed=False)
    assert (issue.state, issue.outcome) == (S.CLOSED, Outcome.FALSE_ALARM)
    assert (issue.assignments, issue.open_deadlines) == ((), ())
    assert issue.is_finished


def test_dispatcher_decides_where_no_rule_fits() -> None:
    life = a_life(S.DISPATCHING)
    life.wait(10 * MINUTE)
    life.give(DISPATCHER, c.DispatchIssue, lead=POLICE, co=(PROPERTY,))
    assert departments(life) == [(POLICE, Part.LEAD), (PROPERTY, Part.CO)]
    assert life.latest(K.DISPATCH).breached_at is None


def test_dispatcher_declines_what_does_not_belong() -> None:
    issue = a_life(S.DISPATCHING).give(DISPATCHER, c.DeclineIssue)
    assert (issue.outcome, issue.open_deadlines) == (Outcome.NOT_ACCEPTED, ())


@pytest.mark.parametrize("co", [(POLICE,), (PROPERTY, PROPERTY)])
def test_nobody_is_called_twice_at_once(co: tuple[str, ...]) -> None:
    life = a_life(S.DISPATCHING)
    assert life.why_not(DISPATCHER, c.DispatchIssue, lead=POLICE, co=co) is No.LEAD_AMONG_CO


def test_redispatch_ends_old_and_starts_full_clocks() -> None:
    life = a_life(S.HANDLING)
    life.wait(HOUR * 5)
    issue = life.give(DISPATCHER, c.DispatchIssue, lead=POLICE)
    assert departments(life) == [(POLICE, Part.LEAD)]
    assert {each.end_reason for each in issue.assignments[:2]} == {EndReason.REDISPATCHED}
    assert {each.department for each in issue.open_deadlines} == {POLICE, None}
    assert life.left(K.RESOLVE, POLICE) == 48 * HOUR
    assert life.left(K.OVERALL) == 67 * HOUR


# --- who claims ----------------------------------------------------------------------------------


def test_second_claimant_is_told_who_won() -> None:
    life = a_life(S.DISPATCHED)
    life.give(A_POST, c.ClaimIssue)
    refusal = life.refused(COLLEAGUE, c.ClaimIssue)
    assert refusal.code is No.ALREADY_CLAIMED
    assert refusal.params == {"claimed_by": "lift-a", "claimed_at": MONDAY_NINE.isoformat()}


def test_claim_meets_its_deadline_and_no_other() -> None:
    life = a_life(S.HANDLING)
    met = [each.kind for each in life.issue.deadlines if each.met_at]
    assert met == [K.CLAIM]


def test_co_department_cannot_claim_the_lead() -> None:
    assert a_life(S.DISPATCHED).why_not(CO_STAFF, c.ClaimIssue) is No.NOT_ALLOWED


def test_b_post_waits_while_a_is_present() -> None:
    life = a_life(S.DISPATCHED)
    assert life.why_not(B_POST, c.ClaimIssue) is No.A_POST_PRESENT
    life.give(COLLEAGUE, c.ClaimIssue)


def test_b_post_may_claim_once_a_is_away() -> None:
    life = a_life(S.DISPATCHED, a_away_from=MONDAY_NINE + 20 * MINUTE)
    life.wait(19 * MINUTE)
    assert life.why_not(B_POST, c.ClaimIssue) is No.A_POST_PRESENT
    life.wait(MINUTE)
    lead = life.issue.lead
    assert lead is not None
    assert lead.handed_to_b_at == MONDAY_NINE + 20 * MINUTE
    assert life.give(B_POST, c.ClaimIssue).state is S.HANDLING


def test_b_post_may_claim_after_the_rung() -> None:
    life = a_life(S.DISPATCHED)
    life.wait(54 * MINUTE)
    assert life.give(B_POST, c.ClaimIssue).state is S.HANDLING


def test_a_post_may_still_claim_after_the_rung() -> None:
    life = a_life(S.DISPATCHED)
    life.wait(54 * MINUTE)
    assert life.give(A_POST, c.ClaimIssue).state is S.HANDLING


def test_b_post_may_claim_when_dispatcher_says_so() -> None:
    life = a_life(S.DISPATCHED)
    life.give(DISPATCHER, c.HandToB, department=LIFT)
    assert life.why_not(DISPATCHER, c.HandToB, department=LIFT) is No.FACT_GONE
    life.give(B_POST, c.ClaimIssue)


def test_absence_counts_before_the_engine_notices() -> None:
    life = a_life(S.DISPATCHED, a_away_from=MONDAY_NINE + MINUTE)
    life.now += MINUTE
    assert life.give(B_POST, c.ClaimIssue).state is S.HANDLING


def test_only_the_lead_is_handed_to_its_b_post() -> None:
    life = a_life(S.DISPATCHED)
    assert life.why_not(DISPATCHER, c.HandToB, department=PROPERTY) is No.FACT_GONE


def test_b_post_alone_waits_for_nobody() -> None:
    life = a_life(S.DISPATCHED)
    lead = life.issue.lead
    assert lead is not None
    alone = replace(lead, posts=Posts(b=(B_POST.subject,)))
    life.issue = life.issue.with_assignment(alone)
    assert life.give(B_POST, c.ClaimIssue).state is S.HANDLING


# --- wrongly called ------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [S.DISPATCHED, S.HANDLING])
def test_accepted_return_goes_back_to_dispatcher(state: S) -> None:
    life = a_life(state)
    return_accepted(life)
    assert life.issue.state is S.DISPATCHING
    assert life.issue.active == ()
    assert {each.kind for each in life.issue.open_deadlines} == {K.DISPATCH, K.OVERALL}


def test_accepted_return_never_comes_back_to_lead() -> None:
    life = a_life(S.DISPATCHED)
    return_accepted(life)
    assert life.why_not(DISPATCHER, c.DispatchIssue, lead=LIFT) is No.RETURNED_BEFORE
    life.give(DISPATCHER, c.DispatchIssue, lead=POLICE)
    life.give(OUTSIDER, c.ClaimIssue)
    assert life.why_not(OUTSIDER, c.TransferIssue, to=LIFT) is No.RETURNED_BEFORE


def test_refused_return_binds_the_lead_for_good() -> None:
    life = a_life(S.HANDLING)
    return_refused(life)
    assert life.issue.state is S.HANDLING
    assert life.why_not(A_POST, c.ReturnIssue) is No.RETURN_FINAL
    assert life.why_not(A_POST, c.TransferIssue, to=POLICE) is No.RETURN_FINAL


def test_return_is_asked_once_at_a_time() -> None:
    life = a_life(S.DISPATCHED)
    life.give(A_POST, c.ReturnIssue)
    assert life.why_not(COLLEAGUE, c.ReturnIssue) is No.REQUEST_PENDING
    assert life.why_not(DISPATCHER, c.DecideSuspension, approved=True) is No.NOTHING_PENDING


def test_return_is_decided_by_another_person() -> None:
    life = a_life(S.DISPATCHED)
    both = replace(A_POST, roles=(*A_POST.roles, *DISPATCHER.roles), grids=DISPATCHER.grids)
    life.give(both, c.ReturnIssue)
    assert life.why_not(both, c.DecideReturn, approved=True) is No.OWN_REQUEST


def test_return_window_closes_without_a_breach() -> None:
    life = a_life(S.HANDLING)
    life.wait(24 * HOUR)
    life.issue.check(life.command(A_POST, c.ReturnIssue), life.now)
    life.wait(MINUTE)
    refusal = life.refused(A_POST, c.ReturnIssue)
    assert refusal.code is No.RETURN_TOO_LATE
    assert refusal.params["due_by"] == (MONDAY_NINE + DAY).isoformat()
    assert life.latest(K.RETURN).breached_at is None


def test_return_has_no_end_without_a_window() -> None:
    life = a_life(S.HANDLING, policy=the_policy(K.RETURN))
    life.wait(40 * HOUR)
    life.give(A_POST, c.ReturnIssue)


# --- handed on -----------------------------------------------------------------------------------


def test_transfer_calls_new_lead_with_full_clocks() -> None:
    life = a_life(S.HANDLING)
    life.wait(5 * HOUR)
    issue = life.give(A_POST, c.TransferIssue, to=POLICE)
    assert (issue.state, issue.lead and issue.lead.department) == (S.DISPATCHED, POLICE)
    assert life.left(K.RESOLVE, POLICE) == 48 * HOUR
    assert life.left(K.OVERALL) == 67 * HOUR
    assert life.latest(K.RESOLVE, LIFT).ended_at == life.now


def test_transfer_leaves_co_departments_as_they_are() -> None:
    life = a_life(S.HANDLING)
    life.give(CO_STAFF, c.ReportIn)
    part = life.issue.assignment_of(PROPERTY)
    life.wait(5 * HOUR)
    life.give(A_POST, c.TransferIssue, to=POLICE)
    assert life.issue.assignment_of(PROPERTY) == part
    assert life.left(K.ANSWER, PROPERTY) == 19 * HOUR


def test_transfer_to_a_co_department_ends_its_part() -> None:
    life = a_life(S.HANDLING)
    life.give(A_POST, c.TransferIssue, to=PROPERTY)
    assert departments(life) == [(PROPERTY, Part.LEAD)]
    assert life.latest(K.ANSWER, PROPERTY).ended_at == life.now


def test_transfer_ends_somewhere() -> None:
    life = a_life(S.HANDLING)
    assert life.why_not(A_POST, c.TransferIssue, to=LIFT) is No.SAME_DEPARTMENT
    life.give(A_POST, c.TransferIssue, to=POLICE)
    life.give(OUTSIDER, c.ClaimIssue)
    life.give(OUTSIDER, c.TransferIssue, to=LIFT)
    life.give(A_POST, c.ClaimIssue)
    assert life.why_not(A_POST, c.TransferIssue, to=POLICE) is No.LIMIT_REACHED


def test_lead_of_yesterday_is_told_the_state() -> None:
    life = a_life(S.DISPATCHED)
    return_accepted(life)
    assert life.why_not(A_POST, c.ClaimIssue) is No.WRONG_STATE
