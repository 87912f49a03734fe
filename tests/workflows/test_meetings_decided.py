"""What a meeting decides is dispatched, done, reviewed or missed."""

from temporalio.testing import WorkflowEnvironment

from domain import commands as c
from domain.ids import DepartmentCode
from domain.meeting import commands as m
from domain.meeting.parts import TaskOrder
from domain.meeting.words import MeetingOutcome, MeetingState
from domain.vocabulary import IssueState, ItemOutcome, Level, Outcome
from tests.workflows.office import A_POST, DAY, HOUR, LIFT, POLICE, SUPERVISOR, key, staff
from tests.workflows.town import CHAIRMAN, PARTIES, Seat, Town, party, town

OFFICER = staff("police-a", POLICE)


async def order(meeting: Seat, department: DepartmentCode = POLICE) -> TaskOrder:
    """To be done within five days of the meeting's time."""
    return TaskOrder(department=department, due_by=await meeting.now() + 5 * DAY)


async def convened(told: Town) -> tuple[str, Seat, Seat]:
    """An issue, and the sitting over it."""
    number, issue = await told.issue()
    await issue.give(c.ConveneMeeting, SUPERVISOR)
    return number, issue, await told.sitting(f"{number}-M1")


async def dispatched(meeting: Seat, issue: str, *tasks: TaskOrder) -> None:
    fields = {"outcome": ItemOutcome.DISPATCHED, "lead": POLICE, "co": (LIFT,), "tasks": tasks}
    await meeting.give(m.DecideItem, CHAIRMAN, issue=issue, **fields)


async def test_decision_dispatches_by_the_meetings_name(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping) as told:
        number, issue, meeting = await convened(told)
        await dispatched(meeting, number)
        await meeting.handle.result()
        await told.comes_to(number, "issue_dispatched", 2)
        after = await issue.snapshot()
        assert [each.department for each in after.active] == [POLICE, LIFT]
        assert after.meeting is None
        command = told.hall.steps[-1].command
        assert command["rule"] == f"meeting:{number}-M1"


async def test_tasks_are_done_and_reviewed_and_the_issue_is_free_again(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping) as told:
        number, issue, meeting = await convened(told)
        await dispatched(meeting, number, await order(meeting), await order(meeting, LIFT))
        await told.comes_to(number, "issue_dispatched", 2)
        assert (await issue.snapshot()).meeting.decided_at is not None
        for task, actor in (("T1", OFFICER), ("T2", A_POST)):
            await meeting.give(m.CompleteTask, actor, task=task)
            await meeting.give(m.ReviewTask, CHAIRMAN, task=task, accepted=True)
        await meeting.handle.result()
        await told.comes_to(number, "meeting_ended")
        assert told.hall.last_of(f"{number}-M1").outcome is MeetingOutcome.SETTLED
        after = await issue.snapshot()
        assert (after.meeting, after.state) == (None, IssueState.DISPATCHED)


async def test_missed_task_convenes_the_next_level(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping) as told:
        number, issue, meeting = await convened(told)
        await dispatched(meeting, number, await order(meeting))
        await told.comes_to(number, "issue_dispatched", 2)
        await meeting.passes(6 * DAY)
        following = await (await told.meeting(f"{number}-M2")).snapshot()
        assert told.hall.last_of(f"{number}-M1").outcome is MeetingOutcome.TASK_MISSED
        assert following.origin.level is Level.STREET
        assert (await issue.snapshot()).in_meeting.number == f"{number}-M2"


async def test_refused_task_is_done_again(temporal_skipping: WorkflowEnvironment) -> None:
    async with town(temporal_skipping) as told:
        number, _, meeting = await convened(told)
        await dispatched(meeting, number, await order(meeting))
        await meeting.give(m.CompleteTask, OFFICER, task="T1")
        answer = await meeting.give(m.ReviewTask, CHAIRMAN, task="T1", accepted=False)
        assert answer.state is MeetingState.REVIEWING
        await meeting.give(m.CompleteTask, OFFICER, task="T1")
        await meeting.passes(13 * HOUR)
        assert told.hall.events_of(f"{number}-M1")[-1] == "review_lapsed"
        await told.comes_to(number, "meeting_ended")


