"""`IssueWorkflow`: one issue from whistle to evaluation, its only writer.

People move it by Updates, the clocks by one timer on the next instant. What is allowed and what
is due says the domain; what an instant is says an activity; this file only waits and hands over.
"""

from dataclasses import replace
from datetime import datetime

from temporalio import workflow
from typing_extensions import override

from activities.contracts import IssueActivities, Planned, Step, completed
from domain import commands as c
from domain.ids import MeetingNumber
from domain.issue import LAW, Issue
from domain.meeting.council import CouncilCall
from domain.meeting.hearing import heard
from domain.meeting.results import MeetingDates, MeetingResult
from domain.vocabulary import IssueState
from workflows import options
from workflows.attending import attend, leave
from workflows.contracts import (
    CALLED_TO_COUNCIL,
    MEETING_ITEM_SETTLED,
    MEETING_SCHEDULED,
    Answer,
    IssueInput,
)
from workflows.details import describe
from workflows.lawful import OnlyWriter, lawful
from workflows.timer import MovableTimer

RECHECKS_KEPT = 100
MEETINGS = "2026-11-joint-meetings"
"""Gate: before it, a second unsatisfied evaluation only went to a dispatcher."""

LEAVES_LATE = "2026-11-issue-leaves-late-councils"
"""Gate: before it, a council that called an issue in its last moment kept it on the agenda."""


