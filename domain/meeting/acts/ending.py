"""How items and the meeting itself come to an end."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from domain.meeting.facts import MeetingFacts
from domain.meeting.parts import AgendaItem
from domain.meeting.words import MeetingOutcome, MeetingState
from domain.vocabulary import ItemOutcome

M = TypeVar("M", bound=MeetingFacts)

_WORST_FIRST = (
    (ItemOutcome.NOT_OPENED, MeetingOutcome.NOT_OPENED),
    (ItemOutcome.NO_QUORUM, MeetingOutcome.NO_QUORUM),
    (ItemOutcome.NO_DECISION, MeetingOutcome.NO_DECISION),
    (ItemOutcome.TASK_MISSED, MeetingOutcome.TASK_MISSED),
    (ItemOutcome.PASSED_UP, MeetingOutcome.PASSED_UP),
)


def end_item(meeting: M, item: AgendaItem, outcome: ItemOutcome, at: datetime) -> M:
    """The item has its end; tasks that were still open for it are dropped."""
    for task in meeting.tasks_of(item.issue):
        if not task.is_settled:
            meeting = meeting.with_task(replace(task, dropped_at=at))
    return meeting.with_item(replace(item, outcome=outcome, ended_at=at))


def end_items(meeting: M, items: Iterable[AgendaItem], outcome: ItemOutcome, at: datetime) -> M:
    for item in items:
        meeting = end_item(meeting, item, outcome, at)
    return meeting


def moved_on(meeting: M, at: datetime) -> M:
    """Where the meeting stands after something was decided, done, missed or taken off."""
    if not any(each.is_open for each in meeting.agenda):
        return _closed(meeting, at)
    if meeting.awaiting or meeting.state is MeetingState.PROPOSED:
        return meeting
    if meeting.state is MeetingState.REVIEWING or any(each.done_at for each in meeting.tasks):
        return replace(meeting, state=MeetingState.REVIEWING)
    return replace(meeting, state=MeetingState.DECIDED)


def _closed(meeting: M, at: datetime) -> M:
    return replace(
        meeting, state=MeetingState.CLOSED, outcome=_outcome(meeting.agenda), closed_at=at
    )


def _outcome(agenda: tuple[AgendaItem, ...]) -> MeetingOutcome:
    ends = {each.outcome for each in agenda}
    if ends <= {ItemOutcome.TAKEN_OFF}:
        return MeetingOutcome.EMPTY
    return next((named for end, named in _WORST_FIRST if end in ends), MeetingOutcome.SETTLED)
