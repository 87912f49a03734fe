"""Deadlines worked out by hand, on paper, over three long holidays; office 09-12 and 14-18.

2025: Sun 28 Sep works, Wed 1 to Wed 8 Oct rest, Sat 11 Oct works.
2026: Sat 14 Feb works, Sun 15 to Mon 23 Feb rest, Sat 28 Feb works.
2026: Sun 20 Sep works, Fri 25 to Sun 27 Sep rest, Thu 1 to Wed 7 Oct rest, Sat 10 Oct works.
"""

from datetime import time

import pytest

from domain.sla import Limit, StartRule
from tests.domain.calendars import (
    SAME_DAY,
    a_deadline,
    a_promise,
    at,
    china,
    due,
    hours,
    natural_days,
    urgent_hours,
    working_days,
)

CHINA = china()

WORKING_HOURS = [
    # National Day 2025
    (2, "2025-09-30 17:00", "2025-10-09 10:00"),  # 1 h until closing, 1 h after the holiday
    (1, "2025-09-30 17:00", "2025-09-30 18:00"),  # used up at closing: due at closing
    (4, "2025-09-30 11:00", "2025-09-30 17:00"),  # 1 h + 3 h over the midday break
    (4, "2025-09-30 18:00", "2025-10-09 15:00"),  # at closing: 3 h + 1 h on the 9th
    (4, "2025-09-30 23:30", "2025-10-09 15:00"),  # at night
    (4, "2025-10-01 00:00", "2025-10-09 15:00"),  # at midnight
    (4, "2025-10-05 10:00", "2025-10-09 15:00"),  # within the holiday
    (3, "2025-10-09 09:00", "2025-10-09 12:00"),  # at opening, until the break
    (2, "2025-09-29 12:30", "2025-09-29 16:00"),  # in the break: from 14:00
    (1, "2025-09-30 17:59:59", "2025-10-09 09:59:59"),  # one second, then the rest
    (7, "2025-10-10 09:00", "2025-10-10 18:00"),  # one whole day
    (8, "2025-10-10 09:00", "2025-10-11 10:00"),  # goes on on the make-up Saturday
    (8, "2025-10-11 09:00", "2025-10-13 10:00"),  # Sunday the 12th rests
    (4, "2025-09-27 12:00", "2025-09-28 15:00"),  # plain Saturday: from make-up Sunday 09:00
    # Spring Festival 2026
    (4, "2026-02-13 17:00", "2026-02-14 12:00"),  # 1 h on Friday, 3 h on make-up Saturday
    (2, "2026-02-14 17:00", "2026-02-24 10:00"),  # 1 h before, 1 h after the festival
    (4, "2026-02-15 00:00", "2026-02-24 15:00"),  # midnight into the festival
    (7, "2026-02-27 14:00", "2026-02-28 12:00"),  # 4 h on Friday, 3 h on make-up Saturday
    (1, "2026-02-28 18:00", "2026-03-02 10:00"),  # closing on Saturday; Sunday rests
    # National Day 2026
    (4, "2026-09-30 16:00", "2026-10-08 11:00"),  # 2 h + 2 h
    (14, "2026-09-24 09:00", "2026-09-28 18:00"),  # 7 h on the 24th, Mid-Autumn, 7 h on the 28th
    (1, "2026-10-10 17:30", "2026-10-12 09:30"),  # half an hour each side of Sunday
    (0.5, "2026-09-20 09:00", "2026-09-20 09:30"),  # make-up Sunday
]


@pytest.mark.parametrize(("amount", "received", "expected"), WORKING_HOURS)
def test_working_hours_end_as_on_paper(amount: float, received: str, expected: str) -> None:
    assert due(a_deadline(at(received)), a_promise(hours(amount)), CHINA) == at(expected)


AT_ONCE, NEXT_DAY = StartRule.AT_ONCE, StartRule.NEXT_DAY
WORKING_DAYS = [
    # National Day 2025
    (3, AT_ONCE, "2025-09-30 10:00", "2025-10-10 18:00"),  # 30, 9, 10
    (3, AT_ONCE, "2025-09-30 08:00", "2025-10-10 18:00"),  # before opening: 30 counts
    (3, AT_ONCE, "2025-09-30 17:59", "2025-10-10 18:00"),  # before closing: 30 counts
    (3, AT_ONCE, "2025-09-30 18:00", "2025-10-11 18:00"),  # at closing: 9, 10, Saturday 11
    (5, AT_ONCE, "2025-09-26 09:00", "2025-10-09 18:00"),  # 26, Sunday 28, 29, 30, 9
    (3, NEXT_DAY, "2025-09-30 10:00", "2025-10-11 18:00"),  # 9, 10, Saturday 11
    (3, NEXT_DAY, "2025-09-30 20:00", "2025-10-11 18:00"),  # the same: the day never counts
    (1, NEXT_DAY, "2025-09-27 10:00", "2025-09-28 18:00"),  # make-up Sunday
    # 29, 30, 9, 10, 11, 13-17, 20-24, 27-31: two, three, and three weeks of five
    (20, AT_ONCE, "2025-09-29 09:00", "2025-10-31 18:00"),
    # Spring Festival 2026
    (3, AT_ONCE, "2026-02-13 10:00", "2026-02-24 18:00"),  # 13, Saturday 14, 24
    (5, NEXT_DAY, "2026-02-14 10:00", "2026-02-28 18:00"),  # 24, 25, 26, 27, Saturday 28
    (1, AT_ONCE, "2026-02-18 12:00", "2026-02-24 18:00"),  # within the festival
    # National Day 2026
    (5, AT_ONCE, "2026-09-24 10:00", "2026-10-08 18:00"),  # 24, 28, 29, 30, 8
    (3, NEXT_DAY, "2026-09-30 18:00", "2026-10-10 18:00"),  # 8, 9, Saturday 10
    (2, AT_ONCE, "2026-09-18 19:00", "2026-09-21 18:00"),  # Sunday 20, Monday 21
]


