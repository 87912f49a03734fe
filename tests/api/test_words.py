from datetime import timedelta

import pytest

from api.locale import preferred
from api.words import limit_words, spoken
from domain.sla import Limit, Unit
from tests.domain.calendars import SAME_DAY, hours, working_days


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


@pytest.mark.parametrize(
    ("limit", "zh"),
    [
        (hours(4), "4小时（工作时）"),
        (working_days(5), "5天（工作日）"),
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
