"""The clock keeps intervals, whatever order callers tell it things in."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.clock import Interval, SLAClock
from tests.domain.calendars import HOUR, MINUTE, at

NINE = at("2026-03-02 09:00")


def test_started_clock_runs_from_its_start() -> None:
    clock = SLAClock.started(NINE)
    assert clock.started_at == NINE
    assert clock.is_running


def test_pause_closes_the_open_interval() -> None:
    clock = SLAClock.started(NINE).pause(NINE + HOUR)
    assert clock.intervals == (Interval(NINE, NINE + HOUR),)
    assert not clock.is_running


def test_second_pause_does_not_move_first() -> None:
    clock = SLAClock.started(NINE).pause(NINE + HOUR)
    assert clock.pause(NINE + 2 * HOUR) == clock


def test_resume_opens_a_second_interval() -> None:
    clock = SLAClock.started(NINE).pause(NINE + HOUR).resume(NINE + 2 * HOUR)
    assert clock.intervals == (Interval(NINE, NINE + HOUR), Interval(NINE + 2 * HOUR))


def test_resume_of_running_clock_changes_nothing() -> None:
    clock = SLAClock.started(NINE)
    assert clock.resume(NINE + HOUR) == clock


def test_pause_before_start_counts_no_time() -> None:
    clock = SLAClock.started(NINE).pause(NINE - HOUR)
    assert clock.intervals == (Interval(NINE, NINE),)


def test_resume_before_the_pause_loses_nothing() -> None:
    clock = SLAClock.started(NINE).pause(NINE + HOUR).resume(NINE)
    assert clock.intervals[-1] == Interval(NINE + HOUR)


def test_stopped_clock_keeps_what_it_ran() -> None:
    clock = SLAClock.started(NINE).pause(NINE + HOUR).stop(NINE + 3 * HOUR)
    assert clock.intervals == (Interval(NINE, NINE + HOUR),)


@given(st.lists(st.tuples(st.sampled_from(["pause", "resume", "stop"]), st.integers(-600, 600))))
def test_intervals_never_overlap_or_run_backwards(acts: list[tuple[str, int]]) -> None:
    clock = SLAClock.started(NINE)
    for act, minutes in acts:
        clock = getattr(clock, act)(NINE + minutes * MINUTE)
    ends = [interval.end for interval in clock.intervals]
    assert None not in ends[:-1]
    assert all(
        end is None or end >= run.start for run, end in zip(clock.intervals, ends, strict=True)
    )
    assert all(
        one.end is not None and one.end <= two.start for one, two in pairwise(clock.intervals)
    )
