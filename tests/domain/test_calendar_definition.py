"""A definition that no office could keep is refused; one that can be kept survives JSON."""

from dataclasses import replace
from datetime import UTC, date, time

import pytest
from pydantic import TypeAdapter

from domain.calendar import BusinessCalendar, CalendarDefinition, CalendarException, Shift
from domain.ids import CalendarCode
from tests.domain.calendars import BERLIN, DAY, HOUR, OFFICE_HOURS, a_calendar, at, china_definition


@pytest.mark.parametrize(
    ("start", "end"),
    [(time(12), time(9)), (time(9), time(9)), (time(9, tzinfo=UTC), time(12))],
)
def test_impossible_shifts_are_refused(start: time, end: time) -> None:
    with pytest.raises(ValueError, match="shift"):
        Shift(start, end)


BAD_DAYS = [
    (Shift(time(9), time(12)), Shift(time(11), time(18))),
    (Shift(time(14), time(18)), Shift(time(9), time(12))),
    (Shift(time(14), time(0)), Shift(time(18), time(20))),
    tuple(Shift(time(0, n), time(0, n + 1)) for n in range(25)),
]


@pytest.mark.parametrize("day", BAD_DAYS)
def test_disordered_or_overlong_days_are_refused(day: tuple[Shift, ...]) -> None:
    with pytest.raises(ValueError, match="shifts"):
        a_calendar(week=(day,) * 7)
    with pytest.raises(ValueError, match="shifts"):
        a_calendar(exceptions=(CalendarException(date(2026, 1, 1), day),))


def test_shifts_that_touch_are_accepted() -> None:
    day = (Shift(time(9), time(12)), Shift(time(12), time(18)))
    assert a_calendar(week=(day,) * 7).add(at("2026-03-02 09:00"), 3 * HOUR) == at(
        "2026-03-02 12:00"
    )


def test_week_needs_seven_days_and_work() -> None:
    for week in [((),) * 7, (OFFICE_HOURS,) * 6, (OFFICE_HOURS,) * 8]:
        with pytest.raises(ValueError, match="week"):
            a_calendar(week=week)


def test_date_with_two_exceptions_is_refused() -> None:
    twice = (CalendarException(date(2026, 1, 1)), CalendarException(date(2026, 1, 1), OFFICE_HOURS))
    with pytest.raises(ValueError, match="one exception"):
        a_calendar(exceptions=twice)


def test_calendar_in_wrong_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="Asia/Shanghai"):
        BusinessCalendar(china_definition(), BERLIN, 1)


def test_calendar_without_an_end_is_refused() -> None:
    with pytest.raises(ValueError, match="ends"):
        a_calendar(covered_until=date.max)


@pytest.mark.parametrize("length", [0, 65])
def test_code_and_zone_have_a_length(length: int) -> None:
    fits, odd = china_definition(), "c" * length
    with pytest.raises(ValueError, match="64"):
        replace(fits, code=CalendarCode(odd))
    with pytest.raises(ValueError, match="64"):
        replace(fits, zone=odd)


def test_largest_definition_is_still_accepted() -> None:
    day = tuple(Shift(time(hour, 0), time(hour, 59)) for hour in range(24))
    dates = tuple(CalendarException(date(2026, 1, 1) + n * DAY) for n in range(20_000))
    fits = replace(china_definition(), code=CalendarCode("c" * 64), zone="z" * 64)
    assert len(replace(fits, week=(day,) * 7, exceptions=dates).exceptions) == 20_000
    with pytest.raises(ValueError, match="ends"):
        replace(fits, exceptions=(*dates, CalendarException(date(2025, 1, 1))))


@pytest.mark.parametrize("length", [1, 64])
def test_code_and_zone_within_length_fit(length: int) -> None:
    text = "c" * length
    assert replace(china_definition(), code=CalendarCode(text), zone=text).zone == text


def test_definition_survives_json_round_trip() -> None:
    adapter = TypeAdapter(CalendarDefinition)
    night = a_calendar(week=((Shift(time(22), time(0)),),) * 7).definition
    for definition in (china_definition(), night):
        assert adapter.validate_json(adapter.dump_json(definition)) == definition


def test_json_refuses_what_code_refuses() -> None:
    fields = '"code": "x", "zone": "UTC", "covered_until": "2026-12-31"'
    text = f'{{{fields}, "week": [[], [], [], [], [], [], []]}}'
    with pytest.raises(ValueError, match="week"):
        TypeAdapter(CalendarDefinition).validate_json(text)
