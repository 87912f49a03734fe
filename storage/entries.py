"""Versioned entries of reference data; an entry is changed by adding the next version."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from domain.ids import Subject
from domain.reference import ReferenceKind
from storage import codec
from storage.models import ReferenceRow
from storage.session import AnyRow, Session
from storage.views import Entry, Page

LARGEST_PAGE = 200
_ONE_WRITER = 7_305_001
"""Key of the advisory lock; any number that nothing else locks."""
_BELONGS_TO = {ReferenceKind.STAFF: "department", ReferenceKind.ABSENCE: "staff"}
_LATER = aliased(ReferenceRow)
_IS_LATEST = ~exists().where(
    _LATER.kind == ReferenceRow.kind,
    _LATER.code == ReferenceRow.code,
    _LATER.version > ReferenceRow.version,
)


class StaleVersion(Exception):
    """The entry is not at the version its writer read; `current` is where it is, 0 if nowhere."""

    def __init__(self, kind: ReferenceKind, code: str, current: int) -> None:
        self.current = current
        super().__init__(f"{kind} {code} is at version {current}")


class Entries:
    """Reading and adding versions, whatever the kind."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def current(self, kind: ReferenceKind, code: str) -> Entry[Any] | None:
        """The present version, retired or not."""
        row = (await self._session.execute(_CURRENT, {"_kind": kind, "_code": code})).one_or_none()
        return entry_of(row) if row else None

    async def currents(
        self, wanted: Mapping[ReferenceKind, str]
    ) -> Mapping[ReferenceKind, Entry[Any]]:
        """Present versions, retired or not, of one code for each kind, in one round trip."""
        pairs = tuple_(ReferenceRow.kind, ReferenceRow.code)
        found = _ENTRIES.where(pairs.in_([*wanted.items()]), _IS_LATEST)
        entries = (entry_of(row) for row in await self._session.execute(found))
        return {entry.kind: entry for entry in entries}

    async def version(self, kind: ReferenceKind, code: str, version: int) -> Entry[Any] | None:
        found = entries_of(kind).where(ReferenceRow.code == code, ReferenceRow.version == version)
        row = (await self._session.execute(found)).one_or_none()
        return entry_of(row) if row else None

    async def versions(self, kind: ReferenceKind, code: str) -> tuple[Entry[Any], ...]:
        """The whole history of an entry, newest first."""
        found = entries_of(kind).where(ReferenceRow.code == code)
        ordered = found.order_by(ReferenceRow.version.desc())
        return tuple(entry_of(row) for row in await self._session.execute(ordered))

    async def list(
        self, kind: ReferenceKind, *, after: str | None = None, limit: int = LARGEST_PAGE
    ) -> Page[Entry[Any]]:
        """Present versions by code, the retired ones too; `after` is the last code seen."""
        size = max(1, min(limit, LARGEST_PAGE))
        found = entries_of(kind).where(_IS_LATEST).order_by(ReferenceRow.code).limit(size + 1)
        if after is not None:
            found = found.where(ReferenceRow.code > after)
        entries = tuple(entry_of(row) for row in await self._session.execute(found))
        more = entries[size - 1].code if len(entries) > size else None
        return Page(entries[:size], more)

    async def documents_in_force(self, kind: ReferenceKind) -> tuple[str, ...]:
        """The same as JSON text, by code: for many entries, to be read outside the event loop."""
        rows = await self._session.execute(_IN_FORCE, {"_kind": kind})
        return tuple(row.body for row in rows)

    async def count_versions(self, kind: ReferenceKind) -> int:
        """How many were ever written; nothing is deleted, so it tells whether any is new."""
        counted = select(func.count()).where(ReferenceRow.kind == kind)
        return (await self._session.execute(counted)).scalar_one()

    async def take_turns(self) -> None:
        """Holds other writers back until the transaction ends, so that what is checked stays true.

        One turn for all kinds: entries name one another across kinds, and are written by hand.
        """
        turn = func.pg_advisory_xact_lock(_ONE_WRITER)
        _ = await self._session.execute(select(turn))

    async def write(  # noqa: PLR0913 - by keyword, and each is a field of the entry
        self,
        kind: ReferenceKind,
        code: str,
        body: object,
        *,
        expected_version: int | None,
        actor: Subject,
        at: datetime,
        retired: bool = False,
    ) -> Entry[Any]:
        """Adds the version after `expected_version`; None or 0 makes a new entry.

        Raises:
            StaleVersion: the entry is at another version.
            ValueError: the body is not of this kind, or has another code.
        """
        if getattr(body, "code", None) != code:
            raise ValueError(f"the body is not that of {code}")
        document = codec.body_text(kind, body)
        expected = expected_version or 0
        if await self._latest(kind, code) != expected:
            raise StaleVersion(kind, code, await self._latest(kind, code))
        entry = Entry(
            kind=kind,
            code=code,
            version=expected + 1,
            body=body,
            retired=retired,
            created_at=at,
            created_by=actor,
        )
        if not await self._add(entry, document):
            raise StaleVersion(kind, code, await self._latest(kind, code))
        return entry

    async def _add(self, entry: Entry[Any], document: str) -> bool:
        belongs_to = _BELONGS_TO.get(entry.kind)
        added = await self._session.execute(
            insert(ReferenceRow)
            .values(
                kind=entry.kind,
                code=entry.code,
                version=entry.version,
                belongs_to=getattr(entry.body, belongs_to) if belongs_to else None,
                body=document,
                retired=entry.retired,
                created_at=entry.created_at,
                created_by=entry.created_by,
            )
            .on_conflict_do_nothing()
            .returning(ReferenceRow.version)
        )
        return added.one_or_none() is not None

    async def _latest(self, kind: ReferenceKind, code: str) -> int:
        found = select(func.coalesce(func.max(ReferenceRow.version), 0)).where(
            ReferenceRow.kind == kind, ReferenceRow.code == code
        )
        latest: int = (await self._session.execute(found)).scalar_one()
        return latest

    async def in_force(
        self, kind: ReferenceKind, *, belonging_to: tuple[str, ...] | None = None
    ) -> tuple[Entry[Any], ...]:
        """Present versions that are not retired, by code; of some owners only, if told so."""
        given: dict[str, object] = {"_kind": kind}
        found = _IN_FORCE
        if belonging_to is not None:
            given["_owners"], found = belonging_to, _IN_FORCE_OF
        rows = await self._session.execute(found, given)
        return tuple(entry_of(row) for row in rows)


