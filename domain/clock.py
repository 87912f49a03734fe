"""The SLA clock: a list of running intervals, never a counter."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self


@dataclass(frozen=True, slots=True)
class Interval:
    """A span in which a clock ran; `end` is None while it runs."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class SLAClock:
    """Running intervals in order of time; the last one is open while the clock runs.

    Every change at an instant earlier than the last recorded one is taken to happen at that one,
    so a skewed caller can never make time run backwards.
    """

    intervals: tuple[Interval, ...]

    @classmethod
    def started(cls, at: datetime) -> Self:
        return cls((Interval(at),))

    @property
    def started_at(self) -> datetime:
        return self.intervals[0].start

    @property
    def is_running(self) -> bool:
        return self.intervals[-1].end is None

    def pause(self, at: datetime) -> Self:
        """Stop counting at `at`; a clock that does not run stays as it is."""
        last = self.intervals[-1]
        if last.end is not None:
            return self
        return replace(
            self,
            intervals=(*self.intervals[:-1], Interval(last.start, max(at, last.start))),
        )

    stop = pause

    def resume(self, at: datetime) -> Self:
        """Count again from `at`; a running clock stays as it is."""
        last = self.intervals[-1]
        if last.end is None:
            return self
        return replace(self, intervals=(*self.intervals, Interval(max(at, last.end))))
