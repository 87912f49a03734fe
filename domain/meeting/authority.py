"""Who may in a meeting: named predicates over an actor and the meeting's facts."""

from collections.abc import Callable
from enum import StrEnum

from domain.actor import Actor
from domain.meeting.facts import MeetingFacts
from domain.meeting.parts import Party, Task
from domain.vocabulary import Role

_OF_A_DEPARTMENT = (Role.STAFF, Role.LEADER)
_OVERSEERS = (Role.SUPERVISOR, Role.DISPATCHER, Role.ADMINISTRATOR)


class MeetingWho(StrEnum):
    """The capacities in which somebody may act in a meeting."""

    ENGINE = "engine"
    CONVENOR = "convenor"
    INVITED = "invited"
    SUPERVISOR = "supervisor"
    TASKED = "tasked"
    REVIEWER = "reviewer"


def speaks_for(actor: Actor, code: str | None) -> bool:
    """Whether the actor belongs to the department of this code."""
    return code is not None and actor.has(*_OF_A_DEPARTMENT) and actor.department == code


def is_person(actor: Actor, code: str) -> bool:
    """Whether the code is the actor's own subject."""
    return actor.subject == code


def party_of(actor: Actor, meeting: MeetingFacts) -> Party | None:
    """The party the actor speaks for: in person, or its department."""
    for party in meeting.parties:
        is_meant = (
            is_person(actor, party.code) if party.is_person else speaks_for(actor, party.code)
        )
        if is_meant:
            return party
    return None


def _supervises(actor: Actor, meeting: MeetingFacts) -> bool:
    return actor.has(Role.SUPERVISOR) and actor.covers(meeting.origin.grid)


def is_convenor(actor: Actor, meeting: MeetingFacts) -> bool:
    """The convening department; where none is known, a supervisor of the grid."""
    if meeting.origin.convenor is None:
        return _supervises(actor, meeting)
    return speaks_for(actor, meeting.origin.convenor)


def is_reviewer_of(actor: Actor, task: Task, meeting: MeetingFacts) -> bool:
    """Whom the decision named, or the convenor; nobody reviews what its own department did."""
    if speaks_for(actor, task.department):
        return False
    if task.reviewer is None:
        return is_convenor(actor, meeting)
    if task.reviewer_is_person:
        return is_person(actor, task.reviewer)
    return speaks_for(actor, task.reviewer)


_PREDICATES: dict[MeetingWho, Callable[[Actor, MeetingFacts], bool]] = {
    MeetingWho.ENGINE: lambda actor, _: actor.has(Role.ENGINE),
    MeetingWho.CONVENOR: is_convenor,
    MeetingWho.INVITED: lambda actor, meeting: party_of(actor, meeting) is not None,
    MeetingWho.SUPERVISOR: _supervises,
    MeetingWho.TASKED: lambda actor, meeting: any(
        speaks_for(actor, task.department) for task in meeting.tasks
    ),
    MeetingWho.REVIEWER: lambda actor, meeting: any(
        is_reviewer_of(actor, task, meeting) for task in meeting.tasks
    ),
}


def may_act(actor: Actor, meeting: MeetingFacts, who: tuple[MeetingWho, ...]) -> bool:
    """Whether the actor acts in at least one of these capacities."""
    return any(_PREDICATES[each](actor, meeting) for each in who)


def may_see(actor: Actor, meeting: MeetingFacts) -> bool:
    """Whether the actor may read the meeting: who is in it, and who oversees its grid."""
    in_it = may_act(actor, meeting, tuple(each for each in MeetingWho))
    return in_it or (actor.has(*_OVERSEERS) and actor.covers(meeting.origin.grid))
