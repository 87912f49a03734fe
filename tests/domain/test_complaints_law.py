"""What people complain of in other systems, each a test here.

The table names every class of complaint and where it is tested; a house rule checks that the
tests exist. A class that needs a server or a database is tested where those are.
"""

from datetime import timedelta

import pytest

from domain import commands as c
from domain.actor import ENGINE
from domain.ids import DepartmentCode, IssueNumber
from domain.notices import notices_for, settled
from domain.reference import RoutingRule
from domain.refusals import Refusal, RefusalCode
from domain.routing import propose
from domain.vocabulary import DeadlineKind as K
from domain.vocabulary import IssueState as S
from domain.vocabulary import Satisfaction
from tests.domain.cast import (
    A_POST,
    CO_STAFF,
    DAY,
    DISPATCHER,
    HOUR,
    LIFT,
    MINUTE,
    ORIGIN,
    POLICE,
    PROPERTY,
    RESIDENT,
    SUPERVISOR,
    urgent,
)
from tests.domain.life import Life, a_life, breached_and_closed, disappoint, evaluate, resolve

_CLOCKS = "tests/domain/test_complaints_clocks.py"
_LAW = "tests/domain/test_complaints_law.py"
_WORKFLOWS = "tests/workflows/test_complaints.py"
_OUTGOING = "tests/activities/test_outgoing.py"
_COURIER = "tests/activities/test_courier.py"

COMPLAINTS: dict[str, tuple[str, ...]] = {
    "calendar ignored": (_CLOCKS,),
    "created out of hours gives zero time": (_CLOCKS,),
    "span over a holiday or make up day": (_CLOCKS,),
    "pause across closing time": (_CLOCKS,),
    "pause credited in wall clock time": (_CLOCKS,),
    "pause lost when the policy changes": (_CLOCKS,),
    "wrong after reopen": (_CLOCKS, _LAW),
    "merged or duplicate issue still escalates": (_LAW,),
    "reassigned with no time left": (_LAW,),
    "deactivated policy still notifies": (_OUTGOING,),
    "double notice": (_LAW, _COURIER),
    "notice at night": (_OUTGOING,),
    "notice storm after an outage": (_LAW, _COURIER),
    "notice after acknowledgement": (_LAW,),
    "timer lost on worker restart": (_WORKFLOWS,),
    "timer fires after close": (_LAW, _WORKFLOWS),
    "long queue eta runs twice": (_LAW,),
    "unknown action kills the run": (_LAW, _WORKFLOWS),
    "two targets overwrite each other": (_CLOCKS, _LAW),
    "zone shift": (_CLOCKS,),
    "issue stuck sent to an outside system": (_COURIER,),
    "first breach not countable afterwards": (_LAW,),
    "satisfaction not countable": (_LAW,),
    "routing rule that fails switches itself off silently": (_LAW,),
}
"""In each of its files a complaint is a test of its own name."""


def told(life: Life, *, written_at: timedelta | None = None) -> list[tuple[str, str, str]]:
    """All that was made known; written down at once, or that long after the beginning."""
    return [
        (each.stage, each.recipient, each.template)
        for step in life.steps
        for each in notices_for(
            step.before,
            step.after,
            step.command,
            step.at if written_at is None else life.steps[0].at + written_at,
        )
    ]


def test_wrong_after_reopen() -> None:
    life = a_life(S.HANDLING)
    life.wait(47 * HOUR)
    breach = life.issue.first_breach_at
    disappoint(life)
    assert life.left(K.CLAIM) == HOUR
    assert life.left(K.RESOLVE) == 48 * HOUR
    assert life.left(K.OVERALL) == 72 * HOUR
    assert life.issue.lead is not None
    assert life.issue.lead.contacted_at is life.issue.lead.reported_in_at is None
    assert life.issue.first_breach_at == breach


def test_merged_or_duplicate_issue_still_escalates() -> None:
    life = a_life(S.DISPATCHED)
    life.wait(50 * MINUTE)
    closed = life.give(DISPATCHER, c.MarkDuplicate, of=IssueNumber("QJ-2026-0000002"))
    assert life.wait(30 * DAY) == closed
    assert closed.level.value == "community"
    assert {each.id for each in closed.deadlines} <= set(settled(closed))


@pytest.mark.parametrize("kind", [c.DispatchIssue, c.TransferIssue])
def test_reassigned_with_no_time_left(kind: type[c.Command]) -> None:
    life = a_life(S.HANDLING)
    life.wait(47 * HOUR)
    if kind is c.DispatchIssue:
        life.give(DISPATCHER, kind, lead=POLICE)
    else:
        life.give(A_POST, kind, to=POLICE)
    assert life.left(K.CLAIM, POLICE) == HOUR
    assert life.left(K.RESOLVE, POLICE) == 48 * HOUR
    assert life.left(K.OVERALL) == 25 * HOUR


def test_double_notice() -> None:
    life = a_life(S.DISPATCHED)
    life.wait(DAY)
    disappoint(life)
    life.wait(30 * DAY)
    stages = [(stage, recipient) for stage, recipient, _ in told(life)]
    assert len(stages) == len(set(stages))


