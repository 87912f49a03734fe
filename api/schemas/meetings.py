"""Meetings as they are read, and what a list of them can be narrowed by."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.schemas.issues import Read
from api.schemas.meeting_commands import Position
from api.schemas.text import Code, Number
from domain.ids import DepartmentCode, GridCode, IssueNumber
from domain.meeting.membership import MeetingScope
from domain.meeting.parts import AgendaItem, Task
from domain.meeting.words import MeetingKind, MeetingOutcome, MeetingState
from domain.vocabulary import ConvenedBy, Level, Role
from storage.meetings.queries import LARGEST_PAGE, MOST_OWED, MeetingFilter
from storage.meetings.views import Duty

MeetingNumberText = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$")]


class MeetingAnswered(Read):
    """What became of a command."""

    number: str
    command: str
    """The idempotency key it was asked under."""
    event: str
    version: int
    state: MeetingState
    at: datetime
    label: str
    """The event in the caller's language."""


class MeetingRead(Read):
    """A meeting as lists show it: codes and instants."""

    number: str
    version: int
    kind: MeetingKind
    state: MeetingState
    outcome: MeetingOutcome | None
    district: str
    grid: str
    level: Level
    convened_by: ConvenedBy
    convened_at: datetime
    convenor: str | None
    sits_at: datetime | None
    decide_by: datetime | None
    opened_at: datetime | None
    postponements: int
    minutes: int
    closed_at: datetime | None
    updated_at: datetime
    labels: Mapping[str, str] = Field(default={})
    """The words above in the caller's language, and what the convenor is called."""


class ItemRead(Read):
    """An issue on the agenda; `text` is the reason of its decision, None once erased."""

    item: AgendaItem
    label: str | None
    """How it ended, in the caller's language."""
    text: str | None


class TaskRead(Read):
    """A task; `text` is what is to be done, None once erased."""

    task: Task
    text: str | None


class StepRead(Read):
    """One of the four steps of a meeting, and since when."""

    step: MeetingState
    label: str
    """The step in the caller's language."""
    since: datetime


class PartyRead(Read):
    """A party with its instants; `name` is that of its department, None of a person."""

    code: str
    name: str | None
    standing: bool
    is_person: bool
    invited_at: datetime | None
    report_in_by: datetime | None
    reminded_at: datetime | None
    acknowledged_at: datetime | None
    reported_in_at: datetime | None
    proposed_at: datetime | None
    """The time it would rather sit at."""
    position: str | None
    """The name of what `positions` says."""
    arrived_at: datetime | None
    absent_at: datetime | None
    """Of the present call; all of them stand in `absences`."""
    absences: tuple[datetime, ...]


class AgendaRead(Read):
    """What a meeting is about: each issue with what was decided of it, and the tasks of that."""

    number: str
    state: MeetingState
    sits_at: datetime | None
    proposed: tuple[datetime, ...]
    """When it could sit, as who called for it proposed."""
    place: str | None
    """Where it sits; None if nobody said, or once erased."""
    items: list[ItemRead]
    tasks: list[TaskRead]
    names: Mapping[str, str]
    """What the departments above are called in the caller's language, by their codes."""


class MeetingDetailRead(MeetingRead):
    """A meeting as its page shows it."""

    quorum: int
    present: int
    proposed: tuple[datetime, ...]
    """When it could sit, as who called for it proposed."""
    place: str | None
    """Where it sits; None if nobody said, or once erased."""
    steps: list[StepRead]
    """提议, 商议, 决议, 评议: those it has come to, in order."""
    parties: list[PartyRead]
    positions: Mapping[str, Position]
    """Where parties said they are, by their code, unless it was erased."""
    agenda: list[ItemRead]
    tasks: list[TaskRead]
    names: Mapping[str, str]
    """What the departments above are called in the caller's language, by their codes."""


class MeetingPage(Read):
    """Some of a list; `next` is the cursor of what follows, None at the end."""

    items: list[MeetingRead]
    next: str | None


class MeetingEventRead(Read):
    """One thing that happened in a meeting."""

    version: int
    name: str
    label: str
    at: datetime
    actor: str
    roles: tuple[Role, ...]
    department: str | None
    department_name: str | None
    """In the caller's language."""
    state: MeetingState
    text: str | None
    """None if nothing was said, or if it was erased."""
    text_erased_at: datetime | None
    details: Mapping[str, Any]


class MeetingTimeline(Read):
    """What happened, in order; ask with `after` for what follows `next`."""

    items: list[MeetingEventRead]
    next: int | None


class OwedRead(Read):
    """Something the caller or its department owes a meeting."""

    meeting: str
    duty: Duty
    label: str
    """The duty in the caller's language."""
    due_by: datetime | None
    """None while it is being reckoned."""
    is_late: bool
    task: str | None
    issue: str | None


class Owings(Read):
    """The most pressing first; `next` is the cursor of what follows, None at the end."""

    items: list[OwedRead]
    next: str | None


class OwingsSpan(BaseModel):
    """Query parameters: which page."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    cursor: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,400}$")] | None = None
    """`next` of the page before."""
    limit: int = Field(default=MOST_OWED, ge=1, le=MOST_OWED)


class MeetingFilters(BaseModel):
    """Query parameters; what is left out does not matter."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    state: list[MeetingState] = Field(default=[], max_length=len(MeetingState))
    """May be repeated."""
    kind: MeetingKind | None = None
    level: Level | None = None
    grid: Code | None = None
    """The grid or anything below it."""
    convenor: Code | None = None
    issue: Number | None = None
    """Is or was on the agenda."""
    cursor: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,200}$")] | None = None
    """`next` of the page before."""
    limit: int = Field(default=50, ge=1, le=LARGEST_PAGE)

    def filter(self, scope: MeetingScope) -> MeetingFilter:
        """The question to ask, within what the asker may see."""
        return MeetingFilter(
            states=tuple(self.state),
            kind=self.kind,
            level=self.level,
            grid=GridCode(self.grid) if self.grid else None,
            convenor=DepartmentCode(self.convenor) if self.convenor else None,
            issue=IssueNumber(self.issue) if self.issue else None,
            scope=scope,
        )
