"""Chains what was recorded: one sealer at a time, in the order of recording, in batches.

What is recorded gets its instant when its transaction begins and is seen when it ends. So a row
is chained only when no transaction is left that began before it: `_settled` is that instant.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, literal, select, text, true
from sqlalchemy.dialects.postgresql import insert

from storage.audit.canonical import Keyring
from storage.audit.links import Links, LinkSource, Sealable, grown
from storage.audit.rows import SOURCES, Source
from storage.models import AuditMarkRow
from storage.session import Session

BATCH = 1_000
MOST_COUNTED = 10_000
"""After the first start on an old record there are millions, and each round would count them."""
_LOCK = 0x64697361_75646974
"""Of the database, for whoever lets the chain grow."""
LONGEST_TRANSACTION = timedelta(minutes=10)
"""Older ones only read, a dump for instance: writers are cut off after a minute without a word."""
MARGIN = timedelta(seconds=1)
"""Between the instant of a transaction and its being shown to others, and then some."""
SWEPT_AGAIN = timedelta(days=1)
"""How far back is looked for what was passed by all the same, after a clock was put back."""
_SETTLED = text(
    """
    SELECT greatest(least(now(), min(xact_start)) - cast(:margin AS interval),
        now() - cast(:longest AS interval))
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND backend_type = 'client backend' AND xact_start IS NOT NULL
    """
)


class Sealer:
    """Lets the chain grow, in an open transaction."""

    def __init__(self, session: Session, keys: Keyring, margin: timedelta = MARGIN) -> None:
        self._session = session
        self._keys = keys
        self._margin = margin

    async def seal(self, at: datetime, *, limit: int = BATCH) -> int:
        """Chains what follows the marks, at most `limit` rows of each source; how many.

        0 also while another one seals.
        """
        if not await self._is_alone():
            return 0
        until, marks = await self._settled(), await self._marks()
        rows: list[Sealable] = []
        for source in SOURCES.values():
            mark = marks.get(source.name)
            behind = source.follows(*mark) if mark else true()
            rows += await self._rows(source, [behind, source.recorded_at < until], limit)
        await self._chain(rows, at)
        if rows:
            await self._mark(rows)
        return len(rows)

    async def sweep(self, at: datetime, *, limit: int = BATCH) -> int:
        """Chains what was passed by within a day before the marks; how many."""
        if not await self._is_alone():
            return 0
        marks, rows = await self._marks(), list[Sealable]()
        for name, (marked_at, _) in marks.items():
            source = SOURCES[name]
            span = source.recorded_at.between(marked_at - SWEPT_AGAIN, marked_at)
            rows += await self._rows(source, [span, ~source.is_linked], limit)
        await self._chain(rows, at)
        return len(rows)

    async def checkpoint(self, row: Sealable, at: datetime) -> bool:
        """Chains a checkpoint; False while another one seals."""
        if not await self._is_alone():
            return False
        links = Links(self._session)
        await links.add(grown(await links.head(), [row], self._keys, at))
        return True

    async def count_unsealed(self) -> int:
        """Rows that wait to be chained; of each source no more than `MOST_COUNTED` are counted."""
        marks, waiting = await self._marks(), 0
        for source in SOURCES.values():
            mark = marks.get(source.name)
            behind = source.follows(*mark) if mark else true()
            found = select(literal(1)).select_from(source.table).where(behind)
            counted = select(func.count()).select_from(found.limit(MOST_COUNTED).subquery())
            waiting += (await self._session.execute(counted)).scalar_one()
        return waiting

    async def _is_alone(self) -> bool:
        lock = select(func.pg_try_advisory_xact_lock(_LOCK))
        return bool((await self._session.execute(lock)).scalar_one())

    async def _settled(self) -> datetime:
        given = {"longest": LONGEST_TRANSACTION, "margin": self._margin}
        until: datetime = (await self._session.execute(_SETTLED, given)).scalar_one()
        return until

    async def _marks(self) -> Mapping[LinkSource, tuple[datetime, str]]:
        rows = await self._session.execute(select(AuditMarkRow.__table__))
        return {LinkSource(row.source): (row.recorded_at, row.key) for row in rows}

    async def _rows(
        self, source: Source, which: Sequence[ColumnElement[bool]], limit: int
    ) -> list[Sealable]:
        found = source.rows.where(*which).order_by(source.recorded_at, source.named).limit(limit)
        return [source.sealable(row) for row in await self._session.execute(found)]

    async def _chain(self, rows: Sequence[Sealable], at: datetime) -> None:
        """In the order of recording; what is linked already, as after a lost mark, is left out."""
        links = Links(self._session)
        linked = await links.among([(row.source, row.key) for row in rows])
        new = [row for row in rows if (row.source, row.key) not in linked]
        if new:
            new.sort(key=lambda row: row.recorded_at)
            await links.add(grown(await links.head(), new, self._keys, at))

    async def _mark(self, rows: Sequence[Sealable]) -> None:
        newest = {row.source: row for row in rows}
        put = insert(AuditMarkRow)
        moved = {name: put.excluded[name] for name in ("recorded_at", "key")}
        await self._session.execute(
            put.on_conflict_do_update(index_elements=["source"], set_=moved),
            [
                {"source": source, "recorded_at": row.recorded_at, "key": row.key}
                for source, row in newest.items()
            ],
        )
