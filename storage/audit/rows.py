"""The rows that the chain holds, each source with its name, its columns and its order.

A payload is hashed as PostgreSQL shows `jsonb`: without the spaces, the order of keys and the
double keys of whoever wrote it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    cast,
    literal,
    or_,
    select,
    tuple_,
)

from storage.audit.canonical import digest
from storage.audit.links import LinkSource, Sealable
from storage.models import AuditEntryRow, AuditLinkRow, EventRow, MeetingEventRow
from storage.session import AnyRow

_SEPARATOR = "/"


@dataclass(frozen=True, slots=True)
class Source:
    """One table whose rows are chained. `columns` is the order in which they are hashed."""

    name: LinkSource
    table: FromClause
    key: tuple[str, ...]
    columns: tuple[str, ...]

    @property
    def recorded_at(self) -> ColumnElement[datetime]:
        return self.table.c.recorded_at

    @property
    def named(self) -> ColumnElement[str]:
        """The name of a row in links."""
        first, *others = (cast(self.table.c[each], Text) for each in self.key)
        name: ColumnElement[str] = first
        for each in others:
            name = name.concat(_SEPARATOR).concat(each)
        return name

    @property
    def rows(self) -> Select[Any]:
        told = (self.table.c[name] for name in self.columns)
        return select(self.named.label("link_key"), *told)

    @property
    def is_linked(self) -> ColumnElement[bool]:
        return (
            select(literal(1))
            .where(AuditLinkRow.source == self.name, AuditLinkRow.key == self.named)
            .exists()
        )

    def follows(self, at: datetime, key: str) -> ColumnElement[bool]:
        """What was recorded later than a row; of one instant what has a later name."""
        later = or_(self.recorded_at > at, self.named > key)
        return and_(self.recorded_at >= at, later)

    def are(self, keys: Sequence[str]) -> ColumnElement[bool]:
        """The rows of these names, found by the primary key of their table."""
        columns = [self.table.c[each] for each in self.key]
        if len(columns) == 1:
            return columns[0].in_([int(each) for each in keys])
        pairs = (each.rpartition(_SEPARATOR) for each in keys)
        return tuple_(*columns).in_([(number, int(version)) for number, _, version in pairs])

    def sealable(self, row: AnyRow) -> Sealable:
        told = [getattr(row, name) for name in self.columns]
        return Sealable(
            source=self.name,
            key=row.link_key,
            digest=digest(self.name, row.link_key, *told),
            recorded_at=row.recorded_at,
        )


_OF_EVENTS = (
    *("version", "name", "at", "recorded_at", "actor", "department"),
    *("command_id", "state", "text_id", "payload"),
)
ENTRIES = Source(
    LinkSource.ENTRY,
    AuditEntryRow.__table__,
    ("id",),
    (
        *("at", "recorded_at", "subject", "session", "appointment", "department", "grid"),
        *("act", "object_kind", "object_id", "result", "request", "particulars"),
    ),
)
ISSUE_EVENTS = Source(
    LinkSource.ISSUE_EVENT, EventRow.__table__, ("issue_number", "version"), _OF_EVENTS
)
MEETING_EVENTS = Source(
    LinkSource.MEETING_EVENT, MeetingEventRow.__table__, ("meeting_number", "version"), _OF_EVENTS
)
SOURCES: Mapping[LinkSource, Source] = {
    each.name: each for each in (ENTRIES, ISSUE_EVENTS, MEETING_EVENTS)
}
