"""What the clocks call for, and when."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain import commands as c
from domain.actor import ENGINE
from domain.refusals import RefusalCode as No
from domain.schedule import PAST
from domain.sla import Promise, Rung, RungAct, SLAPolicy
from domain.vocabulary import WINDOWS, Level
from domain.vocabulary import DeadlineKind as K
from domain.vocabulary import IssueState as S
from tests.domain.cast import (
    A_POST,
    B_POST,
    DAY,
    DISPATCHER,
    HOUR,
    MINUTE,
    MONDAY_NINE,
    born_under,
    the_policy,
    urgent,
)
from tests.domain.life import Life, a_life, breached_and_closed


def only(kind: K, *ladder: Rung) -> SLAPolicy:
    """A policy that promises one thing, in four hours."""
    promise = Promise(kind=kind, limit=urgent(4), ladder=ladder)
    return replace(the_policy(), promises=(promise,))


def alone(policy: SLAPolicy, state: S = S.DISPATCHED) -> Life:
    return a_life(state, born_under(policy, co=()), policy=policy)


def calls(life: Life) -> list[tuple[type[c.Command], datetime]]:
    return [(type(each.command), each.at) for each in life.steps if each.command.actor == ENGINE]


def test_unclaimed_issue_climbs_its_ladder_in_order() -> None:
    policy = the_policy()
    promise = policy.promise(K.CLAIM)
    assert promise is not None
    life = alone(replace(policy, promises=(promise,)))
    life.wait(DAY)
    assert [(kind, at - MONDAY_NINE) for kind, at in calls(life)[1:]] == [
        (c.ClimbRung, 45 * MINUTE),
        (c.ClimbRung, 54 * MINUTE),
        (c.BreachDeadline, HOUR + PAST),
        (c.ClimbRung, 2 * HOUR),
        (c.ClimbRung, 3 * HOUR),
    ]
    assert life.issue.level is Level.COUNTY


def test_a_rung_is_recorded_with_the_level_after_it_and_rises_only_if_it_does() -> None:
    low, high = a_life(), a_life()
    high.issue = high.issue.raised_to(Level.COUNTY)
    for life in (low, high):
        life.wait(30 * DAY)
    told = [
        (each.command, each.before.level, each.after.level)
        for life in (low, high)
        for each in life.steps
        if isinstance(each.command, c.ClimbRung)
    ]
    assert any(before is not after for _, before, after in told)
    for rung, before, after in told:
        assert rung.level in (None, after)
        assert (RungAct.RAISE_LEVEL in rung.acts) is (before is not after)


def test_late_worker_sees_everything_at_its_instant() -> None:
    late, punctual = a_life(), a_life()
    late.wait(2 * DAY)
    for _ in range(48 * 60):
        punctual.wait(MINUTE)
    assert calls(late) == calls(punctual)
    assert late.issue == punctual.issue


def test_breach_carries_the_instant_of_the_deadline() -> None:
    life = alone(only(K.CLAIM))
    life.wait(10 * DAY)
    assert life.latest(K.CLAIM).breached_at == MONDAY_NINE + 4 * HOUR
    assert life.issue.first_breach_at == MONDAY_NINE + 4 * HOUR


def test_instant_of_the_deadline_is_in_time() -> None:
    life = alone(only(K.CLAIM))
    life.wait(4 * HOUR)
    breach = {"deadline": life.latest(K.CLAIM).id}
    assert life.why_not(ENGINE, c.BreachDeadline, **breach) is No.FACT_GONE
    life.give(A_POST, c.ClaimIssue)
    assert life.issue.first_breach_at is None


def test_nothing_is_due_twice() -> None:
    life = a_life()
    life.wait(DAY)
    before = life.issue
    assert life.wait(timedelta()) == before
    ids = [each.command.id for each in life.steps]
    assert len(ids) == len(set(ids))


def test_met_deadline_calls_for_nothing() -> None:
    life = alone(only(K.CLAIM, Rung(percent=50, acts=(RungAct.WARN,))))
    life.give(A_POST, c.ClaimIssue)
    assert life.issue.next_instant() is None


@pytest.mark.parametrize("kind", sorted(WINDOWS))
def test_windows_lapse_without_a_breach(kind: K) -> None:
    life = breached_and_closed() if kind is K.APPEAL else a_life(S.RESOLVED)
    life = a_life(S.HANDLING) if kind is K.RETURN else life
    window = life.latest(kind)
    life.wait(10 * DAY)
    lapsed = next(each for each in life.issue.deadlines if each.id == window.id)
    assert lapsed.breached_at is None
    assert window.id not in {
        each.command.deadline for each in life.steps if isinstance(each.command, c.BreachDeadline)
    }


def test_closed_issue_has_no_more_instants() -> None:
    assert a_life(S.CLOSED).issue.next_instant() is None


def test_absence_already_begun_hands_over_at_dispatch() -> None:
    life = a_life(a_away_from=MONDAY_NINE - DAY)
    life.wait(timedelta())
    assert calls(life)[-1] == (c.HandToB, MONDAY_NINE)


def test_absence_without_b_post_calls_for_nothing() -> None:
    life = alone(only(K.CLAIM), S.DISPATCHED)
    lead = life.issue.lead
    assert lead is not None
    assert lead.posts is not None
    posts = replace(lead.posts, b=(), a_away_from=MONDAY_NINE)
    life.issue = life.issue.with_assignment(replace(lead, posts=posts))
    assert life.issue.due(life.now) is None


def test_claimed_issue_is_not_handed_to_b() -> None:
    life = a_life(policy=only(K.CLAIM), a_away_from=MONDAY_NINE + HOUR)
    assert life.issue.next_instant() == MONDAY_NINE + HOUR
    life.give(A_POST, c.ClaimIssue)
    assert life.issue.next_instant() is None


@pytest.mark.parametrize("kind", [K.CLAIM, K.RESOLVE, K.OVERALL])
def test_any_rung_may_hand_an_unclaimed_issue_over(kind: K) -> None:
    life = alone(only(kind, Rung(percent=50, acts=(RungAct.HAND_TO_B,))))
    life.wait(2 * HOUR)
    assert life.give(B_POST, c.ClaimIssue).state is S.HANDLING


def test_rung_of_a_claimed_issue_hands_nothing_over() -> None:
    life = alone(only(K.RESOLVE, Rung(percent=50, acts=(RungAct.HAND_TO_B,))), S.HANDLING)
    lead = life.wait(2 * HOUR).lead
    assert lead is not None
    assert lead.handed_to_b_at is None


def test_rung_of_a_co_department_hands_nothing_over() -> None:
    life = a_life(policy=only(K.ANSWER, Rung(percent=50, acts=(RungAct.HAND_TO_B,))))
    lead = life.wait(2 * HOUR).lead
    assert lead is not None
    assert lead.handed_to_b_at is None


def test_rung_after_an_absence_changes_nothing() -> None:
    life = a_life(a_away_from=MONDAY_NINE + MINUTE)
    lead = life.wait(HOUR).lead
    assert lead is not None
    assert lead.handed_to_b_at == MONDAY_NINE + MINUTE


def test_rung_climbed_twice_is_refused() -> None:
    life = alone(only(K.CLAIM, Rung(percent=50, acts=(RungAct.WARN,))))
    rung = {"deadline": life.latest(K.CLAIM).id, "rung": 0}
    assert life.why_not(ENGINE, c.ClimbRung, **rung) is No.FACT_GONE
    life.wait(2 * HOUR)
    assert life.why_not(ENGINE, c.ClimbRung, **rung) is No.FACT_GONE
    assert life.why_not(ENGINE, c.ClimbRung, **rung | {"rung": 1}) is No.FACT_GONE


def test_timer_of_an_ended_deadline_is_refused() -> None:
    life = alone(only(K.CLAIM))
    gone = {"deadline": life.latest(K.CLAIM).id}
    life.give(DISPATCHER, c.DispatchIssue, lead="police")
    life.now += DAY
    assert life.why_not(ENGINE, c.BreachDeadline, **gone) is No.FACT_GONE


def test_extended_deadline_warns_once_more() -> None:
    life = alone(only(K.RESOLVE, Rung(percent=75, acts=(RungAct.WARN,))), S.HANDLING)
    life.wait(3 * HOUR)
    life.give(A_POST, c.RequestExtension, by=urgent(4))
    life.give(DISPATCHER, c.DecideExtension, approved=True)
    life.wait(5 * HOUR)
    warned = [at for kind, at in calls(life) if kind is c.ClimbRung]
    assert warned == [MONDAY_NINE + 3 * HOUR, MONDAY_NINE + 6 * HOUR]
