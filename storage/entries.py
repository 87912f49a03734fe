"""Versioned entries of reference data; an entry is changed by adding the next version."""

import itertools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert

from domain.ids import Subject
from domain.reference import ReferenceKind, Staff
from domain.visibility import EntryScope
from storage import codec, entry_reads
from storage.entry_reads import IS_LATEST, Wanted, entries_from, entries_of, entry_from, name_place
from storage.entry_scope import entry_lies_in
from storage.models import ReferenceChangesRow, ReferenceRow
from storage.models.issues import LONGEST_TEXT
from storage.said import storable
from storage.sealing import seals
from storage.session import Session
from storage.views import Entry, Page

LARGEST_PAGE = 200
_ONE_WRITER = 7_305_001
"""Key of the advisory lock; any number that nothing else locks."""
_BELONGS_TO = {ReferenceKind.STAFF: "department", ReferenceKind.ABSENCE: "staff"}
_CHANGED = (
    insert(ReferenceChangesRow)
    .values(changes=1)
    .on_conflict_do_update(
        index_elements=["kind"], set_={"changes": ReferenceChangesRow.changes + 1}
    )
)


def _nameless(body: object) -> object:
    """As it lies open."""
    return replace(body, name="") if isinstance(body, Staff) else body


class StaleVersion(Exception):
    """The entry is not at the version its writer read; `current` is where it is, 0 if nowhere."""

    def __init__(self, kind: ReferenceKind, code: str, current: int) -> None:
        self.current = current
        super().__init__(f"{kind} {code} is at version {current}")


