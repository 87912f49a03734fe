"""The wall clock skips an hour in spring and shows one twice in autumn; deadlines stay in order.

Berlin: 2026-03-29 from 02:00 to 03:00 (01:00 UTC), 2026-10-25 from 03:00 back to 02:00 (01:00 UTC).
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from domain.wall_clock import first_instant, utc, wall_clock
from tests.domain.calendars import (
    BERLIN,
    DAY,
    HOUR,
    MINUTE,
    SHANGHAI,
    a_calendar,
    a_deadline,
    a_promise,
    at,
    due,
    natural_days,
)
from tests.domain.strategies import moments

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)

FIRSTS = [
    (SPRING, "01:59", "2026-03-29 00:59"),
    (SPRING, "02:00", "2026-03-29 01:00"),  # skipped: the change itself
    (SPRING, "02:59", "2026-03-29 01:00"),
    (SPRING, "03:00", "2026-03-29 01:00"),
    (SPRING, "03:01", "2026-03-29 01:01"),
    (AUTUMN, "02:30", "2026-10-25 00:30"),  # shown twice: the first
    (AUTUMN, "03:00", "2026-10-25 02:00"),
]


@pytest.mark.parametrize(("on", "shown", "expected"), FIRSTS)
def test_first_instant_of_a_wall_clock_time(on: date, shown: str, expected: str) -> None:
    instant = first_instant(on, time.fromisoformat(shown), BERLIN)
    assert instant == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_day_that_never_was_is_empty() -> None:
    apia = ZoneInfo("Pacific/Apia")  # crossed the date line, leaving out 30 December 2011
    start = first_instant(date(2011, 12, 30), time(), apia)
    assert start == first_instant(date(2011, 12, 31), time(), apia)
    assert start == datetime(2011, 12, 30, 10, tzinfo=UTC)


def test_second_showing_reads_as_end_of_first() -> None:
    second = datetime(2026, 10, 25, 1, 20, tzinfo=UTC)
    assert second.astimezone(BERLIN).hour == 2
    assert wall_clock(second, BERLIN) == wall_clock(second + 40 * MINUTE, BERLIN)
    assert wall_clock(second - HOUR, BERLIN).isoformat() == "2026-10-25T02:20:00"


@given(moments(2 * 24 * 60), moments(2 * 24 * 60))
def test_wall_clock_never_runs_backwards(one: timedelta, other: timedelta) -> None:
    start = at("2026-10-24 12:00", BERLIN)
    early, late = sorted((one, other))
    assert wall_clock(start + early, BERLIN) <= wall_clock(start + late, BERLIN)


@given(moments(2 * 24 * 60))
def test_first_instant_of_time_shown_is_not_later(after: timedelta) -> None:
    instant = at("2026-03-28 12:00", BERLIN) + after
    shown = wall_clock(instant, BERLIN)
    assert first_instant(shown.date(), shown.time(), BERLIN) == instant


NATURAL_DAYS = [
    ("2026-03-28 10:00", 1, "2026-03-29 10:00", 23 * HOUR),
    ("2026-10-24 10:00", 1, "2026-10-25 10:00", 25 * HOUR),
    ("2026-03-28 02:30", 1, "2026-03-29 03:00", 23.5 * HOUR),
    ("2026-06-01 10:00", 2, "2026-06-03 10:00", 2 * DAY),
]


@pytest.mark.parametrize(("received", "days", "expected", "length"), NATURAL_DAYS)
def test_natural_day_keeps_the_wall_clock(
    received: str, days: int, expected: str, length: timedelta
) -> None:
    deadline, calendar = a_deadline(at(received, BERLIN)), a_calendar(zone=BERLIN)
    due_by = due(deadline, a_promise(natural_days(days)), calendar)
    assert due_by == at(expected, BERLIN)
    assert due_by - at(received, BERLIN) == length


def test_instant_in_any_zone_is_one() -> None:
    instant = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1)
    assert utc(instant) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert utc(instant.astimezone(SHANGHAI)).tzinfo is UTC
