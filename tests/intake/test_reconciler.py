"""Each invariant is broken on purpose; the reconciler finds it, and repairs what is safe."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from temporalio.client import WorkflowExecutionStatus
from temporalio.testing import WorkflowEnvironment

from activities.upkeep import Aggregate, Finding, FindingKind, PageOfIssues, Part
from domain import commands as c
from domain.ids import CommandId, IssueNumber
from domain.vocabulary import IssueState
from intake.witness import Witness
from observability import clock, metrics
from storage.births import Births
from storage.issues import IssueRepository, RecordedStep
from storage.rechecks import Rechecks
from storage.session import Database
from tests.builders import POLICE, RESIDENT
from tests.intake.yard import HOLDER, Yard, claim, note, yard
from workflows.contracts import TASK_QUEUE
from workflows.upkeep import ReconcileInput, ReconcileWorkflow

K = FindingKind
DAYS = timedelta(days=30)


@pytest_asyncio.fixture(loop_scope="session")
async def engine(
    database_url: str, database: Database, temporal_full: WorkflowEnvironment
) -> AsyncIterator[Yard]:
    async with yard(database_url, database, temporal_full.client) as one:
        yield one


def kinds(findings: tuple[Finding, ...]) -> list[FindingKind]:
    return [each.kind for each in findings]


async def recorded(engine: Yard, number: IssueNumber, command: c.Command) -> None:
    """A step that the workflow knows nothing of."""
    before = await engine.on_record(number)
    at = clock.now()
    after = before.handle(command, at)
    step = RecordedStep(command=command, at=at, after=after, expected_version=before.version)
    async with engine.database.begin() as session:
        await IssueRepository(session).record(step)


async def test_sound_issues_are_left_alone(engine: Yard) -> None:
    number = await engine.dispatched()
    await engine.give(number, claim())
    assert await engine.findings() == ()


async def test_issue_that_just_moved_is_not_looked_at(engine: Yard) -> None:
    number = await engine.born()
    async with engine.database.begin() as session:
        await Births(session).mark_started([number], clock.now())
    assert await engine.findings(ahead=-timedelta(minutes=5)) == ()


async def test_missing_workflow_is_started(engine: Yard) -> None:
    number = await engine.born()
    async with engine.database.begin() as session:
        await Births(session).mark_started([number], clock.now())
    (finding,) = await engine.findings()
    assert (finding.kind, finding.repaired) == (K.WORKFLOW_MISSING, True)
    await engine.give(number, claim())
    assert (await engine.on_record(number)).state is IssueState.HANDLING


async def test_lost_workflow_goes_on_from_the_record(engine: Yard) -> None:
    number = await engine.dispatched()
    command = claim()
    answer = await engine.give(number, command)
    await engine.lose_workflow(number)
    (finding,) = await engine.findings()
    assert (finding.kind, finding.repaired) == (K.WORKFLOW_MISSING, True)
    assert await engine.give(number, command) == answer
    assert (await engine.give(number, note())).version == answer.version + 1
    assert await engine.findings() == ()


async def test_lost_workflow_of_a_broken_record_waits_for_a_person(engine: Yard) -> None:
    number = await engine.dispatched()
    await engine.lose_workflow(number)
    await engine.execute("DELETE FROM events WHERE version = 1")
    gap, missing = await engine.findings()
    assert (gap.kind, missing.kind) == (K.EVENTS_GAP, K.WORKFLOW_MISSING)
    assert not missing.repaired


async def test_ended_workflow_of_an_open_issue_is_reported(engine: Yard) -> None:
    number = await engine.dispatched()
    await engine.handle(number).terminate()
    (finding,) = await engine.findings()
    assert (finding.kind, finding.detail) == (K.WORKFLOW_ENDED, "terminated")


async def test_issue_that_ends_between_the_two_looks_is_no_finding(
    engine: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await engine.dispatched()
    look = Witness.status

    async def ends_meanwhile(self: Witness, workflow_id: str) -> WorkflowExecutionStatus | None:
        await engine.give(number, c.WithdrawIssue(actor=RESIDENT, id=CommandId("gone")))
        await engine.handle(number).result()
        return await look(self, workflow_id)

    monkeypatch.setattr(Witness, "status", ends_meanwhile)
    assert await engine.findings() == ()


async def test_workflow_that_outlives_its_issue_is_reported(engine: Yard) -> None:
    number = await engine.dispatched()
    await recorded(engine, number, c.WithdrawIssue(actor=RESIDENT, id=CommandId("gone")))
    assert kinds(await engine.findings(Part.CLOSED)) == [K.WORKFLOW_LEFT_OVER]
    assert await engine.findings(Part.OPEN) == ()


async def test_closed_issue_needs_no_workflow(engine: Yard) -> None:
    number = await engine.dispatched()
    await recorded(engine, number, c.WithdrawIssue(actor=RESIDENT, id=CommandId("gone")))
    await engine.lose_workflow(number)
    assert await engine.findings(Part.CLOSED) == ()


async def test_record_ahead_of_its_workflow_is_reported(engine: Yard) -> None:
    number = await engine.dispatched()
    await recorded(engine, number, note())
    (finding,) = await engine.findings()
    assert (finding.kind, finding.detail) == (K.RECORD_AHEAD, "record_3_workflow_2")


TABLES = ("issues", "assignments", "deadlines", "events")


async def saved(engine: Yard) -> None:
    await engine.execute(*(f"CREATE TABLE old_{each} AS SELECT * FROM {each}" for each in TABLES))


async def restored(engine: Yard) -> None:
    """The database as it was when it was saved."""
    gone = (f"DELETE FROM {each}" for each in TABLES)
    back = (f"INSERT INTO {e} OVERRIDING SYSTEM VALUE SELECT * FROM old_{e}" for e in TABLES)
    await engine.execute(*gone, *back)


async def test_record_behind_is_written_again_from_the_history(engine: Yard) -> None:
    number = await engine.dispatched()
    await saved(engine)
    await engine.give(number, claim())
    await engine.give(number, note())
    before = await engine.on_record(number)
    await restored(engine)
    (finding,) = await engine.findings()
    assert (finding.kind, finding.repaired) == (K.RECORD_BEHIND, True)
    assert await engine.on_record(number) == before
    assert (await engine.give(number, note())).version == before.version + 1
    assert await engine.findings() == ()


async def test_record_that_went_another_way_is_not_written_over(engine: Yard) -> None:
    number = await engine.dispatched()
    await saved(engine)
    await engine.give(number, claim())
    await engine.give(number, note())
    await restored(engine)
    await recorded(engine, number, note())
    (finding,) = await engine.findings()
    assert (finding.kind, finding.repaired) == (K.RECORD_BEHIND, False)
    assert (await engine.on_record(number)).version == 3


async def test_gap_in_the_events_is_reported(engine: Yard) -> None:
    number = await engine.dispatched()
    await engine.execute(f"DELETE FROM events WHERE issue_number = '{number}' AND version = 1")
    assert kinds(await engine.findings()) == [K.EVENTS_GAP]


async def test_snapshot_that_events_do_not_lead_to_is_reported(engine: Yard) -> None:
    await engine.dispatched()
    await engine.execute("""UPDATE issues SET snapshot = jsonb_set(snapshot, '{urges}', '4')""")
    differs, disagrees = await engine.findings()
    assert (differs.kind, differs.detail) == (K.REPLAY_DIFFERS, "urges")
    assert disagrees.kind is K.RECORD_DIFFERS


async def test_event_against_the_law_is_reported(engine: Yard) -> None:
    number = await engine.dispatched()
    await engine.give(number, claim())
    await engine.execute(
        "UPDATE events SET payload = jsonb_set(payload, '{actor,department}', '\"water\"')"
        " WHERE name = 'issue_claimed'"
    )
    (finding,) = await engine.findings()
    assert finding.kind is K.REPLAY_REFUSED
    assert finding.detail.startswith("issue_claimed@3:")


async def test_silent_workflow_is_reported(engine: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.witness._PATIENCE", timedelta(seconds=1))
    number = await engine.born()
    await engine.client.start_workflow(
        "NoSuchWorkflow", id=engine.handle(number).id, task_queue="nobody-works-here"
    )
    (finding,) = await engine.findings()
    assert finding.kind is K.WORKFLOW_SILENT


async def test_clock_that_nobody_heeds_is_reported(engine: Yard) -> None:
    number = await engine.dispatched()
    (duty,) = (await engine.reconciler(DAYS).check_queues(1)).findings[:1]
    assert (duty.kind, duty.number, duty.detail) == (K.CLOCK_IGNORED, number, "duty")
    await engine.give(number, claim())
    await engine.give(number, c.ResolveIssue(actor=HOLDER, id=CommandId("done")))
    await engine.execute("UPDATE issues SET next_due_by = NULL")
    assert K.CLOCK_IGNORED in kinds(await engine.findings(ahead=DAYS))


async def test_what_waits_too_long_is_reported(engine: Yard) -> None:
    await engine.dispatched()
    async with engine.database.begin() as session:
        await Rechecks(session).ask_for_department(POLICE, "absence")
    found = set(kinds((await engine.reconciler().check_queues(10)).findings))
    assert {K.NOTICE_STUCK, K.RECHECK_STUCK} <= found


async def test_findings_are_counted_by_what_became_of_them(engine: Yard) -> None:
    counted = metrics.RECONCILE_FINDINGS_TOTAL.labels(
        kind=K.WORKFLOW_ENDED, outcome="reported", aggregate=Aggregate.ISSUE
    )
    before = counted._value.get()
    number = await engine.dispatched()
    await engine.handle(number).terminate()
    await engine.findings()
    assert counted._value.get() == before + 1


async def test_round_of_the_real_worker_finds_and_repairs(engine: Yard) -> None:
    ended, lost = await engine.dispatched(), await engine.dispatched()
    await engine.handle(ended).terminate()
    await engine.lose_workflow(lost)
    await engine.execute("UPDATE events SET recorded_at = now() - interval '1 hour'")
    report = await engine.client.execute_workflow(
        ReconcileWorkflow.run, ReconcileInput(), id=engine.prefix, task_queue=TASK_QUEUE
    )
    found = {each.number: (each.kind, each.repaired) for each in report.findings}
    assert found[ended] == (K.WORKFLOW_ENDED, False)
    assert found[lost] == (K.WORKFLOW_MISSING, True)
    assert (report.issues, report.after_open) == (2, 0)


@pytest.mark.parametrize("limit", [1, 2])
async def test_pages_reach_every_issue_once(engine: Yard, limit: int) -> None:
    numbers = {await engine.dispatched() for _ in range(3)}
    for number in numbers:
        await engine.handle(number).terminate()
    seen, after = [], 0
    while True:
        page = PageOfIssues(part=Part.OPEN, after=after, limit=limit)
        checked = await engine.reconciler().check_issues(page)
        seen += [finding.number for finding in checked.findings]
        if not (after := checked.after):
            break
    assert sorted(seen) == sorted(numbers)
