"""Who may in a meeting: how far rights reach over its facts; the roles stand in `rights`."""

from collections.abc import Callable, Mapping

from domain.actor import Actor
from domain.meeting.facts import MeetingFacts
from domain.meeting.membership import is_delegate, is_member
from domain.meeting.parts import Party, Task
from domain.rights import Act, Grant, MeetingWho, Within, department_of, grants


def speaks_for(actor: Actor, code: str | None) -> bool:
    """Whether the actor belongs to the department of this code."""
    return code is not None and department_of(actor) == code


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


def is_reviewer_of(actor: Actor, task: Task, meeting: MeetingFacts) -> bool:
    """Whom the decision named, or the convenor; nobody reviews what its own department did."""
    return any(
        each.is_for(actor) and _reviews(each.within, actor, task, meeting)
        for each in grants(MeetingWho.REVIEWER)
    )


def _reviews(within: Within, actor: Actor, task: Task, meeting: MeetingFacts) -> bool:
    named = task.reviewer
    if speaks_for(actor, task.department):
        return False
    if within is Within.REVIEWS:
        return named is not None and task.reviewer_is_person and is_person(actor, named)
    if within is Within.REVIEWS_FOR:
        department = meeting.origin.convenor if named is None else named
        return not (named and task.reviewer_is_person) and speaks_for(actor, department)
    return named is None and _is_unled(actor, meeting)


def _reviews_any(within: Within) -> Callable[[Actor, MeetingFacts], bool]:
    return lambda actor, meeting: any(
        _reviews(within, actor, task, meeting) for task in meeting.tasks
    )


def _covers(actor: Actor, meeting: MeetingFacts) -> bool:
    return actor.covers(meeting.origin.grid)


def _is_unled(actor: Actor, meeting: MeetingFacts) -> bool:
    return meeting.origin.convenor is None and _covers(actor, meeting)


_LIES: Mapping[Within, Callable[[Actor, MeetingFacts], bool]] = {
    Within.ANYWHERE: lambda _, __: True,
    Within.GRID: _covers,
    Within.MEETING: is_member,
    Within.DELEGATE: is_delegate,
    Within.INVITED: lambda actor, meeting: any(
        each.is_person and is_person(actor, each.code) for each in meeting.parties
    ),
    Within.SENT: lambda actor, meeting: any(
        not each.is_person and speaks_for(actor, each.code) for each in meeting.parties
    ),
    Within.CONVENOR: lambda actor, meeting: speaks_for(actor, meeting.origin.convenor),
    Within.UNLED: _is_unled,
    Within.TASKED: lambda actor, meeting: any(
        speaks_for(actor, task.department) for task in meeting.tasks
    ),
    **{
        each: _reviews_any(each)
        for each in (Within.REVIEWS, Within.REVIEWS_FOR, Within.REVIEWS_UNLED)
    },
}


def _has(actor: Actor, meeting: MeetingFacts, granted: tuple[Grant, ...]) -> bool:
    return any(each.is_for(actor) and _LIES[each.within](actor, meeting) for each in granted)


def may_act(actor: Actor, meeting: MeetingFacts, who: tuple[MeetingWho, ...]) -> bool:
    """Whether the actor acts in at least one of these capacities."""
    return any(_has(actor, meeting, grants(each)) for each in who)


def may_see(actor: Actor, meeting: MeetingFacts) -> bool:
    """Whether the actor may read the meeting: who is in it, and who oversees its grid."""
    return _has(actor, meeting, grants(Act.SEE_MEETING))
