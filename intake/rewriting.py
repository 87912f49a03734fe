"""Writes down again what a workflow has in its own history and the record has lost.

After a restore of the database to an earlier instant. Notices are not put again: most of them
had gone out, and a person told twice trusts the engine less than one who is told a step later.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

from activities.contracts import Planned, Step, completed
from activities.issues import command_of
from domain.issue import Issue
from storage.checks import IssueOnRecord
from storage.issues import IssueRepository, RecordedStep, VersionConflict
from storage.session import Database
from workflows import contracts

_RECORD = "record_step"
_MOST_RUNS = 20
"""How far back through continued runs is looked."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """A step that was recorded once, with what planning then said."""

    step: Step
    after: Issue


class Rewriter:
    """Lets the workflow's history be the copy from which the record is made whole."""

    def __init__(self, client: Client, database: Database) -> None:
        self._client = client
        self._database = database

    async def rewrite(self, issue: IssueOnRecord, held: Issue | None) -> bool:
        """Whether the record now stands where the workflow does.

        Nothing is written unless the history has every step in between, the first of them follows
        what is on record, and the last leads to what the workflow holds.
        """
        taken = await self._taken(issue, held) if held else None
        if taken is None:
            return False
        try:
            async with self._database.begin() as session:
                for each in taken:
                    await IssueRepository(session).record(_recorded(each))
        except VersionConflict:
            return False
        return True

    async def _taken(self, issue: IssueOnRecord, held: Issue) -> list[_Taken] | None:
        by_version: dict[int, _Taken] = {}
        async for run in self._runs(held):
            by_version = {**run, **by_version}
            if issue.version in by_version or issue.version + 1 in by_version:
                break
        known = by_version.get(issue.version)
        if known is not None and known.after != issue.snapshot:
            return None
        missing = [by_version.get(n) for n in range(issue.version + 1, held.version + 1)]
        taken = [each for each in missing if each is not None]
        is_whole = len(taken) == len(missing) and taken[-1].after == held
        return taken if is_whole else None

    async def _runs(self, held: Issue) -> AsyncIterator[Mapping[int, _Taken]]:
        """What each run has recorded, newest run first."""
        workflow_id = contracts.issue_workflow_id(held.number)
        run_id: str | None = None
        for _ in range(_MOST_RUNS):
            handle = self._client.get_workflow_handle(workflow_id, run_id=run_id)
            events = [event async for event in handle.fetch_history_events()]
            yield await self._steps(events)
            started = events[0].workflow_execution_started_event_attributes
            run_id = started.continued_execution_run_id
            if not run_id:
                return

    async def _steps(self, events: list[HistoryEvent]) -> Mapping[int, _Taken]:
        asked: dict[int, Step] = {}
        taken: dict[int, _Taken] = {}
        decode = self._client.data_converter.decode
        for event in events:
            scheduled = event.activity_task_scheduled_event_attributes
            if scheduled.activity_type.name == _RECORD:
                [asked[event.event_id]] = await decode(scheduled.input.payloads, [Step])
            done = event.activity_task_completed_event_attributes
            step = asked.get(done.scheduled_event_id)
            if step is not None:
                [planned] = await decode(done.result.payloads, [Planned])
                after = completed(step.after, planned)
                taken[after.version] = _Taken(step, after)
        return taken


def _recorded(taken: _Taken) -> RecordedStep:
    return RecordedStep(
        command=command_of(taken.step),
        at=taken.step.at,
        after=taken.after,
        expected_version=taken.after.version - 1,
    )
