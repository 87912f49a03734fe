"""Rows of the record of meetings, read back into commands and into what people read."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from domain.ids import CommandId, DepartmentCode, MeetingNumber, Subject
from domain.meeting.words import MeetingEvent, MeetingState
from domain.vocabulary import ItemOutcome, Role
from storage import codec
from storage.meetings.views import MeetingEntry, RecordedMeetingEvent
from storage.models import MeetingEventRow, MeetingItemRow
from storage.said import SAID
from storage.session import AnyRow
from storage.timeline import NO_DETAIL

EVENT_COLUMNS = (
    MeetingEventRow.meeting_number,
    MeetingEventRow.version,
    MeetingEventRow.name,
    MeetingEventRow.at,
    MeetingEventRow.recorded_at,
    MeetingEventRow.command_id,
    MeetingEventRow.state,
    MeetingEventRow.payload,
)
_PASSED_UP = (
    select(func.array_agg(aggregate_order_by(MeetingItemRow.issue_number, MeetingItemRow.ordinal)))
    .where(
        MeetingItemRow.meeting_number == MeetingEventRow.meeting_number,
        MeetingEventRow.name == MeetingEvent.ADJOURNED,
        MeetingItemRow.outcome == ItemOutcome.PASSED_UP,
        MeetingItemRow.decided_at.is_(None),
        MeetingItemRow.ended_at == MeetingEventRow.at,
    )
    .correlate(MeetingEventRow)
    .scalar_subquery()
)
"""What an adjournment passed up undecided; the command itself names nothing."""
ENTRY_COLUMNS = (
    MeetingEventRow.version,
    MeetingEventRow.name,
    MeetingEventRow.at,
    MeetingEventRow.actor,
    MeetingEventRow.department,
    MeetingEventRow.state,
    MeetingEventRow.payload,
    _PASSED_UP.label("passed_up"),
    *SAID,
)


def event_of(row: AnyRow) -> RecordedMeetingEvent:
    """The event of a row of `EVENT_COLUMNS`."""
    return RecordedMeetingEvent(
        number=MeetingNumber(row.meeting_number),
        version=row.version,
        name=MeetingEvent(row.name),
        at=row.at,
        recorded_at=row.recorded_at,
        command_id=CommandId(row.command_id),
        state=MeetingState(row.state),
        command=codec.command(row.name, row.payload),
    )


def entry_of(row: AnyRow, text: str | None) -> MeetingEntry:
    """The entry of a row of `ENTRY_COLUMNS`, with what was said."""
    payload: dict[str, Any] = codec.ANYTHING.validate_json(row.payload)
    details = {name: value for name, value in payload.items() if name not in NO_DETAIL}
    if row.passed_up:
        details["passed_up"] = row.passed_up
    return MeetingEntry(
        version=row.version,
        name=MeetingEvent(row.name),
        at=row.at,
        actor=Subject(row.actor),
        roles=tuple(Role(each) for each in payload["actor"].get("roles", ())),
        department=DepartmentCode(row.department) if row.department else None,
        state=MeetingState(row.state),
        text=text,
        text_erased_at=row.erased_at,
        details=details,
    )