@pytest.mark.parametrize(("amount", "start", "received", "expected"), WORKING_DAYS)
def test_working_days_end_as_on_paper(
    amount: int, start: StartRule, received: str, expected: str
) -> None:
    promise = a_promise(working_days(amount), start=start)
    assert due(a_deadline(at(received)), promise, CHINA) == at(expected)


CUT_OFFS = [
    (SAME_DAY, None, "2025-09-30 08:00", "2025-09-30 18:00"),
    (SAME_DAY, None, "2025-09-30 17:59:59", "2025-09-30 18:00"),
    (SAME_DAY, None, "2025-09-30 18:00", "2025-10-09 18:00"),  # at closing
    (SAME_DAY, time(16), "2025-09-30 15:59:59", "2025-09-30 18:00"),
    (SAME_DAY, time(16), "2025-09-30 16:00", "2025-10-09 18:00"),  # at the cut-off
    (SAME_DAY, time(16), "2025-10-08 17:00", "2025-10-09 18:00"),  # no cut-off on a rest day
    (SAME_DAY, time(16), "2025-10-09 00:00", "2025-10-09 18:00"),  # midnight of a working day
    (SAME_DAY, time(20), "2025-09-30 19:00", "2025-10-09 18:00"),  # closing comes first
    (SAME_DAY, None, "2025-10-11 10:00", "2025-10-11 18:00"),  # make-up Saturday
    (SAME_DAY, None, "2025-10-12 10:00", "2025-10-13 18:00"),  # plain Sunday
    (SAME_DAY, time(16), "2026-02-14 16:00", "2026-02-24 18:00"),
    (SAME_DAY, None, "2026-02-28 18:00", "2026-03-02 18:00"),
    (SAME_DAY, None, "2026-10-07 23:59", "2026-10-08 18:00"),
    (working_days(2), time(16), "2026-09-30 15:59", "2026-10-08 18:00"),  # 30, 8
    (working_days(2), time(16), "2026-09-30 16:00", "2026-10-09 18:00"),  # 8, 9
]


@pytest.mark.parametrize(("limit", "cut_off", "received", "expected"), CUT_OFFS)
def test_cut_off_decides_the_first_day(
    limit: Limit, cut_off: time | None, received: str, expected: str
) -> None:
    assert due(a_deadline(at(received)), a_promise(limit, cut_off=cut_off), CHINA) == at(expected)


AROUND_THE_CLOCK = [
    (urgent_hours(2), AT_ONCE, "2025-09-30 23:30", "2025-10-01 01:30"),
    (urgent_hours(1), AT_ONCE, "2025-10-01 00:00", "2025-10-01 01:00"),
    (urgent_hours(2), NEXT_DAY, "2025-09-30 10:00", "2025-10-09 11:00"),  # from the opening
    (natural_days(3), AT_ONCE, "2025-09-30 17:00", "2025-10-03 17:00"),
    (natural_days(3), NEXT_DAY, "2025-09-30 17:00", "2025-10-04 00:00"),  # 1, 2, 3 at 24:00
    (natural_days(1), NEXT_DAY, "2025-10-01 00:00", "2025-10-03 00:00"),  # midnight is the 1st
    (natural_days(7), AT_ONCE, "2026-02-16 09:00", "2026-02-23 09:00"),
    (SAME_DAY, NEXT_DAY, "2025-09-30 09:00", "2025-10-09 18:00"),
    (hours(4), NEXT_DAY, "2026-09-30 09:00", "2026-10-08 15:00"),
]


@pytest.mark.parametrize(("limit", "start", "received", "expected"), AROUND_THE_CLOCK)
def test_other_limits_end_as_on_paper(
    limit: Limit, start: StartRule, received: str, expected: str
) -> None:
    assert due(a_deadline(at(received)), a_promise(limit, start=start), CHINA) == at(expected)
