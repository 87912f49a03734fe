"""Working time by round trips, in order of time, and against a walk minute by minute."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.calendars import (
    BERLIN,
    MINUTE,
    NIGHT_SHIFTS,
    MinuteWalk,
    a_calendar,
    at,
    china,
    uneven_china,
)

NEW_YORK = ZoneInfo("America/New_York")
CHINA = china()
NATIONAL_DAY_2025 = st.integers(0, 40 * 24 * 60).map(lambda n: at("2025-09-15 00:00") + n * MINUTE)
SPANS = st.integers(1, 60 * 60).map(lambda minutes: minutes * MINUTE)


@given(NATIONAL_DAY_2025, SPANS)
def test_between_gives_back_what_was_added(start: datetime, span: timedelta) -> None:
    assert CHINA.between(start, CHINA.add(start, span)) == span


@given(NATIONAL_DAY_2025, NATIONAL_DAY_2025)
def test_adding_what_lies_between_never_overshoots(one: datetime, other: datetime) -> None:
    start, end = sorted((one, other))
    reached = CHINA.add(start, CHINA.between(start, end))
    assert reached <= end
    assert CHINA.between(reached, end) == timedelta()


@given(NATIONAL_DAY_2025, NATIONAL_DAY_2025, SPANS)
def test_later_start_is_never_due_earlier(one: datetime, other: datetime, span: timedelta) -> None:
    start, later = sorted((one, other))
    assert CHINA.add(start, span) <= CHINA.add(later, span)


@given(NATIONAL_DAY_2025, NATIONAL_DAY_2025)
def test_periods_sum_to_what_lies_between(one: datetime, other: datetime) -> None:
    start, end = sorted((one, other))
    total = timedelta()
    for period in CHINA.periods(start):
        if period.start >= end:
            break
        total += min(period.end, end) - period.start
    assert CHINA.between(start, end) == total


WALKS = [
    MinuteWalk(china(), date(2025, 9, 15)),
    MinuteWalk(uneven_china(), date(2026, 9, 10)),
    MinuteWalk(a_calendar(week=(NIGHT_SHIFTS,) * 7, zone=BERLIN), date(2026, 3, 15)),
    MinuteWalk(a_calendar(week=(NIGHT_SHIFTS,) * 7, zone=BERLIN), date(2026, 10, 10)),
    MinuteWalk(a_calendar(zone=NEW_YORK), date(2026, 2, 25)),
]


@pytest.mark.parametrize("walk", WALKS)
@given(st.integers(0, 20 * 24 * 60), st.integers(1, 40 * 60), st.integers(0, 15 * 24 * 60))
def test_minute_walk_finds_the_same_instants(
    walk: MinuteWalk, start: int, minutes: int, length: int
) -> None:
    begin = walk.first + start * MINUTE
    assert walk.calendar.add(begin, minutes * MINUTE) == walk.add(begin, minutes)
    end = begin + length * MINUTE
    assert walk.calendar.between(begin, end) == walk.between(begin, end)
