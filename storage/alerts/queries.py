"""Lists of messages and of what was read of them, for who looks after the cameras of a place."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from domain.alert import AlertKind, Phase, TimeQuality
from domain.ids import CameraRef, GridCode, SourceCode
from storage import codec
from storage.alerts.raw_messages import BODY, SIZE, bodies_of
from storage.alerts.views import EventLine, Fate, RawLine, RawState
from storage.cursors import BadCursor, cursor_after, id_of
from storage.filters import lies_in_one_of
from storage.models import AlertEventRow, RawMessageRow
from storage.session import AnyRow, Session
from storage.views import Page

__all__ = ["LARGEST_PAGE", "AlertQueries", "BadCursor"]

LARGEST_PAGE = 100
Line = TypeVar("Line", RawLine, EventLine)
_RAW = (
    RawMessageRow.id,
    RawMessageRow.source,
    RawMessageRow.adapter,
    RawMessageRow.grid,
    RawMessageRow.state,
    RawMessageRow.content_type,
    SIZE,
    func.encode(RawMessageRow.sha256, "hex").label("sha256"),
    RawMessageRow.topic,
    RawMessageRow.received_at,
    RawMessageRow.sorted_at,
    RawMessageRow.attempts,
    RawMessageRow.faults,
    RawMessageRow.purge_after,
)
_EVENT = (
    AlertEventRow.id,
    AlertEventRow.source,
    AlertEventRow.adapter,
    AlertEventRow.raw_id,
    AlertEventRow.grid,
    AlertEventRow.fate,
    AlertEventRow.kind,
    AlertEventRow.phase,
    AlertEventRow.camera,
    AlertEventRow.zone,
    AlertEventRow.vendor_type,
    AlertEventRow.vendor_type_name,
    AlertEventRow.vendor_event_id,
    AlertEventRow.severity,
    AlertEventRow.confidence,
    AlertEventRow.occurred_at,
    AlertEventRow.received_at,
    AlertEventRow.time_quality,
    AlertEventRow.late,
)


class AlertQueries:
    """Everything lies in the grids of who asks; nothing else is there for them."""

    def __init__(self, session: Session, grids: Sequence[GridCode]) -> None:
        self._session = session
        self._grids = tuple(grids)

    async def messages(
        self,
        *,
        state: RawState | None = None,
        source: str | None = None,
        cursor: str | None = None,
        limit: int = LARGEST_PAGE,
    ) -> Page[RawLine]:
        """Newest first.

        Raises:
            BadCursor: the cursor is not from an earlier page.
        """
        found = select(*_RAW).where(self._is_ours(RawMessageRow.grid))
        if state is not None:
            found = found.where(RawMessageRow.state == state)
        if source is not None:
            found = found.where(RawMessageRow.source == source)
        if cursor is not None:
            found = found.where(RawMessageRow.id < id_of(cursor))
        rows = await self._session.execute(found.order_by(RawMessageRow.id.desc()).limit(limit + 1))
        return _page([_raw_line(row) for row in rows], limit)

    async def message(self, id_: int) -> tuple[RawLine, bytes] | None:
        found = select(*_RAW, RawMessageRow.fingerprint, *BODY).where(
            RawMessageRow.id == id_, self._is_ours(RawMessageRow.grid)
        )
        row = (await self._session.execute(found)).one_or_none()
        if row is None:
            return None
        (body,) = await bodies_of(self._session, [row])
        return _raw_line(row), body

    async def events(
        self,
        *,
        fate: Fate | None = None,
        source: str | None = None,
        camera: str | None = None,
        cursor: str | None = None,
        limit: int = LARGEST_PAGE,
    ) -> Page[EventLine]:
        """Newest first.

        Raises:
            BadCursor: the cursor is not from an earlier page.
        """
        found = select(*_EVENT).where(self._is_ours(AlertEventRow.grid))
        if fate is not None:
            found = found.where(AlertEventRow.fate == fate)
        if source is not None:
            found = found.where(AlertEventRow.source == source)
        if camera is not None:
            found = found.where(AlertEventRow.camera == camera)
        if cursor is not None:
            found = found.where(AlertEventRow.id < id_of(cursor))
        rows = await self._session.execute(found.order_by(AlertEventRow.id.desc()).limit(limit + 1))
        return _page([_event_line(row) for row in rows], limit)

    async def set_aside(self, source: SourceCode, limit: int) -> tuple[int, ...]:
        """Oldest messages of a source in which something could not be read."""
        found = (
            select(RawMessageRow.id)
            .where(RawMessageRow.source == source, RawMessageRow.state == RawState.QUARANTINED)
            .order_by(RawMessageRow.id)
            .limit(limit)
        )
        return tuple((await self._session.execute(found)).scalars())

    async def undecided(self, source: SourceCode, fate: Fate, limit: int) -> tuple[int, ...]:
        """Oldest messages of a source with elements of this fate, and that do not wait already."""
        waiting = select(RawMessageRow.id).where(
            RawMessageRow.id == AlertEventRow.raw_id, RawMessageRow.next_at.is_not(None)
        )
        found = (
            select(AlertEventRow.raw_id)
            .where(
                AlertEventRow.source == source,
                AlertEventRow.fate == fate,
                AlertEventRow.raw_id.is_not(None),
                ~waiting.exists(),
            )
            .group_by(AlertEventRow.raw_id)
            .order_by(AlertEventRow.raw_id)
            .limit(limit)
        )
        rows = (await self._session.execute(found)).scalars()
        return tuple(each for each in rows if each is not None)

    def _is_ours(
        self, column: ColumnElement[str] | InstrumentedAttribute[str]
    ) -> ColumnElement[bool]:
        return lies_in_one_of(column, self._grids)


def _page(lines: Sequence[Line], limit: int) -> Page[Line]:
    shown = tuple(lines[:limit])
    return Page(shown, cursor_after(shown[-1].id) if len(lines) > limit else None)


def _raw_line(row: AnyRow) -> RawLine:
    return RawLine(
        id=row.id,
        source=SourceCode(row.source),
        adapter=row.adapter,
        grid=GridCode(row.grid),
        state=RawState(row.state),
        content_type=row.content_type,
        size=row.size,
        sha256=row.sha256,
        topic=row.topic,
        received_at=row.received_at,
        sorted_at=row.sorted_at,
        attempts=row.attempts,
        faults=tuple(codec.ANYTHING.validate_json(row.faults)),
        purge_after=row.purge_after,
    )


def _event_line(row: AnyRow) -> EventLine:
    return EventLine(
        id=row.id,
        source=SourceCode(row.source),
        adapter=row.adapter,
        raw_id=row.raw_id,
        grid=GridCode(row.grid),
        fate=Fate(row.fate),
        kind=AlertKind(row.kind) if row.kind else None,
        phase=Phase(row.phase),
        camera=CameraRef(row.camera),
        zone=row.zone,
        vendor_type=row.vendor_type,
        vendor_type_name=row.vendor_type_name,
        vendor_event_id=row.vendor_event_id,
        severity=row.severity,
        confidence=row.confidence,
        occurred_at=row.occurred_at,
        received_at=row.received_at,
        time_quality=TimeQuality(row.time_quality),
        late=row.late,
    )
