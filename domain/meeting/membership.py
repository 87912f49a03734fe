"""Which meetings a caller may see, as a scope that a query can apply; `may_see` in sets."""

from dataclasses import dataclass

from domain.actor import Actor
from domain.ids import GridCode
from domain.meeting.facts import MeetingFacts
from domain.rights import Act, Row, Within, department_of, grids_of, reach


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


def is_member(actor: Actor, meeting: MeetingFacts) -> bool:
    """Whether the actor's own person is in it."""
    return _person(actor.subject) in members(meeting)


def is_delegate(actor: Actor, meeting: MeetingFacts) -> bool:
    """Whether the department the actor speaks for is in it."""
    department = department_of(actor)
    return department is not None and _department(department) in members(meeting)


def memberships(actor: Actor, row: Row) -> tuple[str, ...]:
    """The names of members under which the actor has this right."""
    within, department = reach(actor, row), department_of(actor)
    own = (_person(actor.subject),) if Within.MEETING in within else ()
    if department is None or Within.DELEGATE not in within:
        return own
    return (*own, _department(department))


def supervised_by(actor: Actor) -> tuple[GridCode, ...]:
    """Where the actor leads the meetings that have no convenor."""
    return grids_of(actor, Act.OWE_MEETINGS, Within.UNLED)


def meeting_scope_of(actor: Actor) -> MeetingScope:
    """Everybody sees the meetings they are in; overseers those of their grids."""
    return MeetingScope(
        members=memberships(actor, Act.SEE_MEETING), grids=grids_of(actor, Act.SEE_MEETING)
    )
