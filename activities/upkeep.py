"""What the periodic workflows of upkeep hand to their activities and get back.

Imported by workflows plainly, as `activities.contracts` is: no SQL comes near the sandbox.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from temporalio import activity

from domain.ids import IssueNumber, MeetingNumber


class Part(StrEnum):
    """What is open is looked at often, what is closed now and then; each has its own cursor."""

    OPEN = "open"
    CLOSED = "closed"


class Aggregate(StrEnum):
    """Whose invariant it is."""

    ISSUE = "issue"
    MEETING = "meeting"


class FindingKind(StrEnum):
    """Which invariant does not hold."""

    WORKFLOW_MISSING = "workflow_missing"
    """Something is left to do and Temporal knows of no run."""
    WORKFLOW_ENDED = "workflow_ended"
    """The run is over and the issue is not."""
    WORKFLOW_LEFT_OVER = "workflow_left_over"
    """The issue is over and the run is not."""
    WORKFLOW_SILENT = "workflow_silent"
    """The run does not answer: no worker fits it, or its code fails."""
    RECORD_BEHIND = "record_behind"
    """The workflow knows of steps that the record lacks."""
    RECORD_AHEAD = "record_ahead"
    """The record has steps that the workflow does not know of."""
    RECORD_DIFFERS = "record_differs"
    """Both are at the same version and say different things."""
    EVENTS_GAP = "events_gap"
    """A version between the first and the last has no event."""
    REPLAY_REFUSED = "replay_refused"
    """The law refuses a recorded command."""
    REPLAY_DIFFERS = "replay_differs"
    """The recorded commands lead to another snapshot than the recorded one."""
    CLOCK_IGNORED = "clock_ignored"
    """Something was due for longer than the grace and has not happened."""
    MEETING_UNKNOWN = "meeting_unknown"
    """An issue is before a meeting that is not on record."""
    NEWS_LOST = "news_lost"
    """An issue does not know what its meeting has said of it."""
    AGENDA_STALE = "agenda_stale"
    """A meeting is to decide on an issue that waits for it no more."""
    NOTICE_STUCK = "notice_stuck"
    """A notice could have gone out for longer than the grace, and nobody took it."""
    CHECK_FAILED = "check_failed"
    """It could not be looked at, or not to the end."""
    RECHECK_STUCK = "recheck_stuck"
    """An issue was to be told to reckon again and has not been."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An invariant that does not hold. `detail` is made of codes, nothing personal."""

    kind: FindingKind
    number: IssueNumber | MeetingNumber
    detail: str = ""
    repaired: bool = False
    aggregate: Aggregate = Aggregate.ISSUE


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOfIssues:
    """At most `limit` issues of a part whose ordinal comes after `after`."""

    part: Part
    after: int = 0
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOfMeetings:
    """At most `limit` meetings of a part whose ordinal comes after `after`."""

    part: Part
    after: int = 0
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a page came to; `after` is where the next one begins, 0 at the end of the part."""

    issues: int = 0
    after: int = 0
    findings: tuple[Finding, ...] = ()
    meetings: int = 0


class Stale(StrEnum):
    """What is kept for a while only. Events are not among it: the record is never shortened."""

    NOTICES = "notices"
    IDEMPOTENCY_KEYS = "idempotency_keys"
    RECHECKS = "rechecks"
    RAW_MESSAGES = "raw_messages"
    """What cameras sent, as it came; each message knows how long it is kept."""
    PICTURES = "pictures"
    """Those that no step uses, and the pixels of those that were erased."""
    ALERT_EVENTS = "alert_events"
    """What was read of cameras' messages, once nothing that goes on hangs on it."""
    PERSONAL_DATA = "personal_data"
    """What is personal about issues that were closed long ago; their record stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """At most `limit` rows of a kind; `at` is the present of the run that asks."""

    of: Stale
    at: datetime
    limit: int = 1000


class ReconcilerActivities(ABC):
    """Compares the record with Temporal and with the law, as workflows see it."""

    @activity.defn(name="check_issues")
    @abstractmethod
    async def check_issues(self, page: PageOfIssues) -> Checked:
        """Look at a page of issues; repair what is safe. Run again it finds less or the same."""

    @activity.defn(name="check_queues")
    @abstractmethod
    async def check_queues(self, limit: int) -> Checked:
        """Look at what is waiting: duties past due, notices, rechecks; of each `limit` at most."""


class MeetingReconcilerActivities(ABC):
    """Compares the record of meetings with Temporal, the law and their issues."""

    @activity.defn(name="check_meetings")
    @abstractmethod
    async def check_meetings(self, page: PageOfMeetings) -> Checked:
        """Look at a page of meetings, as `check_issues` does at issues."""


class HousekeeperActivities(ABC):
    """Forgets what has been kept long enough, as workflows see it."""

    @activity.defn(name="forget")
    @abstractmethod
    async def forget(self, batch: Batch) -> int:
        """Delete a batch; how many rows that were. Less than the limit means: nothing is left."""
