"""Who may: named predicates over an actor and an issue, listed row by row in the law."""

from collections.abc import Callable
from enum import StrEnum

from domain.actor import Actor
from domain.facts import IssueFacts
from domain.vocabulary import Part, Role

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
    FORMER_LEAD = "former_lead"
    PARTY = "party"


def _in_scope(actor: Actor, issue: IssueFacts, *roles: Role) -> bool:
    return actor.has(*roles) and actor.covers(issue.origin.grid)


def _is_raiser(actor: Actor, issue: IssueFacts) -> bool:
    return actor.subject in (issue.origin.raised_by, issue.origin.resident)


def _is_evaluator(actor: Actor, issue: IssueFacts) -> bool:
    return _is_raiser(actor, issue) or _in_scope(actor, issue, *issue.pinned.rated_by)


def _is_called(actor: Actor, issue: IssueFacts) -> bool:
    called = {each.department for each in issue.active}
    return actor.has(*_OF_A_DEPARTMENT) and actor.department in called


def _is_lead(actor: Actor, issue: IssueFacts) -> bool:
    lead = issue.lead
    return _is_called(actor, issue) and lead is not None and lead.department == actor.department


def _was_lead(actor: Actor, issue: IssueFacts) -> bool:
    leads = {each.department for each in issue.assignments if each.part is Part.LEAD}
    return actor.has(*_OF_A_DEPARTMENT) and actor.department in leads


def _is_party(actor: Actor, issue: IssueFacts) -> bool:
    ever_called = {each.department for each in issue.assignments}
    return (
        _is_raiser(actor, issue)
        or (actor.has(*_OF_A_DEPARTMENT) and actor.department in ever_called)
        or _in_scope(actor, issue, *_OVERSEERS, Role.GRID_WORKER, Role.BUILDING_HEAD)
    )


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
    Who.FORMER_LEAD: _was_lead,
    Who.PARTY: _is_party,
}


def may_act(actor: Actor, issue: IssueFacts, who: tuple[Who, ...]) -> bool:
    """Whether the actor acts in at least one of these capacities."""
    return any(_PREDICATES[each](actor, issue) for each in who)


def may_see(actor: Actor, issue: IssueFacts) -> bool:
    """Whether the actor may read the issue: its parties, and administrators of its grid."""
    return _is_party(actor, issue) or _in_scope(actor, issue, Role.ADMINISTRATOR)
