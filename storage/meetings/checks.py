"""The reconciler's questions to the record of meetings: what there is, and whether it is whole."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from domain.ids import MeetingNumber
from domain.meeting.meeting import Meeting
from domain.meeting.words import MeetingState
from storage import codec
from storage.meetings.events import EVENT_COLUMNS, event_of
from storage.meetings.views import RecordedMeetingEvent
from storage.models import MeetingEventRow, MeetingRow
from storage.session import AnyRow, Session

_COLUMNS = (
    MeetingRow.id,
    MeetingRow.number,
    MeetingRow.version,
    MeetingRow.snapshot,
    MeetingRow.next_at,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingOnRecord:
    """A meeting as the record has it."""

    id: int
    number: MeetingNumber
    version: int
    snapshot: Meeting
    next_at: datetime | None
    """As the row says, which may be older than the snapshot: `has_its_clock`."""

    @property
    def has_its_clock(self) -> bool:
        """Not if a worker wrote it last that knew nothing of the column."""
        return self.next_at == self.snapshot.next_instant()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableMeeting:
    """A meeting whose snapshot no code of today understands."""

    id: int
    number: MeetingNumber


class MeetingChecks:
    """Reads; changes nothing."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def quiet(
        self, *, is_open: bool, after: int, limit: int, before: datetime
    ) -> tuple[MeetingOnRecord | UnreadableMeeting, ...]:
        """Meetings in order of their ordinals whose last step was written before an instant."""
        closed = MeetingRow.state == MeetingState.CLOSED
        found = (
            _quiet(before)
            .where(MeetingRow.id > after, ~closed if is_open else closed)
            .order_by(MeetingRow.id)
            .limit(limit)
        )
        return tuple(_if_readable(row) for row in await self._session.execute(found))

    async def late(self, before: datetime, limit: int) -> tuple[MeetingOnRecord, ...]:
        """Quiet meetings whose clocks called before an instant, by their column alone."""
        found = (
            _quiet(before)
            .where(MeetingRow.next_at < before)
            .order_by(MeetingRow.next_at)
            .limit(limit)
        )
        rows = await self._session.execute(found)
        return tuple(
            each for each in map(_if_readable, rows) if not isinstance(each, UnreadableMeeting)
        )

    async def meeting(self, number: MeetingNumber) -> MeetingOnRecord | None:
        """One meeting, as it is now."""
        found = select(*_COLUMNS).where(MeetingRow.number == number)
        row = (await self._session.execute(found)).one_or_none()
        return _on_record(row) if row else None

    async def events(self, number: MeetingNumber, up_to: int) -> tuple[RecordedMeetingEvent, ...]:
        """Every event up to a version, in order; a meeting has some hundreds at most."""
        found = (
            select(*EVENT_COLUMNS)
            .where(MeetingEventRow.meeting_number == number, MeetingEventRow.version <= up_to)
            .order_by(MeetingEventRow.version)
        )
        return tuple(event_of(row) for row in await self._session.execute(found))

    async def last_events(
        self, number: MeetingNumber, count: int
    ) -> tuple[RecordedMeetingEvent, ...]:
        """The newest events, oldest of them first."""
        found = (
            select(*EVENT_COLUMNS)
            .where(MeetingEventRow.meeting_number == number)
            .order_by(MeetingEventRow.version.desc())
            .limit(count)
        )
        rows = (await self._session.execute(found)).all()
        return tuple(event_of(row) for row in reversed(rows))

    async def gaps(self, number: MeetingNumber, version: int) -> int:
        """How many versions from the first to this one have no event."""
        counted = select(func.count()).where(
            MeetingEventRow.meeting_number == number, MeetingEventRow.version <= version
        )
        present: int = (await self._session.execute(counted)).scalar_one()
        return version - present


def _quiet(before: datetime) -> Select[*tuple[Any, ...]]:
    """Meetings whose last step was written before an instant."""
    newest = (MeetingEventRow.meeting_number == MeetingRow.number) & (
        MeetingEventRow.version == MeetingRow.version
    )
    recorded_at = func.coalesce(MeetingEventRow.recorded_at, MeetingRow.updated_at)
    return select(*_COLUMNS).outerjoin(MeetingEventRow, newest).where(recorded_at < before)


def _if_readable(row: AnyRow) -> MeetingOnRecord | UnreadableMeeting:
    """One row that cannot be read leaves the rest of its page readable."""
    try:
        return _on_record(row)
    except ValueError:
        return UnreadableMeeting(id=row.id, number=MeetingNumber(row.number))


def _on_record(row: AnyRow) -> MeetingOnRecord:
    return MeetingOnRecord(
        id=row.id,
        number=MeetingNumber(row.number),
        version=row.version,
        snapshot=codec.MEETING.validate_json(row.snapshot),
        next_at=row.next_at,
    )
