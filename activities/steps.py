"""What a workflow hands to its activities and gets back. Fields are only ever added."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.deadline import Deadline
from domain.events import EventName
from domain.issue import Issue
from domain.parts import Posts


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An accepted command, its effective instant and the snapshot it led to.

    `command` is the command's dataclass on the way out and its JSON object on the way in; the
    event's name says which it is.
    """

    event: EventName
    command: Any
    at: datetime
    after: Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What only reference data could tell: instants of deadlines, and the lead's posts."""

    deadlines: tuple[Deadline, ...] = ()
    posts: Posts | None = None
