"""Who holds councils and who comes: some of the grids and some of the staff, never all at once."""

from collections.abc import AsyncIterator

from sqlalchemy import ColumnElement

from domain.ids import GridCode
from domain.reference import Grid, GridLevel, ReferenceKind, Staff
from storage.entries import LARGEST_PAGE
from storage.entry_reads import entries_from, entries_in_force
from storage.filters import in_subtree
from storage.models import ReferenceRow
from storage.session import Session


class Communities:
    """Reads reference data."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def pages(self, size: int = LARGEST_PAGE) -> AsyncIterator[tuple[Grid, ...]]:
        """Every community by its code; the grids below them stay where they are."""
        level = ReferenceRow.body["level"].as_integer()
        found = entries_in_force(ReferenceKind.GRID).where(level == GridLevel.COMMUNITY).limit(size)
        after = ""
        while True:
            rows = (await self._session.execute(found.where(ReferenceRow.code > after))).all()
            grids = tuple(each.body for each in await entries_from(self._session, rows))
            if grids:
                yield grids
            if len(grids) < size:
                return
            after = grids[-1].code

    async def regulars(self, community: GridCode, limit: int) -> tuple[Staff, ...]:
        """Staff who stand for it or for a place in it: the first ones by code."""
        found = entries_in_force(ReferenceKind.STAFF).where(_stands_for(community)).limit(limit)
        rows = (await self._session.execute(found)).all()
        return tuple(each.body for each in await entries_from(self._session, rows))


def _stands_for(community: GridCode) -> ColumnElement[bool]:
    """Byte by byte, as `Path` compares."""
    return in_subtree(ReferenceRow.body["stands_for"].as_string().collate("C"), community)
