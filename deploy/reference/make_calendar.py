"""Makes `calendar-cn.json` anew: the plain week, and every day the yearly notices change.

Run from the top of the repository when the notice for a year is out and `chinesecalendar` knows
it: `python -m deploy.reference.make_calendar 2024 2025 2026`.
"""

import argparse
import json
from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path

import chinese_calendar
from pydantic import TypeAdapter

from domain.calendar import CalendarDefinition, CalendarException, Shift
from domain.ids import CalendarCode

PATH = Path(__file__).with_name("calendar-cn.json")
OFFICE_HOURS = (Shift(time(9), time(12)), Shift(time(14), time(18)))
WEEK = (OFFICE_HOURS,) * 5 + ((),) * 2


def definition(years: list[int]) -> CalendarDefinition:
    """The calendar of mainland China for whole years without a gap."""
    first, last = date(min(years), 1, 1), date(max(years), 12, 31)
    if sorted(years) != list(range(first.year, last.year + 1)):
        raise ValueError("years follow one another")
    return CalendarDefinition(
        code=CalendarCode("cn"),
        zone="Asia/Shanghai",
        week=WEEK,
        exceptions=tuple(_exceptions(first, last)),
        covered_until=last,
    )


def _exceptions(first: date, last: date) -> Iterator[CalendarException]:
    for days in range((last - first).days + 1):
        on = first + timedelta(days=days)
        works = chinese_calendar.is_workday(on)
        if works != bool(WEEK[on.weekday()]):
            yield CalendarException(on, OFFICE_HOURS if works else ())


def text(calendar: CalendarDefinition) -> str:
    """JSON with one line for each weekday and each exception, so that a change is easy to see."""
    content = TypeAdapter(CalendarDefinition).dump_python(calendar, mode="json")
    fields = [f"  {json.dumps(name)}: {_value(value)}" for name, value in content.items()]
    return "{\n" + ",\n".join(fields) + "\n}\n"


def _value(value: object) -> str:
    if not isinstance(value, list):
        return json.dumps(value)
    return "[\n" + ",\n".join(f"    {json.dumps(item)}" for item in value) + "\n  ]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("years", type=int, nargs="+")
    calendar = definition(parser.parse_args().years)
    PATH.write_text(text(calendar), encoding="utf-8")
    print(f"{PATH.name}: {len(calendar.exceptions)} exceptions until {calendar.covered_until}")


if __name__ == "__main__":
    main()
