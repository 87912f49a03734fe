"""The two ways to count time, and how long a clock that stops and goes on takes to use it up."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Protocol

from domain.calendar import BusinessCalendar
from domain.clock import SLAClock
from domain.sla import Unit
from domain.wall_clock import utc

WORKING = frozenset({Unit.WORKING_HOUR, Unit.WORKING_DAY, Unit.SAME_DAY})
"""Units counted in working time; the others are counted around the clock."""


class Measure(Protocol):
    """How a unit counts time."""

    def add(self, start: datetime, span: timedelta) -> datetime: ...

    def between(self, start: datetime, end: datetime) -> timedelta: ...


class Elapsed:
    """Time as it passes, day and night."""

    def add(self, start: datetime, span: timedelta) -> datetime:
        return utc(start) + span

    def between(self, start: datetime, end: datetime) -> timedelta:
        return max(utc(end) - utc(start), timedelta())


def measure_of(unit: Unit, calendar: BusinessCalendar) -> Measure:
    return calendar if unit in WORKING else Elapsed()


def running(clock: SLAClock, since: datetime) -> Iterator[tuple[datetime, datetime | None]]:
    """The running intervals, or what is left of them after `since`."""
    for interval in clock.intervals:
        start, end = utc(interval.start), interval.end and utc(interval.end)
        if end is None or end > since:
            yield max(start, since), end


def used_up(clock: SLAClock, since: datetime, span: timedelta, measure: Measure) -> datetime:
    """The instant at which a clock has run for `span` since `since`."""
    goes_on = since
    for start, end in running(clock, since):
        if end is None or span <= (used := measure.between(start, end)):
            return measure.add(start, span)
        span -= used
        goes_on = end
    return measure.add(goes_on, span)
