"""Holds issues against the agendas they are on, and tells again what a signal did not bring.

Nothing is told on the word of a record alone: both workflows have to answer, to be at rest and to
hold what is on record of them. Where one does not, the finding goes to people and nothing moves.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.upkeep import Aggregate, Finding, FindingKind
from domain.commands import ConveneMeeting
from domain.ids import MeetingNumber
from domain.issue import Issue
from domain.meeting.meeting import Meeting
from domain.meeting.parts import AgendaItem
from domain.meeting.results import MeetingDates, results_again
from domain.meeting.words import MeetingKind
from domain.parts import MeetingRef
from domain.vocabulary import DeadlineKind, IssueState, Outcome
from intake.rewriting import Rewriter
from intake.starting import ANSWERS, StartRefused
from intake.starting_meetings import MeetingStarter
from intake.witness import Silent, Witness
from storage.checks import Checks
from storage.meetings.checks import MeetingChecks
from storage.session import Database
from workflows import contracts
from workflows.attending import summons_of

K = FindingKind
_GONE = frozenset({Outcome.WITHDRAWN, Outcome.DUPLICATE})
"""Ends of an issue that its tasks do not outlive."""


class Agendas:
    """What issues and meetings know of each other."""

    def __init__(self, client: Client, database: Database) -> None:
        self._client = client
        self._database = database
        self._witness = Witness(client)
        self._rewriter = Rewriter(client, database)
        self._starter = MeetingStarter(client, database)

    async def of_issue(self, issue: Issue, before: datetime) -> Finding | None:
        """Whether the issue knows what the meeting it is before has said of it.

        One that is closed needs to hear nothing: tasks are done and reviewed without it.
        """
        if issue.meeting is None or issue.state is IssueState.CLOSED:
            return None
        number = issue.meeting.number
        async with self._database.read() as session:
            found = await MeetingChecks(session).meeting(number)
        if found is None:
            repaired = await self._written_again(number) or await self._called_again(issue)
            kind = K.MEETING_UNKNOWN
            return Finding(kind=kind, number=issue.number, detail=number, repaired=repaired)
        meeting = found.snapshot
        if not _is_at_rest(meeting, before):
            return None
        news = _news(issue, issue.meeting, meeting)
        if not news:
            return None
        workflow_id = contracts.issue_workflow_id(issue.number)
        told = await self._are_sure(issue, meeting)
        for signal, each in news:
            told = told and await self._tell(workflow_id, signal, each)
        return Finding(kind=K.NEWS_LOST, number=issue.number, detail=number, repaired=told)

    async def _written_again(self, number: MeetingNumber) -> bool:
        """From the history of the meeting's workflow, if that is still there."""
        try:
            held = await self._witness.held(contracts.meeting_workflow_id(number), Meeting)
        except Silent:
            return False
        return await self._rewriter.rewrite_meeting(None, held)

    async def _called_again(self, issue: Issue) -> bool:
        """As the issue called it, if nobody ever heard of it; not one that others called."""
        meeting = issue.in_meeting
        if meeting is None or meeting.number != f"{issue.number}-M{issue.meetings}":
            return False
        if await self._witness.status(contracts.meeting_workflow_id(meeting.number)) is not None:
            return False
        if not await self._witness.is_sure(issue, contracts.issue_workflow_id(issue.number)):
            return False
        call = await self._call(issue)
        try:
            return call is not None and await self._starter.begin(
                summons_of(issue, call, meeting.since)
            )
        except StartRefused:
            return False

    async def _call(self, issue: Issue) -> ConveneMeeting | None:
        """The newest; an issue is before one meeting at a time."""
        async with self._database.read() as session:
            events = await Checks(session).last_events(issue.number, ANSWERS)
        called = [each.command for each in events if isinstance(each.command, ConveneMeeting)]
        return called[-1] if called and called[-1].joins is None else None

    async def of_meeting(self, meeting: Meeting, before: datetime) -> list[Finding]:
        """Whether what is on the agenda still belongs there.

        A council's issues do not wait for it, and may not have heard of it yet: only one that is
        closed cannot hear of it any more.
        """
        if meeting.is_finished:
            return []
        return [each async for each in self._stale(meeting, before)]

    async def _stale(self, meeting: Meeting, before: datetime) -> AsyncIterator[Finding]:
        for item in meeting.agenda:
            if not item.is_open:
                continue
            async with self._database.read() as session:
                found = await Checks(session).issue(item.issue)
            issue = found.snapshot if found else None
            if issue is None or not _is_at_rest(issue, before) or _waits(issue, meeting, item):
                continue
            if meeting.origin.kind is MeetingKind.COUNCIL and issue.state is not IssueState.CLOSED:
                continue
            workflow_id = contracts.meeting_workflow_id(meeting.number)
            told = await self._are_sure(issue, meeting)
            told = told and await self._tell(workflow_id, contracts.LEAVE_AGENDA, item.issue)
            yield Finding(
                kind=K.AGENDA_STALE,
                number=meeting.number,
                detail=item.issue,
                repaired=told,
                aggregate=Aggregate.MEETING,
            )

    async def _are_sure(self, issue: Issue, meeting: Meeting) -> bool:
        """Asked last, when there is something to tell: a record may lag behind its workflow."""
        return await self._witness.is_sure(
            meeting, contracts.meeting_workflow_id(meeting.number)
        ) and await self._witness.is_sure(issue, contracts.issue_workflow_id(issue.number))

    async def _tell(self, workflow_id: str, signal: str, news: object) -> bool:
        """False when nobody is there to hear it."""
        try:
            await self._client.get_workflow_handle(workflow_id).signal(signal, news)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return False
        return True


def _is_at_rest(one: Issue | Meeting, before: datetime) -> bool:
    return one.stepped_at is not None and one.stepped_at < before


def _news(issue: Issue, before: MeetingRef, meeting: Meeting) -> list[tuple[str, Any]]:
    """What the issue has to be told once more, in order."""
    results = results_again(
        meeting, issue.number, since=before.since, undecided=before.is_undecided
    )
    if results:
        return [(contracts.MEETING_ITEM_SETTLED, each) for each in results]
    if not before.is_undecided or meeting.sits_at is None or meeting.decide_by is None:
        return []
    deadline = issue.deadline(DeadlineKind.MEETING)
    known = (before.sits_at, deadline and deadline.due_by)
    if known == (meeting.sits_at, meeting.decide_by):
        return []
    dates = MeetingDates(
        meeting=meeting.number,
        version=meeting.version,
        sits_at=meeting.sits_at,
        decide_by=meeting.decide_by,
    )
    return [(contracts.MEETING_SCHEDULED, dates)]


def _waits(issue: Issue, meeting: Meeting, item: AgendaItem) -> bool:
    """Tasks of a decision outlive a good end of their issue, and not its withdrawal."""
    is_before = issue.meeting is not None and issue.meeting.number == meeting.number
    return is_before or (item.decision is not None and issue.outcome not in _GONE)
