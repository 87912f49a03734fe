"""What takes minutes and is not run with the rest: `make test-soak`."""

import asyncio
from secrets import token_hex

import pytest
from temporalio.testing import WorkflowEnvironment

from domain import commands as c
from domain.ids import CommandId, IssueNumber
from storage.checks import Checks
from storage.session import Database
from tests.intake.yard import HOLDER, Yard, claim, yard

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1200)]

NOTES, AT_ONCE = 5_000, 8


async def runs_of(one: Yard, number: IssueNumber) -> list[int]:
    """The length of each run's history, newest first."""
    lengths, run_id = [], None
    while run_id != "":
        handle = one.client.get_workflow_handle(one.handle(number).id, run_id=run_id)
        events = (await handle.fetch_history()).events
        lengths.append(len(events))
        run_id = events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    return lengths


async def commands_on_record(database: Database, number: IssueNumber) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    async with database.read() as session:
        while batch := await Checks(session).events(number, found[-1][0] if found else 0):
            found += [(event.version, event.command_id) for event in batch]
    return found


async def test_chatty_issue_loses_nothing(
    database_url: str, database: Database, temporal_full: WorkflowEnvironment
) -> None:
    async with yard(database_url, database, temporal_full.client) as one:
        number = await one.dispatched()
        ids = [CommandId(token_hex(8)) for _ in range(NOTES)]
        turns = asyncio.Semaphore(AT_ONCE)

        async def noted(command: CommandId) -> int:
            async with turns:
                return (await one.give(number, c.AddNote(actor=HOLDER, id=command))).version

        versions = await asyncio.gather(*(noted(each) for each in ids))
        claimed = await one.give(number, claim())
        issue = await one.on_record(number)
        assert issue.notes == NOTES + 1
        assert sorted(versions) == list(range(3, NOTES + 3))
        recorded = await commands_on_record(database, number)
        assert [version for version, _ in recorded] == list(range(1, claimed.version + 1))
        assert {command for _, command in recorded} >= set(ids)
        lengths = await runs_of(one, number)
        assert len(lengths) > 1
        assert max(lengths) < 10_000, "no run comes near the 51,200 events a server takes"
        assert await one.findings() == (), "replaying all of it gives the snapshot"
