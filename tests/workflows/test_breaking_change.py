"""A breaking change carried through its releases while issues are in flight."""

from itertools import product

import pytest
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer, Worker
from temporalio.workflow import NondeterminismError

from domain import commands as c
from domain.vocabulary import IssueState
from tests.workflows.office import A_POST, Office, Story, key, story
from tests.workflows.recording import Recording
from tests.workflows.variants import Deprecated, Gated, Ungated
from workflows.issue import IssueWorkflow

RELEASES: tuple[type[IssueWorkflow], ...] = (IssueWorkflow, Gated, Deprecated, Ungated)
"""In their order: before the change, gate, deprecated gate, gate gone."""
FITS = {
    (IssueWorkflow, IssueWorkflow),
    (IssueWorkflow, Gated),
    (Gated, Gated),
    (Gated, Deprecated),
    (Deprecated, Gated),
    (Deprecated, Deprecated),
    (Deprecated, Ungated),
    (Ungated, Deprecated),
    (Ungated, Ungated),
}
"""Born on the first, replayed on the second: neighbours fit, but there is no way back over the
gate, and no release may be left out while issues are in flight."""


@pytest.fixture(autouse=True)
def unrecorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of these shapes is a release."""
    monkeypatch.setattr(Recording, "is_on", False)


async def released(told: Story, release: type[IssueWorkflow]) -> None:
    """The worker of the last release is gone, one of this release takes over."""
    await told.running.shutdown()
    told.running = Worker(
        told.environment.client,
        task_queue=told.running.task_queue,
        workflows=[release],
        activities=[told.office.open, told.office.record],
    )
    told.shift.create_task(told.running.run())


async def paused(told: Story) -> bool:
    """Whether the timer of the change came before the dispatch."""
    events = [event async for event in told.handle.fetch_history_events()]
    asked = [
        "timer" if event.HasField("timer_started_event_attributes") else "activity"
        for event in events
        if event.HasField("timer_started_event_attributes")
        or event.HasField("activity_task_scheduled_event_attributes")
    ]
    return asked[:2] == ["activity", "timer"]


async def test_issue_in_flight_goes_the_old_way_through_the_gate(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with story(temporal_skipping) as told:
        await released(told, Gated)
        await told.give(c.ClaimIssue(actor=A_POST, id=key()))
        await told.give(c.ResolveIssue(actor=A_POST, id=key()))
        assert await told.is_in(IssueState.RESOLVED)
        assert not await paused(told)


@pytest.mark.parametrize(("born_on", "goes_on"), [(Gated, Deprecated), (Deprecated, Ungated)])
async def test_issue_in_flight_goes_on_through_the_next_release(
    temporal_skipping: WorkflowEnvironment,
    born_on: type[IssueWorkflow],
    goes_on: type[IssueWorkflow],
) -> None:
    async with story(temporal_skipping, release=born_on) as told:
        await released(told, goes_on)
        await told.give(c.ClaimIssue(actor=A_POST, id=key()))
        assert await told.is_in(IssueState.HANDLING)
        assert await paused(told)


@pytest.mark.parametrize(("born_on", "replayed_on"), list(product(RELEASES, RELEASES)))
async def test_history_fits_its_neighbours_and_nothing_further(
    temporal_skipping: WorkflowEnvironment,
    born_on: type[IssueWorkflow],
    replayed_on: type[IssueWorkflow],
) -> None:
    async with story(temporal_skipping, Office(), release=born_on) as told:
        history = await told.handle.fetch_history()
    replayer = Replayer(workflows=[replayed_on], data_converter=pydantic_data_converter)
    if (born_on, replayed_on) in FITS:
        await replayer.replay_workflow(history)
    else:
        with pytest.raises(NondeterminismError):
            await replayer.replay_workflow(history)
