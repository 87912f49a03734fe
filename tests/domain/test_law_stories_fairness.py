"""Who may judge, and who may appeal."""

from dataclasses import replace

from domain import commands as c
from domain.actor import Actor
from domain.ids import Subject
from domain.refusals import RefusalCode as No
from domain.vocabulary import IssueState as S
from domain.vocabulary import Role, Satisfaction
from tests.domain.cast import A_POST, CO_STAFF, GRID_WORKER, ORIGIN, born_under, the_policy
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
