"""Turns a promise, a clock and a calendar into instants; what it gives depends on nothing else.

A promise is a budget: the time between `counts_from` and the target of a clock that never
stops, in the measure of its unit. Only running intervals use it up, so a pause gives back just
what it took: none of a working unit at night, none of anything before counting begins.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import accumulate, zip_longest

from domain.calendar import BusinessCalendar
from domain.deadline import Deadline, PlannedRung
from domain.measure import WORKING, Measure, measure_of, used_up
from domain.sla import Limit, Promise, Rung, StartRule, Unit
from domain.wall_clock import first_instant, utc, wall_clock

_CUT_OFF = frozenset({Unit.WORKING_DAY, Unit.SAME_DAY})
_DAY = timedelta(days=1)
_TICK = timedelta.resolution
_WHOLE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a promise grants: `spans[0]` at first, `spans[n]` after its nth extension."""

    counts_from: datetime
    measure: Measure
    spans: tuple[timedelta, ...]

    @property
    def total(self) -> timedelta:
        return self.spans[-1]


def reckon(deadline: Deadline, promise: Promise, calendar: BusinessCalendar) -> Deadline:
    """The deadline with its instants; its facts (breach, met, ended) stay as they are.

    A clock that stands still is reckoned as if it went on from where it stopped. `provisional`
    when the deadline, or a rung still to be climbed, lies where exceptions are not yet known.
    """
    budget = budget_of(deadline, promise, calendar)
    due_by = used_up(deadline.clock, budget.counts_from, budget.total, budget.measure)
    ladder = _Ladder(deadline, budget, due_by, calendar)
    known = deadline.rungs[: len(promise.ladder)]
    rungs = tuple(ladder.planned(rung, old) for rung, old in zip_longest(promise.ladder, known))
    ahead = (rung.at for rung in rungs if rung.reached_at is None)
    return replace(
        deadline,
        counts_from=budget.counts_from,
        due_by=due_by,
        rungs=rungs,
        provisional=not calendar.is_covered(max((due_by, *ahead))),
        calendar_version=calendar.version,
    )


def budget_of(deadline: Deadline, promise: Promise, calendar: BusinessCalendar) -> Budget:
    """When counting begins, and how much time that grants with and without extensions."""
    counts_from = counting_from(deadline.clock.started_at, promise, calendar)
    measure = measure_of(promise.limit.unit, calendar)
    targets = accumulate(
        (extension.limit for extension in deadline.extensions),
        lambda target, limit: moved(target, limit, calendar),
        initial=_first_target(counts_from, promise, calendar),
    )
    spans = tuple(measure.between(counts_from, target) for target in targets)
    return Budget(counts_from=counts_from, measure=measure, spans=spans)


def counting_from(received: datetime, promise: Promise, calendar: BusinessCalendar) -> datetime:
    """The instant at which a promise begins to count.

    At once, a working unit counts from the first working time, so a day received before its
    closing is the first day. From the next day, the day of receipt never counts, whatever the
    cut-off: natural days count from midnight, all others from the next opening.
    """
    received = utc(received)
    unit, day = promise.limit.unit, calendar.local_date(received)
    if promise.start is StartRule.NEXT_DAY:
        if unit is Unit.NATURAL_DAY:
            return first_instant(day + _DAY, time.min, calendar.zone)
        return calendar.opening(calendar.next_working_day(day))
    if unit not in WORKING:
        return received
    if _is_cut_off(received, promise, calendar):
        return calendar.opening(calendar.next_working_day(day))
    return _working_time_from(received, calendar)


def _is_cut_off(received: datetime, promise: Promise, calendar: BusinessCalendar) -> bool:
    if promise.cut_off is None or promise.limit.unit not in _CUT_OFF:
        return False
    day = calendar.local_date(received)
    cut_off = first_instant(day, promise.cut_off, calendar.zone)
    return calendar.is_working_day(day) and received >= cut_off


def _working_time_from(instant: datetime, calendar: BusinessCalendar) -> datetime:
    """`instant` when people work then, else the next opening or end of a break."""
    return calendar.add(instant, _TICK) - _TICK


def _first_target(counts_from: datetime, promise: Promise, calendar: BusinessCalendar) -> datetime:
    """Where the limit ends for a clock that never stops."""
    if promise.limit.unit is Unit.WORKING_DAY:
        return _closing_after(calendar.local_date(counts_from), promise.limit.days - 1, calendar)
    return moved(counts_from, promise.limit, calendar)


def moved(target: datetime, limit: Limit, calendar: BusinessCalendar) -> datetime:
    """`target` put off by `limit`, as by an extension or a rung behind the deadline.

    The day of a target, even of one at 24:00, is not counted among the days it is put off by.
    """
    match limit.unit:
        case Unit.URGENT_HOUR:
            return utc(target) + limit.amount
        case Unit.WORKING_HOUR:
            return calendar.add(target, limit.amount)
        case Unit.WORKING_DAY:
            return _closing_after(calendar.local_date(target - _TICK), limit.days, calendar)
        case Unit.NATURAL_DAY:
            local = wall_clock(target, calendar.zone) + limit.amount
            return first_instant(local.date(), local.time(), calendar.zone)
        case Unit.SAME_DAY:
            return calendar.closing(calendar.local_date(_working_time_from(target, calendar)))


def _closing_after(day: date, working_days: int, calendar: BusinessCalendar) -> datetime:
    for _ in range(working_days):
        day = calendar.next_working_day(day)
    return calendar.closing(day)


@dataclass(frozen=True, slots=True)
class _Ladder:
    """Puts rungs in time for one deadline."""

    deadline: Deadline
    budget: Budget
    due_by: datetime
    calendar: BusinessCalendar

    def planned(self, rung: Rung, old: PlannedRung | None) -> PlannedRung:
        at = self._at(rung)
        reached_at = old.reached_at if old else None
        before_due = rung.percent is not None
        if before_due and reached_at and self._is_armed_anew(at, reached_at):
            reached_at = None
        return PlannedRung(
            at=at, acts=rung.acts, level=rung.level, before_due=before_due, reached_at=reached_at
        )

    def _at(self, rung: Rung) -> datetime:
        clock = self.deadline.clock
        if rung.after is None:
            share = self.budget.total * (rung.percent or _WHOLE) // _WHOLE
            return used_up(clock, self.budget.counts_from, share, self.budget.measure)
        measure = measure_of(rung.after.unit, self.calendar)
        span = measure.between(self.due_by, moved(self.due_by, rung.after, self.calendar))
        return used_up(clock, self.due_by, span, measure)

    def _is_armed_anew(self, at: datetime, reached_at: datetime) -> bool:
        """Climbed before the latest extension, which has moved it into the future."""
        return any(
            reached_at <= extension.granted_at < at for extension in self.deadline.extensions[-1:]
        )
