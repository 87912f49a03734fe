"""Who may judge, and who may appeal."""

from dataclasses import replace

import pytest

from domain import commands as c
from domain.actor import ENGINE, Actor
from domain.ids import Subject
from domain.refusals import RefusalCode as No
from domain.vocabulary import IssueState as S
from domain.vocabulary import Outcome, Role, Satisfaction, WithdrawalReason
from tests.domain.cast import (
    A_POST,
    CO_STAFF,
    DISPATCHER,
    GRID_WORKER,
    ORIGIN,
    SUPERVISOR,
    born_under,
    the_policy,
)
from tests.domain.life import Life, a_life, breached_and_closed

CAMERA = Actor(subject=Subject("camera-1"), roles=(Role.CAMERA,))


def raised_by(actor: Actor, source: Role) -> Life:
    """Resolved, and raised by this actor."""
    origin = replace(ORIGIN, raised_by=actor.subject, source=source, resident=None)
    return a_life(S.RESOLVED, born_under(the_policy(), origin=origin))


def test_nobody_evaluates_the_own_departments_work() -> None:
    life = raised_by(A_POST, Role.STAFF)
    good = {"satisfaction": Satisfaction.SATISFIED, "solved": True}
    assert life.why_not(A_POST, c.EvaluateIssue, **good) is No.OWN_WORK


def test_grid_worker_evaluates_what_a_camera_raised() -> None:
    seen = raised_by(CAMERA, Role.CAMERA)
    seen.give(GRID_WORKER, c.EvaluateIssue, satisfaction=Satisfaction.SATISFIED, solved=True)
    assert seen.issue.state is S.CLOSED


def test_co_department_appeals_its_own_breach() -> None:
    life = breached_and_closed()
    life.give(CO_STAFF, c.AppealBreach)
    assert life.issue.appealed


# --- what a camera sees no more ------------------------------------------------------------------

SILENT = {"why": WithdrawalReason.NOT_SEEN}


def seen(state: S, *, needs_verification: bool = False, source: Role = Role.CAMERA) -> Life:
    """Raised by a camera, and nobody has done anything."""
    origin = replace(ORIGIN, raised_by=CAMERA.subject, source=source, resident=None)
    born = born_under(
        the_policy(),
        origin=origin,
        routed=state in (S.DISPATCHED, S.HANDLING),
        needs_verification=needs_verification,
    )
    return a_life(state, born)


@pytest.mark.parametrize("state", [S.VERIFYING, S.DISPATCHING])
def test_the_engine_takes_back_what_a_camera_raised_and_nobody_took_up(state: S) -> None:
    life = seen(state, needs_verification=state is S.VERIFYING)
    issue = life.give(ENGINE, c.WithdrawIssue, **SILENT)
    assert (issue.state, issue.outcome) == (S.CLOSED, Outcome.WITHDRAWN)
    assert (issue.open_deadlines, issue.is_finished) == ((), True)


@pytest.mark.parametrize("state", [S.DISPATCHED, S.HANDLING])
def test_what_somebody_was_called_to_is_never_taken_back_by_the_engine(state: S) -> None:
    assert seen(state).why_not(ENGINE, c.WithdrawIssue, **SILENT) is No.NOT_ALLOWED


def test_what_came_back_from_a_department_was_assigned_all_the_same() -> None:
    life = seen(S.DISPATCHED)
    life.give(A_POST, c.ReturnIssue)
    life.give(DISPATCHER, c.DecideReturn, approved=True)
    assert life.issue.active == ()
    assert life.why_not(ENGINE, c.WithdrawIssue, **SILENT) is No.NOT_ALLOWED


@pytest.mark.parametrize(
    ("actor", "command"),
    [
        (GRID_WORKER, c.AddNote),
        (DISPATCHER, c.AddNote),
        (SUPERVISOR, c.SuperviseIssue),
        (SUPERVISOR, c.ConveneMeeting),
    ],
)
def test_what_a_person_has_to_do_with_is_not_taken_back(
    actor: Actor, command: type[c.Command]
) -> None:
    life = seen(S.DISPATCHING)
    life.give(actor, command)
    assert life.why_not(ENGINE, c.WithdrawIssue, **SILENT) is No.NOT_ALLOWED


def test_what_was_confirmed_on_the_spot_is_not_taken_back() -> None:
    life = seen(S.VERIFYING, needs_verification=True)
    life.give(GRID_WORKER, c.VerifyIssue, confirmed=True)
    assert life.issue.state is S.DISPATCHING
    assert life.why_not(ENGINE, c.WithdrawIssue, **SILENT) is No.NOT_ALLOWED


def test_what_a_person_raised_is_not_taken_back() -> None:
    life = seen(S.DISPATCHING, source=Role.RESIDENT)
    assert life.why_not(ENGINE, c.WithdrawIssue, **SILENT) is No.NOT_ALLOWED
