"""Who may see which issues, as a scope that a query can apply."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.actor import Actor
from domain.ids import DepartmentCode, GridCode, Subject
from domain.meeting.membership import memberships
from domain.reference import ReferenceKind as Kind
from domain.rights import Act, Within, department_of, grids_of, reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Issues raised by or for `subject`, or that ever called `department`, or lie in `grids`.

    `attends` are names under which somebody is in meetings: what stands on their agendas as well.
    """

    subject: Subject
    department: DepartmentCode | None = None
    grids: tuple[GridCode, ...] = ()
    attends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryScope:
    """Reference data about people of `department`, about a place in `grids`, or about no place."""

    department: DepartmentCode | None = None
    grids: tuple[GridCode, ...] = ()


GUARDED: Mapping[Kind, Act] = {
    Kind.ABSENCE: Act.READ_ABSENCES,
    Kind.NOTICE_POLICY: Act.READ_NOTICE_POLICIES,
    Kind.ALERT_SOURCE: Act.READ_ALERT_SOURCES,
}
"""Kinds that not everybody may read: who is away, where notices are sent, what cameras see."""


def scope_of(actor: Actor) -> Scope:
    """Everybody sees what they raised; staff their department's; overseers their grids'."""
    return _scope(actor, Act.LIST_ISSUES)


def reading_scope_of(actor: Actor) -> Scope:
    """Who talks about an issue in a meeting reads it too; lists and commands stay as they are."""
    return _scope(actor, Act.READ_ISSUE)


def _scope(actor: Actor, act: Act) -> Scope:
    called = Within.DEPARTMENT in reach(actor, act)
    return Scope(
        subject=actor.subject,
        department=department_of(actor) if called else None,
        grids=grids_of(actor, act),
        attends=memberships(actor, act),
    )


def act_of_reading(kind: Kind) -> Act:
    """What reading entries of a kind is called in the table."""
    return GUARDED.get(kind, Act.READ_REFERENCE)


def entry_scope_of(actor: Actor, kind: Kind) -> EntryScope | None:
    """Which entries of a kind the actor may read; None are all."""
    act = act_of_reading(kind)
    within = reach(actor, act)
    if Within.ANYWHERE in within:
        return None
    own = department_of(actor) if Within.DEPARTMENT in within else None
    return EntryScope(department=own, grids=grids_of(actor, act))