@workflow.defn
class IssueWorkflow(OnlyWriter[Answer]):
    """Holds the snapshot of one issue; ends when nobody can or must act on it any more."""

    @workflow.init
    def __init__(self, given: IssueInput) -> None:
        super().__init__(given.answered)
        self._number = given.number
        self._issue = given.issue
        self._rechecks = list(given.rechecks)
        self._rechecked = list(given.rechecked)
        self._news: list[MeetingDates | MeetingResult | CouncilCall] = list(given.news)

    @workflow.run
    async def run(self, given: IssueInput) -> None:
        if self._issue is None:
            self._issue = await workflow.execute_activity_method(
                IssueActivities.open, self._number, **options.READ
            )
        async with self._writing:
            await self._send_on_its_way()
        timer = MovableTimer(self._next_instant)
        while not self._is_over:
            await timer.wait(until=self._is_called)
            async with self._writing:
                await self._catch_up(workflow.now())
            if workflow.info().is_continue_as_new_suggested() and not self._is_over:
                await self._continue_as_new()
        await workflow.wait_condition(workflow.all_handlers_finished)
        await self._leave_late_councils()

    # --- the commands of people ------------------------------------------------------------------

    verify = lawful(c.VerifyIssue)
    decline = lawful(c.DeclineIssue)
    dispatch = lawful(c.DispatchIssue)
    claim = lawful(c.ClaimIssue)
    hand_to_b = lawful(c.HandToB)
    contact = lawful(c.ContactReporter)
    report_in = lawful(c.ReportIn)
    return_ = lawful(c.ReturnIssue)
    decide_return = lawful(c.DecideReturn)
    transfer = lawful(c.TransferIssue)
    note = lawful(c.AddNote)
    request_suspension = lawful(c.RequestSuspension)
    decide_suspension = lawful(c.DecideSuspension)
    resume = lawful(c.ResumeIssue)
    request_extension = lawful(c.RequestExtension)
    decide_extension = lawful(c.DecideExtension)
    complete_part = lawful(c.CompletePart)
    waive_part = lawful(c.WaivePart)
    resolve = lawful(c.ResolveIssue)
    evaluate = lawful(c.EvaluateIssue)
    withdraw = lawful(c.WithdrawIssue)
    mark_duplicate = lawful(c.MarkDuplicate)
    appeal = lawful(c.AppealBreach)
    decide_appeal = lawful(c.DecideAppeal)
    urge = lawful(c.UrgeIssue)
    supervise = lawful(c.SuperviseIssue)
    convene = lawful(c.ConveneMeeting)

    @workflow.signal
    def reckon_again(self, recheck: str) -> None:
        """A calendar or an absence changed; a `recheck` that comes again is known by its name."""
        if recheck not in self._rechecked:
            self._rechecked = [*self._rechecked, recheck][-RECHECKS_KEPT:]
            self._rechecks.append(recheck)

    @workflow.signal(name=MEETING_SCHEDULED)
    def meeting_scheduled(self, dates: MeetingDates) -> None:
        """The meeting has its day, or another one."""
        self._news.append(dates)

    @workflow.signal(name=MEETING_ITEM_SETTLED)
    def meeting_item_settled(self, result: MeetingResult) -> None:
        """The meeting has decided, failed, or is done with this issue."""
        self._news.append(result)

    @workflow.signal(name=CALLED_TO_COUNCIL)
    def called_to_council(self, call: CouncilCall) -> None:
        """A council would talk about it."""
        self._news.append(call)

    @workflow.query
    def snapshot(self) -> Issue | None:
        """The issue as its only writer holds it."""
        return self._issue

    # --- the clocks ------------------------------------------------------------------------------

    async def _send_on_its_way(self) -> None:
        issue = self._here
        if issue.state is not IssueState.REPORTED:
            return
        first: c.Command
        if issue.pinned.needs_verification:
            first = c.RequireVerification.by_engine("birth")
        elif issue.proposal is None:
            first = c.ReferToDispatcher.by_engine("birth")
        else:
            to = issue.proposal
            first = c.DispatchIssue.by_engine("birth", lead=to.lead, co=to.co, rule=to.rule)
        await self._step(first, workflow.now())

    @override
    async def _catch_up(self, to: datetime) -> None:
        """Whatever is due takes effect at its own instant, in order, however late it is."""
        while self._rechecks:
            fact = f"recheck:{self._rechecks[0]}:{self._here.version}"
            at = to if self._would_make_late(to) else workflow.now()
            await self._step(c.ReckonAgain.by_engine(fact), self._not_before_the_last_step(at))
            del self._rechecks[0]
        while self._news:
            at = to if self._would_make_late(to) else workflow.now()
            await self._hear(self._news[0], at)
            del self._news[0]
        self._drop_ungated_call()
        await self._do_what_is_due(to)

    async def _hear(self, news: MeetingDates | MeetingResult | CouncilCall, at: datetime) -> None:
        """What the meeting told takes effect at its own instant, like a deadline."""
        if isinstance(news, MeetingResult):
            at = self._not_before_the_last_step(min(news.at, at))
        await self._do_what_is_due(at)
        lawful = await self._carry_out_if_lawful(heard(news), self._not_before_the_last_step(at))
        if isinstance(news, CouncilCall) and not lawful and not self._is_before(news.meeting):
            await leave(news.meeting, self._number)

    async def _leave_late_councils(self) -> None:
        """Those that called while the last step was being written would wait for nobody."""
        while calls := [each for each in self._news if isinstance(each, CouncilCall)]:
            self._news.clear()
            if workflow.patched(LEAVES_LATE):
                for call in calls:
                    if not self._is_before(call.meeting):
                        await leave(call.meeting, self._number)
            await workflow.wait_condition(workflow.all_handlers_finished)

    def _is_before(self, council: MeetingNumber) -> bool:
        """A council that calls again, as a run that is made again does, changes nothing."""
        known = self._here.council
        return known is not None and known.number == council

    def _drop_ungated_call(self) -> None:
        """An issue that waited for a dispatcher before there were meetings goes on waiting."""
        called = self._here.meeting_called
        if called is not None and not workflow.patched(MEETINGS):
            self._issue = replace(self._here, meeting_called=None)

    @override
    async def _step(self, command: c.Command, at: datetime) -> Answer:
        after = self._here.handle(command, at)
        event = LAW[type(command)].event
        planned: Planned = await workflow.execute_activity_method(
            IssueActivities.record,
            Step(event=event, command=command, at=at, after=after),
            **options.recording(event),
        )
        before, self._issue = self._here, completed(after, planned)
        workflow.set_current_details(describe(self._issue))
        refused = await attend(before, self._issue, command, at)
        self._news += refused
        return Answer(
            number=self._number,
            command=command.id,
            event=event,
            version=after.version,
            state=after.state,
            at=at,
        )

    # --- what is known ---------------------------------------------------------------------------

    @property
    @override
    def _governed(self) -> Issue | None:
        return self._issue

    @property
    def _here(self) -> Issue:
        assert self._issue is not None
        return self._issue

    @property
    @override
    def _is_behind(self) -> bool:
        """Whether the clocks, or a recheck, call for something that is not written down yet."""
        due = None if self._issue is None else self._issue.due(workflow.now())
        return bool(self._rechecks or self._news) or due is not None

    @property
    @override
    def _is_under_way(self) -> bool:
        return self._issue is not None and self._issue.state is not IssueState.REPORTED

    @property
    def _is_over(self) -> bool:
        return self._here.is_finished

    def _is_called(self) -> bool:
        """Whether the main loop has something to do besides waiting."""
        history_is_long = workflow.info().is_continue_as_new_suggested()
        return bool(self._rechecks or self._news) or self._is_over or history_is_long

    def _next_instant(self) -> datetime | None:
        return self._here.next_instant()

    async def _continue_as_new(self) -> None:
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new(
            IssueInput(
                number=self._number,
                issue=self._issue,
                answered=tuple(self._answers.values()),
                rechecks=tuple(self._rechecks),
                rechecked=tuple(self._rechecked),
                news=tuple(self._news),
            )
        )
