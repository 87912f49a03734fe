"""What a workflow answered to a command, as the record tells it to those who ask again."""

from collections.abc import Callable
from typing import TypeVar

from storage.meetings.views import RecordedMeetingEvent
from storage.views import RecordedEvent

A = TypeVar("A")


def answer_to(event: RecordedEvent | RecordedMeetingEvent, kind: Callable[..., A]) -> A:
    """The `kind` is that of the workflow; all of them have the same fields."""
    return kind(
        number=event.number,
        command=event.command_id,
        event=event.name,
        version=event.version,
        state=event.state,
        at=event.at,
    )
