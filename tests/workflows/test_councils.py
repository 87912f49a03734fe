"""A council is called, its issues are told, and each does what was said of it."""

from dataclasses import replace
from secrets import token_hex

from temporalio.testing import WorkflowEnvironment

from domain import commands as c
from domain.actor import Actor
from domain.ids import (
    CalendarCode,
    CategoryCode,
    DistrictCode,
    GridCode,
    IssueNumber,
    MeetingNumber,
    Subject,
)
from domain.meeting import commands as m
from domain.meeting.convening import SummonedItem, Summons
from domain.meeting.words import MeetingKind, MeetingOutcome
from domain.vocabulary import (
    ConvenedBy,
    DeadlineKind,
    IssueState,
    ItemOutcome,
    Level,
    Outcome,
    Role,
)
from tests.builders import NOON
from tests.workflows.office import A_POST, DAY, GRID, POLICE, RESIDENT, SUPERVISOR
from tests.workflows.recording import kept
from tests.workflows.town import CHAIRMAN, Seat, Town, TownHall, meeting_policy, town
from workflows.contracts import council_id
from workflows.council import CouncilInput, CouncilWorkflow

COMMUNITY = GridCode("qj.bh.hp")
HEAD = Actor(subject=Subject("head"), roles=(Role.BUILDING_HEAD,), grids=(GRID,))


def a_hall() -> TownHall:
    """With a policy of councils: nobody but the regulars is invited."""
    hall = TownHall()
    council = {"code": "council", "kind": MeetingKind.COUNCIL, "standing": ()}
    hall.meeting_policies.append(meeting_policy(Level.COMMUNITY, **council))
    return hall


def a_summons(*issues: IssueNumber) -> Summons:
    return Summons(
        number=MeetingNumber(f"{token_hex(4)}-C2026-11"),
        district=DistrictCode("qj"),
        grid=COMMUNITY,
        level=Level.COMMUNITY,
        calendar=CalendarCode("always"),
        convened_by=ConvenedBy.SCHEDULE,
        convened_at=NOON,
        items=tuple(
            SummonedItem(issue=each, grid=GRID, category=CategoryCode("lift")) for each in issues
        ),
        kind=MeetingKind.COUNCIL,
        persons=(HEAD.subject,),
    )


async def called(told: Town, *issues: IssueNumber) -> MeetingNumber:
    """A council over these issues, its call carried out."""
    told.hall.summons = a_summons(*issues)
    handle = await told.environment.client.start_workflow(
        CouncilWorkflow.run,
        CouncilInput(community=COMMUNITY),
        id=f"{council_id(COMMUNITY)}-{token_hex(4)}",
        task_queue=told.queue,
    )
    number = await handle.result()
    await kept(told.environment.client, handle.id)
    assert number == told.hall.summons.number
    return number


async def sitting(told: Town, number: MeetingNumber) -> Seat:
    council = await told.meeting(number)
    await council.give(m.ReportInToMeeting, HEAD)
    await council.give(m.OpenSitting, CHAIRMAN)
    return council


async def test_council_talks_about_an_issue_whose_clocks_run_on(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping, a_hall()) as told:
        number, issue = await told.issue()
        before = (await issue.snapshot()).open_deadlines
        council = await told.meeting(await called(told, number))
        await told.comes_to(number, "issue_called_to_council")
        after = await issue.snapshot()
        assert after.open_deadlines == before
        assert after.council.number == (await council.snapshot()).number
        await issue.give(c.ClaimIssue, A_POST)
        held = await council.snapshot()
        assert (held.origin.kind, held.origin.convened_by) == ("council", ConvenedBy.SCHEDULE)
        assert [(each.code, each.is_person) for each in held.parties] == [(HEAD.subject, True)]


async def test_each_item_gets_its_own_word(temporal_skipping: WorkflowEnvironment) -> None:
    async with town(temporal_skipping, a_hall()) as told:
        issues = [await told.issue() for _ in range(3)]
        settled, sent, passed = (number for number, _ in issues)
        name = await called(told, settled, sent, passed)
        for number in (settled, sent, passed):
            await told.comes_to(number, "issue_called_to_council")
        council = await sitting(told, name)
        await council.give(m.DecideItem, CHAIRMAN, issue=settled, outcome=ItemOutcome.SETTLED)
        fields = {"outcome": ItemOutcome.DISPATCHED, "lead": POLICE}
        await council.give(m.DecideItem, CHAIRMAN, issue=sent, **fields)
        await council.give(m.DecideItem, CHAIRMAN, issue=passed, outcome=ItemOutcome.PASSED_UP)
        await council.handle.result()
        await told.comes_to(settled, "issue_settled")
        assert told.hall.last_of(settled).outcome is Outcome.SOLVED
        await told.comes_to(sent, "issue_dispatched", 2)
        dispatched = await issues[1][1].snapshot()
        assert (dispatched.lead.department, dispatched.council) == (POLICE, None)
        following = await (await told.meeting(f"{passed}-M1")).snapshot()
        assert following.origin.level is Level.STREET
        assert following.origin.kind is MeetingKind.JOINT
        assert following.origin.convened_by is ConvenedBy.MEETING


