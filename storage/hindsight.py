"""Reference data as they stood at an instant, so that what was reckoned can be reckoned again."""

from datetime import datetime
from typing import Any

from sqlalchemy import exists
from sqlalchemy.orm import aliased
from typing_extensions import override

from domain.reference import ReferenceKind
from storage.entry_reads import entries_of, entry_from
from storage.models import ReferenceRow
from storage.reference import ReferenceRepository
from storage.session import Session
from storage.views import Entry

_LATER = aliased(ReferenceRow)


class Hindsight(ReferenceRepository):
    """Answers every question as it would have been answered `at` an instant.

    Versions that were asked for by number are kept: they never change. Of an entry that is younger
    than the instant the first version counts.
    """

    def __init__(self, session: Session, at: datetime) -> None:
        super().__init__(session)
        self.at = at
        self._versions: dict[tuple[ReferenceKind, str, int], Entry[Any] | None] = {}

    @override
    async def version(self, kind: ReferenceKind, code: str, version: int) -> Entry[Any] | None:
        key = (kind, code, version)
        if key not in self._versions:
            self._versions[key] = await super().version(kind, code, version)
        return self._versions[key]

    @override
    async def current(self, kind: ReferenceKind, code: str) -> Entry[Any] | None:
        found = (
            entries_of(kind)
            .where(ReferenceRow.code == code, ReferenceRow.created_at <= self.at)
            .order_by(ReferenceRow.version.desc())
            .limit(1)
        )
        row = (await self._session.execute(found)).one_or_none()
        if row is None:
            return await self.version(kind, code, 1)
        return await entry_from(self._session, row)

    @override
    async def in_force(
        self, kind: ReferenceKind, *, belonging_to: tuple[str, ...] | None = None
    ) -> tuple[Entry[Any], ...]:
        is_latest = ~exists().where(
            _LATER.kind == ReferenceRow.kind,
            _LATER.code == ReferenceRow.code,
            _LATER.version > ReferenceRow.version,
            _LATER.created_at <= self.at,
        )
        found = entries_of(kind).where(
            is_latest, ~ReferenceRow.retired, ReferenceRow.created_at <= self.at
        )
        if belonging_to is not None:
            found = found.where(ReferenceRow.belongs_to.in_(belonging_to))
        return await self._read(found.order_by(ReferenceRow.code))
