"""What holds for every promise, pause and extension, whatever the lengths of the days."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.measure import measure_of
from domain.reckoning import reckon
from domain.sla import Rung, RungAct
from tests.domain.calendars import MINUTE, a_calendar, china, due, hours, measured, uneven_china
from tests.domain.strategies import Case, cases, moments

CALENDAR, EVEN = uneven_china(), china()
WARN = (RungAct.WARN,)
LADDER = (
    *(Rung(percent=percent, acts=WARN) for percent in (1, 50, 75, 100)),
    *(Rung(after=hours(amount), acts=WARN) for amount in (1, 9)),
)


@given(cases())
def test_pause_never_credits_too_much_or_little(case: Case) -> None:
    paused, unpaused = case.deadline(), reckon(case.deadline(pauses=0), case.promise, CALENDAR)
    assert unpaused.counts_from is not None
    assert unpaused.due_by is not None
    limit = case.promise.limit
    budget = measure_of(limit.unit, CALENDAR).between(unpaused.counts_from, unpaused.due_by)
    assert measured(reckon(paused, case.promise, CALENDAR), limit, CALENDAR) == budget
    assert budget > 0 * MINUTE


@given(cases())
def test_deadline_never_falls_inside_a_pause(case: Case) -> None:
    due_by = due(case.deadline(), case.promise, CALENDAR)
    assert not any(stopped < due_by < resumed for stopped, resumed in case.pauses)


@given(cases(), st.integers(0, 2))
def test_one_more_pause_is_never_due_earlier(case: Case, pauses: int) -> None:
    fewer, more = case.deadline(pauses=pauses), case.deadline(pauses=pauses + 1)
    assert due(fewer, case.promise, CALENDAR) <= due(more, case.promise, CALENDAR)


@given(cases())
def test_an_extension_is_always_due_later(case: Case) -> None:
    dues = [due(case.deadline(extensions=n), case.promise, CALENDAR) for n in range(3)]
    assert dues[0] < dues[1] < dues[2]


@given(cases(), moments())
def test_later_receipt_is_never_due_earlier(case: Case, later: timedelta) -> None:
    early, late = case.deadline(pauses=0), case.deadline(pauses=0, later=later)
    assert due(early, case.promise, CALENDAR) <= due(late, case.promise, CALENDAR)


@given(cases(), moments())
def test_later_receipt_with_same_pauses_neither(case: Case, later: timedelta) -> None:
    # Where days are even: a later whole-day promise may consist of shorter days, and no pause
    # that came before it counts. A receipt within a pause would make it another pause.
    later = min([later, *(stopped - case.received for stopped, _ in case.pauses[:1])])
    early, late = case.deadline(), case.deadline(later=later)
    assert due(early, case.promise, EVEN) <= due(late, case.promise, EVEN)


@given(cases())
def test_rungs_stand_in_order_around_due(case: Case) -> None:
    deadline = reckon(case.deadline(), replace(case.promise, ladder=LADDER), CALENDAR)
    assert deadline.counts_from is not None
    assert deadline.due_by is not None
    instants = [deadline.counts_from, *(rung.at for rung in deadline.rungs)]
    assert all(one <= two for one, two in pairwise(instants))
    assert deadline.rungs[3].at == deadline.due_by < deadline.rungs[4].at


@given(cases())
def test_reckoning_again_changes_nothing(case: Case) -> None:
    once = reckon(case.deadline(), case.promise, CALENDAR)
    assert reckon(once, case.promise, CALENDAR) == once


@given(cases())
def test_corrected_calendar_equals_known_one(case: Case) -> None:
    under_wrong = reckon(case.deadline(), case.promise, a_calendar())
    corrected = reckon(under_wrong, case.promise, CALENDAR)
    assert corrected == reckon(case.deadline(), case.promise, CALENDAR)


@given(cases())
def test_standing_still_moves_no_deadline(case: Case) -> None:
    deadline = reckon(case.deadline(), case.promise, CALENDAR)
    assert deadline.due_by is not None
    for stopped in (deadline.clock.intervals[-1].start, deadline.due_by):
        again = reckon(deadline.paused(stopped + MINUTE), case.promise, CALENDAR)
        assert again.due_by == deadline.due_by


@pytest.mark.parametrize("stop", ["met", "ended"])
@given(cases())
def test_stopped_clock_keeps_its_deadline(stop: str, case: Case) -> None:
    deadline = reckon(case.deadline(), case.promise, CALENDAR)
    assert deadline.due_by is not None
    stopped = getattr(deadline, stop)(deadline.due_by + MINUTE)
    assert reckon(stopped, case.promise, CALENDAR) == stopped
