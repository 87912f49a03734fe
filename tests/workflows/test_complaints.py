"""Complaints about other engines that concern a run: named, and not true here."""

import asyncio

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from domain import commands as c
from domain.deadline import Deadline
from domain.ids import EvidenceId, IssueNumber
from domain.vocabulary import DeadlineKind, IssueState
from observability import clock
from tests.workflows.office import (
    A_POST,
    B_POST,
    DAY,
    DISPATCHER,
    HOUR,
    RESIDENT,
    Office,
    Story,
    key,
    story,
    urgent,
    with_claim,
)
from workflows.contracts import TOO_LARGE


async def test_timer_lost_on_worker_restart(temporal_skipping: WorkflowEnvironment) -> None:
    office = Office()
    async with story(temporal_skipping, office) as told:
        dispatched = office.at_of("issue_dispatched")
        await told.restart_worker()
        await told.passes(11 * HOUR)
        assert (await told.issue()).first_breach_at == dispatched + 10 * HOUR


async def test_timer_fires_after_close(temporal_skipping: WorkflowEnvironment) -> None:
    async with story(temporal_skipping) as told:
        await told.give(c.MarkDuplicate(actor=DISPATCHER, id=key(), of=IssueNumber("QJ-1")))
        await told.handle.result()
        assert told.office.events[-1] == "issue_marked_duplicate"
        assert told.office.steps[-1].after.next_instant() is None


async def test_unknown_action_kills_the_run(temporal_skipping: WorkflowEnvironment) -> None:
    async with story(temporal_skipping) as told:
        with pytest.raises(WorkflowUpdateFailedError):
            await told.handle.execute_update("dance", id=key())
        await told.handle.signal("no_such_signal", "x")
        await told.give(c.ClaimIssue(actor=A_POST, id=key()))
        assert await told.is_in(IssueState.HANDLING)


async def test_late_command_is_refused_and_changes_nothing(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with story(temporal_skipping) as told:
        await told.give(c.ClaimIssue(actor=A_POST, id=key()))
        await told.give(c.ResolveIssue(actor=A_POST, id=key()))
        before = await told.issue()
        code, params = await told.refused(c.WithdrawIssue(actor=RESIDENT, id=key()))
        assert (code, params["state"]) == ("wrong_state", "resolved")
        assert await told.issue() == before


async def test_refusal_leaves_no_trace_in_history(temporal_skipping: WorkflowEnvironment) -> None:
    async with story(temporal_skipping) as told:
        before = (await told.handle.describe()).history_length
        await told.refused(c.ClaimIssue(actor=RESIDENT, id=key()))
        assert (await told.handle.describe()).history_length == before


async def test_outage_of_the_record_delays_but_loses_nothing(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    office = Office()
    async with story(temporal_skipping, office) as told:
        office.failing = True
        claim = c.ClaimIssue(actor=A_POST, id=key())
        handle = await told.start(claim)
        office.failing = False
        answer = await handle.result()
        assert answer.event == "issue_claimed"
        assert office.events.count("issue_claimed") == 1


async def test_no_personal_data_in_the_history(temporal_skipping: WorkflowEnvironment) -> None:
    async with story(temporal_skipping) as told:
        await told.passes(DAY)
        text = (await told.handle.fetch_history()).to_json()
        for word in ("phone", "address", "description", "body", '"name_'):
            assert word not in text


async def test_recheck_signalled_twice_counts_once(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with story(temporal_skipping) as told:
        for _ in range(2):
            await told.handle.signal("reckon_again", "7")
        await told.give(c.ClaimIssue(actor=A_POST, id=key()))
        assert told.office.events.count("clocks_reckoned_again") == 1


async def test_command_after_an_outage_is_judged_after_the_clocks(
    temporal_full: WorkflowEnvironment,
) -> None:
    async with story(temporal_full, Office(policy=with_claim(urgent(2 / 3600)))) as told:
        await told.running.shutdown()
        handed_at = first_claim(told).rungs[1].at
        await asyncio.sleep((handed_at - clock.now()).total_seconds())
        claim = asyncio.create_task(told.give(c.ClaimIssue(actor=B_POST, id=key())))
        await told.restart_worker()
        assert (await claim).event == "issue_claimed"


def first_claim(told: Story) -> Deadline:
    planned = told.office.steps[0].after.deadline(DeadlineKind.CLAIM)
    assert planned is not None
    return planned


async def test_act_in_time_stays_in_time_while_the_engine_is_away(
    temporal_full: WorkflowEnvironment,
) -> None:
    async with story(temporal_full, Office(policy=with_claim(urgent(2 / 3600)))) as told:
        await told.running.shutdown()
        asked_at = clock.now()
        claim = c.ClaimIssue(actor=A_POST, id=key(), asked_at=asked_at)
        given = asyncio.create_task(told.give(claim))
        due_by = first_claim(told).due_by
        assert due_by is not None
        await asyncio.sleep((due_by - clock.now()).total_seconds() + 0.1)
        await told.restart_worker()
        assert (await given).at == asked_at
        assert (await told.issue()).first_breach_at is None


async def test_act_is_never_dated_before_what_is_recorded(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with story(temporal_skipping) as told:
        asked_at = await told.now()
        await told.passes(11 * HOUR)
        answer = await told.give(c.ClaimIssue(actor=A_POST, id=key(), asked_at=asked_at))
        breached_at = (await told.issue()).first_breach_at
        assert breached_at is not None
        assert answer.at > breached_at


async def test_oversized_command_is_refused_and_stops_nothing(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with story(temporal_skipping) as told:
        await told.give(c.ClaimIssue(actor=A_POST, id=key()))
        photos = tuple(EvidenceId(f"photo-{each:05}") for each in range(6_000))
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await told.give(c.ResolveIssue(actor=A_POST, id=key(), evidence=photos))
        assert isinstance(refused.value.cause, ApplicationError)
        assert refused.value.cause.type == TOO_LARGE
        assert "65536 at most" in str(refused.value.cause)
        await told.give(c.ResolveIssue(actor=A_POST, id=key(), evidence=photos[:50]))
