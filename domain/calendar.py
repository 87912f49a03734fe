"""When people work: a week of shifts, the days that differ, and working time between instants."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime, time, timedelta, tzinfo
from itertools import pairwise

from domain.ids import CalendarCode
from domain.shifts import Period, Shift, Shifts, WorkDay
from domain.wall_clock import first_instant, utc, wall_clock

__all__ = ["BusinessCalendar", "CalendarDefinition", "CalendarException", "Period", "Shift"]

_DAY = timedelta(days=1)
_WEEKDAYS = 7
_MOST_SHIFTS = 24
_MOST_EXCEPTIONS = 20_000
_LONGEST_CODE = 64
HORIZON = timedelta(days=3660)
"""How far working time is looked for: ten years."""


class CalendarExhausted(LookupError):
    """There is not enough working time within the horizon."""


class RestDay(LookupError):
    """A rest day has neither opening nor closing time."""


@dataclass(frozen=True, slots=True)
class CalendarException:
    """A date that differs from its weekday: a holiday has no shifts, a make-up day has some."""

    on: date
    shifts: Shifts = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDefinition:
    """A calendar as data; `covered_until` is the last day whose exceptions are known.

    Raises:
        ValueError: not a week from Monday to Sunday with working time, shifts out of order, a
            date with two exceptions, or more than any calendar needs.
    """

    code: CalendarCode
    zone: str
    week: tuple[Shifts, ...]
    exceptions: tuple[CalendarException, ...] = ()
    covered_until: date

    def __post_init__(self) -> None:
        if not (0 < len(self.code) <= _LONGEST_CODE and 0 < len(self.zone) <= _LONGEST_CODE):
            raise ValueError("a calendar has a code and a zone of at most 64 characters")
        if len(self.week) != _WEEKDAYS or not any(self.week):
            raise ValueError("a week has seven days and working time, Monday first")
        if len(self.exceptions) > _MOST_EXCEPTIONS or self.covered_until.year == MAXYEAR:
            raise ValueError("a calendar ends some day")
        if len({exception.on for exception in self.exceptions}) != len(self.exceptions):
            raise ValueError("a date has one exception")
        for shifts in (*self.week, *(exception.shifts for exception in self.exceptions)):
            if len(shifts) > _MOST_SHIFTS:
                raise ValueError("a day has at most 24 shifts")
            if any(first.overlaps(second) for first, second in pairwise(shifts)):
                raise ValueError("shifts stand in order and do not overlap")


class BusinessCalendar:
    """One version of a definition in its zone; takes aware instants and gives UTC.

    Past the covered end the plain week holds; the caller asks `is_covered`. Days are worked out
    when first asked for and kept.

    Raises:
        ValueError: the zone is not the one the definition names.
    """

    __slots__ = ("_days", "_exceptions", "covered_to", "definition", "version", "zone")

    def __init__(self, definition: CalendarDefinition, zone: tzinfo, version: int) -> None:
        if getattr(zone, "key", definition.zone) != definition.zone:
            raise ValueError(f"{definition.code} is told in {definition.zone}")
        self.definition = definition
        self.zone = zone
        self.version = version
        self.covered_to = first_instant(definition.covered_until + _DAY, time.min, zone)
        self._exceptions = {exception.on: exception.shifts for exception in definition.exceptions}
        self._days: dict[date, WorkDay] = {}

    def local_date(self, instant: datetime) -> date:
        return wall_clock(instant, self.zone).date()

    def is_covered(self, instant: datetime) -> bool:
        """Whether exceptions are known up to `instant`; 24:00 of the last day still is."""
        return utc(instant) <= self.covered_to

    def is_working_day(self, on: date) -> bool:
        return bool(self._day(on).periods)

    def opening(self, on: date) -> datetime:
        return self._working_day(on).periods[0].start

    def closing(self, on: date) -> datetime:
        return self._working_day(on).periods[-1].end

    def next_working_day(self, on: date) -> date:
        """The first working day after `on`."""
        for day in _days_from(on + _DAY):
            if self.is_working_day(day):
                return day
        raise CalendarExhausted(f"no working day in {self.definition.code} after {on}")

    def periods(self, after: datetime) -> Iterator[Period]:
        """Working time from `after` to the horizon; the first may be the rest of a period."""
        after = utc(after)
        for day in _days_from(self.local_date(after)):
            for start, end in self._day(day).periods:
                if end > after:
                    yield Period(max(start, after), end)

    def add(self, start: datetime, span: timedelta) -> datetime:
        """The instant at which `span` of working time has passed; at closing, not next opening.

        Raises:
            CalendarExhausted: there is not that much within the horizon.
        """
        start = utc(start)
        if span <= timedelta():
            return start
        first = self.local_date(start)
        left = span + self._day(first).worked(start)
        for on in _days_from(first):
            day = self._day(on)
            if left <= day.length:
                return day.reached(left)
            left -= day.length
        raise CalendarExhausted(f"not {span} of work in {self.definition.code} after {start}")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time in between; none when `end` is not after `start`.

        Raises:
            CalendarExhausted: they are further apart than the horizon.
        """
        start, end = utc(start), utc(end)
        if end <= start:
            return timedelta()
        if end - start > HORIZON:
            raise CalendarExhausted(f"{start} and {end} are too far apart")
        first, last = self.local_date(start), self.local_date(end)
        total = self._day(last).worked(end) - self._day(first).worked(start)
        for days in range((last - first).days):
            total += self._day(first + days * _DAY).length
        return total

    def _working_day(self, on: date) -> WorkDay:
        day = self._day(on)
        if not day.periods:
            raise RestDay(f"{on} is a rest day in {self.definition.code}")
        return day

    def _day(self, on: date) -> WorkDay:
        day = self._days.get(on)
        if day is None:
            shifts = self._exceptions.get(on, self.definition.week[on.weekday()])
            day = self._days[on] = WorkDay.of(on, shifts, self.zone)
        return day


def _days_from(first: date) -> Iterator[date]:
    return (first + days * _DAY for days in range(HORIZON.days))
