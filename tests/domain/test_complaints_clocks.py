"""What users of other systems complained of about clocks; each complaint would fail here."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.calendar import BusinessCalendar
from domain.clock import SLAClock
from domain.explanation import explain
from domain.reckoning import reckon
from domain.sla import Limit
from domain.vocabulary import DeadlineKind
from tests.domain.calendars import (
    HOUR,
    SAME_DAY,
    a_deadline,
    a_promise,
    at,
    china,
    china_definition,
    due,
    hours,
    urgent_hours,
    working_days,
)

CHINA = china()


def test_calendar_ignored() -> None:
    friday = a_deadline(at("2026-03-06 17:00"))
    assert due(friday, a_promise(hours(4)), CHINA) == at("2026-03-09 12:00")
    assert due(friday, a_promise(urgent_hours(4)), CHINA) == at("2026-03-06 21:00")


@pytest.mark.parametrize("limit", [hours(7), working_days(1), SAME_DAY])
@pytest.mark.parametrize("received", ["06 18:00", "06 23:00", "07 12:00", "09 03:00"])
def test_created_out_of_hours_gives_zero_time(limit: Limit, received: str) -> None:
    instant = at(f"2026-03-{received}")
    said = explain(a_deadline(instant), a_promise(limit), CHINA, instant)
    assert said.remaining == 7 * HOUR
    assert said.due_by == at("2026-03-09 18:00")


def test_span_over_a_holiday_or_make_up_day() -> None:
    promise = a_promise(hours(14))
    assert due(a_deadline(at("2026-09-30 09:00")), promise, CHINA) == at("2026-10-08 18:00")
    assert due(a_deadline(at("2026-10-09 09:00")), promise, CHINA) == at("2026-10-10 18:00")


def test_pause_across_closing_time() -> None:
    # one of four hours used; the pause runs from 17:00 to 10:00 next day
    pause = at("2026-03-02 17:00"), at("2026-03-03 10:00")
    deadline = a_deadline(at("2026-03-02 16:00"), pause)
    assert due(deadline, a_promise(hours(4)), CHINA) == at("2026-03-03 15:00")


def test_pause_credited_in_wall_clock_time() -> None:
    # 65 hours by the wall clock, two by the office: due Monday 18:00 moves to Tuesday 11:00
    pause = at("2026-03-06 17:00"), at("2026-03-09 10:00")
    deadline = a_deadline(at("2026-03-06 16:00"), pause)
    promise = a_promise(hours(9))
    assert due(a_deadline(at("2026-03-06 16:00")), promise, CHINA) == at("2026-03-09 18:00")
    assert due(deadline, promise, CHINA) == at("2026-03-10 11:00")


def test_pause_lost_when_the_policy_changes() -> None:
    pause = at("2026-03-02 10:00"), at("2026-03-03 10:00")
    deadline = reckon(a_deadline(at("2026-03-02 09:00"), pause), a_promise(hours(2)), CHINA)
    assert deadline.due_by == at("2026-03-03 11:00")
    under_new = reckon(deadline, a_promise(hours(5)), china(version=2))
    assert under_new.clock == deadline.clock
    assert under_new.due_by == at("2026-03-03 16:00")


def test_wrong_after_reopen() -> None:
    promise, reopened_at = a_promise(hours(4)), at("2026-03-04 09:00")
    first = reckon(a_deadline(at("2026-03-02 09:00")), promise, CHINA).met(at("2026-03-02 17:00"))
    second = replace(a_deadline(reopened_at), clock=SLAClock.started(reopened_at))
    said = explain(second, promise, CHINA, reopened_at)
    assert (said.used, said.remaining) == (timedelta(), 4 * HOUR)
    assert said.due_by == at("2026-03-04 15:00")
    assert reckon(first, promise, CHINA).breached_at == at("2026-03-02 15:00")


ZONES = ["UTC", "Asia/Shanghai", "America/Los_Angeles", "Asia/Kathmandu"]


@pytest.mark.parametrize("zone", ZONES)
def test_zone_shift(zone: str) -> None:
    # 30 September in UTC, but already 1 October, a holiday, in Shanghai
    received = datetime.fromisoformat("2026-09-30T16:30Z").astimezone(ZoneInfo(zone))
    assert due(a_deadline(received), a_promise(SAME_DAY), CHINA) == at("2026-10-08 18:00")
    pause = at("2026-10-01 01:00"), at("2026-10-08 10:00")
    deadline = a_deadline(received, (pause[0].astimezone(ZoneInfo(zone)), pause[1]))
    assert due(deadline, a_promise(hours(1)), CHINA) == at("2026-10-08 11:00")


def test_zone_of_server_cannot_slip_in() -> None:
    with pytest.raises(ValueError, match="Asia/Shanghai"):
        BusinessCalendar(china_definition(), ZoneInfo("UTC"), 1)


def test_two_targets_overwrite_each_other() -> None:
    received = at("2026-03-02 09:00")
    claim = a_deadline(received, kind=DeadlineKind.CLAIM)
    overall = a_deadline(received, kind=DeadlineKind.OVERALL)
    claim = claim.extended(hours(1), received)
    overall = overall.paused(received + HOUR).resumed(received + 2 * HOUR)
    for _ in range(2):
        claim = reckon(claim, a_promise(hours(1)), CHINA)
        overall = reckon(overall, a_promise(hours(7)), CHINA)
    assert claim.due_by == at("2026-03-02 11:00")
    assert overall.due_by == at("2026-03-03 10:00")