class Entries:
    """Reading and adding versions, whatever the kind."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._foreseen: dict[Wanted, Entry[Any] | None] = {}

    async def foresee(self, wanted: Iterable[Wanted]) -> None:
        """Reads what will be asked for in one round trip, so that asking costs none.

        What was foreseen stays as it was found until somebody writes through this object: one
        object lives no longer than its transaction.
        """
        keys = [each for each in dict.fromkeys(wanted) if each not in self._foreseen]
        if not keys:
            return
        kinds, codes, versions = (list(column) for column in zip(*keys, strict=True))
        given = {"_kinds": kinds, "_codes": codes, "_versions": versions}
        self._foreseen |= dict.fromkeys(keys)
        rows = (await self._session.execute(entry_reads.THESE, given)).all()
        entries = await entries_from(self._session, rows)
        for row, entry in zip(rows, entries, strict=True):
            self._foreseen[Wanted(entry.kind, entry.code, row.wanted)] = entry

    async def current(self, kind: ReferenceKind, code: str) -> Entry[Any] | None:
        """The present version, retired or not."""
        wanted = Wanted(kind, code)
        if wanted in self._foreseen:
            return self._foreseen[wanted]
        given = {"_kind": kind, "_code": code}
        row = (await self._session.execute(entry_reads.CURRENT, given)).one_or_none()
        return await entry_from(self._session, row) if row else None

    async def currents(
        self, wanted: Mapping[ReferenceKind, str]
    ) -> Mapping[ReferenceKind, Entry[Any]]:
        """Present versions, retired or not, of one code for each kind, in one round trip."""
        await self.foresee(itertools.starmap(Wanted, wanted.items()))
        found = {kind: await self.current(kind, code) for kind, code in wanted.items()}
        return {kind: entry for kind, entry in found.items() if entry is not None}

    async def named(self, kind: ReferenceKind, codes: Collection[str]) -> Mapping[str, Any]:
        """What stands behind codes of one kind, retired or not, in one round trip."""
        if not codes:
            return {}
        found = entries_of(kind).where(ReferenceRow.code.in_(sorted(codes)), IS_LATEST)
        entries = await self._read(found)
        return {entry.code: entry.body for entry in entries}

    async def version(self, kind: ReferenceKind, code: str, version: int) -> Entry[Any] | None:
        wanted = Wanted(kind, code, version)
        if wanted in self._foreseen:
            return self._foreseen[wanted]
        given = {"_kind": kind, "_code": code, "_version": version}
        row = (await self._session.execute(entry_reads.VERSION, given)).one_or_none()
        return await entry_from(self._session, row) if row else None

    async def versions(self, kind: ReferenceKind, code: str) -> tuple[Entry[Any], ...]:
        """The whole history of an entry, newest first."""
        found = entries_of(kind).where(ReferenceRow.code == code)
        ordered = found.order_by(ReferenceRow.version.desc())
        return await self._read(ordered)

    async def list(
        self,
        kind: ReferenceKind,
        *,
        after: str | None = None,
        limit: int = LARGEST_PAGE,
        scope: EntryScope | None = None,
    ) -> Page[Entry[Any]]:
        """Present versions by code, the retired ones too; `after` is the last code seen."""
        size = max(1, min(limit, LARGEST_PAGE))
        found = entries_of(kind).where(IS_LATEST).order_by(ReferenceRow.code).limit(size + 1)
        if after is not None:
            found = found.where(ReferenceRow.code > after)
        if scope is not None:
            found = found.where(entry_lies_in(kind, scope))
        entries = await self._read(found)
        more = entries[size - 1].code if len(entries) > size else None
        return Page(entries[:size], more)

    async def is_within(self, kind: ReferenceKind, code: str, scope: EntryScope) -> bool:
        """Whether the entry, as it is now, is there for who has this scope."""
        found = entries_of(kind).where(ReferenceRow.code == code, IS_LATEST)
        return (
            await self._session.execute(found.where(entry_lies_in(kind, scope)))
        ).first() is not None

    async def documents_in_force(self, kind: ReferenceKind) -> tuple[str, ...]:
        """The same as JSON text, by code: for many entries, to be read outside the event loop."""
        rows = await self._session.execute(entry_reads.IN_FORCE, {"_kind": kind})
        return tuple(row.body for row in rows)

    async def changes(self, kind: ReferenceKind) -> int:
        """Another number whenever an entry of the kind was written: to know what is kept is new."""
        found = select(ReferenceChangesRow.changes).where(ReferenceChangesRow.kind == kind)
        return (await self._session.execute(found)).scalar_one_or_none() or 0

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
        document = codec.body_text(kind, _nameless(body))
        self._foreseen.clear()
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
                name_sealed=await self._name(entry),
                retired=entry.retired,
                created_at=entry.created_at,
                created_by=entry.created_by,
            )
            .on_conflict_do_nothing()
            .returning(ReferenceRow.version)
        )
        if added.one_or_none() is None:
            return False
        await self._session.execute(_CHANGED, {"kind": entry.kind})
        return True

    async def _name(self, entry: Entry[Any]) -> bytes | None:
        if not isinstance(entry.body, Staff) or not entry.body.name:
            return None
        sealer = await seals.sealer(self._session)
        name = storable("name", entry.body.name, LONGEST_TEXT)
        return sealer.text(name_place(entry.code, entry.version), name)

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
        found = entry_reads.IN_FORCE
        if belonging_to is not None:
            given["_owners"], found = belonging_to, entry_reads.IN_FORCE_OF
        return await self._read(found, given)

    async def kinds_in_force(
        self, *kinds: ReferenceKind
    ) -> Mapping[ReferenceKind, tuple[Entry[Any], ...]]:
        """As `in_force`, of several kinds in one round trip."""
        found: dict[ReferenceKind, list[Entry[Any]]] = {kind: [] for kind in kinds}
        given = {"_kinds": [*kinds]}
        for entry in await self._read(entry_reads.KINDS_IN_FORCE, given):
            found[entry.kind].append(entry)
        return {kind: tuple(entries) for kind, entries in found.items()}

    async def _read(
        self, found: Select[*tuple[Any, ...]], given: Mapping[str, object] | None = None
    ) -> tuple[Entry[Any], ...]:
        rows = (await self._session.execute(found, given)).all()
        return await entries_from(self._session, rows)
