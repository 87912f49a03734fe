"""Who may see which issues, as a scope that a query can apply."""

from dataclasses import dataclass, replace

from domain.actor import Actor
from domain.ids import DepartmentCode, GridCode, Subject
from domain.meeting.membership import memberships
from domain.vocabulary import Role

_OF_A_DEPARTMENT = (Role.STAFF, Role.LEADER)
_BY_GRID = (
    Role.GRID_WORKER,
    Role.BUILDING_HEAD,
    Role.DISPATCHER,
    Role.SUPERVISOR,
    Role.ADMINISTRATOR,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Issues raised by or for `subject`, or that ever called `department`, or lie in `grids`.

    `attends` are names under which somebody is in meetings: what stands on their agendas as well.
    """

    subject: Subject
    department: DepartmentCode | None = None
    grids: tuple[GridCode, ...] = ()
    attends: tuple[str, ...] = ()


def scope_of(actor: Actor) -> Scope:
    """Everybody sees what they raised; staff their department's; overseers their grids'."""
    return Scope(
        subject=actor.subject,
        department=actor.department if actor.has(*_OF_A_DEPARTMENT) else None,
        grids=actor.grids if actor.has(*_BY_GRID) else (),
    )


def reading_scope_of(actor: Actor) -> Scope:
    """Who talks about an issue in a meeting reads it too; lists and commands stay as they are."""
    return replace(scope_of(actor), attends=memberships(actor))
