"""`JointMeetingWorkflow`: one meeting from its call to the review of what it decided.

The child of the issue it was convened for, and its only writer, as the issue's is of the issue.
What it says of an issue goes to that issue by signal; the issue's own law decides what follows.
"""

from dataclasses import replace
from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import FailureError
from typing_extensions import override

from activities.contracts import MeetingActivities, MeetingStep
from domain.actor import ENGINE
from domain.commands import Command
from domain.ids import IssueNumber
from domain.meeting import commands as m
from domain.meeting.convening import SummonedItem
from domain.meeting.meeting import MEETING_LAW, Meeting
from domain.meeting.planning import MeetingPlan, with_plan
from domain.meeting.results import MeetingDates, MeetingResult, dates, results
from domain.vocabulary import ItemOutcome
from workflows import options
from workflows.contracts import (
    JOIN_AGENDA,
    LEAVE_AGENDA,
    MEETING_ITEM_SETTLED,
    MEETING_SCHEDULED,
    AgendaChange,
    MeetingAnswer,
    MeetingInput,
    issue_workflow_id,
)
from workflows.details import describe_meeting
from workflows.lawful import OnlyWriter, lawful_in_meeting
from workflows.timer import MovableTimer

NEXT_PROPOSED = "2026-11-next-proposed-time"
"""Gate: before it, a missed sitting was put off as the policy says, whatever was proposed."""
MISSED_ANEW = "2026-11-missed-sitting-anew"
"""Gate: before it, who had reported in for a sitting that was missed counted as there for good,
and a sitting that nobody opened always lacked its quorum."""
HEARS_THE_LATE = "2026-11-meeting-hears-the-late"
"""Gate: before it, an issue that joined while the meeting closed by its clock heard nothing."""


