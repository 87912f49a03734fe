"""Working time: checked by hand, by round trips, and against a walk minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import pytest

from domain.calendar import (
    CalendarException,
    CalendarExhausted,
    Period,
    RestDay,
    Shift,
)
from tests.domain.calendars import (
    BERLIN,
    DAY,
    HOUR,
    OFFICE_HOURS,
    SHANGHAI,
    a_calendar,
    at,
    china,
)

CHINA = china()


def test_clock_used_up_at_closing_stays_there() -> None:
    assert CHINA.add(at("2025-09-30 14:00"), 4 * HOUR) == at("2025-09-30 18:00")


def test_no_span_moves_no_instant() -> None:
    assert CHINA.add(at("2025-10-01 03:00"), timedelta()) == at("2025-10-01 03:00")


def test_periods_begin_with_rest_of_current() -> None:
    found = list(islice(CHINA.periods(at("2025-09-30 15:00")), 2))
    assert found[0] == Period(at("2025-09-30 15:00"), at("2025-09-30 18:00"))
    assert found[1] == Period(at("2025-10-09 09:00"), at("2025-10-09 12:00"))


def test_periods_leave_out_one_just_over() -> None:
    assert next(CHINA.periods(at("2025-09-30 18:00"))).start == at("2025-10-09 09:00")


def test_results_are_told_in_utc() -> None:
    received = datetime(2025, 9, 29, 9, tzinfo=SHANGHAI)
    assert CHINA.add(received, HOUR).tzinfo is UTC
    assert CHINA.add(received, timedelta()).tzinfo is UTC
    assert next(CHINA.periods(received)).start.tzinfo is UTC


def test_instant_without_zone_is_refused() -> None:
    naive = at("2025-09-29 09:00").replace(tzinfo=None)
    with pytest.raises(ValueError, match="zone"):
        CHINA.add(naive, HOUR)


def test_nothing_lies_between_reversed_instants() -> None:
    assert CHINA.between(at("2025-09-30 18:00"), at("2025-09-30 09:00")) == timedelta()


def test_working_days_know_holiday_and_make_up() -> None:
    assert not CHINA.is_working_day(date(2025, 10, 8))
    assert CHINA.is_working_day(date(2025, 10, 11))
    assert CHINA.next_working_day(date(2025, 9, 30)) == date(2025, 10, 9)
    assert CHINA.next_working_day(date(2025, 10, 10)) == date(2025, 10, 11)


def test_opening_and_closing_of_working_day() -> None:
    assert CHINA.opening(date(2025, 10, 11)) == at("2025-10-11 09:00")
    assert CHINA.closing(date(2025, 10, 11)) == at("2025-10-11 18:00")


def test_rest_day_has_no_closing_time() -> None:
    with pytest.raises(RestDay):
        CHINA.closing(date(2025, 10, 12))
    with pytest.raises(RestDay):
        CHINA.opening(date(2025, 10, 1))


def test_local_date_is_that_of_zone() -> None:
    assert CHINA.local_date(datetime(2026, 9, 30, 16, 30, tzinfo=UTC)) == date(2026, 10, 1)


def test_covered_until_end_of_last_day() -> None:
    assert CHINA.is_covered(at("2027-01-01 00:00"))
    assert not CHINA.is_covered(at("2027-01-01 00:00") + timedelta.resolution)


def test_plain_week_holds_past_coverage() -> None:
    assert CHINA.is_working_day(date(2027, 10, 1))
    assert not CHINA.is_working_day(date(2027, 10, 2))


def test_shift_may_end_at_midnight() -> None:
    calendar = a_calendar(week=((Shift(time(20), time(0)),),) + ((),) * 6)
    monday = date(2026, 3, 2)
    assert calendar.closing(monday) == at("2026-03-03 00:00")
    assert calendar.add(at("2026-03-02 22:00"), 2 * HOUR) == at("2026-03-03 00:00")
    assert not calendar.is_working_day(calendar.local_date(calendar.closing(monday)))


def test_calendar_that_ran_dry_says_so() -> None:
    holidays = tuple(CalendarException(date(2026, 1, 5) + n * 7 * DAY) for n in range(600))
    calendar = a_calendar(week=(OFFICE_HOURS,) + ((),) * 6, exceptions=holidays)
    with pytest.raises(CalendarExhausted):
        calendar.add(at("2026-01-01 00:00"), HOUR)
    with pytest.raises(CalendarExhausted):
        calendar.next_working_day(date(2026, 1, 1))
    assert list(calendar.periods(at("2026-01-01 00:00"))) == []


def test_span_beyond_horizon_ends_in_error() -> None:
    with pytest.raises(CalendarExhausted):
        CHINA.add(at("2026-01-01 00:00"), 20_000 * HOUR)
    with pytest.raises(CalendarExhausted):
        CHINA.between(at("2026-01-01 00:00"), at("2037-01-01 00:00"))


def test_skipped_hour_is_nobodys_working_time() -> None:
    calendar = a_calendar(week=((Shift(time(1, 30), time(3, 30)),),) * 7, zone=BERLIN)
    spring = calendar.between(at("2026-03-29 00:00", BERLIN), at("2026-03-30 00:00", BERLIN))
    autumn = calendar.between(at("2026-10-25 00:00", BERLIN), at("2026-10-26 00:00", BERLIN))
    assert (spring, autumn) == (HOUR, 3 * HOUR)


def test_shift_inside_skipped_hour_never_opens() -> None:
    calendar = a_calendar(week=((Shift(time(2, 10), time(2, 50)),),) * 7, zone=BERLIN)
    assert not calendar.is_working_day(date(2026, 3, 29))
    assert calendar.next_working_day(date(2026, 3, 28)) == date(2026, 3, 30)


def test_office_opens_by_wall_clock_after_change() -> None:
    calendar = a_calendar(zone=BERLIN)
    assert calendar.opening(date(2026, 3, 27)).hour == 8
    assert calendar.opening(date(2026, 3, 30)).hour == 7
    assert calendar.add(at("2026-03-27 17:00", BERLIN), 2 * HOUR) == at("2026-03-30 10:00", BERLIN)
