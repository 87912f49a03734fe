"""Holds every meeting on record against its workflow, the law and the issues on its agenda.

Safe is what is safe with issues. A meeting that has just moved is left alone for the grace.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus
from typing_extensions import override

from activities.replaying import ReplayRefused
from activities.replaying_meetings import TooLong, meeting_difference
from activities.upkeep import (
    Aggregate,
    Checked,
    Finding,
    FindingKind,
    MeetingReconcilerActivities,
    PageOfMeetings,
    Part,
)
from domain.meeting.meeting import Meeting
from intake import findings as told
from intake.agendas import Agendas
from intake.rewriting import Rewriter
from intake.starting import StartRefused
from intake.starting_meetings import MeetingStarter
from intake.witness import Silent, Witness
from storage.meetings.checks import MeetingChecks, MeetingOnRecord, UnreadableMeeting
from storage.meetings.repository import MeetingRepository
from storage.session import Database
from workflows.contracts import meeting_workflow_id

K = FindingKind


class MeetingReconciler(MeetingReconcilerActivities):
    """The checks of upkeep over meetings. Several may run at once: every repair is idempotent."""

    def __init__(
        self, database: Database, client: Client, now: Callable[[], datetime], grace: timedelta
    ) -> None:
        self._database = database
        self._now = now
        self._grace = grace
        self._witness = Witness(client)
        self._agendas = Agendas(client, database)
        self._starter = MeetingStarter(client, database)
        self._rewriter = Rewriter(client, database)

    @activity.defn(name="check_meetings")
    @override
    async def check_meetings(self, page: PageOfMeetings) -> Checked:
        before = self._now() - self._grace
        async with self._database.read() as session:
            meetings = await MeetingChecks(session).quiet(
                is_open=page.part is Part.OPEN, after=page.after, limit=page.limit, before=before
            )
        findings = await told.checked(
            Aggregate.MEETING, meetings, lambda each: self._check_if_readable(each, before)
        )
        told.count(page.part, Aggregate.MEETING, len(meetings))
        told.tell(findings)
        is_end = len(meetings) < page.limit
        after = 0 if is_end else meetings[-1].id
        return Checked(meetings=len(meetings), after=after, findings=findings)

    async def _check_if_readable(
        self, meeting: MeetingOnRecord | UnreadableMeeting, before: datetime
    ) -> list[Finding]:
        if isinstance(meeting, UnreadableMeeting):
            return [told.failed(Aggregate.MEETING, meeting.number, "snapshot")]
        return await self._check(meeting, before)

    async def _check(self, meeting: MeetingOnRecord, before: datetime) -> list[Finding]:
        """What moved between the looks at record, workflow and agenda is no finding."""
        findings = await self._look_at(meeting, before)
        if all(each.repaired for each in findings) or not await self._has_moved(meeting):
            return findings
        return [each for each in findings if each.repaired]

    async def _has_moved(self, meeting: MeetingOnRecord) -> bool:
        async with self._database.read() as session:
            now = await MeetingChecks(session).meeting(meeting.number)
        return now is None or now.version != meeting.version

    async def _look_at(self, meeting: MeetingOnRecord, before: datetime) -> list[Finding]:
        await self._set_clock(meeting)
        findings = await self._check_record(meeting)
        is_whole = not findings
        if finding := await self._check_run(meeting, is_whole=is_whole):
            findings.append(finding)
        if is_whole and not _is_late(meeting, before) and (found := told.ignored(meeting, before)):
            findings.append(found)
        if not findings:
            findings += await self._agendas.of_meeting(meeting.snapshot, before)
        return findings

    async def _set_clock(self, meeting: MeetingOnRecord) -> None:
        """So that the next round finds it by its column; nothing anybody has to know of."""
        if not meeting.has_its_clock:
            async with self._database.begin() as session:
                await MeetingRepository(session).set_clock(meeting.snapshot)

    async def _check_record(self, meeting: MeetingOnRecord) -> list[Finding]:
        """No gap among the events, and they lead to the snapshot; all seen at one instant."""
        async with self._database.read() as session:
            checks = MeetingChecks(session)
            now = await checks.meeting(meeting.number)
            if now is None or now.version != meeting.version:
                return []
            if missing := await checks.gaps(meeting.number, meeting.version):
                return [_found(K.EVENTS_GAP, meeting, str(missing))]
            try:
                differing = await meeting_difference(session, meeting.snapshot)
            except ReplayRefused as refused:
                return [_found(K.REPLAY_REFUSED, meeting, str(refused))]
            except TooLong:
                return [_found(K.CHECK_FAILED, meeting, "too_many_events")]
        return [_found(K.REPLAY_DIFFERS, meeting, differing)] if differing else []

    async def _check_run(self, meeting: MeetingOnRecord, *, is_whole: bool) -> Finding | None:
        is_over = meeting.snapshot.is_finished
        status = await self._witness.status(meeting_workflow_id(meeting.number))
        if status is None:
            return None if is_over else await self._go_on(meeting, is_whole=is_whole)
        if status is not WorkflowExecutionStatus.RUNNING:
            return None if is_over else _found(K.WORKFLOW_ENDED, meeting, status.name.lower())
        return _found(K.WORKFLOW_LEFT_OVER, meeting) if is_over else await self._compare(meeting)

    async def _go_on(self, meeting: MeetingOnRecord, *, is_whole: bool) -> Finding:
        """Where the record is whole the workflow can go on from it; else a person has to look."""
        if not is_whole:
            return _found(K.WORKFLOW_MISSING, meeting, "record_not_whole")
        try:
            started = await self._starter.go_on(meeting.number)
        except StartRefused:
            return _found(K.WORKFLOW_MISSING, meeting, "start_refused")
        detail = f"version_{meeting.version}"
        return _found(K.WORKFLOW_MISSING, meeting, detail, repaired=started)

    async def _compare(self, meeting: MeetingOnRecord) -> Finding | None:
        try:
            held = await self._witness.held(meeting_workflow_id(meeting.number), Meeting)
        except Silent as silence:
            return _found(K.WORKFLOW_SILENT, meeting, str(silence))
        if await self._has_moved(meeting):
            return None  # the next round sees it at rest
        kind = _disagreement(meeting, held)
        if kind is None:
            return None
        detail = f"record_{meeting.version}_workflow_{held.version if held else 0}"
        repaired = kind is K.RECORD_BEHIND and await self._rewriter.rewrite_meeting(
            meeting.snapshot, held
        )
        return _found(kind, meeting, detail, repaired=repaired)


def _is_late(meeting: MeetingOnRecord, before: datetime) -> bool:
    """Whether every round finds it by its own query, for all meetings at once."""
    return meeting.next_at is not None and meeting.next_at < before


def _disagreement(meeting: MeetingOnRecord, held: Meeting | None) -> FindingKind | None:
    version = held.version if held else 0
    if version < meeting.version:
        return K.RECORD_AHEAD
    if version > meeting.version:
        return K.RECORD_BEHIND
    return K.RECORD_DIFFERS if held != meeting.snapshot else None


def _found(
    kind: FindingKind, meeting: MeetingOnRecord, detail: str = "", *, repaired: bool = False
) -> Finding:
    return Finding(
        kind=kind,
        number=meeting.number,
        detail=detail,
        repaired=repaired,
        aggregate=Aggregate.MEETING,
    )
