"""Reads of meetings: pages of lines, one meeting, its timeline, what is owed in them."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, or_, select

from domain.ids import (
    CommandId,
    DepartmentCode,
    GridCode,
    IssueNumber,
    MeetingNumber,
    Subject,
    TextId,
)
from domain.meeting.meeting import Meeting
from domain.meeting.membership import MeetingScope
from domain.meeting.words import MeetingKind, MeetingState
from domain.vocabulary import Level
from storage import codec
from storage.cursors import cursor_after, id_of
from storage.filters import in_subtree, lies_in_one_of
from storage.meetings.duties import cursor_behind_duty, most_pressing_first
from storage.meetings.events import ENTRY_COLUMNS, EVENT_COLUMNS, entry_of, event_of
from storage.meetings.lines import LINE_COLUMNS, line_of
from storage.meetings.owing import owed_by
from storage.meetings.views import (
    Duty,
    MeetingDetail,
    MeetingEntry,
    MeetingLine,
    Owed,
    RecordedMeetingEvent,
)
from storage.models import MeetingEventRow, MeetingItemRow, MeetingRow, TextRow
from storage.said import said
from storage.session import Session
from storage.texts import Texts
from storage.views import Page

LARGEST_PAGE = 100
_MOST_ENTRIES = 200
MOST_OWED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingFilter:
    """What is asked for; what is left out does not matter.

    `grid` is a whole subtree; `issue` is or was on the agenda; `scope` is who asks.
    """

    states: tuple[MeetingState, ...] = ()
    kind: MeetingKind | None = None
    level: Level | None = None
    grid: GridCode | None = None
    convenor: DepartmentCode | None = None
    issue: IssueNumber | None = None
    scope: MeetingScope | None = None


class MeetingQueries:
    """Everything the API asks about meetings."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def meeting(
        self, number: MeetingNumber, scope: MeetingScope | None = None
    ) -> MeetingDetail | None:
        """The meeting, if it exists and lies in the scope."""
        found = select(*LINE_COLUMNS, MeetingRow.snapshot).where(MeetingRow.number == number)
        if scope is not None:
            found = found.where(_is_seen_by(scope))
        row = (await self._session.execute(found)).one_or_none()
        if row is None:
            return None
        meeting = codec.MEETING.validate_json(row.snapshot)
        texts = await Texts(self._session).many(filter(None, _texts_of(meeting)))
        return MeetingDetail(
            line=line_of(row),
            snapshot=meeting,
            texts={each.id: each.body for each in texts.values()},
        )

    async def meetings(
        self, wanted: MeetingFilter, *, cursor: str | None = None, limit: int = LARGEST_PAGE
    ) -> Page[MeetingLine]:
        """Newest first.

        Raises:
            BadCursor: the cursor is not from an earlier page.
        """
        size = max(1, min(limit, LARGEST_PAGE))
        found = select(*LINE_COLUMNS).where(*_conditions(wanted))
        if cursor is not None:
            found = found.where(MeetingRow.id < id_of(cursor))
        ordered = found.order_by(MeetingRow.id.desc()).limit(size + 1)
        rows = (await self._session.execute(ordered)).all()
        more = cursor_after(rows[size - 1].id) if len(rows) > size else None
        return Page(tuple(line_of(row) for row in rows[:size]), more)

    async def timeline(
        self, number: MeetingNumber, after_version: int = 0, limit: int = _MOST_ENTRIES
    ) -> tuple[MeetingEntry, ...]:
        """What happened after a version, in order."""
        found = (
            select(*ENTRY_COLUMNS)
            .outerjoin(TextRow, TextRow.id == MeetingEventRow.text_id)
            .where(
                MeetingEventRow.meeting_number == number, MeetingEventRow.version > after_version
            )
            .order_by(MeetingEventRow.version)
            .limit(min(limit, _MOST_ENTRIES))
        )
        rows = (await self._session.execute(found)).all()
        words = await said(self._session, rows)
        return tuple(entry_of(row, text) for row, text in zip(rows, words, strict=True))

    async def event_by_command(
        self, number: MeetingNumber, command_id: CommandId
    ) -> RecordedMeetingEvent | None:
        """What became of a command, if it was accepted."""
        found = select(*EVENT_COLUMNS).where(
            MeetingEventRow.meeting_number == number, MeetingEventRow.command_id == command_id
        )
        row = (await self._session.execute(found)).one_or_none()
        return event_of(row) if row else None

    async def owed(
        self,
        subject: Subject,
        department: DepartmentCode | None,
        supervised: tuple[GridCode, ...] = (),
        *,
        cursor: str | None = None,
        limit: int = MOST_OWED,
    ) -> Page[Owed]:
        """What a person and its department owe to all meetings, the most pressing first.

        Who supervises grids owes what the convenor would, where a meeting has none.

        Raises:
            BadCursor: the cursor is not from an earlier page.
        """
        size = max(1, min(limit, MOST_OWED))
        found = most_pressing_first(owed_by(subject, department, supervised), cursor)
        rows = (await self._session.execute(found.limit(size + 1))).all()
        items = tuple(
            Owed(
                meeting=MeetingNumber(row.meeting),
                duty=Duty(row.duty),
                due_by=row.due_by,
                task=row.task,
                issue=row.issue,
            )
            for row in rows[:size]
        )
        return Page(items, cursor_behind_duty(items[-1]) if len(rows) > size else None)


def _texts_of(meeting: Meeting) -> Iterator[TextId | None]:
    yield meeting.origin.place
    yield from (each.decision.text for each in meeting.agenda if each.decision)
    yield from (each.text for each in meeting.tasks)
    yield from (each.position for each in meeting.parties)


def _conditions(wanted: MeetingFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.states:
        yield MeetingRow.state.in_(wanted.states)
    if wanted.kind is not None:
        yield MeetingRow.kind == wanted.kind
    if wanted.level is not None:
        yield MeetingRow.level == wanted.level
    if wanted.convenor is not None:
        yield MeetingRow.convenor == wanted.convenor
    if wanted.grid is not None:
        yield in_subtree(MeetingRow.grid, wanted.grid)
    if wanted.issue is not None:
        yield exists().where(
            MeetingItemRow.meeting_number == MeetingRow.number,
            MeetingItemRow.issue_number == wanted.issue,
        )
    if wanted.scope is not None:
        yield _is_seen_by(wanted.scope)


def _is_seen_by(scope: MeetingScope) -> ColumnElement[bool]:
    return or_(
        MeetingRow.members.overlap(list(scope.members)),
        lies_in_one_of(MeetingRow.grid, scope.grids),
    )
