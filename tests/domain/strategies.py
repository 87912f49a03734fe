"""Deadlines of every shape around National Day 2026, for properties."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from hypothesis import strategies as st

from domain.deadline import Deadline
from domain.sla import Limit, Promise, StartRule
from tests.domain.calendars import (
    MINUTE,
    SAME_DAY,
    a_deadline,
    a_promise,
    at,
    hours,
    natural_days,
    urgent_hours,
    working_days,
)

LIMITS = [
    hours(1 / 3),
    hours(4),
    hours(31),
    urgent_hours(2),
    urgent_hours(50),
    working_days(1),
    working_days(5),
    natural_days(1),
    natural_days(10),
    SAME_DAY,
]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A promise, when it was received, how it was put aside and how often it was extended."""

    promise: Promise
    received: datetime
    pauses: tuple[tuple[datetime, datetime], ...]
    extensions: int

    @property
    def extension(self) -> Limit:
        limit = self.promise.limit
        return working_days(1) if limit == SAME_DAY else limit

    def deadline(
        self, *, later: timedelta = timedelta(), pauses: int = 9, extensions: int | None = None
    ) -> Deadline:
        """The deadline, or one like it: received later, paused or extended less often."""
        deadline = a_deadline(self.received + later, *self.pauses[:pauses])
        for _ in range(self.extensions if extensions is None else extensions):
            deadline = deadline.extended(self.extension, self.received)
        return deadline


def moments(most: int = 20 * 24 * 60) -> st.SearchStrategy[timedelta]:
    """Spans in minutes, with a liking for whole half hours, where shifts begin and end."""
    minutes = st.integers(0, most) | st.integers(0, most // 30).map(lambda half: 30 * half)
    return minutes.map(lambda minute: minute * MINUTE)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    instant = received = at("2026-09-17 00:00") + draw(moments())
    pauses = []
    for ran, rested in draw(st.lists(st.tuples(moments(4000), moments(8000)), max_size=3)):
        pauses.append((instant + ran, instant + ran + rested))
        instant = instant + ran + rested
    promise = a_promise(
        draw(st.sampled_from(LIMITS)),
        start=draw(st.sampled_from(StartRule)),
        cut_off=draw(st.sampled_from([None, time(8), time(11, 30), time(16), time(20)])),
    )
    extensions = draw(st.integers(0, 2))
    return Case(promise=promise, received=received, pauses=tuple(pauses), extensions=extensions)
