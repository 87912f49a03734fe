"""Stories of the end: evaluation, silence, reopening, withdrawal, duplicate, appeal."""

from datetime import timedelta

import pytest

from domain import commands as c
from domain.actor import ENGINE
from domain.ids import IssueNumber
from domain.parts import EndReason
from domain.refusals import RefusalCode as No
from domain.vocabulary import DeadlineKind as K
from domain.vocabulary import IssueState as S
from domain.vocabulary import Level, Outcome, Role, Satisfaction
from tests.domain.cast import (
    A_POST,
    CO_STAFF,
    DAY,
    DISPATCHER,
    HOUR,
    LIFT,
    MINUTE,
    MONDAY_NINE,
    OFFICER,
    POLICE,
    PROPERTY,
    RESIDENT,
    SUPERVISOR,
    born_under,
    official,
    the_policy,
)
from tests.domain.life import Life, a_life, breached_and_closed, disappoint, evaluate, resolve

ANOTHER = IssueNumber("QJ-2026-0000002")
GOOD = {"satisfaction": Satisfaction.SATISFIED, "solved": True}


# --- evaluation ----------------------------------------------------------------------------------


@pytest.mark.parametrize("word", [Satisfaction.SATISFIED, Satisfaction.BASICALLY])
@pytest.mark.parametrize(("solved", "outcome"), [(True, Outcome.SOLVED), (False, Outcome.UNSOLVED)])
def test_satisfied_answer_closes(word: Satisfaction, solved: bool, outcome: Outcome) -> None:
    life = a_life(S.RESOLVED)
    issue = evaluate(life, word, solved=solved)
    assert (issue.state, issue.outcome) == (S.CLOSED, outcome)
    assert (issue.satisfaction, issue.solved_says) == (word, solved)
    assert (issue.open_deadlines, issue.active) == ((), ())
    assert issue.is_finished


def test_answer_counts_exactly_once() -> None:
    life = a_life(S.CLOSED)
    for actor in (RESIDENT, OFFICER):
        assert life.why_not(actor, c.EvaluateIssue, **GOOD) is No.ALREADY_EVALUATED


def test_silence_cannot_be_said_aloud() -> None:
    life = a_life(S.RESOLVED)
    silent = {"satisfaction": Satisfaction.NO_ANSWER, "solved": True}
    assert life.why_not(RESIDENT, c.EvaluateIssue, **silent) is No.ANSWER_INCOMPLETE


@pytest.mark.parametrize(
    ("claimed", "outcome"), [(True, Outcome.SOLVED), (False, Outcome.UNSOLVED)]
)
def test_silence_is_no_answer_never_satisfied(claimed: bool, outcome: Outcome) -> None:
    life = a_life(S.HANDLING)
    resolve(life, solved=claimed)
    issue = life.wait(3 * DAY)
    assert issue.state is S.RESOLVED
    issue = life.wait(timedelta(milliseconds=1))
    assert (issue.state, issue.outcome) == (S.CLOSED, outcome)
    assert (issue.satisfaction, issue.solved_says) == (Satisfaction.NO_ANSWER, None)
    assert issue.first_breach_at is None


def test_last_minute_answer_still_counts() -> None:
    life = a_life(S.RESOLVED)
    life.wait(3 * DAY)
    assert evaluate(life).satisfaction is Satisfaction.SATISFIED


def test_answer_after_silence_is_too_late() -> None:
    life = a_life(S.RESOLVED)
    life.wait(4 * DAY)
    assert life.why_not(RESIDENT, c.EvaluateIssue, **GOOD) is No.WRONG_STATE


def test_raters_of_the_kind_may_evaluate() -> None:
    issue = born_under(the_policy(), rated_by=(Role.BUILDING_HEAD,))
    life = a_life(S.RESOLVED, issue)
    assert life.why_not(SUPERVISOR, c.EvaluateIssue, **GOOD) is No.NOT_ALLOWED
    life.give(official(Role.BUILDING_HEAD), c.EvaluateIssue, **GOOD)


# --- reopening -----------------------------------------------------------------------------------


