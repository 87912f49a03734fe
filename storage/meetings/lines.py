"""Columns of a list of meetings, and their row as a view."""

from domain.ids import DistrictCode, GridCode, MeetingNumber
from domain.meeting.words import MeetingKind, MeetingOutcome, MeetingState
from domain.vocabulary import ConvenedBy, Level
from storage.meetings.views import MeetingLine
from storage.models import MeetingRow
from storage.session import AnyRow

LINE_COLUMNS = (
    MeetingRow.id,
    MeetingRow.number,
    MeetingRow.version,
    MeetingRow.kind,
    MeetingRow.state,
    MeetingRow.outcome,
    MeetingRow.district,
    MeetingRow.grid,
    MeetingRow.level,
    MeetingRow.convened_by,
    MeetingRow.convened_at,
    MeetingRow.convenor,
    MeetingRow.sits_at,
    MeetingRow.decide_by,
    MeetingRow.opened_at,
    MeetingRow.postponements,
    MeetingRow.minutes,
    MeetingRow.closed_at,
    MeetingRow.updated_at,
)


def line_of(row: AnyRow) -> MeetingLine:
    return MeetingLine(
        number=MeetingNumber(row.number),
        version=row.version,
        kind=MeetingKind(row.kind),
        state=MeetingState(row.state),
        outcome=MeetingOutcome(row.outcome) if row.outcome else None,
        district=DistrictCode(row.district),
        grid=GridCode(row.grid),
        level=Level(row.level),
        convened_by=ConvenedBy(row.convened_by),
        convened_at=row.convened_at,
        convenor=row.convenor,
        sits_at=row.sits_at,
        decide_by=row.decide_by,
        opened_at=row.opened_at,
        postponements=row.postponements,
        minutes=row.minutes,
        closed_at=row.closed_at,
        updated_at=row.updated_at,
    )
