"""Meetings in the yard: convened by a supervisor, held, and broken as an accident would."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError

from activities.contracts import MeetingStep
from activities.meetings import Meetings
from activities.upkeep import Finding, PageOfMeetings, Part
from api.engine import Engine
from domain import commands as c
from domain.ids import CommandId, DepartmentCode, IssueNumber, MeetingNumber, TaskId
from domain.meeting import commands as m
from domain.meeting.meeting import MEETING_LAW, Meeting
from domain.meeting.parts import TaskOrder
from domain.vocabulary import ItemOutcome
from intake.reconciler_of_meetings import MeetingReconciler
from observability import clock
from storage.meetings.repository import MeetingRepository
from tests.builders import PLUMBER, POLICE, SUPERVISOR, WATER
from tests.intake.yard import AT_ONCE, HOLDER, Yard
from workflows import contracts

TABLES = ("meetings", "meeting_parties", "meeting_items", "meeting_tasks", "meeting_events")


@dataclass
class Sittings:
    """Meetings of one yard."""

    yard: Yard

    def handle(self, number: MeetingNumber) -> WorkflowHandle[Any, Any]:
        return self.yard.client.get_workflow_handle(contracts.meeting_workflow_id(number))

    async def convened(self, *proposed: datetime) -> tuple[IssueNumber, MeetingNumber]:
        """An issue before a meeting that has told it when it sits."""
        issue = await self.yard.dispatched()
        await self.yard.give(issue, convene(None, *proposed))
        number = MeetingNumber(f"{issue}-M1")
        while True:
            before = (await self.yard.on_record(issue)).in_meeting
            if before is not None and before.sits_at is not None:
                return issue, number

    async def give(self, number: MeetingNumber, command: c.Command) -> contracts.MeetingAnswer:
        return await Engine(self.yard.client).ask_meeting(number, command)

    async def on_record(self, number: MeetingNumber) -> Meeting:
        async with self.yard.database.read() as session:
            meeting = await MeetingRepository(session).snapshot(number)
        assert meeting is not None
        return meeting

    async def knows(self, number: MeetingNumber) -> bool:
        """Whether the meeting has invited and is on record."""
        async with self.yard.database.read() as session:
            return await MeetingRepository(session).snapshot(number) is not None

    async def recorded(self, number: MeetingNumber, command: c.Command) -> None:
        """A step that the workflow knows nothing of."""
        at = clock.now()
        after = (await self.on_record(number)).handle(command, at)
        event = MEETING_LAW[type(command)].event
        step = MeetingStep(event=event, command=command, at=at, after=after)
        await Meetings(self.yard.database, clock.now).record(step)

    async def lose_workflow(self, number: MeetingNumber) -> None:
        """Temporal forgets it, as after a restore from an old copy."""
        execution = WorkflowExecution(workflow_id=contracts.meeting_workflow_id(number))
        await self.yard.client.workflow_service.delete_workflow_execution(
            DeleteWorkflowExecutionRequest(
                namespace=self.yard.client.namespace, workflow_execution=execution
            )
        )
        try:
            while True:
                await self.handle(number).describe()
        except RPCError:
            return

    async def goes_deaf(self, number: MeetingNumber) -> None:
        """Signals reach it and are lost, until its workflow is lost as well."""
        await self.lose_workflow(number)
        await self.yard.client.start_workflow(
            "NoSuchWorkflow", id=self.handle(number).id, task_queue="nobody-works-here"
        )

    def reconciler(self, ahead: timedelta = timedelta()) -> MeetingReconciler:
        return MeetingReconciler(
            self.yard.database, self.yard.client, lambda: clock.now() + ahead, AT_ONCE
        )

    async def findings(
        self, part: Part = Part.OPEN, ahead: timedelta = timedelta()
    ) -> tuple[Finding, ...]:
        page = PageOfMeetings(part=part)
        return (await self.reconciler(ahead).check_meetings(page)).findings


def _key() -> CommandId:
    return CommandId(token_hex(8))


def convene(joins: MeetingNumber | None = None, *proposed: datetime) -> c.ConveneMeeting:
    return c.ConveneMeeting(actor=SUPERVISOR, id=_key(), joins=joins, proposed=proposed)


def report_in() -> m.ReportInToMeeting:
    """Of the one department concerned."""
    return m.ReportInToMeeting(actor=HOLDER, id=_key())


def acknowledge() -> m.AcknowledgeInvitation:
    return m.AcknowledgeInvitation(actor=HOLDER, id=_key())


def invite(*departments: DepartmentCode) -> m.InviteDepartments:
    return m.InviteDepartments(actor=SUPERVISOR, id=_key(), invites=departments)


def take_off(issue: IssueNumber) -> m.TakeOffAgenda:
    """By the supervisor, who leads where no convenor is known."""
    return m.TakeOffAgenda(actor=SUPERVISOR, id=_key(), issue=issue)


def open_sitting() -> m.OpenSitting:
    return m.OpenSitting(actor=SUPERVISOR, id=_key())


def postpone(meeting: Meeting) -> m.PostponeMeeting:
    """By a day."""
    assert meeting.sits_at is not None
    return m.PostponeMeeting(actor=SUPERVISOR, id=_key(), to=meeting.sits_at + timedelta(days=1))


def decide(issue: IssueNumber) -> m.DecideItem:
    """The police leads; the waterworks has a task."""
    task = TaskOrder(department=WATER, due_by=clock.now() + timedelta(days=1))
    return m.DecideItem(
        actor=SUPERVISOR,
        id=_key(),
        issue=issue,
        outcome=ItemOutcome.DISPATCHED,
        lead=POLICE,
        tasks=(task,),
    )


def complete() -> m.CompleteTask:
    return m.CompleteTask(actor=PLUMBER, id=_key(), task=TaskId("T1"))


def accept() -> m.ReviewTask:
    return m.ReviewTask(actor=SUPERVISOR, id=_key(), task=TaskId("T1"), accepted=True)
