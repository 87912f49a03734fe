"""Builders of calendars, promises and deadlines, and a slow calendar to check the fast one by."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from domain.calendar import BusinessCalendar, CalendarDefinition, CalendarException, Shift
from domain.clock import SLAClock
from domain.deadline import Deadline
from domain.ids import CalendarCode, DeadlineId
from domain.measure import measure_of
from domain.reckoning import reckon
from domain.sla import Limit, Promise, StartRule, Unit
from domain.vocabulary import DeadlineKind

REFERENCE = Path(__file__).parents[2] / "deploy" / "reference" / "calendar-cn.json"
SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
OFFICE_HOURS = (Shift(time(9), time(12)), Shift(time(14), time(18)))
NIGHT_SHIFTS = (Shift(time(0), time(2, 30)), Shift(time(22, 15), time(0)))
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """What the wall clock of the zone shows, as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def hours(amount: float) -> Limit:
    return Limit(Unit.WORKING_HOUR, amount * HOUR)


def urgent_hours(amount: float) -> Limit:
    return Limit(Unit.URGENT_HOUR, amount * HOUR)


def working_hours(amount: float) -> Limit:
    return Limit(Unit.WORKING_HOUR, amount * HOUR)


def working_days(amount: int) -> Limit:
    return Limit(Unit.WORKING_DAY, amount * DAY)


def natural_days(amount: int) -> Limit:
    return Limit(Unit.NATURAL_DAY, amount * DAY)


SAME_DAY = Limit(Unit.SAME_DAY)


@cache
def china_definition() -> CalendarDefinition:
    return TypeAdapter(CalendarDefinition).validate_json(REFERENCE.read_bytes())


def china(definition: CalendarDefinition | None = None, version: int = 1) -> BusinessCalendar:
    return BusinessCalendar(definition or china_definition(), SHANGHAI, version)


def changed(*exceptions: CalendarException) -> CalendarDefinition:
    """The reference definition with other exceptions on some dates."""
    new = {exception.on for exception in exceptions}
    kept = [known for known in china_definition().exceptions if known.on not in new]
    return replace(china_definition(), exceptions=(*kept, *exceptions))


def with_2027() -> CalendarDefinition:
    """The reference definition with an invented notice for the New Year of 2027."""
    new_year = CalendarException(date(2027, 1, 1))
    make_up = CalendarException(date(2027, 1, 9), OFFICE_HOURS)
    return replace(changed(new_year, make_up), covered_until=date(2027, 12, 31))


def a_calendar(
    week: Sequence[tuple[Shift, ...]] = (OFFICE_HOURS,) * 5 + ((),) * 2,
    exceptions: tuple[CalendarException, ...] = (),
    zone: ZoneInfo = SHANGHAI,
    covered_until: date = date(2030, 12, 31),
) -> BusinessCalendar:
    definition = CalendarDefinition(
        code=CalendarCode("test"),
        zone=zone.key,
        week=tuple(week),
        exceptions=exceptions,
        covered_until=covered_until,
    )
    return BusinessCalendar(definition, zone, 1)


def uneven_china() -> BusinessCalendar:
    """China around National Day 2026 with days of very different lengths."""
    half, sliver = OFFICE_HOURS[:1], (Shift(time(17), time(17, 20)),)
    return china(
        changed(
            CalendarException(date(2026, 9, 29), half),
            CalendarException(date(2026, 10, 9), sliver),
            CalendarException(date(2026, 10, 10), half),
        )
    )


def a_promise(
    limit: Limit, *, start: StartRule = StartRule.AT_ONCE, cut_off: time | None = None
) -> Promise:
    return Promise(kind=DeadlineKind.RESOLVE, limit=limit, start=start, cut_off=cut_off)


def a_deadline(
    received: datetime,
    *pauses: tuple[datetime, datetime],
    kind: DeadlineKind = DeadlineKind.RESOLVE,
) -> Deadline:
    """Received once, and put aside from the first to the second instant of each pause."""
    clock = SLAClock.started(received)
    for stopped, resumed in pauses:
        clock = clock.pause(stopped).resume(resumed)
    return Deadline(id=DeadlineId("d1"), kind=kind, clock=clock)


def climbed(deadline: Deadline, rung: int, instant: datetime) -> Deadline:
    """The deadline with one of its rungs reached at an instant."""
    rungs = list(deadline.rungs)
    rungs[rung] = replace(rungs[rung], reached_at=instant)
    return replace(deadline, rungs=tuple(rungs))


def due(deadline: Deadline, promise: Promise, calendar: BusinessCalendar) -> datetime:
    due_by = reckon(deadline, promise, calendar).due_by
    assert due_by is not None
    return due_by


def measured(deadline: Deadline, limit: Limit, calendar: BusinessCalendar) -> timedelta:
    """The time, in the measure of the limit, that ran between counts_from and due_by."""
    assert deadline.counts_from is not None
    assert deadline.due_by is not None
    measure, total = measure_of(limit.unit, calendar), timedelta()
    for interval in deadline.clock.intervals:
        start, end = max(interval.start, deadline.counts_from), interval.end or deadline.due_by
        total += measure.between(start, min(end, deadline.due_by))
    return total


class MinuteWalk:
    """Working time counted minute by minute off the wall clock; slow and plain.

    The clock on this wall never goes back: while it shows an hour for the second time it stands.
    """

    def __init__(self, calendar: BusinessCalendar, first: date, days: int = 40) -> None:
        self.calendar = calendar
        instant = self.first = at(f"{first} 00:00", ZoneInfo("UTC"))
        shown = instant.astimezone(calendar.zone).replace(tzinfo=None)
        self._minutes: list[datetime] = []
        known = {exception.on: exception.shifts for exception in calendar.definition.exceptions}
        while instant < self.first + days * DAY:
            local = instant.astimezone(calendar.zone).replace(tzinfo=None)
            shown = max(shown, local)
            shifts = known.get(shown.date(), calendar.definition.week[shown.weekday()])
            if any(covers(shift, shown.time()) for shift in shifts):
                self._minutes.append(instant)
            instant += MINUTE

    def between(self, start: datetime, end: datetime) -> timedelta:
        return MINUTE * (bisect_left(self._minutes, end) - bisect_left(self._minutes, start))

    def add(self, start: datetime, minutes: int) -> datetime:
        return self._minutes[bisect_left(self._minutes, start) + minutes - 1] + MINUTE


def covers(shift: Shift, shown: time) -> bool:
    return shift.start <= shown and (shown < shift.end or shift.end == time.min)