def test_notice_storm_after_an_outage() -> None:
    life = a_life(S.DISPATCHED)
    life.wait(DAY)
    storm = [(stage, template) for stage, _, template in told(life, written_at=DAY)]
    assert [template for _, template in storm].count("escalated") == 1
    warned = [stage for stage, template in storm if template == "warned"]
    assert len(warned) == 1
    assert warned[0].startswith("rung:answer:"), "all other warnings would come too late"


def test_notice_after_acknowledgement() -> None:
    life = a_life(S.DISPATCHED)
    waiting = {each.about for each in life.notices()}
    life.wait(54 * MINUTE)
    waiting |= {each.about for each in life.notices()} | {life.latest(K.CLAIM).id}
    life.give(A_POST, c.ClaimIssue)
    life.give(CO_STAFF, c.ReportIn)
    assert None not in waiting
    assert waiting <= set(settled(life.issue))


@pytest.mark.parametrize("kind", [c.BreachDeadline, c.ClimbRung])
def test_timer_fires_after_close(kind: type[c.Command]) -> None:
    life = a_life(S.CLOSED)
    life.now += 30 * DAY
    rung = {"rung": 0} if kind is c.ClimbRung else {}
    for deadline in life.issue.deadlines:
        refusal = life.why_not(ENGINE, kind, deadline=deadline.id, **rung)
        assert refusal is RefusalCode.FACT_GONE
    assert life.issue.due(life.now) is None


def test_long_queue_eta_runs_twice() -> None:
    life = a_life(S.DISPATCHED)
    life.wait(30 * DAY)
    for step in life.steps[1:]:
        with pytest.raises(Refusal) as caught:
            life.issue.handle(step.command, life.now)
        assert caught.value.code is RefusalCode.FACT_GONE


def test_unknown_action_kills_the_run() -> None:
    life = a_life(S.HANDLING)
    before = life.issue
    with pytest.raises(Refusal):
        life.issue.handle(life.command(DISPATCHER, c.Command), life.now)
    assert life.issue == before
    resolve(life)


def test_two_targets_overwrite_each_other() -> None:
    life = a_life(S.HANDLING)
    ids = [each.id for each in life.issue.deadlines]
    assert len(ids) == len(set(ids))
    life.wait(HOUR)
    life.give(CO_STAFF, c.ReportIn)
    life.give(A_POST, c.RequestExtension, by=urgent(4))
    life.give(DISPATCHER, c.DecideExtension, approved=True)
    assert (life.left(K.RESOLVE), life.left(K.OVERALL)) == (51 * HOUR, 75 * HOUR)
    assert (life.left(K.REPORT_IN, LIFT), life.left(K.ANSWER, PROPERTY)) == (2 * HOUR, 23 * HOUR)
    met = {(each.kind, each.department) for each in life.issue.deadlines if each.met_at}
    assert met == {(K.CLAIM, LIFT), (K.REPORT_IN, PROPERTY), (K.DECIDE, None)}


def test_first_breach_not_countable_afterwards() -> None:
    life = a_life(S.DISPATCHED)
    first = life.steps[0].at + HOUR
    life.wait(2 * HOUR)
    disappoint(life)
    life.wait(10 * DAY)
    resolve(life)
    evaluate(life)
    life.give(A_POST, c.AppealBreach)
    issue = life.give(SUPERVISOR, c.DecideAppeal, approved=True)
    assert (issue.first_breach_kind, issue.first_breach_at) == (K.CLAIM, first)
    assert (issue.deadlines[3].kind, issue.deadlines[3].breached_at) == (K.CLAIM, first)
    assert issue.exempt


def test_satisfaction_not_countable() -> None:
    silent = a_life(S.RESOLVED)
    silent.wait(4 * DAY)
    assert silent.issue.satisfaction is Satisfaction.NO_ANSWER
    life = a_life(S.HANDLING)
    disappoint(life)
    resolve(life)
    evaluate(life, Satisfaction.BASICALLY, solved=False)
    said = [each.command for each in life.steps if isinstance(each.command, c.EvaluateIssue)]
    words = [each.satisfaction for each in said]
    assert words == [Satisfaction.UNSATISFIED, Satisfaction.BASICALLY]
    assert (life.issue.satisfaction, life.issue.solved_says) == (words[-1], False)
    assert life.why_not(RESIDENT, c.CloseUnanswered) is RefusalCode.WRONG_STATE


def test_routing_rule_that_fails_switches_itself_off_silently() -> None:
    broken = RoutingRule(code="broken", order=1, lead=DepartmentCode("gone"))
    whole = RoutingRule(code="whole", order=2, lead=LIFT)
    for _ in range(2):
        proposal, passed_over = propose([broken, whole], ORIGIN, {LIFT})
        assert passed_over == ("broken",)
        assert proposal is not None
        assert proposal.rule == "whole"


def test_breach_of_a_finished_issue_can_be_counted() -> None:
    issue = breached_and_closed().issue
    breaches = [each.kind for each in issue.deadlines if each.breached_at]
    assert breaches == [K.REPORT_IN, K.REPORT_IN, K.CLAIM, K.CONTACT]
