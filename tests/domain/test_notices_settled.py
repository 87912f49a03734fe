"""What need not be told any more is dropped before it goes out."""

import pytest

from domain import commands as c
from domain.notices import settled
from domain.vocabulary import DeadlineKind as K
from domain.vocabulary import IssueState as S
from tests.domain.cast import (
    A_POST,
    CO_STAFF,
    DAY,
    DISPATCHER,
    GRID_WORKER,
    LIFT,
    POLICE,
    PROPERTY,
)
from tests.domain.life import a_life, breached_and_closed

TO_LEAD, TO_CO = f"department:{LIFT}", f"department:{PROPERTY}"


def test_claim_settles_what_waited_for_it() -> None:
    life = a_life(S.DISPATCHED)
    assigned = {each.recipient: each.about for each in life.notices()}
    life.give(A_POST, c.ClaimIssue)
    assert {assigned[TO_LEAD], life.latest(K.CLAIM).id} <= set(settled(life.issue))
    assert assigned[TO_CO] not in settled(life.issue)


@pytest.mark.parametrize("kind", [c.CompletePart, c.WaivePart])
def test_finished_part_settles_its_call(kind: type[c.Command]) -> None:
    life = a_life(S.HANDLING)
    if kind is c.CompletePart:
        life.give(CO_STAFF, kind)
    else:
        life.give(A_POST, kind, department=PROPERTY)
    assert "assignment:2" in settled(life.issue)


def test_assignment_that_ended_is_settled() -> None:
    life = a_life(S.DISPATCHED)
    life.give(DISPATCHER, c.DispatchIssue, lead=POLICE)
    assert {"assignment:1", "assignment:2"} <= set(settled(life.issue))
    assert "assignment:3" not in settled(life.issue)


def test_report_in_settles_the_call_of_a_co_department() -> None:
    life = a_life(S.DISPATCHED)
    assigned = {each.recipient: each.about for each in life.notices()}
    life.give(CO_STAFF, c.ReportIn)
    life.give(A_POST, c.ReportIn)
    assert assigned[TO_CO] in settled(life.issue)
    assert assigned[TO_LEAD] not in settled(life.issue)


@pytest.mark.parametrize("state", [S.VERIFYING, S.DISPATCHING])
def test_decided_issue_asks_nobody_to_decide(state: S) -> None:
    life = a_life(state)
    (needed,) = life.notices()
    assert needed.about not in settled(life.issue)
    if state is S.VERIFYING:
        life.give(GRID_WORKER, c.VerifyIssue, confirmed=True)
    else:
        life.give(DISPATCHER, c.DispatchIssue, lead=LIFT)
    assert needed.about in settled(life.issue)


def test_closed_issue_settles_everything() -> None:
    life = breached_and_closed()
    life.wait(10 * DAY)
    assert {each.id for each in life.issue.deadlines} <= set(settled(life.issue))
    assert {f"assignment:{n}" for n in (1, 2)} <= set(settled(life.issue))
