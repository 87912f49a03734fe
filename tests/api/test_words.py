from datetime import UTC, datetime, timedelta

import pytest

from api.locale import preferred
from api.words import deadline_words, limit_words, spoken, worked
from domain.calendar import BusinessCalendar
from domain.explanation import Explanation, explain
from domain.sla import Limit, Unit
from tests.domain.calendars import (
    OFFICE_HOURS,
    SAME_DAY,
    a_calendar,
    a_deadline,
    a_promise,
    china,
    hours,
    urgent_hours,
    working_days,
)

MONDAY_MORNING = datetime(2026, 11, 23, 1, tzinfo=UTC)
"""When offices open."""


@pytest.mark.parametrize(
    ("span", "zh", "en"),
    [
        (timedelta(), "0秒", "0 s"),
        (timedelta(seconds=59.9), "59秒", "59 s"),
        (timedelta(hours=1), "1小时", "1 h"),
        (timedelta(days=2, hours=3, minutes=4), "2天3小时", "2 d 3 h"),
        (timedelta(days=1, seconds=1), "1天1秒", "1 d 1 s"),
    ],
)
def test_a_span_is_spoken_in_its_two_largest_units(span: timedelta, zh: str, en: str) -> None:
    assert (spoken(span, "zh"), spoken(span, "en")) == (zh, en)


SEVEN = timedelta(hours=7)


@pytest.mark.parametrize(
    ("span", "day", "zh", "en"),
    [
        (300 * SEVEN, SEVEN, "300个工作日", "300 working d"),
        (2 * SEVEN + timedelta(hours=5), SEVEN, "2个工作日5小时", "2 working d 5 h"),
        (SEVEN, SEVEN, "1个工作日", "1 working d"),
        (timedelta(hours=6), SEVEN, "6小时（工作时间）", "6 h (working time)"),
        (timedelta(), SEVEN, "0秒（工作时间）", "0 s (working time)"),
        (300 * SEVEN, None, "2100小时（工作时间）", "2100 h (working time)"),
    ],
)
def test_working_time_is_spoken_in_working_days_or_hours(
    span: timedelta, day: timedelta | None, zh: str, en: str
) -> None:
    assert (worked(span, day, "zh"), worked(span, day, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("limit", "remaining"),
    [
        (working_days(300), "300 working d"),
        (working_days(1), "1 working d"),
        (SAME_DAY, "4 h (working time)"),
        (hours(30), "30 h (working time)"),
        (urgent_hours(30), "1 d 6 h"),
    ],
)
def test_what_is_left_is_said_as_the_limit_counts_it(limit: Limit, remaining: str) -> None:
    later = timedelta(hours=5) if limit.unit is Unit.SAME_DAY else timedelta()
    explained = explained_at(MONDAY_MORNING + later, limit, china())
    assert f" {remaining} left" in deadline_words(explained, china(), "en")[0]


def test_days_of_different_lengths_are_said_in_hours() -> None:
    calendar = a_calendar(week=(*[OFFICE_HOURS] * 5, OFFICE_HOURS[:1], ()))
    explained = explained_at(MONDAY_MORNING, working_days(2), calendar)
    assert "还剩 14小时（工作时间）" in deadline_words(explained, calendar, "zh")[0]


def explained_at(at: datetime, limit: Limit, calendar: BusinessCalendar) -> Explanation:
    return explain(a_deadline(at), a_promise(limit), calendar, at)


@pytest.mark.parametrize(
    ("limit", "zh"),
    [
        (hours(4), "4小时（工作时）"),
        (hours(24), "24小时（工作时）"),
        (working_days(5), "5天（工作日）"),
        (working_days(300), "300天（工作日）"),
        (SAME_DAY, "当日"),
        (Limit(Unit.URGENT_HOUR, timedelta(seconds=30)), "30秒（紧急工作时）"),
    ],
)
def test_a_limit_is_said_with_its_unit(limit: Limit, zh: str) -> None:
    assert limit_words(limit, "zh") == zh


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("", "zh"),
        ("en", "en"),
        ("EN-us", "en"),
        ("fr", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en;q=0.9, zh;q=0.1", "en"),
        ("en;q=0", "zh"),
        ("en;q=much", "zh"),
        ("*", "zh"),
        (",;=,", "zh"),
    ],
)
def test_the_language_is_the_best_that_we_have(header: str, locale: str) -> None:
    assert preferred(header) == locale
