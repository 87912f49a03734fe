"""Rows of the record, read back into the commands they tell of."""

from domain.events import EventName
from domain.ids import CommandId, IssueNumber
from domain.vocabulary import IssueState
from storage import codec
from storage.models import EventRow
from storage.session import AnyRow
from storage.views import RecordedEvent

EVENT_COLUMNS = (
    EventRow.issue_number,
    EventRow.version,
    EventRow.name,
    EventRow.at,
    EventRow.recorded_at,
    EventRow.command_id,
    EventRow.state,
    EventRow.payload,
)


def event_of(row: AnyRow) -> RecordedEvent:
    """The event of a row of `EVENT_COLUMNS`; the birth has no command and is not one."""
    return RecordedEvent(
        number=IssueNumber(row.issue_number),
        version=row.version,
        name=EventName(row.name),
        at=row.at,
        recorded_at=row.recorded_at,
        command_id=CommandId(row.command_id),
        state=IssueState(row.state),
        command=codec.command(row.name, row.payload),
    )
