"""Reads of issues: pages of lines, one issue, its timeline, its deadlines."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select

from domain.ids import CategoryCode, CommandId, GridCode, IssueNumber, WhistleKindCode
from domain.issue import Issue
from domain.visibility import Scope
from domain.vocabulary import IssueState
from storage import codec
from storage.cursors import BadCursor, cursor_after, id_of
from storage.events import EVENT_COLUMNS, event_of
from storage.filters import IssueFilter, conditions, is_seen_by, lies_in_one_of
from storage.followers import Followers
from storage.lines import LINE_COLUMNS, line_of
from storage.models import EventRow, IssueRow, PositionRow, TextRow
from storage.nearby import FOLLOWED, PLACE_COLUMNS, position_of
from storage.people import People
from storage.said import SAID, said
from storage.searching import described
from storage.session import AnyRow, Session
from storage.timeline import BEGINNING, timeline
from storage.views import (
    IssueDetail,
    IssueLine,
    Page,
    PinnedDeadlines,
    RecordedEvent,
    Reporter,
    TimelineEntry,
)

__all__ = ["LARGEST_PAGE", "BadCursor", "IssueFilter", "Queries"]

LARGEST_PAGE = 100
_MOST_ENTRIES = 200
# Built once: building a statement costs more than running it, and every command runs these.
_DETAIL = (
    select(
        *LINE_COLUMNS,
        IssueRow.snapshot,
        IssueRow.said_at,
        *SAID,
        *PLACE_COLUMNS,
        FOLLOWED.label("followers"),
    )
    .outerjoin(TextRow, (TextRow.issue_number == IssueRow.number) & (TextRow.kind == "description"))
    .outerjoin(PositionRow, PositionRow.issue_number == IssueRow.number)
    .where(IssueRow.number == bindparam("_number"))
)
_BY_COMMAND = select(*EVENT_COLUMNS).where(
    EventRow.issue_number == bindparam("_number"),
    EventRow.command_id == bindparam("_command"),
    EventRow.version > 0,
)


class Queries:
    """Everything the API asks about issues. Nothing personal, except by `reporter`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def exists(self, number: IssueNumber) -> bool:
        found = select(IssueRow.id).where(IssueRow.number == number)
        return (await self._session.execute(found)).one_or_none() is not None

    async def issue(self, number: IssueNumber, scope: Scope | None = None) -> IssueDetail | None:
        """The issue, if it exists and lies in the scope."""
        found = _DETAIL if scope is None else _DETAIL.where(is_seen_by(scope))
        row = (await self._session.execute(found, {"_number": number})).one_or_none()
        if row is None:
            return None
        (description,) = await said(self._session, [row])
        return IssueDetail(
            line=line_of(row),
            description=description,
            description_erased_at=row.erased_at,
            snapshot=codec.ISSUE.validate_json(row.snapshot) if row.snapshot else None,
            said_at=row.said_at,
            position=await position_of(self._session, row),
            away_m=row.away_m,
            followers=row.followers,
            followers_say=await Followers(self._session).words(number) if row.followers else {},
        )

    async def issues(
        self,
        wanted: IssueFilter,
        *,
        at: datetime,
        cursor: str | None = None,
        limit: int = LARGEST_PAGE,
    ) -> Page[IssueLine]:
        """Newest first; what is overdue is so at `at`.

        Raises:
            BadCursor: the cursor is not from an earlier page.
        """
        size = max(1, min(limit, LARGEST_PAGE))
        before = id_of(cursor) if cursor is not None else None
        rows = await self._lines(wanted, at, before, size + 1)
        more = cursor_after(rows[size - 1].id) if len(rows) > size else None
        return Page(tuple(line_of(row) for row in rows[:size]), more)

    async def _lines(
        self, wanted: IssueFilter, at: datetime, before: int | None, limit: int
    ) -> Sequence[AnyRow]:
        if wanted.text:
            rows: list[AnyRow] = []
            async for row in described(self._session, wanted, wanted.text, at, before):
                rows.append(row)
                if len(rows) == limit:
                    break
            return rows
        found = select(*LINE_COLUMNS).where(*conditions(wanted, at))
        if before is not None:
            found = found.where(IssueRow.id < before)
        ordered = found.order_by(IssueRow.id.desc()).limit(limit)
        return (await self._session.execute(ordered)).all()

    async def timeline(
        self, number: IssueNumber, after_version: int = BEGINNING, limit: int = _MOST_ENTRIES
    ) -> tuple[TimelineEntry, ...]:
        """What happened after a version, in order; from the birth on when none is given."""
        return await timeline(self._session, number, after_version, min(limit, _MOST_ENTRIES))

    async def deadlines(self, number: IssueNumber) -> PinnedDeadlines | None:
        """None when there is no such issue, or it has not taken its first step."""
        found = select(IssueRow.snapshot).where(IssueRow.number == number)
        document = (await self._session.execute(found)).scalar_one_or_none()
        if document is None:
            return None
        issue = codec.ISSUE.validate_json(document)
        return PinnedDeadlines(number=number, deadlines=issue.deadlines, pinned=issue.pinned)

    async def event_by_command(
        self, number: IssueNumber, command_id: CommandId
    ) -> RecordedEvent | None:
        """What became of a command, if it was accepted."""
        given = {"_number": number, "_command": command_id}
        row = (await self._session.execute(_BY_COMMAND, given)).one_or_none()
        return event_of(row) if row else None

    async def events(
        self, number: IssueNumber, after_version: int = 0, limit: int = _MOST_ENTRIES
    ) -> tuple[RecordedEvent, ...]:
        """Accepted commands in order: handled one after the other they make the snapshot."""
        found = (
            select(*EVENT_COLUMNS)
            .where(EventRow.issue_number == number, EventRow.version > max(after_version, 0))
            .order_by(EventRow.version)
            .limit(limit)
        )
        return tuple(event_of(row) for row in await self._session.execute(found))

    async def open_issues(
        self,
        *,
        category: CategoryCode | None = None,
        whistle_kind: WhistleKindCode | None = None,
        after: str | None = None,
        limit: int = LARGEST_PAGE,
        grids: Sequence[GridCode] | None = None,
    ) -> Page[Issue]:
        """Snapshots of issues that are not closed, oldest first, to try a policy on.

        Of these grids only; None are all.

        Raises:
            BadCursor: `after` is not from an earlier page.
        """
        found = select(IssueRow.id, IssueRow.snapshot).where(
            IssueRow.state != IssueState.CLOSED, IssueRow.snapshot.is_not(None)
        )
        if category is not None:
            found = found.where(IssueRow.category == category)
        if whistle_kind is not None:
            found = found.where(IssueRow.whistle_kind == whistle_kind)
        if grids is not None:
            found = found.where(lies_in_one_of(IssueRow.grid, grids))
        if after is not None:
            found = found.where(IssueRow.id > id_of(after))
        rows = (await self._session.execute(found.order_by(IssueRow.id).limit(limit + 1))).all()
        more = cursor_after(rows[limit - 1].id) if len(rows) > limit else None
        return Page(tuple(codec.ISSUE.validate_json(row.snapshot) for row in rows[:limit]), more)

    async def reporter(self, number: IssueNumber) -> Reporter | None:
        """Personal data of who reported, for those who may have it."""
        return await People(self._session).reporter(number)
