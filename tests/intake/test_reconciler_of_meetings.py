"""Each invariant of a meeting is broken on purpose; the reconciler finds it, and mends it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from temporalio.client import WorkflowExecutionStatus
from temporalio.testing import WorkflowEnvironment

from activities.upkeep import Aggregate, Finding, FindingKind, PageOfMeetings, Part
from domain import commands as c
from domain.ids import CommandId
from domain.meeting import commands as m
from domain.meeting.words import MeetingState
from intake.witness import Witness
from observability import metrics
from storage.session import Database
from tests.builders import POLICE, RESIDENT, WATER
from tests.intake.sittings import TABLES, Sittings, acknowledge, convene, report_in, take_off
from tests.intake.yard import yard
from workflows.contracts import TASK_QUEUE, meeting_workflow_id
from workflows.upkeep import ReconcileInput, ReconcileWorkflow

K = FindingKind
DAYS = timedelta(days=30)


@pytest_asyncio.fixture(loop_scope="session")
async def hall(
    database_url: str, database: Database, temporal_full: WorkflowEnvironment
) -> AsyncIterator[Sittings]:
    async with yard(database_url, database, temporal_full.client) as one:
        yield Sittings(one)


def kinds(findings: tuple[Finding, ...]) -> list[FindingKind]:
    return [each.kind for each in findings]


async def saved(hall: Sittings) -> None:
    await hall.yard.execute(*(f"CREATE TABLE old_{e} AS SELECT * FROM {e}" for e in TABLES))


async def restored(hall: Sittings) -> None:
    """The meetings as they were when they were saved."""
    gone = (f"DELETE FROM {each}" for each in TABLES)
    back = (f"INSERT INTO {e} OVERRIDING SYSTEM VALUE SELECT * FROM old_{e}" for e in TABLES)
    await hall.yard.execute(*gone, *back)


async def test_sound_meetings_are_left_alone(hall: Sittings) -> None:
    issue, number = await hall.convened()
    await hall.give(number, acknowledge())
    await hall.give(number, report_in())
    assert await hall.findings() == ()
    await hall.give(number, take_off(issue))
    await hall.handle(number).result()
    while (await hall.yard.on_record(issue)).in_meeting is not None:
        continue
    assert await hall.findings(Part.CLOSED) == ()
    assert await hall.yard.findings() == ()


async def test_meeting_that_another_issue_joined_leads_to_its_snapshot(hall: Sittings) -> None:
    _, number = await hall.convened()
    other = await hall.yard.dispatched()
    await hall.yard.give(other, convene(joins=number))
    while len((await hall.on_record(number)).agenda) == 1:
        continue
    await hall.give(number, report_in())
    assert await hall.findings() == ()


async def test_party_that_came_with_a_later_issue_is_replayed_as_such(hall: Sittings) -> None:
    _, number = await hall.convened()
    other = await hall.yard.dispatched()
    origin = (await hall.yard.on_record(other)).origin
    await hall.lose_workflow(number)
    joins = m.AddToAgenda.by_engine(
        "joins", issue=other, grid=origin.grid, category=origin.category, departments=(WATER,)
    )
    await hall.recorded(number, joins)
    assert [str(each.code) for each in (await hall.on_record(number)).parties] == [POLICE, WATER]
    assert kinds(await hall.findings()) == [K.WORKFLOW_MISSING]


async def test_meeting_that_just_moved_is_not_looked_at(hall: Sittings) -> None:
    await hall.convened()
    await hall.yard.execute("DELETE FROM meeting_events WHERE version = 1")
    await hall.yard.execute("UPDATE meetings SET updated_at = now()")
    assert await hall.findings(ahead=-timedelta(minutes=5)) == ()
    assert kinds(await hall.findings()) == [K.EVENTS_GAP]


async def test_lost_workflow_goes_on_from_the_record(hall: Sittings) -> None:
    _, number = await hall.convened()
    command = acknowledge()
    answer = await hall.give(number, command)
    await hall.lose_workflow(number)
    (finding,) = await hall.findings()
    assert (finding.kind, finding.repaired) == (K.WORKFLOW_MISSING, True)
    assert (finding.number, finding.aggregate) == (number, Aggregate.MEETING)
    assert await hall.give(number, command) == answer
    assert (await hall.give(number, report_in())).version == answer.version + 1
    assert await hall.findings() == ()


async def test_meeting_that_went_on_tells_its_issue_how_it_ended(hall: Sittings) -> None:
    issue, number = await hall.convened()
    await hall.lose_workflow(number)
    await hall.findings()
    await hall.give(number, take_off(issue))
    await hall.handle(number).result()
    while (await hall.yard.on_record(issue)).in_meeting is not None:
        continue
    assert await hall.yard.findings() == ()


async def test_lost_workflow_of_a_broken_record_waits_for_a_person(hall: Sittings) -> None:
    _, number = await hall.convened()
    await hall.lose_workflow(number)
    await hall.yard.execute("DELETE FROM meeting_events WHERE version = 1")
    gap, missing = await hall.findings()
    assert (gap.kind, missing.kind) == (K.EVENTS_GAP, K.WORKFLOW_MISSING)
    assert not missing.repaired


async def test_ended_workflow_of_an_open_meeting_is_reported(hall: Sittings) -> None:
    _, number = await hall.convened()
    await hall.handle(number).terminate()
    (finding,) = await hall.findings()
    assert (finding.kind, finding.detail) == (K.WORKFLOW_ENDED, "terminated")


async def test_meeting_that_ends_between_the_two_looks_is_no_finding(
    hall: Sittings, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue, number = await hall.convened()
    look = Witness.status

    async def ends_meanwhile(self: Witness, workflow_id: str) -> WorkflowExecutionStatus | None:
        if workflow_id == meeting_workflow_id(number):
            await hall.yard.give(issue, c.WithdrawIssue(actor=RESIDENT, id=CommandId("gone")))
            await hall.handle(number).result()
        return await look(self, workflow_id)

    monkeypatch.setattr(Witness, "status", ends_meanwhile)
    assert await hall.findings() == ()


async def test_workflow_that_outlives_its_meeting_is_reported(hall: Sittings) -> None:
    issue, number = await hall.convened()
    await hall.recorded(number, take_off(issue))
    assert (await hall.on_record(number)).state is MeetingState.CLOSED
    assert kinds(await hall.findings(Part.CLOSED)) == [K.WORKFLOW_LEFT_OVER]
    assert await hall.findings(Part.OPEN) == ()


async def test_record_ahead_of_its_workflow_is_reported(hall: Sittings) -> None:
    _, number = await hall.convened()
    await hall.recorded(number, acknowledge())
    (finding,) = await hall.findings()
    assert (finding.kind, finding.detail) == (K.RECORD_AHEAD, "record_2_workflow_1")


async def test_record_behind_is_written_again_from_the_history(hall: Sittings) -> None:
    _, number = await hall.convened()
    await saved(hall)
    await hall.give(number, acknowledge())
    await hall.give(number, report_in())
    before = await hall.on_record(number)
    await restored(hall)
    (finding,) = await hall.findings()
    assert (finding.kind, finding.repaired) == (K.RECORD_BEHIND, True)
    assert await hall.on_record(number) == before
    assert await hall.findings() == ()


async def test_record_that_went_another_way_is_not_written_over(hall: Sittings) -> None:
    _, number = await hall.convened()
    await saved(hall)
    await hall.give(number, acknowledge())
    await hall.give(number, report_in())
    await restored(hall)
    await hall.recorded(number, report_in())
    (finding,) = await hall.findings()
    assert (finding.kind, finding.repaired) == (K.RECORD_BEHIND, False)
    assert (await hall.on_record(number)).version == 2


async def test_snapshot_that_events_do_not_lead_to_is_reported(hall: Sittings) -> None:
    await hall.convened()
    await hall.yard.execute(
        "UPDATE meetings SET snapshot = jsonb_set(snapshot, '{postponements}', '1')"
    )
    differs, disagrees = await hall.findings()
    assert (differs.kind, differs.detail) == (K.REPLAY_DIFFERS, "postponements")
    assert disagrees.kind is K.RECORD_DIFFERS


async def test_event_against_the_law_is_reported(hall: Sittings) -> None:
    _, number = await hall.convened()
    await hall.give(number, report_in())
    await hall.yard.execute(
        "UPDATE meeting_events SET payload = jsonb_set(payload, '{actor,department}', '\"water\"')"
        " WHERE name = 'party_reported_in'"
    )
    (finding,) = await hall.findings()
    assert finding.kind is K.REPLAY_REFUSED
    assert finding.detail.startswith("party_reported_in@2:")


async def test_silent_workflow_is_reported(hall: Sittings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.witness._PATIENCE", timedelta(seconds=1))
    _, number = await hall.convened()
    await hall.lose_workflow(number)
    await hall.yard.client.start_workflow(
        "NoSuchWorkflow", id=hall.handle(number).id, task_queue="nobody-works-here"
    )
    assert kinds(await hall.findings()) == [K.WORKFLOW_SILENT]
    await hall.handle(number).terminate()


async def test_clock_that_nobody_heeds_is_reported(hall: Sittings) -> None:
    _, number = await hall.convened()
    assert await ignored(hall) == [(number, "RemindParties")]
    assert await hall.findings(ahead=DAYS) == ()


async def test_clock_of_a_row_from_before_is_reported_and_written_down(hall: Sittings) -> None:
    _, number = await hall.convened()
    await hall.yard.execute("UPDATE meetings SET next_at = NULL")
    assert await ignored(hall) == []
    (finding,) = await hall.findings(ahead=DAYS)
    assert (finding.kind, finding.number) == (K.CLOCK_IGNORED, number)
    assert await ignored(hall) == [(number, finding.detail)]


async def ignored(hall: Sittings) -> list[tuple[str, str]]:
    """Whose clocks nobody heeds, as every round finds it."""
    checked = await hall.yard.reconciler(DAYS).check_queues(100)
    return [
        (each.number, each.detail)
        for each in checked.findings
        if (each.kind, each.aggregate) == (K.CLOCK_IGNORED, Aggregate.MEETING)
    ]


async def test_findings_of_meetings_are_counted_apart(hall: Sittings) -> None:
    counted = metrics.RECONCILE_FINDINGS_TOTAL.labels(
        kind=K.WORKFLOW_ENDED, outcome="reported", aggregate=Aggregate.MEETING
    )
    before = counted._value.get()
    _, number = await hall.convened()
    await hall.handle(number).terminate()
    await hall.findings()
    assert counted._value.get() == before + 1


async def test_round_of_the_real_worker_finds_and_repairs(hall: Sittings) -> None:
    _, lost = await hall.convened()
    await hall.lose_workflow(lost)
    await hall.yard.execute("UPDATE meeting_events SET recorded_at = now() - interval '1 hour'")
    report = await hall.yard.client.execute_workflow(
        ReconcileWorkflow.run, ReconcileInput(), id=hall.yard.prefix, task_queue=TASK_QUEUE
    )
    found = {each.number: (each.kind, each.repaired) for each in report.findings}
    assert found[lost] == (K.WORKFLOW_MISSING, True)
    assert report.meetings == 1


async def test_pages_reach_every_meeting_once(hall: Sittings) -> None:
    numbers = [(await hall.convened())[1] for _ in range(3)]
    for number in numbers:
        await hall.handle(number).terminate()
    seen, after = [], 0
    while True:
        page = PageOfMeetings(part=Part.OPEN, after=after, limit=2)
        checked = await hall.reconciler().check_meetings(page)
        seen += [finding.number for finding in checked.findings]
        if not (after := checked.after):
            break
    assert sorted(seen) == sorted(numbers)
