"""A deadline can say why it is when it is, in figures that add up."""

from dataclasses import replace
from datetime import date, time, timedelta

from hypothesis import given
from pydantic import TypeAdapter

from domain.explanation import Explanation, explain
from domain.reckoning import reckon
from domain.sla import StartRule
from tests.domain.calendars import (
    DAY,
    HOUR,
    SAME_DAY,
    a_deadline,
    a_promise,
    at,
    china,
    due,
    hours,
    measured,
    natural_days,
    uneven_china,
    working_days,
)
from tests.domain.strategies import Case, cases

CHINA = china(version=7)
ZERO = timedelta()


def test_explains_the_rule_it_follows() -> None:
    promise = a_promise(SAME_DAY, start=StartRule.NEXT_DAY, cut_off=time(16))
    said = explain(a_deadline(at("2026-09-30 10:00")), promise, CHINA, at("2026-09-30 11:00"))
    assert (said.kind, said.limit) == (promise.kind, SAME_DAY)
    assert (said.start, said.cut_off) == (StartRule.NEXT_DAY, time(16))
    assert said.received_at == at("2026-09-30 10:00")
    assert said.counts_from == at("2026-10-08 09:00")
    assert said.due_by == at("2026-10-08 18:00")


def test_explains_which_calendar_it_used() -> None:
    said = explain(
        a_deadline(at("2026-12-31 17:00")), a_promise(hours(4)), CHINA, at("2026-12-31 17:30")
    )
    assert (said.calendar, said.calendar_version) == ("cn", 7)
    assert said.covered_until == date(2026, 12, 31)
    assert said.provisional


def test_explains_time_used_by_each_interval() -> None:
    pauses = (
        (at("2026-09-28 11:00"), at("2026-09-28 17:00")),
        (at("2026-09-28 20:00"), at("2026-09-29 08:00")),
    )
    deadline = a_deadline(at("2026-09-28 08:00"), *pauses)
    said = explain(deadline, a_promise(hours(7)), CHINA, at("2026-09-29 10:30"))
    assert [run.counted for run in said.intervals] == [2 * HOUR, HOUR, 1.5 * HOUR]
    assert [run.start for run in said.intervals][1:] == [resumed for _, resumed in pauses]
    assert [run.end for run in said.intervals] == [pauses[0][0], pauses[1][0], None]
    assert (said.used, said.remaining, said.overrun) == (4.5 * HOUR, 2.5 * HOUR, ZERO)


def test_explains_time_around_the_clock() -> None:
    promise = a_promise(natural_days(2), start=StartRule.NEXT_DAY)
    said = explain(a_deadline(at("2026-09-30 10:00")), promise, CHINA, at("2026-10-01 06:00"))
    assert not said.in_working_time
    assert (said.budget, said.used, said.remaining) == (2 * DAY, 6 * HOUR, 42 * HOUR)


def test_explains_how_far_it_is_overrun() -> None:
    deadline = reckon(a_deadline(at("2026-09-28 09:00")), a_promise(hours(2)), CHINA)
    met = deadline.met(at("2026-09-28 15:00"))
    said = explain(met, a_promise(hours(2)), CHINA, at("2026-10-08 15:00"))
    assert (said.used, said.remaining, said.overrun) == (4 * HOUR, ZERO, 2 * HOUR)
    assert (said.met_at, said.breached_at) == (at("2026-09-28 15:00"), at("2026-09-28 11:00"))
    assert not said.is_running


def test_explains_what_each_extension_moved() -> None:
    deadline = a_deadline(at("2026-09-30 09:00"))
    for granted in ("2026-09-30 12:00", "2026-10-08 12:00"):
        deadline = deadline.extended(working_days(1), at(granted))
    said = explain(deadline, a_promise(working_days(1)), CHINA, at("2026-10-08 13:00"))
    first, second = said.extensions
    assert (first.moved_from, first.moved_to) == (at("2026-09-30 18:00"), at("2026-10-08 18:00"))
    assert (second.moved_from, second.moved_to) == (at("2026-10-08 18:00"), at("2026-10-09 18:00"))
    assert (first.granted, second.granted, said.budget) == (7 * HOUR, 7 * HOUR, 21 * HOUR)
    assert second.granted_at == at("2026-10-08 12:00")


def test_explains_rungs_and_facts_as_kept() -> None:
    promise = a_promise(hours(4))
    deadline = reckon(a_deadline(at("2026-09-28 09:00")), promise, CHINA)
    climbed = replace(deadline.rungs[0], reached_at=at("2026-09-28 12:00"))
    ended = replace(deadline, rungs=(climbed,)).ended(at("2026-09-28 14:00"))
    said = explain(ended, promise, CHINA, at("2026-09-29 09:00"))
    assert said.rungs == (climbed,)
    assert (said.ended_at, said.met_at) == (at("2026-09-28 14:00"), None)
    assert said.used == 3 * HOUR


def test_explanation_survives_the_way_to_json() -> None:
    said = explain(
        a_deadline(at("2026-09-28 09:00")), a_promise(hours(4)), CHINA, at("2026-09-28 10:00")
    )
    adapter = TypeAdapter(Explanation)
    assert adapter.validate_json(adapter.dump_json(said)) == said


@given(cases())
def test_figures_add_up_at_due(case: Case) -> None:
    calendar = uneven_china()
    deadline = reckon(case.deadline(), case.promise, calendar)
    said = explain(deadline, case.promise, calendar, due(deadline, case.promise, calendar))
    assert said.due_by == deadline.due_by
    assert said.rungs == deadline.rungs
    assert (said.remaining, said.overrun) == (ZERO, ZERO)
    assert said.used == said.budget == measured(deadline, case.promise.limit, calendar)
    assert all(step.moved_from < step.moved_to for step in said.extensions)
    assert [step.moved_to for step in said.extensions][-1:] in ([], [said.due_by])