async def test_council_without_a_quorum_leaves_the_issue_where_it_is(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping, a_hall()) as told:
        number, issue = await told.issue()
        await issue.give(c.ClaimIssue, A_POST)
        name = await called(told, number)
        council = await told.meeting(name)
        await told.comes_to(number, "issue_called_to_council")
        await council.passes(20 * DAY)
        await told.comes_to(name, "sitting_missed", 2)
        assert told.hall.last_of(name).outcome is MeetingOutcome.NO_QUORUM
        await told.comes_to(number, "meeting_ended")
        left = await issue.snapshot()
        assert (left.state, left.council, left.meeting) == (IssueState.HANDLING, None, None)
        assert left.deadline(DeadlineKind.RESOLVE) is not None


async def test_issue_before_a_joint_meeting_or_over_is_taken_off_again(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping, a_hall()) as told:
        busy, first = await told.issue()
        over, second = await told.issue()
        stays, _ = await told.issue()
        await first.give(c.ConveneMeeting, SUPERVISOR)
        await second.give(c.WithdrawIssue, RESIDENT)
        await second.handle.result()
        name = await called(told, busy, over, stays)
        council = await told.meeting(name)
        await told.comes_to(name, "agenda_item_taken_off", 2)
        assert [each.issue for each in (await council.snapshot()).awaiting] == [stays]
        assert (await first.snapshot()).meeting.number == f"{busy}-M1"
        assert "meeting_ended" not in told.hall.events_of(busy)


async def test_issue_that_is_resolved_leaves_the_council(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping, a_hall()) as told:
        number, issue = await told.issue()
        council = await told.meeting(await called(told, number))
        await told.comes_to(number, "issue_called_to_council")
        await issue.give(c.ClaimIssue, A_POST)
        await issue.give(c.ResolveIssue, A_POST)
        await council.handle.result()
        outcome = told.hall.last_of((await council.snapshot()).number).outcome
        assert outcome is MeetingOutcome.EMPTY


async def test_council_called_twice_is_one_council(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping, a_hall()) as told:
        number, _ = await told.issue()
        name = await called(told, number)
        await told.meeting(name)
        again = await temporal_skipping.client.execute_workflow(
            CouncilWorkflow.run,
            CouncilInput(community=COMMUNITY),
            id=f"{council_id(COMMUNITY)}-{token_hex(4)}",
            task_queue=told.queue,
        )
        assert again == name
        await told.restart_worker()
        events = told.hall.events_of(number)
        assert events.count("issue_called_to_council") == 1
        assert told.hall.events_of(name) == ["parties_invited"]


async def test_call_that_was_lost_is_made_up_for_by_another_run(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping, a_hall()) as told:
        heard, _ = await told.issue()
        missed, issue = await told.issue()
        name = await called(told, heard)
        await told.comes_to(heard, "issue_called_to_council")
        summons = told.hall.summons
        assert summons is not None
        told.hall.summons = replace(summons, items=a_summons(heard, missed).items)
        again = await temporal_skipping.client.execute_workflow(
            CouncilWorkflow.run,
            CouncilInput(community=COMMUNITY),
            id=f"{council_id(COMMUNITY)}-{token_hex(4)}",
            task_queue=told.queue,
        )
        assert again == name
        await told.comes_to(missed, "issue_called_to_council")
        assert (await issue.snapshot()).council.number == name
        await told.restart_worker()
        assert told.hall.events_of(heard).count("issue_called_to_council") == 1
        assert "agenda_item_taken_off" not in told.hall.events_of(name)


async def test_nothing_to_talk_about_calls_nobody(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping, a_hall()) as told:
        answer = await temporal_skipping.client.execute_workflow(
            CouncilWorkflow.run,
            CouncilInput(community=COMMUNITY),
            id=f"{council_id(COMMUNITY)}-{token_hex(4)}",
            task_queue=told.queue,
        )
        assert answer is None
        assert told.hall.meeting_steps == []
