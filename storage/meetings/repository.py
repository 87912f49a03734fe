"""The writing side of a meeting: its snapshot and the record of its steps; for activities only."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, inspect, or_, select, update
from sqlalchemy.dialects.postgresql import Insert, insert

from domain.commands import Command
from domain.ids import MeetingNumber
from domain.meeting.meeting import MEETING_LAW, Meeting
from storage import codec
from storage.meetings import projection
from storage.meetings.events import EVENT_COLUMNS, event_of
from storage.meetings.views import RecordedMeetingEvent
from storage.models import (
    Base,
    MeetingEventRow,
    MeetingItemRow,
    MeetingPartyRow,
    MeetingRow,
    MeetingTaskRow,
)
from storage.session import AnyRow, Session


class MeetingVersionConflict(Exception):
    """The meeting is not at the version the step starts from; nothing was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedMeetingStep:
    """An accepted command, its instant, and the meeting after it with its instants reckoned."""

    command: Command
    at: datetime
    after: Meeting


def _upsert(row: type[Base]) -> Insert:
    """A row that is there already is written only if it differs."""
    written = insert(row)
    mapper = inspect(row)
    keys = [column.name for column in mapper.primary_key]
    names = [column.name for column in mapper.columns if column.name not in keys]
    new, old = written.excluded, mapper.c
    return written.on_conflict_do_update(
        index_elements=keys,
        set_={name: new[name] for name in names},
        where=or_(*(old[name].is_distinct_from(new[name]) for name in names)),
    )


# Built once: building a statement costs more than running it.
_BEGIN = insert(MeetingRow).on_conflict_do_nothing().returning(MeetingRow.id)
_ADVANCE = (
    update(MeetingRow)
    .where(MeetingRow.number == bindparam("_number"), MeetingRow.version == bindparam("_expected"))
    .returning(MeetingRow.id)
)
_EVENT = insert(MeetingEventRow).on_conflict_do_nothing().returning(MeetingEventRow.version)
_PARTIES, _ITEMS, _TASKS = map(_upsert, (MeetingPartyRow, MeetingItemRow, MeetingTaskRow))


class MeetingRepository:
    """Snapshots and steps."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def snapshot(self, number: MeetingNumber) -> Meeting | None:
        """The meeting as its last step left it; None before its first one."""
        found = select(MeetingRow.snapshot).where(MeetingRow.number == number)
        document = (await self._session.execute(found)).scalar_one_or_none()
        return codec.MEETING.validate_json(document) if document else None

    async def record(self, step: RecordedMeetingStep) -> bool:
        """Writes the step and what it changes; False, and nothing written, if it already was.

        Raises:
            MeetingVersionConflict: the meeting is at another version, another command made this
                one, or this command made another; the transaction has to be rolled back.
        """
        if not await self._advance(step):
            return await self._was_recorded(step)
        await self._write_event(step)
        await self._write_parts(step.after)
        return True

    async def recorded(self, number: MeetingNumber, version: int) -> RecordedMeetingEvent | None:
        """The step that made this version."""
        row = await self._event(number, version)
        return event_of(row) if row else None

    async def set_clock(self, meeting: Meeting) -> None:
        """Fills in what a worker left out that knew nothing of the column; a newer step wins."""
        at_rest = (MeetingRow.number == meeting.number) & (MeetingRow.version == meeting.version)
        await self._session.execute(
            update(MeetingRow).where(at_rest).values(next_at=meeting.next_instant())
        )

    async def _advance(self, step: RecordedMeetingStep) -> bool:
        """The first step brings the meeting in; of two racing ones, one finds the version gone."""
        meeting = step.after
        values = {**projection.of_meeting(meeting), "updated_at": step.at}
        if meeting.version == 1:
            begun = await self._session.execute(_BEGIN, values | projection.of_origin(meeting))
            return begun.one_or_none() is not None
        key = {"_number": meeting.number, "_expected": meeting.version - 1}
        advanced = await self._session.execute(_ADVANCE, values | key)
        return advanced.one_or_none() is not None

    async def _was_recorded(self, step: RecordedMeetingStep) -> bool:
        meeting = step.after
        row = await self._event(meeting.number, meeting.version)
        if row is None or row.command_id != step.command.id:
            raise MeetingVersionConflict(f"{meeting.number} is not at {meeting.version - 1}")
        return False

    async def _event(self, number: MeetingNumber, version: int) -> AnyRow | None:
        found = select(*EVENT_COLUMNS).where(
            MeetingEventRow.meeting_number == number, MeetingEventRow.version == version
        )
        return (await self._session.execute(found)).one_or_none()

    async def _write_event(self, step: RecordedMeetingStep) -> None:
        written = await self._session.execute(_EVENT, _event_values(step))
        if written.one_or_none() is None:
            raise MeetingVersionConflict(f"{step.command.id} has made another version already")

    async def _write_parts(self, meeting: Meeting) -> None:
        agenda = enumerate(meeting.agenda, start=1)
        parts = (
            (_PARTIES, [projection.of_party(meeting, each) for each in meeting.parties]),
            (_ITEMS, [projection.of_item(meeting, ordinal, each) for ordinal, each in agenda]),
            (_TASKS, [projection.of_task(meeting, each) for each in meeting.tasks]),
        )
        for statement, rows in parts:
            if rows:
                await self._session.execute(statement, rows)


def _event_values(step: RecordedMeetingStep) -> dict[str, object]:
    command = step.command
    return {
        "meeting_number": step.after.number,
        "version": step.after.version,
        "name": MEETING_LAW[type(command)].event,
        "at": step.at,
        "actor": command.actor.subject,
        "department": command.actor.department,
        "command_id": command.id,
        "state": step.after.state,
        "text_id": command.text,
        "payload": codec.command_text(command),
    }
