"""Who may: named predicates over an actor and an issue, listed row by row in the law."""

from collections.abc import Callable
from enum import StrEnum

from domain.actor import Actor
from domain.facts import IssueFacts
from domain.vocabulary import DeadlineKind, IssueState, Part, Role

_OVERSEERS = (Role.DISPATCHER, Role.SUPERVISOR)
_OF_A_DEPARTMENT = (Role.STAFF, Role.LEADER)


class Who(StrEnum):
    """The capacities in which somebody may act on an issue."""

    ENGINE = "engine"
    RAISER = "raiser"
    EVALUATOR = "evaluator"
    GRID_WORKER = "grid_worker"
    DISPATCHER = "dispatcher"
    SUPERVISOR = "supervisor"
    LEAD = "lead"
    CO = "co"
    CALLED = "called"
    LATE = "late"
    PARTY = "party"
    CAMERA = "camera"
    """The engine in the name of the camera that raised it, until a person has to do with it."""


def _in_scope(actor: Actor, issue: IssueFacts, *roles: Role) -> bool:
    return actor.has(*roles) and actor.covers(issue.origin.grid)


def _is_raiser(actor: Actor, issue: IssueFacts) -> bool:
    return actor.subject in (issue.origin.raised_by, issue.origin.resident)


def _is_evaluator(actor: Actor, issue: IssueFacts) -> bool:
    """Who raised it; beside them whom the whistle kind names, and the grid worker for a camera."""
    by_camera = issue.origin.source is Role.CAMERA and issue.origin.resident is None
    rated_by = (*issue.pinned.rated_by, Role.GRID_WORKER) if by_camera else issue.pinned.rated_by
    return _is_raiser(actor, issue) or _in_scope(actor, issue, *rated_by)


def _is_called(actor: Actor, issue: IssueFacts) -> bool:
    called = {each.department for each in issue.active}
    return actor.has(*_OF_A_DEPARTMENT) and actor.department in called


def _is_lead(actor: Actor, issue: IssueFacts) -> bool:
    lead = issue.lead
    return _is_called(actor, issue) and lead is not None and lead.department == actor.department


def _was_late(actor: Actor, issue: IssueFacts) -> bool:
    """Of a department whose own deadline was breached, or that led while the issue's own was."""
    late = {each.department for each in issue.deadlines if each.breached_at is not None}
    overall = any(
        each.kind is DeadlineKind.OVERALL and each.breached_at is not None
        for each in issue.deadlines
    )
    leads = {each.department for each in issue.assignments if each.part is Part.LEAD}
    nobody = issue.first_breach_at is None  # told so by the law itself, not turned away
    owners = (late | leads if overall or nobody else late) - {None}
    return actor.has(*_OF_A_DEPARTMENT) and actor.department in owners


def _is_party(actor: Actor, issue: IssueFacts) -> bool:
    ever_called = {each.department for each in issue.assignments}
    return (
        _is_raiser(actor, issue)
        or (actor.has(*_OF_A_DEPARTMENT) and actor.department in ever_called)
        or _in_scope(actor, issue, *_OVERSEERS, Role.GRID_WORKER, Role.BUILDING_HEAD)
    )


def _is_camera_alone(actor: Actor, issue: IssueFacts) -> bool:
    """A camera's silence ends only what a camera began and nobody has taken up."""
    by_camera = issue.origin.source is Role.CAMERA and issue.origin.resident is None
    return actor.has(Role.ENGINE) and by_camera and not _is_taken_up(issue)


def _is_taken_up(issue: IssueFacts) -> bool:
    """Somebody was called to it, confirmed it, watches it, wrote on it, or meets about it."""
    was_confirmed = issue.pinned.needs_verification and issue.state is IssueState.DISPATCHING
    is_watched = issue.supervised_by is not None or issue.urges > 0 or issue.notes > 0
    talks = (issue.meeting, issue.meeting_called, issue.council)
    return bool(issue.assignments) or was_confirmed or is_watched or any(talks)


_PREDICATES: dict[Who, Callable[[Actor, IssueFacts], bool]] = {
    Who.ENGINE: lambda actor, _: actor.has(Role.ENGINE),
    Who.RAISER: _is_raiser,
    Who.EVALUATOR: _is_evaluator,
    Who.GRID_WORKER: lambda actor, issue: _in_scope(actor, issue, Role.GRID_WORKER),
    Who.DISPATCHER: lambda actor, issue: _in_scope(actor, issue, Role.DISPATCHER),
    Who.SUPERVISOR: lambda actor, issue: _in_scope(actor, issue, Role.SUPERVISOR),
    Who.LEAD: _is_lead,
    Who.CO: lambda actor, issue: _is_called(actor, issue) and not _is_lead(actor, issue),
    Who.CALLED: _is_called,
    Who.LATE: _was_late,
    Who.PARTY: _is_party,
    Who.CAMERA: _is_camera_alone,
}


def may_act(actor: Actor, issue: IssueFacts, who: tuple[Who, ...]) -> bool:
    """Whether the actor acts in at least one of these capacities."""
    return any(_PREDICATES[each](actor, issue) for each in who)


def may_see(actor: Actor, issue: IssueFacts) -> bool:
    """Whether the actor may read the issue: its parties, and administrators of its grid."""
    return _is_party(actor, issue) or _in_scope(actor, issue, Role.ADMINISTRATOR)