async def test_two_issues_on_one_agenda_go_different_ways(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping) as told:
        number, issue, meeting = await convened(told)
        other, second = await told.issue()
        await second.give(c.ConveneMeeting, SUPERVISOR, joins=f"{number}-M1")
        await told.comes_to(other, "meeting_scheduled")
        await dispatched(meeting, number)
        assert (await meeting.snapshot()).state is MeetingState.DISCUSSING
        await meeting.give(m.DecideItem, CHAIRMAN, issue=other, outcome=ItemOutcome.NOT_OURS)
        await told.comes_to(number, "issue_dispatched", 2)
        await second.handle.result()
        assert told.hall.last_of(other).outcome is Outcome.NOT_ACCEPTED
        assert (await issue.snapshot()).lead.department == POLICE


async def test_what_is_not_ours_by_the_meetings_word_is_closed(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping) as told:
        number, issue, meeting = await convened(told)
        await meeting.give(m.DecideItem, CHAIRMAN, issue=number, outcome=ItemOutcome.NOT_OURS)
        await issue.handle.result()
        assert told.hall.events_of(number)[-1] == "meeting_ended"
        assert told.hall.last_of(number).outcome is Outcome.NOT_ACCEPTED


async def test_adjourned_without_a_word_on_it_the_issue_goes_up(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping) as told:
        number, _, meeting = await convened(told)
        await meeting.give(m.AddMinutes, CHAIRMAN)
        await meeting.give(m.AdjournMeeting, CHAIRMAN)
        await told.meeting(f"{number}-M2")
        assert told.hall.last_of(f"{number}-M1").outcome is MeetingOutcome.PASSED_UP


async def test_issue_that_may_not_join_goes_to_a_dispatcher(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping) as told:
        number, _, meeting = await convened(told)
        await dispatched(meeting, number, await order(meeting))
        other, second = await told.issue()
        await second.give(c.ConveneMeeting, SUPERVISOR, joins=f"{number}-M1")
        await told.comes_to(other, "meeting_ended")
        assert (await second.snapshot()).state is IssueState.DISPATCHING


async def test_issue_that_joins_what_there_is_not_goes_to_a_dispatcher(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping) as told:
        number, issue = await told.issue()
        await issue.give(c.ConveneMeeting, SUPERVISOR, joins="QJ-2026-NEVER-M1")
        await told.comes_to(number, "meeting_ended")
        assert (await issue.snapshot()).state is IssueState.DISPATCHING


async def test_convenor_takes_an_item_off_and_its_issue_hears_of_it(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping) as told:
        number, issue, meeting = await convened(told)
        await meeting.give(m.TakeOffAgenda, CHAIRMAN, issue=number)
        await meeting.handle.result()
        await told.comes_to(number, "meeting_ended")
        assert (await issue.snapshot()).meeting is None


async def test_repeated_command_gets_the_first_answer_and_others_are_refused(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping) as told:
        number, _, meeting = await convened(told)
        command = m.AddMinutes(actor=CHAIRMAN, id=key())
        first = await meeting.send(command)
        assert await meeting.send(command) == first
        assert told.hall.events_of(f"{number}-M1").count("minutes_added") == 1
        assert await meeting.refused(m.AddMinutes, party(PARTIES[0])) == "not_allowed"
        assert await meeting.refused(m.OpenSitting, CHAIRMAN) == "wrong_state"


async def test_issue_and_meeting_go_on_with_a_new_worker(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping) as told:
        number, issue, meeting = await convened(told)
        await told.restart_worker()
        await dispatched(meeting, number, await order(meeting))
        await told.restart_worker()
        await told.comes_to(number, "issue_dispatched", 2)
        await meeting.give(m.CompleteTask, OFFICER, task="T1")
        await told.restart_worker()
        await meeting.give(m.ReviewTask, CHAIRMAN, task="T1", accepted=True)
        await told.comes_to(number, "meeting_ended")
        assert (await issue.snapshot()).meeting is None
