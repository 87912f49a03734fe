"""The working time of one day: as shifts on the wall clock, and as periods between instants."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple, Self

from domain.wall_clock import first_instant


class Period(NamedTuple):
    """A span of working time."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Shift:
    """A span of one day's wall clock; an end of 00:00 is 24:00. A night shift is two shifts.

    Raises:
        ValueError: the shift is empty, runs backwards or names a zone.
    """

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start.tzinfo or self.end.tzinfo:
            raise ValueError("a shift is told in its calendar's zone")
        if not (self.ends_at_midnight or self.start < self.end):
            raise ValueError("a shift ends after it starts")

    @property
    def ends_at_midnight(self) -> bool:
        return self.end == time.min

    def period(self, on: date, zone: tzinfo) -> Period:
        end_on = on + timedelta(days=1) if self.ends_at_midnight else on
        return Period(first_instant(on, self.start, zone), first_instant(end_on, self.end, zone))

    def overlaps(self, later: "Shift") -> bool:
        """Whether `later` begins before this one is over."""
        return self.ends_at_midnight or later.start < self.end


Shifts = tuple[Shift, ...]


class WorkDay(NamedTuple):
    """The working time of one date."""

    periods: tuple[Period, ...]
    length: timedelta

    @classmethod
    def of(cls, on: date, shifts: Shifts, zone: tzinfo) -> Self:
        """The shifts as instants; one that a change of the clock swallows whole is left out."""
        spans = (shift.period(on, zone) for shift in shifts)
        periods = tuple(span for span in spans if span.start < span.end)
        return cls(periods, sum((end - start for start, end in periods), timedelta()))

    def worked(self, until: datetime) -> timedelta:
        """The part of it before `until`."""
        spans = (min(end, until) - start for start, end in self.periods if start < until)
        return sum(spans, timedelta())

    def reached(self, worked: timedelta) -> datetime:
        """The first instant at which that part of it is over."""
        for start, end in self.periods:
            if worked <= end - start:
                return start + worked
            worked -= end - start
        raise ValueError("the day is shorter")
