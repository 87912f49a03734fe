"""Reads the steps that a workflow has recorded out of its own history."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

_MOST_RUNS = 20
"""How far back through continued runs is looked."""


class Versioned(Protocol):
    """A snapshot whose version counts its steps."""

    @property
    def version(self) -> int: ...


S = TypeVar("S")
P = TypeVar("P")
A = TypeVar("A", bound=Versioned)


@dataclass(frozen=True, slots=True)
class Book(Generic[S, P, A]):
    """The activity that records steps, what it takes and gives, and what the two make."""

    activity: str
    step: type[S]
    planned: type[P]
    completed: Callable[[S, P], A]


@dataclass(frozen=True, slots=True)
class Taken(Generic[S, A]):
    """A step that was recorded once, with what planning then said."""

    step: S
    after: A


class Histories(Generic[S, P, A]):
    """Lets the workflow's history be the copy from which the record is made whole."""

    def __init__(self, client: Client, book: Book[S, P, A]) -> None:
        self._client = client
        self._book = book

    async def missing(
        self, workflow_id: str, recorded: A | None, since: int, held: A
    ) -> list[Taken[S, A]] | None:
        """The steps after `since` up to what the workflow holds.

        None unless the history has every one of them, the first follows what is on record, and
        the last leads to what the workflow holds.
        """
        by_version: dict[int, Taken[S, A]] = {}
        async for run in self._runs(workflow_id):
            by_version = {**run, **by_version}
            if since in by_version or since + 1 in by_version:
                break
        known = by_version.get(since)
        if known is not None and known.after != recorded:
            return None
        missing = [by_version.get(n) for n in range(since + 1, held.version + 1)]
        taken = [each for each in missing if each is not None]
        is_whole = bool(taken) and len(taken) == len(missing) and taken[-1].after == held
        return taken if is_whole else None

    async def _runs(self, workflow_id: str) -> AsyncIterator[Mapping[int, Taken[S, A]]]:
        """What each run has recorded, newest run first."""
        run_id: str | None = None
        for _ in range(_MOST_RUNS):
            handle = self._client.get_workflow_handle(workflow_id, run_id=run_id)
            events = [event async for event in handle.fetch_history_events()]
            yield await self._steps(events)
            started = events[0].workflow_execution_started_event_attributes
            run_id = started.continued_execution_run_id
            if not run_id:
                return

    async def _steps(self, events: list[HistoryEvent]) -> Mapping[int, Taken[S, A]]:
        asked: dict[int, S] = {}
        taken: dict[int, Taken[S, A]] = {}
        book, decode = self._book, self._client.data_converter.decode
        for event in events:
            scheduled = event.activity_task_scheduled_event_attributes
            if scheduled.activity_type.name == book.activity:
                [asked[event.event_id]] = await decode(scheduled.input.payloads, [book.step])
            done = event.activity_task_completed_event_attributes
            step = asked.get(done.scheduled_event_id)
            if step is not None:
                [planned] = await decode(done.result.payloads, [book.planned])
                after = book.completed(step, planned)
                taken[after.version] = Taken(step, after)
        return taken
