"""Pauses, extensions, rungs and corrected calendars, each with an answer known beforehand.

Mon 28, Tue 29, Wed 30 Sep 2026 work; Thu 1 to Wed 7 Oct rest; Thu 8 to Sat 10 Oct work.
"""

from dataclasses import replace
from datetime import date, time

import pytest

from domain.calendar import CalendarException, Shift
from domain.reckoning import reckon
from domain.sla import Limit, StartRule
from tests.domain.calendars import (
    SAME_DAY,
    a_calendar,
    a_deadline,
    a_promise,
    at,
    changed,
    china,
    due,
    hours,
    natural_days,
    urgent_hours,
    with_2027,
    working_days,
)

CHINA = china()
NEXT_DAY = StartRule.NEXT_DAY

PAUSES = [
    # limit, received, stopped, resumed, due
    (hours(4), "09-30 16:00", "09-30 17:00", "10-09 10:00", "10-09 15:00"),  # 1 h used, 2 + 1
    (hours(4), "09-28 14:00", "09-28 17:00", "09-29 09:30", "09-29 10:30"),  # across closing
    (hours(8), "09-18 16:00", "09-18 17:00", "09-21 09:00", "09-21 18:00"),  # over make-up Sunday
    (hours(4), "09-28 16:00", "09-28 19:00", "09-29 08:00", "09-29 11:00"),  # at night: nothing
    (hours(4), "09-28 16:00", "09-28 18:00", "09-29 09:00", "09-29 11:00"),  # closing to opening
    (hours(4), "09-28 11:00", "09-28 12:00", "09-28 14:00", "09-28 17:00"),  # the break: nothing
    (hours(4), "09-28 11:00", "09-28 12:30", "09-28 14:30", "09-28 17:30"),  # half an hour of it
    (hours(4), "09-30 16:00", "10-01 08:00", "10-07 20:00", "10-08 11:00"),  # a holiday: nothing
    (hours(1), "09-28 09:00", "09-28 11:00", "09-28 15:00", "09-28 10:00"),  # breached before
    (hours(1), "09-28 09:00", "09-28 10:00", "09-28 15:00", "09-28 10:00"),  # used up at the stop
    (hours(1), "09-28 17:00", "09-28 20:00", "09-29 10:00", "09-28 18:00"),  # used up at closing
    (hours(4), "09-28 07:00", "09-28 08:00", "09-28 08:30", "09-28 15:00"),  # before counting
    (hours(4), "09-28 07:00", "09-28 08:00", "09-28 10:00", "09-28 16:00"),  # into the counting
    (urgent_hours(2), "09-30 23:00", "09-30 23:30", "10-01 00:30", "10-01 02:00"),
    # 6 + 7 + 7 hours until the 30th at closing; 1 + 4 + 2 of them were given back
    (working_days(3), "09-28 10:00", "09-29 11:00", "09-30 11:00", "10-08 18:00"),
    (working_days(1), "09-28 10:00", "09-28 15:00", "09-28 17:00", "09-29 11:00"),
    (SAME_DAY, "09-28 10:00", "09-28 15:00", "09-28 17:00", "09-29 11:00"),
    (SAME_DAY, "09-28 10:00", "09-28 18:00", "09-29 18:00", "09-28 18:00"),
    (natural_days(3), "09-28 10:00", "09-29 10:00", "09-30 22:00", "10-02 22:00"),  # 36 h
]


@pytest.mark.parametrize(("limit", "received", "stopped", "resumed", "expected"), PAUSES)
def test_pause_gives_back_just_its_measure(
    limit: Limit, received: str, stopped: str, resumed: str, expected: str
) -> None:
    year = "2026-"
    deadline = a_deadline(at(year + received), (at(year + stopped), at(year + resumed)))
    assert due(deadline, a_promise(limit), CHINA) == at(year + expected)


@pytest.mark.parametrize(
    ("resumed", "expected"),
    [("2026-09-28 20:00", "2026-10-02 00:00"), ("2026-09-29 06:00", "2026-10-02 06:00")],
)
def test_pause_before_counting_gives_nothing_back(resumed: str, expected: str) -> None:
    deadline = a_deadline(at("2026-09-28 10:00"), (at("2026-09-28 12:00"), at(resumed)))
    assert due(deadline, a_promise(natural_days(3), start=NEXT_DAY), CHINA) == at(expected)


def test_two_pauses_each_give_back_theirs() -> None:
    first = at("2026-09-28 10:00"), at("2026-09-28 11:00")
    second = at("2026-09-28 17:00"), at("2026-09-30 10:00")
    # 1 h, 1 h, 3 h used by Monday 17:00; 2 of 7 h left on Wednesday at 10:00
    deadline = a_deadline(at("2026-09-28 09:00"), first, second)
    assert due(deadline, a_promise(hours(7)), CHINA) == at("2026-09-30 12:00")


def test_clock_standing_still_keeps_its_due() -> None:
    deadline = a_deadline(at("2026-09-28 16:00")).paused(at("2026-09-28 17:00"))
    assert due(deadline, a_promise(hours(4)), CHINA) == at("2026-09-29 11:00")


