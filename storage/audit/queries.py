"""Reads entries of the audit log, within the grids of who asks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    cast,
    false,
    func,
    or_,
    select,
    type_coerce,
)

from domain.auditing import Deed
from domain.ids import GridCode
from storage import codec
from storage.audit.links import LinkSource
from storage.cursors import BadCursor, cursor_after, id_of
from storage.filters import in_subtree
from storage.models import AuditEntryRow, AuditLinkRow
from storage.session import AnyRow, Session
from storage.views import Page

__all__ = ["LARGEST_PAGE", "AuditFilter", "AuditLine", "AuditQueries", "BadCursor"]

LARGEST_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """What is asked for. `grids` is who asks: None reads everything, also what lies nowhere."""

    grids: Sequence[GridCode] | None = ()
    subject: str | None = None
    object: str | None = None
    act: Deed | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Not included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """An entry as lists and exports show it; without `seq` it is not chained yet."""

    id: int
    at: datetime
    act: str
    object_kind: str
    object_id: str
    result: str
    subject: str | None
    session: str | None
    appointment: str | None
    department: str | None
    grid: str | None
    request: str | None
    particulars: Mapping[str, Any]
    seq: int | None
    hash: str | None


_COLUMNS = (
    AuditEntryRow.id,
    AuditEntryRow.at,
    AuditEntryRow.act,
    AuditEntryRow.object_kind,
    AuditEntryRow.object_id,
    AuditEntryRow.result,
    AuditEntryRow.subject,
    AuditEntryRow.session,
    AuditEntryRow.appointment,
    AuditEntryRow.department,
    AuditEntryRow.grid,
    AuditEntryRow.request,
    AuditEntryRow.particulars,
    AuditLinkRow.seq,
    func.encode(AuditLinkRow.hash, "hex").label("hash"),
)
_LINKED = and_(
    AuditLinkRow.source == LinkSource.ENTRY, AuditLinkRow.key == cast(AuditEntryRow.id, Text)
)


class AuditQueries:
    """Who saw or did what."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def page(
        self, wanted: AuditFilter, *, cursor: str | None = None, limit: int = LARGEST_PAGE
    ) -> Page[AuditLine]:
        """Newest first.

        Raises:
            BadCursor: the cursor is not from an earlier page.
        """
        found = _asked(wanted)
        if cursor is not None:
            found = found.where(AuditEntryRow.id < id_of(cursor))
        ordered = found.order_by(AuditEntryRow.id.desc()).limit(limit + 1)
        rows = (await self._session.execute(ordered)).all()
        more = cursor_after(rows[limit - 1].id) if len(rows) > limit else None
        return Page(tuple(_line(row) for row in rows[:limit]), more)

    async def after(
        self, wanted: AuditFilter, last: int, until_seq: int, limit: int
    ) -> tuple[AuditLine, ...]:
        """The next entries in the order of writing, of those that the chain holds up to a link.

        Numbers alone would not do: a lower one may be committed after a higher one was read.
        """
        found = _asked(wanted).where(AuditEntryRow.id > last, AuditLinkRow.seq <= until_seq)
        rows = await self._session.execute(found.order_by(AuditEntryRow.id).limit(limit))
        return tuple(_line(row) for row in rows)


def _asked(wanted: AuditFilter) -> Select[Any]:
    found = select(*_COLUMNS).join(AuditLinkRow, _LINKED, isouter=True)
    return found.where(*_conditions(wanted))


def _conditions(wanted: AuditFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.grids is not None:
        lies = type_coerce(AuditEntryRow.grid, Text(collation="C"))
        yield or_(false(), *(in_subtree(lies, grid) for grid in wanted.grids))
    if wanted.subject is not None:
        yield AuditEntryRow.subject == wanted.subject
    if wanted.object is not None:
        yield AuditEntryRow.object_id == wanted.object
    if wanted.act is not None:
        yield AuditEntryRow.act == wanted.act
    if wanted.since is not None:
        yield AuditEntryRow.at >= wanted.since
    if wanted.until is not None:
        yield AuditEntryRow.at < wanted.until


def _line(row: AnyRow) -> AuditLine:
    said = {name: getattr(row, name) for name in AuditLine.__slots__ if name != "particulars"}
    return AuditLine(particulars=codec.ANYTHING.validate_json(row.particulars), **said)