def test_unsatisfied_answer_reopens_with_priority() -> None:
    life = a_life(S.HANDLING)
    life.wait(10 * HOUR)
    issue = disappoint(life)
    assert (issue.state, issue.reopened, issue.priority) == (S.DISPATCHED, 1, True)
    assert issue.lead is not None
    assert (issue.lead.department, issue.lead.claimed_by) == (LIFT, None)
    assert {each.end_reason for each in issue.assignments[:2]} == {EndReason.REOPENED}
    assert life.why_not(RESIDENT, c.EvaluateIssue, **GOOD) is No.WRONG_STATE


def test_reopened_issue_has_full_new_clocks() -> None:
    life = a_life(S.HANDLING)
    life.wait(10 * HOUR)
    disappoint(life)
    assert (life.left(K.CLAIM), life.left(K.RESOLVE)) == (HOUR, 48 * HOUR)
    assert (life.left(K.OVERALL), life.left(K.RETURN)) == (72 * HOUR, 24 * HOUR)


def test_reopening_calls_the_parts_that_were_done() -> None:
    life = a_life(S.HANDLING)
    life.give(CO_STAFF, c.CompletePart)
    issue = disappoint(life)
    assert [each.department for each in issue.active] == [LIFT, PROPERTY]


def test_reopening_leaves_waived_parts_alone() -> None:
    issue = disappoint(a_life(S.HANDLING))
    assert [each.department for each in issue.active] == [LIFT]


def test_word_on_first_resolution_does_not_stay() -> None:
    life = a_life(S.HANDLING)
    disappoint(life)
    issue = resolve(life)
    assert (issue.satisfaction, issue.solved_says) == (None, None)
    issue = evaluate(life)
    assert (issue.satisfaction, issue.reopened) == (Satisfaction.SATISFIED, 1)


def test_second_disappointment_awaits_a_meeting() -> None:
    life = a_life(S.HANDLING)
    disappoint(life)
    issue = disappoint(life)
    assert (issue.state, issue.awaits_meeting, issue.reopened) == (S.DISPATCHING, True, 2)
    assert (issue.level, issue.active) == (Level.STREET, ())
    assert {each.kind for each in issue.open_deadlines} == {K.OVERALL, K.DISPATCH}


def test_dispatch_settles_what_awaited_a_meeting() -> None:
    life = a_life(S.HANDLING)
    disappoint(life)
    disappoint(life)
    issue = life.give(DISPATCHER, c.DispatchIssue, lead=POLICE)
    assert (issue.awaits_meeting, issue.level) == (False, Level.STREET)


def test_withdrawn_issue_awaits_no_meeting() -> None:
    life = a_life(S.HANDLING)
    disappoint(life)
    disappoint(life)
    assert not life.give(OFFICER, c.WithdrawIssue).awaits_meeting


def test_refused_return_binds_after_reopening_too() -> None:
    life = a_life(S.HANDLING)
    life.give(A_POST, c.ReturnIssue)
    life.give(DISPATCHER, c.DecideReturn, approved=False)
    disappoint(life)
    assert life.why_not(A_POST, c.ReturnIssue) is No.RETURN_FINAL


# --- other ends ----------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [S.VERIFYING, S.DISPATCHING, S.DISPATCHED, S.HANDLING])
def test_raiser_withdraws_before_resolution(state: S) -> None:
    issue = a_life(state).give(OFFICER, c.WithdrawIssue)
    assert (issue.state, issue.outcome) == (S.CLOSED, Outcome.WITHDRAWN)
    assert (issue.open_deadlines, issue.active) == ((), ())
    assert {each.end_reason for each in issue.assignments} <= {EndReason.CLOSED}
    assert issue.closed_at == MONDAY_NINE
    assert issue.is_finished


def test_withdrawal_ends_suspension_and_requests() -> None:
    life = a_life(S.HANDLING)
    life.give(A_POST, c.RequestSuspension, until=life.now + DAY)
    life.give(DISPATCHER, c.DecideSuspension, approved=True)
    life.give(A_POST, c.RequestExtension, by=the_policy().promises[0].limit)
    issue = life.give(RESIDENT, c.WithdrawIssue)
    assert (issue.suspension, issue.pending, issue.next_instant()) == (None, (), None)


