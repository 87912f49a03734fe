"""A deadline: an absolute instant of a kind, the clock behind it, and the rungs of its ladder."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from domain.clock import SLAClock
from domain.ids import DeadlineId, DepartmentCode
from domain.sla import Limit, RungAct
from domain.vocabulary import WINDOWS, DeadlineKind, Level


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRung:
    """A rung with its instant; `reached_at` is set once, when it was climbed."""

    at: datetime
    acts: tuple[RungAct, ...]
    level: Level | None = None
    before_due: bool = False
    reached_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """A granted extension; who asked and who granted stand in the events."""

    limit: Limit
    granted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One promise at work on one issue.

    `due_by` is None until a planner with a calendar has reckoned it. `breached_at` is the instant
    the deadline passed unmet and is never taken back; `met_at` when it was met, late or not;
    `ended_at` when it lost its object (another lead, issue closed) unmet.
    """

    id: DeadlineId
    kind: DeadlineKind
    clock: SLAClock
    department: DepartmentCode | None = None
    extensions: tuple[Extension, ...] = ()
    counts_from: datetime | None = None
    due_by: datetime | None = None
    rungs: tuple[PlannedRung, ...] = ()
    provisional: bool = False
    calendar_version: int = 0
    met_at: datetime | None = None
    breached_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.met_at is None and self.ended_at is None

    @property
    def is_running(self) -> bool:
        return self.is_open and self.clock.is_running

    @property
    def needs_reckoning(self) -> bool:
        """Also of a clock that stands still: the record never lacks an instant."""
        return self.due_by is None

    def is_late(self, at: datetime) -> bool:
        """Whether `at` lies past a duty's deadline; the instant itself is still in time."""
        return self.kind not in WINDOWS and self.has_passed(at)

    def has_passed(self, at: datetime) -> bool:
        """Whether `at` lies past the instant, of a duty or of a window."""
        return self.is_running and self.due_by is not None and at > self.due_by

    def met(self, at: datetime) -> Self:
        """Met at `at`; a late one keeps, or gets, its breach."""
        breached_at = self.breached_at or (self.due_by if self.is_late(at) else None)
        return replace(self, met_at=at, breached_at=breached_at, clock=self.clock.stop(at))

    def ended(self, at: datetime) -> Self:
        """No longer owed by anybody; what was breached stays breached."""
        breached_at = self.breached_at or (self.due_by if self.is_late(at) else None)
        return replace(self, ended_at=at, breached_at=breached_at, clock=self.clock.stop(at))

    def paused(self, at: datetime) -> Self:
        return replace(self, clock=self.clock.pause(at))

    def resumed(self, at: datetime) -> Self:
        """Running again; its instant has to be reckoned anew."""
        return replace(self, clock=self.clock.resume(at), due_by=None)

    def extended(self, limit: Limit, at: datetime) -> Self:
        """The target moves by `limit`; rungs before it are climbed anew for the new target."""
        extension = Extension(limit=limit, granted_at=at)
        return replace(self, extensions=(*self.extensions, extension), due_by=None)