@workflow.defn
class JointMeetingWorkflow(OnlyWriter[MeetingAnswer]):
    """Holds the snapshot of one meeting; ends when it is closed."""

    @workflow.init
    def __init__(self, given: MeetingInput) -> None:
        super().__init__(given.answered)
        self._summons = given.summons
        self._meeting = given.meeting
        self._changes: list[AgendaChange] = list(given.changes)

    @workflow.run
    async def run(self, given: MeetingInput) -> None:
        if self._meeting is None:
            async with self._writing:
                self._meeting = await workflow.execute_activity_method(
                    MeetingActivities.open, self._summons, **options.READ
                )
                await self._step(m.InviteParties.by_engine("invite"), workflow.now())
        timer = MovableTimer(self._next_instant)
        while not self._here.is_finished:
            await timer.wait(until=self._is_called)
            async with self._writing:
                await self._catch_up(workflow.now())
            if workflow.info().is_continue_as_new_suggested() and not self._here.is_finished:
                await self._continue_as_new()
        await workflow.wait_condition(workflow.all_handlers_finished)
        await self._turn_away_the_late()

    # --- the commands of people ------------------------------------------------------------------

    acknowledge = lawful_in_meeting(m.AcknowledgeInvitation)
    report_in = lawful_in_meeting(m.ReportInToMeeting)
    open = lawful_in_meeting(m.OpenSitting)
    add_minutes = lawful_in_meeting(m.AddMinutes)
    decide = lawful_in_meeting(m.DecideItem)
    invite = lawful_in_meeting(m.InviteDepartments)
    postpone = lawful_in_meeting(m.PostponeMeeting)
    adjourn = lawful_in_meeting(m.AdjournMeeting)
    take_off = lawful_in_meeting(m.TakeOffAgenda)
    complete_task = lawful_in_meeting(m.CompleteTask)
    review_task = lawful_in_meeting(m.ReviewTask)

    # --- what issues say -------------------------------------------------------------------------

    @workflow.signal(name=JOIN_AGENDA)
    def join_agenda(self, item: SummonedItem) -> None:
        """Another issue is to be talked about as well."""
        self._changes.append(AgendaChange(joins=item))

    @workflow.signal(name=LEAVE_AGENDA)
    def leave_agenda(self, issue: IssueNumber) -> None:
        """The issue needs no meeting any more."""
        self._changes.append(AgendaChange(leaves=issue))

    @workflow.query
    def snapshot(self) -> Meeting | None:
        """The meeting as its only writer holds it."""
        return self._meeting

    async def _change_agenda(self, change: AgendaChange, at: datetime) -> None:
        now = self._not_before_the_last_step(at)
        fact = f"{self._here.number}:{self._here.version}"
        if change.leaves is not None:
            command = m.TakeOffAgenda.by_engine(f"leaves:{fact}", issue=change.leaves)
            await self._carry_out_if_lawful(command, now)
        item = change.joins
        if item is None:
            return
        added = await self._carry_out_if_lawful(
            m.AddToAgenda.by_engine(
                f"joins:{fact}",
                issue=item.issue,
                grid=item.grid,
                category=item.category,
                departments=item.departments,
            ),
            now,
        )
        if not added:
            await self._tell(item.issue, MEETING_ITEM_SETTLED, self._turned_away(item.issue, now))

    async def _turn_away_the_late(self) -> None:
        """Who joined while the last step was being written; who leaves knows that it has left."""
        while late := [each.joins for each in self._changes if each.joins is not None]:
            self._changes.clear()
            if workflow.patched(HEARS_THE_LATE):
                for item in late:
                    told = self._turned_away(item.issue, workflow.now())
                    await self._tell(item.issue, MEETING_ITEM_SETTLED, told)
            await workflow.wait_condition(workflow.all_handlers_finished)

    def _turned_away(self, issue: IssueNumber, at: datetime) -> MeetingResult:
        return MeetingResult(
            meeting=self._here.number,
            issue=issue,
            outcome=ItemOutcome.TAKEN_OFF,
            at=at,
            is_final=True,
        )

    # --- the clocks ------------------------------------------------------------------------------

    @override
    async def _catch_up(self, to: datetime) -> None:
        while self._changes:
            in_time = self._would_make_late(to)
            await self._do_what_is_due(to if in_time else workflow.now())
            await self._change_agenda(self._changes[0], to if in_time else workflow.now())
            del self._changes[0]
        await self._do_what_is_due(to)

    @override
    async def _step(self, command: Command, at: datetime) -> MeetingAnswer:
        if isinstance(command, m.MissSitting):
            command = _if_let_through(command)
        before, after = self._here, self._here.handle(command, at)
        event = MEETING_LAW[type(command)].event
        planned: MeetingPlan = await workflow.execute_activity_method(
            MeetingActivities.record,
            MeetingStep(event=event, command=command, at=at, after=after),
            **options.recording(event),
        )
        self._meeting = with_plan(after, planned)
        workflow.set_current_details(describe_meeting(self._meeting))
        await self._tell_issues(before, self._meeting, command)
        return MeetingAnswer(
            number=after.number,
            command=command.id,
            event=event,
            version=after.version,
            state=after.state,
            at=at,
        )

    async def _tell_issues(self, before: Meeting, after: Meeting, command: Command) -> None:
        """Who left by itself knows; nobody else hears it twice."""
        for result in results(before, after):
            left_by_itself = isinstance(command, m.TakeOffAgenda) and command.actor == ENGINE
            if not left_by_itself:
                await self._tell(result.issue, MEETING_ITEM_SETTLED, result)
        told, known = dates(before, after)
        for issue in told if known is not None else ():
            await self._tell(issue, MEETING_SCHEDULED, known)

    async def _tell(
        self, issue: IssueNumber, signal: str, news: MeetingResult | MeetingDates | None
    ) -> None:
        """An issue that has ended meanwhile needs to hear nothing."""
        handle = workflow.get_external_workflow_handle(issue_workflow_id(issue))
        try:
            await handle.signal(signal, news)
        except FailureError:
            workflow.logger.info("issue_is_over", extra={"issue": issue, "signal": signal})

    # --- what is known ---------------------------------------------------------------------------

    @property
    @override
    def _governed(self) -> Meeting | None:
        return self._meeting

    @property
    def _here(self) -> Meeting:
        assert self._meeting is not None
        return self._meeting

    @property
    @override
    def _is_under_way(self) -> bool:
        return self._meeting is not None and self._meeting.version > 0

    @property
    @override
    def _is_behind(self) -> bool:
        due = None if self._meeting is None else self._meeting.due(workflow.now())
        return not self._is_under_way or bool(self._changes) or due is not None

    def _is_called(self) -> bool:
        """Whether the main loop has something to do besides waiting."""
        history_is_long = workflow.info().is_continue_as_new_suggested()
        return bool(self._changes) or self._here.is_finished or history_is_long

    def _next_instant(self) -> datetime | None:
        return self._here.next_instant()

    async def _continue_as_new(self) -> None:
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new(
            MeetingInput(
                summons=self._summons,
                meeting=self._meeting,
                answered=tuple(self._answers.values()),
                changes=tuple(self._changes),
            )
        )


def _if_let_through(command: m.MissSitting) -> m.MissSitting:
    """The first is asked only where a proposed time would be taken."""
    if command.to is not None and not workflow.patched(NEXT_PROPOSED):
        command = replace(command, to=None)
    if command.anew and not workflow.patched(MISSED_ANEW):
        command = replace(command, anew=False, quorate=False)
    return command
