"""A deadline that explains itself: rule, time used, what moved it; codes and instants only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from domain.calendar import BusinessCalendar
from domain.clock import SLAClock
from domain.deadline import Deadline, PlannedRung
from domain.ids import CalendarCode
from domain.measure import WORKING, used_up
from domain.reckoning import Budget, budget_of, reckon
from domain.sla import Limit, Promise, StartRule
from domain.vocabulary import DeadlineKind
from domain.wall_clock import utc


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedInterval:
    """A span in which the clock ran, and how much of it counted; `end` is None while it runs."""

    start: datetime
    end: datetime | None
    counted: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedExtension:
    """What an extension granted, and how it moved the deadline."""

    limit: Limit
    granted_at: datetime
    granted: timedelta
    moved_from: datetime
    moved_to: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything that makes a deadline what it is, as of `now`.

    `budget` is what is granted in all, `used` what has been used of it, `remaining` and `overrun`
    the difference one way or the other; all four, and `counted`, are working time when
    `in_working_time`, else time around the clock. What is used up at `due_by` is the budget.
    """

    now: datetime
    kind: DeadlineKind
    limit: Limit
    start: StartRule
    cut_off: time | None
    in_working_time: bool
    received_at: datetime
    counts_from: datetime
    intervals: tuple[ExplainedInterval, ...]
    extensions: tuple[ExplainedExtension, ...]
    budget: timedelta
    used: timedelta
    remaining: timedelta
    overrun: timedelta
    due_by: datetime
    rungs: tuple[PlannedRung, ...]
    provisional: bool
    covered_until: date
    calendar: CalendarCode
    calendar_version: int
    is_running: bool
    met_at: datetime | None
    breached_at: datetime | None
    ended_at: datetime | None


def explain(
    deadline: Deadline, promise: Promise, calendar: BusinessCalendar, now: datetime
) -> Explanation:
    """The deadline as this version of the calendar reckons it."""
    budget = budget_of(deadline, promise, calendar)
    reckoned = reckon(deadline, promise, calendar)
    intervals = tuple(_intervals(deadline.clock, budget, utc(now)))
    ends = [
        used_up(deadline.clock, budget.counts_from, span, budget.measure) for span in budget.spans
    ]
    used = sum((interval.counted for interval in intervals), timedelta())
    return Explanation(
        now=utc(now),
        kind=deadline.kind,
        limit=promise.limit,
        start=promise.start,
        cut_off=promise.cut_off,
        in_working_time=promise.limit.unit in WORKING,
        received_at=utc(deadline.clock.started_at),
        counts_from=budget.counts_from,
        intervals=intervals,
        extensions=tuple(_extensions(deadline, budget, ends)),
        budget=budget.total,
        used=used,
        remaining=max(budget.total - used, timedelta()),
        overrun=max(used - budget.total, timedelta()),
        due_by=ends[-1],
        rungs=reckoned.rungs,
        provisional=reckoned.provisional,
        covered_until=calendar.definition.covered_until,
        calendar=calendar.definition.code,
        calendar_version=calendar.version,
        is_running=deadline.is_running,
        met_at=deadline.met_at,
        breached_at=deadline.breached_at,
        ended_at=deadline.ended_at,
    )


def _intervals(clock: SLAClock, budget: Budget, now: datetime) -> Iterator[ExplainedInterval]:
    """Every interval as it was; what lies before counting begins counts nothing."""
    for interval in clock.intervals:
        start, end = utc(interval.start), interval.end and utc(interval.end)
        counted = budget.measure.between(max(start, budget.counts_from), min(end or now, now))
        yield ExplainedInterval(start=start, end=end, counted=counted)


def _extensions(
    deadline: Deadline, budget: Budget, ends: list[datetime]
) -> Iterator[ExplainedExtension]:
    for number, extension in enumerate(deadline.extensions):
        yield ExplainedExtension(
            limit=extension.limit,
            granted_at=utc(extension.granted_at),
            granted=budget.spans[number + 1] - budget.spans[number],
            moved_from=ends[number],
            moved_to=ends[number + 1],
        )
