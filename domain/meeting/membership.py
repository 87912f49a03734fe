"""Which meetings a caller may see, as a scope that a query can apply; `may_see` in sets."""

from dataclasses import dataclass

from domain.actor import Actor
from domain.ids import DepartmentCode, GridCode
from domain.meeting.facts import MeetingFacts
from domain.vocabulary import Role

_OF_A_DEPARTMENT = (Role.STAFF, Role.LEADER)
_OVERSEERS = (Role.SUPERVISOR, Role.DISPATCHER, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingScope:
    """Meetings that one of `members` takes part in, or that sit in one of `grids`."""

    members: tuple[str, ...]
    grids: tuple[GridCode, ...] = ()


def _department(code: str) -> str:
    return f"department:{code}"


def _person(code: str) -> str:
    return f"subject:{code}"


def members(meeting: MeetingFacts) -> tuple[str, ...]:
    """Everybody in it: parties, convenor, who has a task and who reviews one."""
    found = [
        _person(each.code) if each.is_person else _department(each.code) for each in meeting.parties
    ]
    if meeting.origin.convenor is not None:
        found.append(_department(meeting.origin.convenor))
    for task in meeting.tasks:
        found.append(_department(task.department))
        if task.reviewer is not None:
            name = _person if task.reviewer_is_person else _department
            found.append(name(task.reviewer))
    return tuple(dict.fromkeys(found))


def memberships(actor: Actor) -> tuple[str, ...]:
    """The names under which the actor may take part."""
    own, department = _person(actor.subject), department_of(actor)
    return (own,) if department is None else (own, _department(department))


def department_of(actor: Actor) -> DepartmentCode | None:
    """The department the actor speaks for."""
    return actor.department if actor.has(*_OF_A_DEPARTMENT) else None


def supervised_by(actor: Actor) -> tuple[GridCode, ...]:
    """Where the actor leads the meetings that have no convenor."""
    return actor.grids if actor.has(Role.SUPERVISOR) else ()


def meeting_scope_of(actor: Actor) -> MeetingScope:
    """Everybody sees the meetings they are in; overseers those of their grids."""
    return MeetingScope(
        members=memberships(actor), grids=actor.grids if actor.has(*_OVERSEERS) else ()
    )
