"""The reference calendar says what the State Council's yearly notices say."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from deploy.reference.make_calendar import definition, text
from tests.domain.calendars import DAY, HOUR, OFFICE_HOURS, REFERENCE, at, china, china_definition

CHINA = china()
YEARS = [2024, 2025, 2026]
MAKE_UP_DAYS = {
    2025: ["2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"],
    2026: ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"],
}
HOLIDAYS = [
    ("2025-01-28", "2025-02-04"),  # Spring Festival
    ("2025-05-01", "2025-05-05"),  # Labour Day
    ("2025-10-01", "2025-10-08"),  # National Day and Mid-Autumn
    ("2026-01-01", "2026-01-03"),  # New Year
    ("2026-02-15", "2026-02-23"),  # Spring Festival
    ("2026-09-25", "2026-09-27"),  # Mid-Autumn
    ("2026-10-01", "2026-10-07"),  # National Day
]


@pytest.mark.parametrize("year", YEARS)
def test_every_day_agrees_with_chinesecalendar(year: int) -> None:
    first = date(year, 1, 1)
    days = [first + n * DAY for n in range((date(year, 12, 31) - first).days + 1)]
    assert [CHINA.is_working_day(on) for on in days] == list(map(chinese_calendar.is_workday, days))


@pytest.mark.parametrize("year", MAKE_UP_DAYS)
def test_weekend_workdays_are_those_announced(year: int) -> None:
    first = date(year, 1, 1)
    weekends = (first + n * DAY for n in range(365) if (first + n * DAY).weekday() >= 5)
    assert [str(on) for on in weekends if CHINA.is_working_day(on)] == MAKE_UP_DAYS[year]


@pytest.mark.parametrize(("first", "last"), HOLIDAYS)
def test_holidays_rest_from_first_to_last(first: str, last: str) -> None:
    start, end = at(f"{first} 00:00"), at(f"{last} 00:00") + DAY
    assert CHINA.between(start, end) == timedelta()
    assert CHINA.is_working_day(CHINA.local_date(start) - DAY)


def test_make_up_day_has_office_hours() -> None:
    start = at("2026-10-10 00:00")
    assert CHINA.between(start, start + DAY) == 7 * HOUR


def test_reference_ends_with_its_last_year() -> None:
    assert china_definition().code == "cn"
    assert china_definition().covered_until == date(2026, 12, 31)
    assert china_definition().week == (OFFICE_HOURS,) * 5 + ((),) * 2


def test_reference_file_can_be_made_again() -> None:
    assert text(definition(YEARS)) == REFERENCE.read_text(encoding="utf-8")


def test_years_with_gap_are_refused() -> None:
    with pytest.raises(ValueError, match="follow"):
        definition([2024, 2026])
