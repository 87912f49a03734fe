"""A chatty issue starts a new run and forgets nothing."""

import asyncio
from datetime import timedelta

import pytest_asyncio
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment

from deploy.local import binaries
from deploy.local.temporal import dynamic_config_arguments
from domain import commands as c
from domain.meeting import commands as m
from domain.vocabulary import ItemOutcome
from tests.servers import Environment
from tests.workflows.office import A_POST, HOUR, POLICE, RESIDENT, SUPERVISOR, key, story
from tests.workflows.town import CHAIRMAN, town
from workflows.contracts import SEARCH_ATTRIBUTES

_SUGGESTED_AFTER = 60
_MOST_UPDATES = 60


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def impatient() -> Environment:
    """A server that suggests a new run after a handful of events, and takes few Updates in one."""
    settings = (
        f"limit.historyCount.suggestContinueAsNew={_SUGGESTED_AFTER}",
        f"history.maxTotalUpdates={_MOST_UPDATES}",
    )
    words = [word for pair in settings for word in ("--dynamic-config-value", pair)]
    environment = await WorkflowEnvironment.start_time_skipping_v2(
        ts_config=TimeSkippingConfig(enabled=False),
        data_converter=pydantic_data_converter,
        search_attributes=SEARCH_ATTRIBUTES,
        dev_server_existing_path=str(binaries.temporal()),
        dev_server_extra_args=[*dynamic_config_arguments(), *words],
        dev_server_log_level="error",
        dev_server_startup_timeout=timedelta(seconds=60),
    )
    yield environment
    await environment.shutdown()


async def test_new_run_carries_state_and_answers(impatient: WorkflowEnvironment) -> None:
    async with story(impatient) as told:
        first_run = (await told.handle.describe()).run_id
        command = c.ClaimIssue(actor=A_POST, id=key())
        answer = await told.give(command)
        for _ in range(20):
            await told.give(c.AddNote(actor=RESIDENT, id=key()))
        description = await told.handle.describe()
        assert description.run_id != first_run
        assert await told.give(command) == answer
        assert (await told.issue()).notes == 21
        versions = [step.after.version for step in told.office.steps]
        assert versions == list(range(1, len(versions) + 1))


async def test_deadline_survives_the_new_run(impatient: WorkflowEnvironment) -> None:
    async with story(impatient) as told:
        dispatched = told.office.at_of("issue_dispatched")
        for _ in range(20):
            await told.give(c.AddNote(actor=RESIDENT, id=key()))
        await told.passes(11 * HOUR)
        assert (await told.issue()).first_breach_at == dispatched + 10 * HOUR


async def test_recheck_during_the_last_handlers_is_carried_over(
    impatient: WorkflowEnvironment,
) -> None:
    async with story(impatient) as told:
        notes = [c.AddNote(actor=RESIDENT, id=key()) for _ in range(20)]
        given = [asyncio.create_task(told.give(note)) for note in notes]
        for recheck in range(10):
            await told.handle.signal("reckon_again", str(recheck))
        await asyncio.gather(*given)
        await told.give(c.AddNote(actor=RESIDENT, id=key()))
        assert told.office.events.count("clocks_reckoned_again") == 10


async def test_steady_stream_leaves_room_for_a_new_run(impatient: WorkflowEnvironment) -> None:
    """Without a pause between commands a run would go on until the server takes no more."""
    async with story(impatient) as told:
        turns = asyncio.Semaphore(6)

        async def noted() -> int:
            async with turns:
                return (await told.give(c.AddNote(actor=RESIDENT, id=key()))).version

        versions = await asyncio.gather(*(noted() for _ in range(3 * _MOST_UPDATES)))
        assert len(set(versions)) == 3 * _MOST_UPDATES
        assert (await told.issue()).notes == 3 * _MOST_UPDATES + 1


async def test_talkative_meeting_starts_a_new_run_and_forgets_nothing(
    impatient: WorkflowEnvironment,
) -> None:
    async with town(impatient) as told:
        number, issue = await told.issue()
        await issue.give(c.ConveneMeeting, SUPERVISOR)
        meeting = await told.sitting(f"{number}-M1")
        first_run = (await meeting.handle.describe()).run_id
        command = m.AddMinutes(actor=CHAIRMAN, id=key())
        answer = await meeting.send(command)
        for _ in range(20):
            await meeting.give(m.AddMinutes, CHAIRMAN)
        assert (await meeting.handle.describe()).run_id != first_run
        assert await meeting.send(command) == answer
        assert (await meeting.snapshot()).minutes == 21
        fields = {"outcome": ItemOutcome.DISPATCHED, "lead": POLICE}
        await meeting.give(m.DecideItem, CHAIRMAN, issue=number, **fields)
        await told.comes_to(number, "issue_dispatched", 2)


async def test_issue_hears_its_meeting_in_a_new_run(impatient: WorkflowEnvironment) -> None:
    async with town(impatient) as told:
        number, issue = await told.issue()
        await issue.give(c.ConveneMeeting, SUPERVISOR)
        meeting = await told.sitting(f"{number}-M1")
        first_run = (await issue.handle.describe()).run_id
        for _ in range(20):
            await issue.give(c.AddNote, RESIDENT)
        assert (await issue.handle.describe()).run_id != first_run
        await meeting.give(m.AdjournMeeting, CHAIRMAN)
        await told.meeting(f"{number}-M2")