_ENTRIES = select(
    ReferenceRow.kind,
    ReferenceRow.code,
    ReferenceRow.version,
    ReferenceRow.body,
    ReferenceRow.retired,
    ReferenceRow.created_at,
    ReferenceRow.created_by,
)
# Built once: building a statement costs more than running it, and every step reads some.
_CURRENT = (
    _ENTRIES.where(ReferenceRow.kind == bindparam("_kind"), ReferenceRow.code == bindparam("_code"))
    .order_by(ReferenceRow.version.desc())
    .limit(1)
)
_IN_FORCE = _ENTRIES.where(
    ReferenceRow.kind == bindparam("_kind"), _IS_LATEST, ~ReferenceRow.retired
).order_by(ReferenceRow.code)
_IN_FORCE_OF = _IN_FORCE.where(ReferenceRow.belongs_to.in_(bindparam("_owners", expanding=True)))


def entries_of(kind: ReferenceKind) -> Select[*tuple[Any, ...]]:
    return _ENTRIES.where(ReferenceRow.kind == kind)


def entries_in_force(kind: ReferenceKind) -> Select[*tuple[Any, ...]]:
    """For those who want only some of them: present, not retired, by code."""
    found = entries_of(kind).where(_IS_LATEST, ~ReferenceRow.retired)
    return found.order_by(ReferenceRow.code)


def entry_of(row: AnyRow) -> Entry[Any]:
    kind = ReferenceKind(row.kind)
    return Entry(
        kind=kind,
        code=row.code,
        version=row.version,
        body=codec.body(kind, row.body),
        retired=row.retired,
        created_at=row.created_at,
        created_by=Subject(row.created_by),
    )


def is_named(name: str) -> ColumnElement[bool]:
    """Of entries with a name in two languages."""
    body = ReferenceRow.body
    return or_(body["name"].astext == name, body["name_en"].astext == name)