EXTENSIONS = [
    (working_days(5), 1, "2026-09-21 09:00", "2026-10-10 18:00"),  # 28 Sep + 29, 30, 8, 9, 10
    (hours(4), 1, "2026-09-28 14:00", "2026-09-29 15:00"),  # closing + 3 h + 1 h
    (hours(4), 2, "2026-09-28 14:00", "2026-09-30 10:00"),  # 12 h: 4 + 7 + 1
    (natural_days(3), 1, "2026-09-28 10:00", "2026-10-04 10:00"),
    (urgent_hours(2), 2, "2026-09-30 23:00", "2026-10-01 05:00"),
]


@pytest.mark.parametrize(("limit", "times", "received", "expected"), EXTENSIONS)
def test_extension_moves_due_by_its_limit(
    limit: Limit, times: int, received: str, expected: str
) -> None:
    deadline = a_deadline(at(received))
    for _ in range(times):
        deadline = deadline.extended(limit, at(received))
    assert due(deadline, a_promise(limit), CHINA) == at(expected)


def test_same_day_extends_to_next_closing() -> None:
    deadline = a_deadline(at("2026-09-30 10:00")).extended(working_days(1), at("2026-09-30 15:00"))
    assert due(deadline, a_promise(SAME_DAY), CHINA) == at("2026-10-08 18:00")


def test_whole_days_extend_from_their_end() -> None:
    deadline = a_deadline(at("2026-09-28 10:00")).extended(natural_days(3), at("2026-09-29 10:00"))
    promise = a_promise(natural_days(3), start=NEXT_DAY)
    assert due(deadline, promise, CHINA) == at("2026-10-05 00:00")  # 29, 30, 1 and 2, 3, 4


def test_day_that_ends_at_midnight_extends_by_next() -> None:
    calendar = a_calendar(week=((Shift(time(20), time(0)),),) * 7)
    deadline = a_deadline(at("2026-09-28 21:00"))
    assert due(deadline, a_promise(working_days(1)), calendar) == at("2026-09-29 00:00")
    extended = deadline.extended(working_days(1), at("2026-09-28 22:00"))
    assert due(extended, a_promise(working_days(1)), calendar) == at("2026-09-30 00:00")


def test_extension_and_pause_add_up() -> None:
    # 21-24 and 28 Sep, extended by the 29th: 42 h, of which the 22nd and 23rd were given back
    pause = at("2026-09-22 09:00"), at("2026-09-24 09:00")
    deadline = a_deadline(at("2026-09-21 09:00"), pause)
    deadline = deadline.extended(working_days(1), at("2026-09-24 10:00"))
    assert due(deadline, a_promise(working_days(5)), CHINA) == at("2026-10-08 18:00")


def test_extension_after_breach_keeps_the_breach() -> None:
    promise = a_promise(hours(4))
    late = replace(
        reckon(a_deadline(at("2026-09-28 09:00")), promise, CHINA),
        breached_at=at("2026-09-28 15:00"),
    )
    extended = reckon(late.extended(hours(4), at("2026-09-28 17:00")), promise, CHINA)
    assert extended.due_by == at("2026-09-29 10:00")
    assert extended.breached_at == at("2026-09-28 15:00")


def test_due_after_coverage_is_provisional() -> None:
    deadline = reckon(a_deadline(at("2026-12-31 10:00")), a_promise(working_days(3)), CHINA)
    # the plain week: Thu 31, Fri 1, Mon 4
    assert (deadline.due_by, deadline.provisional) == (at("2027-01-04 18:00"), True)


def test_loaded_year_settles_a_provisional_due() -> None:
    promise = a_promise(working_days(3))
    before = reckon(a_deadline(at("2026-12-31 10:00")), promise, CHINA)
    after = reckon(before, promise, china(with_2027(), version=2))
    # Fri 1 January rests: Thu 31, Mon 4, Tue 5
    assert (after.due_by, after.provisional) == (at("2027-01-05 18:00"), False)
    assert (before.calendar_version, after.calendar_version) == (1, 2)


def test_due_within_coverage_is_settled() -> None:
    closing = reckon(a_deadline(at("2026-12-31 10:00")), a_promise(SAME_DAY), CHINA)
    midnight = a_deadline(at("2026-12-28 10:00"))
    assert not closing.provisional
    deadline = reckon(midnight, a_promise(natural_days(3), start=NEXT_DAY), CHINA)
    assert (deadline.due_by, deadline.provisional) == (at("2027-01-01 00:00"), False)


def test_corrected_calendar_leaves_facts_alone() -> None:
    promise, facts = a_promise(hours(4)), at("2026-10-01 10:00")
    late = replace(a_deadline(at("2026-09-30 16:00")), breached_at=facts, met_at=facts)
    works = changed(CalendarException(date(2026, 10, 1), china().definition.week[0]))
    corrected = reckon(reckon(late, promise, CHINA), promise, china(works, version=2))
    assert corrected.due_by == at("2026-10-01 11:00")
    assert (corrected.breached_at, corrected.met_at) == (facts, facts)


def test_cut_off_means_nothing_to_hours() -> None:
    deadline = a_deadline(at("2026-09-28 17:00"))
    assert due(deadline, a_promise(hours(1), cut_off=time(16)), CHINA) == at("2026-09-28 18:00")
