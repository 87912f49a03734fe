"""Rungs stand at shares of the budget or behind the deadline, and remember being climbed.

Mon 28 and Tue 29 Sep 2026 work; four hours from Monday 09:00 end on Monday at 15:00.
"""

from dataclasses import replace

from domain.reckoning import reckon
from domain.sla import Rung, RungAct
from domain.vocabulary import Level
from tests.domain.calendars import (
    SAME_DAY,
    a_deadline,
    a_promise,
    at,
    china,
    climbed,
    hours,
    natural_days,
    urgent_hours,
    working_days,
)

CHINA = china()
RECEIVED = at("2026-09-28 09:00")
WARN = (RungAct.WARN,)
FOUR_HOURS = a_promise(hours(4))


def test_shares_of_budget_are_working_time() -> None:
    ladder = tuple(Rung(percent=percent, acts=WARN) for percent in (25, 75, 80, 100))
    deadline = reckon(a_deadline(RECEIVED), replace(FOUR_HOURS, ladder=ladder), CHINA)
    # 1 h; 3 h, used up at the break; 3.2 h; all of it
    shown = ["2026-09-28 10:00", "2026-09-28 12:00", "2026-09-28 14:12", "2026-09-28 15:00"]
    assert [rung.at for rung in deadline.rungs] == [at(text) for text in shown]
    assert all(rung.before_due for rung in deadline.rungs)


def test_rungs_after_due_keep_ladder_order() -> None:
    limits = [urgent_hours(1), hours(4), working_days(1), natural_days(1), SAME_DAY]
    ladder = tuple(Rung(after=limit, acts=WARN) for limit in limits)
    deadline = reckon(a_deadline(RECEIVED), replace(FOUR_HOURS, ladder=ladder), CHINA)
    # after Monday 15:00: the hour; 3 h and 1 h; Tuesday's closing; a day; Monday's closing
    shown = ["28 16:00", "29 10:00", "29 18:00", "29 15:00", "28 18:00"]
    assert [rung.at for rung in deadline.rungs] == [at(f"2026-09-{text}") for text in shown]
    assert not any(rung.before_due for rung in deadline.rungs)


def test_rung_takes_acts_and_level_along() -> None:
    acts = (RungAct.HAND_TO_B, RungAct.RAISE_LEVEL)
    rung = Rung(after=hours(1), acts=acts, level=Level.STREET)
    planned = reckon(a_deadline(RECEIVED), replace(FOUR_HOURS, ladder=(rung,)), CHINA).rungs[0]
    assert (planned.acts, planned.level) == (acts, Level.STREET)


def test_pause_moves_warning_and_due_alike() -> None:
    pause = at("2026-09-28 11:00"), at("2026-09-28 15:00")
    deadline = reckon(a_deadline(RECEIVED, pause), FOUR_HOURS, CHINA)
    assert deadline.rungs[0].at == at("2026-09-28 16:00")
    assert deadline.due_by == at("2026-09-28 17:00")


def test_pause_after_due_holds_the_ladder() -> None:
    ladder = (Rung(after=hours(2), acts=WARN),)
    pause = at("2026-09-28 16:00"), at("2026-09-29 16:00")
    deadline = reckon(a_deadline(RECEIVED, pause), replace(FOUR_HOURS, ladder=ladder), CHINA)
    assert deadline.due_by == at("2026-09-28 15:00")
    assert deadline.rungs[0].at == at("2026-09-29 17:00")


def test_climbed_rung_stays_climbed_when_reckoned() -> None:
    warned = climbed(reckon(a_deadline(RECEIVED), FOUR_HOURS, CHINA), 0, at("2026-09-28 12:00"))
    resumed = warned.paused(at("2026-09-28 14:30")).resumed(at("2026-09-28 17:00"))
    again = reckon(resumed, FOUR_HOURS, CHINA)
    assert again.rungs[0].reached_at == at("2026-09-28 12:00")


def test_extension_arms_climbed_warning_anew() -> None:
    warned = climbed(reckon(a_deadline(RECEIVED), FOUR_HOURS, CHINA), 0, at("2026-09-28 12:00"))
    extended = reckon(warned.extended(hours(4), at("2026-09-28 13:00")), FOUR_HOURS, CHINA)
    # six of eight hours are used at 17:00
    assert extended.rungs[0].at == at("2026-09-28 17:00")
    assert extended.rungs[0].reached_at is None


def test_warning_at_the_grant_is_armed_anew() -> None:
    warned = climbed(reckon(a_deadline(RECEIVED), FOUR_HOURS, CHINA), 0, at("2026-09-28 12:00"))
    extended = reckon(warned.extended(hours(4), at("2026-09-28 12:00")), FOUR_HOURS, CHINA)
    assert extended.rungs[0].reached_at is None


def test_warning_climbed_after_extension_stays_climbed() -> None:
    extended = a_deadline(RECEIVED).extended(hours(4), at("2026-09-28 13:00"))
    warned = climbed(reckon(extended, FOUR_HOURS, CHINA), 0, at("2026-09-28 17:00"))
    assert reckon(warned, FOUR_HOURS, CHINA).rungs[0].reached_at == at("2026-09-28 17:00")


def test_late_extension_repeats_no_past_warning() -> None:
    warned = climbed(reckon(a_deadline(RECEIVED), FOUR_HOURS, CHINA), 0, at("2026-09-28 12:00"))
    extended = reckon(warned.extended(hours(4), at("2026-09-28 17:30")), FOUR_HOURS, CHINA)
    assert extended.rungs[0].reached_at == at("2026-09-28 12:00")


def test_latest_extension_decides_what_is_past() -> None:
    warned = climbed(reckon(a_deadline(RECEIVED), FOUR_HOURS, CHINA), 0, at("2026-09-28 12:00"))
    twice = warned.extended(hours(2), at("2026-09-28 13:00"))
    for granted, kept in [("2026-09-28 16:59", None), ("2026-09-28 17:00", "2026-09-28 12:00")]:
        extended = reckon(twice.extended(hours(2), at(granted)), FOUR_HOURS, CHINA)
        assert extended.rungs[0].at == at("2026-09-28 17:00")
        assert extended.rungs[0].reached_at == (kept and at(kept))


def test_climbed_rung_after_due_outlives_extension() -> None:
    promise = replace(FOUR_HOURS, ladder=(Rung(after=hours(1), acts=WARN),))
    warned = climbed(reckon(a_deadline(RECEIVED), promise, CHINA), 0, at("2026-09-28 16:00"))
    extended = reckon(warned.extended(hours(4), at("2026-09-28 16:30")), promise, CHINA)
    assert extended.rungs[0].reached_at == at("2026-09-28 16:00")


def test_open_rung_past_coverage_is_provisional() -> None:
    promise = replace(FOUR_HOURS, ladder=(Rung(after=working_days(1), acts=WARN),))
    deadline = reckon(a_deadline(at("2026-12-31 09:00")), promise, CHINA)
    assert deadline.due_by == at("2026-12-31 15:00")
    assert deadline.provisional
    warned = climbed(deadline, 0, at("2027-01-01 18:00"))
    assert not reckon(warned, promise, CHINA).provisional