def test_duplicate_is_linked_and_its_clocks_end() -> None:
    life = a_life(S.HANDLING)
    issue = life.give(DISPATCHER, c.MarkDuplicate, of=ANOTHER)
    assert (issue.outcome, issue.duplicate_of) == (Outcome.DUPLICATE, ANOTHER)
    assert (issue.open_deadlines, issue.next_instant()) == ((), None)


def test_nothing_is_a_duplicate_of_itself() -> None:
    life = a_life(S.HANDLING)
    own = {"of": life.issue.number}
    assert life.why_not(DISPATCHER, c.MarkDuplicate, **own) is No.DUPLICATE_OF_ITSELF


def test_late_issue_breaches_when_it_is_withdrawn() -> None:
    life = a_life(S.DISPATCHED)
    life.now += 2 * HOUR
    issue = life.give(OFFICER, c.WithdrawIssue)
    assert (issue.first_breach_kind, issue.first_breach_at) == (K.CLAIM, life.now - HOUR)


# --- appeal --------------------------------------------------------------------------------------


def decided(life: Life, *, approved: bool) -> None:
    life.give(A_POST, c.AppealBreach)
    life.give(SUPERVISOR, c.DecideAppeal, approved=approved)


@pytest.mark.parametrize("approved", [True, False])
def test_appeal_exempts_and_keeps_the_breach(approved: bool) -> None:
    life = breached_and_closed()
    before = (life.issue.first_breach_kind, life.issue.first_breach_at)
    assert not life.issue.is_finished
    decided(life, approved=approved)
    assert life.issue.exempt is approved
    assert (life.issue.first_breach_kind, life.issue.first_breach_at) == before
    assert life.latest(K.CLAIM).breached_at is not None
    assert life.issue.is_finished


def test_appeal_is_made_once() -> None:
    life = breached_and_closed()
    life.give(A_POST, c.AppealBreach)
    assert life.why_not(A_POST, c.AppealBreach) is No.ALREADY_APPEALED
    assert not life.issue.is_finished
    life.give(SUPERVISOR, c.DecideAppeal, approved=False)
    assert life.why_not(A_POST, c.AppealBreach) is No.ALREADY_APPEALED
    assert life.why_not(SUPERVISOR, c.DecideAppeal, approved=True) is No.NOTHING_PENDING


def test_appeal_is_waited_for_without_a_clock() -> None:
    life = breached_and_closed(the_policy(K.DECIDE))
    life.give(A_POST, c.AppealBreach)
    assert (life.issue.is_finished, life.issue.next_instant()) == (False, None)


@pytest.mark.parametrize("state", [each for each in S if each is not S.CLOSED])
def test_open_issue_is_never_finished(state: S) -> None:
    assert not a_life(state).issue.is_finished


def test_appeal_needs_a_breach() -> None:
    assert a_life(S.CLOSED).why_not(A_POST, c.AppealBreach) is No.NO_BREACH


def test_appeal_window_lapses_in_silence() -> None:
    life = breached_and_closed()
    life.wait(5 * DAY)
    life.issue.check(life.command(A_POST, c.AppealBreach), life.now)
    issue = life.wait(MINUTE)
    assert life.why_not(A_POST, c.AppealBreach) is No.APPEAL_TOO_LATE
    assert life.why_not(ENGINE, c.CloseAppealWindow) is No.FACT_GONE
    assert life.latest(K.APPEAL).breached_at is None
    assert issue.is_finished


def test_appeal_and_its_lapse_exclude_each_other() -> None:
    life = breached_and_closed()
    assert life.why_not(ENGINE, c.CloseAppealWindow) is No.FACT_GONE
    life.now += 6 * DAY
    assert life.why_not(A_POST, c.AppealBreach) is No.APPEAL_TOO_LATE


def test_silence_is_not_heard_too_early() -> None:
    life = a_life(S.RESOLVED)
    life.wait(3 * DAY)
    assert life.why_not(ENGINE, c.CloseUnanswered) is No.FACT_GONE


def test_false_alarm_has_nobody_to_appeal() -> None:
    life = a_life(S.VERIFYING)
    life.wait(HOUR)
    issue = life.give(DISPATCHER, c.VerifyIssue, confirmed=False)
    assert issue.first_breach_kind is K.VERIFY
    assert issue.is_finished
