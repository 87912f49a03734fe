"""A meeting and the law over it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from domain.command import Command
from domain.meeting.authority import may_act, may_see
from domain.meeting.facts import MeetingFacts
from domain.meeting.law import MEETING_LAW
from domain.meeting.schedule import next_due, next_instant
from domain.meeting.words import MeetingState
from domain.rule import Bench
from domain.schedule import Due

__all__ = ["MEETING_LAW", "Meeting"]

_BENCH = Bench(law=MEETING_LAW, may_act=may_act, may_see=may_see)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting(MeetingFacts):
    """One meeting and the law over it. Every answer is a new snapshot; nothing is mutated."""

    def check(self, command: Command, at: datetime) -> None:
        """Ask the law.

        Raises:
            Refusal: the actor may not, the state does not fit, or the facts speak against it.
        """
        _BENCH.check(self, command, at)

    def handle(self, command: Command, at: datetime) -> Self:
        """The next snapshot, one version on.

        Raises:
            Refusal: as `check`.
        """
        self.check(command, at)
        changed: Self = MEETING_LAW[type(command)].act(self, command, at)
        return replace(changed, version=self.version + 1, stepped_at=at)

    def due(self, at: datetime) -> Due | None:
        """The earliest thing the clocks call for by `at`, with its own instant."""
        return next_due(self, at)

    def next_instant(self) -> datetime | None:
        """When the clocks will call next; None when only people can move the meeting."""
        return next_instant(self)

    @property
    def is_finished(self) -> bool:
        return self.state is MeetingState.CLOSED
