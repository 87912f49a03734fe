"""`IssueWorkflow`: one issue from whistle to evaluation, its only writer.

People move it by Updates, the clocks by one timer on the next instant. What is allowed and what
is due says the domain; what an instant is says an activity; this file only waits and hands over.
"""

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.contracts import IssueActivities, Planned, Step, completed
from domain import commands as c
from domain.ids import CommandId
from domain.issue import LAW, Issue
from domain.refusals import Refusal
from domain.vocabulary import IssueState
from workflows import options
from workflows.contracts import Answer, IssueInput
from workflows.details import describe
from workflows.lawful import lawful
from workflows.timer import MovableTimer

ANSWERS_KEPT = 100
"""Repeats of older commands are answered from the record by the API."""
RECHECKS_KEPT = 100
LONGEST_OUTAGE = timedelta(days=1)
"""How far back an act may have been asked for; nothing older waits in any queue."""


@workflow.defn
class IssueWorkflow:
    """Holds the snapshot of one issue; ends when nobody can or must act on it any more."""

    @workflow.init
    def __init__(self, given: IssueInput) -> None:
        self._number = given.number
        self._issue = given.issue
        self._answers = {answer.command: answer for answer in given.answered}
        self._rechecks = list(given.rechecks)
        self._rechecked = list(given.rechecked)
        self._writing = asyncio.Lock()

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

    def refuse_unlawful(self, command: c.Command) -> None:
        # A step that is being written may be seen in SQL before it is known here, and updates
        # come before timers in one task: what is under way or due is judged first, in the handler.
        if not self._writing.locked() and not self._is_behind:
            self._refuse_unlawful(command)

    def _refuse_unlawful(self, command: c.Command) -> None:
        if self._issue is None or command.id in self._answers:
            return
        try:
            self._issue.check(command, self._instant_of(command))
        except Refusal as refusal:
            raise ApplicationError(
                str(refusal), refusal.code, refusal.params, type=Refusal.__name__
            ) from refusal

    async def carry_out(self, command: c.Command) -> Answer:
        await workflow.wait_condition(lambda: self._is_under_way)
        async with self._writing:
            if command.id not in self._answers:
                await self._catch_up(self._instant_of(command))
                # Asked again: another command may have been carried out since the validator.
                self._refuse_unlawful(command)
                self._remember(await self._step(command, self._instant_of(command)))
            return self._answers[command.id]

    @workflow.signal
    def reckon_again(self, recheck: str) -> None:
        """A calendar or an absence changed; a `recheck` that comes again is known by its name."""
        if recheck not in self._rechecked:
            self._rechecked = [*self._rechecked, recheck][-RECHECKS_KEPT:]
            self._rechecks.append(recheck)

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

    def _instant_of(self, command: c.Command) -> datetime:
        """When it was asked, so that nobody is late because the engine was away."""
        now = workflow.now()
        asked = command.asked_at
        if asked is None or not now - LONGEST_OUTAGE <= asked <= now:
            return now
        return self._not_before_the_last_step(asked)

    def _not_before_the_last_step(self, at: datetime) -> datetime:
        stepped_at = self._here.stepped_at
        return at if stepped_at is None else max(at, stepped_at)

    async def _catch_up(self, to: datetime) -> None:
        """Whatever is due takes effect at its own instant, in order, however late it is."""
        while self._rechecks:
            fact = f"recheck:{self._rechecks[0]}:{self._here.version}"
            await self._step(c.ReckonAgain.by_engine(fact), workflow.now())
            del self._rechecks[0]
        while (due := self._here.due(to)) is not None:
            await self._step(due.command, self._not_before_the_last_step(due.at))

    async def _step(self, command: c.Command, at: datetime) -> Answer:
        after = self._here.handle(command, at)
        event = LAW[type(command)].event
        planned: Planned = await workflow.execute_activity_method(
            IssueActivities.record,
            Step(event=event, command=command, at=at, after=after),
            **options.recording(event),
        )
        self._issue = completed(after, planned)
        workflow.set_current_details(describe(self._issue))
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
    def _here(self) -> Issue:
        assert self._issue is not None
        return self._issue

    @property
    def _is_behind(self) -> bool:
        """Whether the clocks, or a recheck, call for something that is not written down yet."""
        due = None if self._issue is None else self._issue.due(workflow.now())
        return bool(self._rechecks) or due is not None

    @property
    def _is_under_way(self) -> bool:
        return self._issue is not None and self._issue.state is not IssueState.REPORTED

    @property
    def _is_over(self) -> bool:
        return self._here.is_finished

    def _is_called(self) -> bool:
        """Whether the main loop has something to do besides waiting."""
        history_is_long = workflow.info().is_continue_as_new_suggested()
        return bool(self._rechecks) or self._is_over or history_is_long

    def _next_instant(self) -> datetime | None:
        return self._here.next_instant()

    def _remember(self, answer: Answer) -> None:
        self._answers[answer.command] = answer
        while len(self._answers) > ANSWERS_KEPT:
            oldest: CommandId = next(iter(self._answers))
            del self._answers[oldest]

    async def _continue_as_new(self) -> None:
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new(
            IssueInput(
                number=self._number,
                issue=self._issue,
                answered=tuple(self._answers.values()),
                rechecks=tuple(self._rechecks),
                rechecked=tuple(self._rechecked),
            )
        )
