"""The issue's side of a meeting: convening it, joining it, leaving it."""

from asyncio import Task
from datetime import datetime

from temporalio import workflow
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.exceptions import FailureError, WorkflowAlreadyStartedError
from temporalio.workflow import ParentClosePolicy

from domain.acts.convening import left_meetings
from domain.commands import Command, ConveneMeeting
from domain.ids import DepartmentCode, IssueNumber, MeetingNumber
from domain.issue import Issue
from domain.meeting.convening import SummonedItem, Summons
from domain.meeting.results import MeetingResult
from domain.reference import grid_at
from domain.vocabulary import ItemOutcome
from workflows import contracts
from workflows.meeting import JointMeetingWorkflow


async def attend(
    before: Issue, after: Issue, command: Command, at: datetime
) -> tuple[MeetingResult, ...]:
    """What a step means for meetings; answers what the issue has to hear at once."""
    for left in left_meetings(before, after, command):
        await leave(left, after.number)
    if not isinstance(command, ConveneMeeting) or after.meeting is None:
        return ()
    if command.joins is None:
        await _start(after, command, at)
    elif not await _tell(command.joins, contracts.JOIN_AGENDA, _item(after, command)):
        return (_not_there(after.number, command.joins, at),)
    return ()


async def leave(meeting: MeetingNumber, issue: IssueNumber) -> None:
    """The meeting has to do without the issue."""
    await _tell(meeting, contracts.LEAVE_AGENDA, issue)


async def _start(issue: Issue, command: ConveneMeeting, at: datetime) -> None:
    """A child that outlives its parent: other issues may be on its agenda."""
    _ = await start(summons_of(issue, command, at))


def summons_of(issue: Issue, command: ConveneMeeting, at: datetime) -> Summons:
    """What calls for the meeting that an issue is before and has not joined."""
    assert issue.meeting is not None
    meeting, origin = issue.meeting, issue.origin
    return Summons(
        number=meeting.number,
        district=origin.district,
        grid=origin.grid,
        level=meeting.level,
        calendar=issue.pinned.calendar,
        convened_by=command.by,
        convened_at=at,
        items=(_item(issue, command),),
        proposed=command.proposed,
        place=command.place,
    )


async def start(summons: Summons) -> bool:
    """The meeting as a child that outlives whoever calls it; False when it was called before."""
    attributes = TypedSearchAttributes(
        [
            SearchAttributePair(contracts.DISTRICT, summons.district),
            SearchAttributePair(contracts.GRID, grid_at(summons.level, summons.grid)),
            SearchAttributePair(contracts.LEVEL, summons.level),
        ]
    )
    try:
        meeting = await workflow.start_child_workflow(
            JointMeetingWorkflow.run,
            contracts.MeetingInput(summons=summons),
            id=contracts.meeting_workflow_id(summons.number),
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            parent_close_policy=ParentClosePolicy.ABANDON,
            search_attributes=attributes,
            static_summary=f"{summons.number} {summons.level}",
        )
    except WorkflowAlreadyStartedError:
        workflow.logger.info("meeting_already_started", extra={"meeting": summons.number})
        return False
    # Nobody waits for how it ends. The SDK would log the end of a terminated one as an error that
    # nobody retrieved: out of the collector, in the middle of whatever Python does just then.
    meeting.add_done_callback(_hear)
    return True


def _hear(meeting: Task[None]) -> None:
    """It has ended, well or badly; the reconciler looks after what a lost one leaves."""
    if not meeting.cancelled():
        _ = meeting.exception()


async def _tell(number: MeetingNumber, signal: str, about: SummonedItem | IssueNumber) -> bool:
    """False when there is no such meeting any more."""
    handle = workflow.get_external_workflow_handle(contracts.meeting_workflow_id(number))
    try:
        await handle.signal(signal, about)
    except FailureError:
        workflow.logger.info("meeting_is_over", extra={"meeting": number, "signal": signal})
        return False
    return True


def _item(issue: Issue, command: ConveneMeeting) -> SummonedItem:
    """The departments it concerns, and those that whoever convenes wants there as well."""
    return SummonedItem(
        issue=issue.number,
        grid=issue.origin.grid,
        category=issue.origin.category,
        departments=tuple(dict.fromkeys((*_concerned(issue), *command.invites))),
    )


def _concerned(issue: Issue) -> tuple[DepartmentCode, ...]:
    """Whoever has it now; whoever had it, when it waits for a dispatcher."""
    assignments = issue.active or issue.assignments
    called = tuple(dict.fromkeys(each.department for each in assignments))
    if called or issue.proposal is None:
        return called
    return (issue.proposal.lead, *issue.proposal.co)


def _not_there(issue: IssueNumber, meeting: MeetingNumber, at: datetime) -> MeetingResult:
    return MeetingResult(
        meeting=meeting, issue=issue, outcome=ItemOutcome.TAKEN_OFF, at=at, is_final=True
    )
