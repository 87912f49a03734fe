"""Meetings as storage hands them out: plain facts as they were when they were read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.commands import Command
from domain.ids import (
    CommandId,
    DepartmentCode,
    DistrictCode,
    GridCode,
    IssueNumber,
    MeetingNumber,
    Subject,
    TaskId,
    TextId,
)
from domain.meeting.meeting import Meeting
from domain.meeting.words import MeetingEvent, MeetingKind, MeetingOutcome, MeetingState
from domain.vocabulary import ConvenedBy, Level, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingLine:
    """A meeting as a list shows it."""

    number: MeetingNumber
    version: int
    kind: MeetingKind
    state: MeetingState
    outcome: MeetingOutcome | None
    district: DistrictCode
    grid: GridCode
    level: Level
    convened_by: ConvenedBy
    convened_at: datetime
    convenor: DepartmentCode | None
    sits_at: datetime | None
    decide_by: datetime | None
    opened_at: datetime | None
    postponements: int
    minutes: int
    closed_at: datetime | None
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingDetail:
    """A meeting as its page shows it; `texts` are those of its decisions and tasks."""

    line: MeetingLine
    snapshot: Meeting
    texts: Mapping[TextId, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedMeetingEvent:
    """An accepted command of a meeting as it was recorded."""

    number: MeetingNumber
    version: int
    name: MeetingEvent
    at: datetime
    recorded_at: datetime
    command_id: CommandId
    state: MeetingState
    command: Command


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingEntry:
    """One thing that happened in a meeting; `text` is None if nothing was said, or erased."""

    version: int
    name: MeetingEvent
    at: datetime
    actor: Subject
    roles: tuple[Role, ...]
    department: DepartmentCode | None
    state: MeetingState
    text: str | None
    text_erased_at: datetime | None
    details: Mapping[str, Any]


class Duty(StrEnum):
    """What somebody owes a meeting."""

    REPORT_IN = "report_in"
    OPEN = "open"
    DECIDE = "decide"
    TASK = "task"
    REVIEW = "review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One duty and by when; task and issue where it is about one."""

    meeting: MeetingNumber
    duty: Duty
    due_by: datetime | None
    task: TaskId | None = None
    issue: IssueNumber | None = None
