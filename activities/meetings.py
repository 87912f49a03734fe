"""The one door through which a workflow changes the record of a meeting."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError
from typing_extensions import override

from activities.contracts import MeetingActivities, MeetingStep
from activities.counting import count_meeting
from activities.invitations import calls, params_of
from activities.outgoing import Matter, put
from domain.commands import Command
from domain.meeting.convening import Summons, convene
from domain.meeting.meeting import Meeting
from domain.meeting.notices import notices_for, settled
from domain.meeting.planning import MeetingPlan, plan, plan_of
from domain.meeting.policy import choose_meeting_policy
from domain.notices import Notice
from domain.reference import grid_at
from observability.logging import bound
from storage import codec
from storage.meetings.queries import MeetingQueries
from storage.meetings.repository import (
    MeetingRepository,
    MeetingVersionConflict,
    RecordedMeetingStep,
)
from storage.reference import ReferenceRepository
from storage.session import Database, Session

log = structlog.get_logger(__name__)


class Written(NamedTuple):
    """A meeting before and after a step, and whether it is this call that wrote it down."""

    before: Meeting | None
    after: Meeting
    is_new: bool


class Meetings(MeetingActivities):
    """Activities over meetings; `now` is the clock of the process, for delivery times only."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    @activity.defn(name="open_meeting")
    @override
    async def open(self, summons: Summons) -> Meeting:
        async with self._database.read() as session:
            references = ReferenceRepository(session)
            grid = await references.grid(grid_at(summons.level, summons.grid))
            policy = choose_meeting_policy(
                await references.meeting_policies(), summons.level, summons.grid, summons.kind
            )
        return convene(summons, policy, grid.unit if grid else None)

    @activity.defn(name="record_meeting_step")
    @override
    async def record(self, step: MeetingStep) -> MeetingPlan:
        number = step.after.number
        with bound(meeting=number, event_name=step.event, version=step.after.version):
            try:
                async with self._database.begin() as session:
                    before, written, is_new = await self._record(session, step)
            except MeetingVersionConflict as conflict:
                raise await self._explained(step, conflict) from conflict
            if is_new:  # after the commit, so that a step that is tried again counts once
                count_meeting(before, written)
                log.info("meeting_step_recorded", state=written.state, outcome=written.outcome)
            return plan_of(step.after, written)

    async def _record(self, session: Session, step: MeetingStep) -> Written:
        meetings = MeetingRepository(session)
        before = await meetings.snapshot(step.after.number)
        if before is not None and before.version >= step.after.version:
            await self._same(meetings, step)
            if before.version == step.after.version:
                return Written(before, before, is_new=False)
        calendar = await ReferenceRepository(session).calendar(step.after.terms.calendar)
        after = plan(step.after, calendar)
        if before is not None and before.version > step.after.version:
            return Written(before, after, is_new=False)
        command = command_of(step)
        recorded = RecordedMeetingStep(command=command, at=step.at, after=after)
        if not await meetings.record(recorded):
            # Another attempt at this step has committed since the snapshot was read.
            return Written(before, after, is_new=False)
        await self._put_notices(session, before, after, command)
        return Written(before, after, is_new=True)

    async def _put_notices(
        self, session: Session, before: Meeting | None, after: Meeting, command: Command
    ) -> None:
        """On the first issue of the agenda; a meeting over nothing has nobody to tell."""
        if not after.agenda:
            return
        called = before or Meeting(origin=after.origin, agenda=after.agenda)
        notices = [_named(after, each) for each in notices_for(called, after, command, self._now())]
        params = {"number": after.number, "level": after.origin.level}
        if calls(notices):
            zone = await ReferenceRepository(session).zone(after.origin.district)
            params |= params_of(after, zone)
        matter = Matter(
            name=after.number,
            issue=after.agenda[0].issue,
            district=after.origin.district,
            params=params,
        )
        pointless = [_about(after, each) for each in settled(after)]
        await put(session, matter, notices, pointless, self._now())

    async def _explained(
        self, step: MeetingStep, conflict: MeetingVersionConflict
    ) -> ApplicationError:
        """A command that stands in the record already is final; a foreign version is not.

        As with issues: it is for an operator to mend, and until then the step waits.
        """
        command = command_of(step)
        async with self._database.read() as session:
            known = await MeetingQueries(session).event_by_command(step.after.number, command.id)
        if known is not None:
            return ApplicationError(str(conflict), type="CommandRepeated", non_retryable=True)
        log.error("version_conflict", reason=str(conflict))
        return ApplicationError(str(conflict), type="VersionConflict")

    async def _same(self, meetings: MeetingRepository, step: MeetingStep) -> None:
        recorded = await meetings.recorded(step.after.number, step.after.version)
        if recorded is None or recorded.command_id != command_of(step).id:
            raise MeetingVersionConflict(f"{step.after.number} at {step.after.version}")


def _about(meeting: Meeting, about: str) -> str:
    """An issue may be before several meetings in turn, each with a first task."""
    return f"{meeting.number}:{about}"


def _named(meeting: Meeting, notice: Notice) -> Notice:
    return replace(notice, about=_about(meeting, notice.about)) if notice.about else notice


def command_of(step: MeetingStep) -> Command:
    """The command itself: an object of its class here, a JSON object when it came by wire."""
    if isinstance(step.command, Command):
        return step.command
    return codec.command(step.event, json.dumps(step.command))
