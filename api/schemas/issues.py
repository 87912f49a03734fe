"""Issues as they are raised and read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.pictures import PictureIds, PictureRead
from api.schemas.places import NearRead, PositionBody, PositionRead
from api.schemas.text import Address, Body, Code, Instant, Name, Phone, Subject, Text
from domain.deadline import Extension, PlannedRung
from domain.explanation import Explanation
from domain.parts import Assignment, MeetingRef, Request, Suspension
from domain.vocabulary import (
    DeadlineKind,
    IssueState,
    Level,
    Outcome,
    Role,
    Satisfaction,
)

ORDINARY = "ordinary"


class ReporterBody(Body):
    """Who reports, if they want to be reached. Kept apart, and erasable."""

    name: Name | None = None
    phone: Phone | None = None
    address: Address | None = None


class RaiseBody(Body):
    """A whistle: what, where, how hard. Where is a position, a grid or a building's name."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "grid": "qj.bh.hp.fc",
                    "category": "exposed_rubbish",
                    "description": "3 号楼下垃圾满溢，三天无人清运",
                    "reporter": {"name": "王女士", "phone": "13800000000"},
                }
            ]
        }
    )
    grid: Code | None = None
    """Where: the code of a grid at any level."""
    building: Name | None = None
    """Where: the whole name of a grid, looked for below `grid` if that is given."""
    position: PositionBody | None = None
    """Where, in degrees; it finds the grid, unless one is named. Shown to who may see the issue."""
    said_at: Instant | None = None
    """When the reporter said it, by their own clock, if it could not be sent at once."""
    category: Code
    """What it is about."""
    description: Text
    """What is the matter, in the reporter's words."""
    whistle_kind: Code = ORDINARY
    """How hard departments are called."""
    source: Role | None = None
    """In which of your roles you raise it; the first that may, unless said."""
    resident: Subject | None = None
    """Subject of the resident it is raised for, who may then evaluate it; never a phone number."""
    reporter: ReporterBody = ReporterBody()
    pictures: PictureIds = Field(default=[])
    """Ids of pictures of how it was found, uploaded by you and used nowhere else."""


class Read(BaseModel):
    """Something the API shows."""

    model_config = ConfigDict(from_attributes=True, use_attribute_docstrings=True)


class Raised(Read):
    """An accepted issue."""

    number: str
    state: IssueState
    label: str
    """The state in the caller's language."""
    grid: str
    """Where it was put."""
    place_note: str | None = None
    """Said when the position lies in no grid."""
    near: list[NearRead] = []
    """Open issues that may be the same matter: say "me too" there and withdraw this one."""


class Answered(Read):
    """What became of a command."""

    number: str
    command: str
    """The idempotency key it was asked under."""
    event: str
    version: int
    state: IssueState
    at: datetime
    label: str
    """The event in the caller's language."""


class IssueRead(Read):
    """An issue as lists show it: codes, instants and flags."""

    number: str
    version: int
    state: IssueState
    outcome: Outcome | None
    district: str
    grid: str
    category: str
    whistle_kind: str
    source: Role
    emergency: bool
    raised_by: str
    resident: str | None
    raised_at: datetime
    lead_department: str | None
    level: Level
    priority: bool
    warned: bool
    next_due_by: datetime | None
    overdue: bool = False
    overdue_since: datetime | None
    first_breach_at: datetime | None
    first_breach_kind: DeadlineKind | None
    suspended_until: datetime | None
    reopened: int
    satisfaction: Satisfaction | None
    solved_says: bool | None
    awaits_meeting: bool
    exempt: bool
    duplicate_of: str | None
    closed_at: datetime | None
    updated_at: datetime
    labels: Mapping[str, str] = Field(default={})
    """The words above in the caller's language."""


class MaskedReporter(Read):
    """Enough of who reported to tell two apart, and too little to reach them: 张*, 138****5678."""

    name: str | None
    phone: str | None
    address: str | None


class IssueDetailRead(IssueRead):
    """An issue as its page shows it."""

    description: str | None
    """None once erased."""
    description_erased_at: datetime | None
    said_at: datetime | None
    """When the reporter said it, by their own clock; deadlines count from `raised_at`."""
    position: PositionRead | None
    """None when none was said, or once erased."""
    place_note: str | None
    """Said when the position lies in no grid."""
    followers: int
    """How many have said: me too."""
    followers_say: Mapping[Satisfaction, int]
    """How many of them said what of the latest resolution."""
    assignments: tuple[Assignment, ...]
    pending: tuple[Request, ...]
    suspension: Suspension | None
    meeting: MeetingRef | None
    """The joint meeting it is before."""
    beyond_county: bool
    """Not even the county's meeting settled it."""
    supervised_by: str | None
    """The leader who has taken it over."""
    pictures: tuple[PictureRead, ...] = ()
    """Of all its steps, in their order."""
    reporter: MaskedReporter | None = None
    """For staff and overseers; all of it is read by who may reach them, at `/reporter`."""


class IssuePage(Read):
    """Some of a list; `next` is the cursor of what follows, None at the end."""

    items: list[IssueRead]
    next: str | None


class EventRead(Read):
    """One thing that happened; version 0 is the birth."""

    version: int
    name: str
    label: str
    at: datetime
    actor: str
    roles: tuple[Role, ...]
    department: str | None
    state: IssueState
    text: str | None
    """None if nothing was said, or if it was erased."""
    text_erased_at: datetime | None
    details: Mapping[str, Any]
    pictures: tuple[PictureRead, ...] = ()
    """What came with it."""


class Timeline(Read):
    """What happened, in order; ask with `after` for what follows `next`."""

    items: list[EventRead]
    next: int | None


class DeadlineRead(Read):
    """A deadline, and why it is when it is."""

    id: str
    kind: DeadlineKind
    label: str
    department: str | None
    counts_from: datetime | None
    due_by: datetime | None
    """None while it is being reckoned."""
    provisional: bool
    met_at: datetime | None
    breached_at: datetime | None
    ended_at: datetime | None
    extensions: tuple[Extension, ...]
    rungs: tuple[PlannedRung, ...]
    sentences: tuple[str, ...] = ()
    """The explanation in the caller's language."""
    explanation: Explanation | None = None
    """None when the pinned rule or calendar is not known any more."""


class Deadlines(Read):
    """All deadlines of an issue with what was pinned for them."""

    policy: str
    policy_version: int
    calendar: str
    items: list[DeadlineRead]


class ReporterRead(Read):
    """Who reported; all None once erased."""

    number: str
    name: str | None
    phone: str | None
    address: str | None
    erased_at: datetime | None


class Erased(Read):
    """What was erased."""

    number: str
    texts: int
    shared_texts_left: int = 0
    """What meetings of wider grids said about their whole agenda, and is still there."""
    reporter: bool
    pictures: int = 0
    position: bool = False
