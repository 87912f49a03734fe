"""Messages as they came: kept by one insert, leased to sorters, purged by age."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    delete,
    func,
    select,
    update,
)

from domain.ids import SourceCode
from storage import codec
from storage.alerts.statements import KEEP, body_place, name_of, rounds, values
from storage.alerts.views import Arrival, Raw, RawState, Taken
from storage.doorbell import RAW_MESSAGES
from storage.models import RawMessageRow
from storage.notices import Backlog
from storage.sealing import seals
from storage.sealing.cipher import OVERHEAD
from storage.session import AnyRow, Session

LEASE = timedelta(minutes=2)
"""How long a message that was taken stays with its sorter before it is due again."""
BODY = (RawMessageRow.body, RawMessageRow.body_sealed)
SIZE = func.coalesce(
    func.length(RawMessageRow.body_sealed) - OVERHEAD, func.length(RawMessageRow.body)
).label("size")


_RAW = (
    RawMessageRow.id,
    RawMessageRow.source,
    RawMessageRow.adapter,
    RawMessageRow.fingerprint,
    *BODY,
    RawMessageRow.headers,
    RawMessageRow.content_type,
    RawMessageRow.topic,
    RawMessageRow.received_at,
    RawMessageRow.attempts,
)


class RawMessages:
    """A message is waiting until it is sorted or quarantined; replaying lets it wait again."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def keep(self, arrival: Arrival) -> int | None:
        """The message's id, and the bell at commit; None when it was kept before."""
        return (await self.keep_all([arrival]))[0]

    async def keep_all(self, arrivals: Sequence[Arrival]) -> list[int | None]:
        """The same of each by one statement, or as many as one fact came in at once."""
        found: list[int | None] = [None] * len(arrivals)
        sealer = await seals.sealer(self._session)
        for places in rounds(arrivals):
            chosen = [arrivals[place] for place in places]
            rows = (await self._session.execute(KEEP, values(chosen, sealer))).all()
            ids = {(row.source, row.fingerprint): int(row.id) for row in rows}
            for place, arrival in zip(places, chosen, strict=True):
                found[place] = ids.get(name_of(arrival))
        return found

    async def take(self, limit: int, now: datetime) -> tuple[Taken, ...]:
        """Leases waiting messages, in the order they came.

        Two sorters at once get different ones. What is not reported on comes back after `LEASE`.
        """
        taken = (
            select(RawMessageRow.id)
            .where(RawMessageRow.next_at <= now)
            .order_by(RawMessageRow.next_at, RawMessageRow.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("taken")
            .prefix_with("MATERIALIZED", dialect="postgresql")
        )
        leased = (
            update(RawMessageRow)
            .where(RawMessageRow.id == taken.c.id)
            .values(next_at=now + LEASE, attempts=RawMessageRow.attempts + 1)
            .returning(
                RawMessageRow.id,
                SIZE,
                RawMessageRow.attempts,
            )
        )
        rows = (await self._session.execute(leased)).all()
        return tuple(sorted(Taken(row.id, row.size, row.attempts) for row in rows))

    async def read(self, ids: Sequence[int]) -> tuple[Raw, ...]:
        """Those of them that still wait, with their bodies."""
        found = select(*_RAW).where(RawMessageRow.id.in_(ids), RawMessageRow.next_at.is_not(None))
        rows = (await self._session.execute(found.order_by(RawMessageRow.id))).all()
        bodies = await bodies_of(self._session, rows)
        return tuple(_raw(row, body) for row, body in zip(rows, bodies, strict=True))

    async def one(self, id_: int) -> Raw | None:
        """Whatever became of it."""
        found = await self._session.execute(select(*_RAW).where(RawMessageRow.id == id_))
        row = found.one_or_none()
        if row is None:
            return None
        (body,) = await bodies_of(self._session, [row])
        return _raw(row, body)

    async def settle(
        self, id_: int, state: RawState, faults: Sequence[Mapping[str, str]], at: datetime
    ) -> None:
        """Sorted or quarantined, with what was wrong in it."""
        await self._session.execute(
            update(RawMessageRow)
            .where(RawMessageRow.id == id_, RawMessageRow.next_at.is_not(None))
            .values(
                state=state,
                next_at=None,
                sorted_at=at,
                faults=codec.text(codec.ANYTHING, list(faults)),
            )
        )

    async def settle_sorted(self, ids: Sequence[int], at: datetime) -> None:
        """All of these had nothing wrong."""
        await self._session.execute(
            update(RawMessageRow)
            .where(RawMessageRow.id.in_(ids), RawMessageRow.next_at.is_not(None))
            .values(state=RawState.SORTED, next_at=None, sorted_at=at, faults="[]")
        )

    async def put_back(self, ids: Sequence[int], until: datetime) -> None:
        """Not sorted now: again at an instant."""
        await self._session.execute(
            update(RawMessageRow)
            .where(RawMessageRow.id.in_(ids), RawMessageRow.next_at.is_not(None))
            .values(next_at=until)
        )

    async def untried(self, ids: Sequence[int], until: datetime) -> None:
        """Put back, and the attempt does not count: they were taken, and never looked at."""
        await self._session.execute(
            update(RawMessageRow)
            .where(RawMessageRow.id.in_(ids), RawMessageRow.next_at.is_not(None))
            .values(next_at=until, attempts=func.greatest(RawMessageRow.attempts - 1, 0))
        )

    async def replay(self, ids: Sequence[int], at: datetime) -> int:
        """Lets them wait again, and rings; how many did not wait already."""
        again = await self._session.execute(
            update(RawMessageRow)
            .where(RawMessageRow.id.in_(ids), RawMessageRow.next_at.is_(None))
            .values(state=RawState.WAITING, next_at=at, attempts=0)
        )
        if again.rowcount:
            await self._session.execute(select(func.pg_notify(RAW_MESSAGES, "")))
        return again.rowcount

    async def waiting(self) -> Backlog:
        """How many wait, and since when they could have been sorted, for gauges."""
        counted = select(func.count(), func.min(RawMessageRow.next_at)).where(
            RawMessageRow.next_at.is_not(None)
        )
        waiting, oldest = (await self._session.execute(counted)).one()
        return Backlog(due=waiting, oldest=oldest)

    async def purge(self, now: datetime, limit: int) -> int:
        """Deletes what was kept long enough, sorted or not; how many."""
        old = (
            select(RawMessageRow.id)
            .where(RawMessageRow.purge_after <= now, RawMessageRow.next_at.is_(None))
            .order_by(RawMessageRow.purge_after)
            .limit(limit)
        )
        gone = await self._session.execute(delete(RawMessageRow).where(RawMessageRow.id.in_(old)))
        return gone.rowcount


async def bodies_of(session: Session, rows: Sequence[AnyRow]) -> list[bytes]:
    """Of each row in turn, with its source, fingerprint and `BODY`; nothing of one that is shut.

    What cannot be opened cannot be read by any adapter either, and is set aside.
    """
    opener = await seals.opener(session, (row.body_sealed for row in rows))
    return [
        row.body
        if row.body_sealed is None
        else opener.data(body_place(row.source, row.fingerprint), row.body_sealed) or b""
        for row in rows
    ]


def _raw(row: AnyRow, body: bytes) -> Raw:
    return Raw(
        id=row.id,
        source=SourceCode(row.source),
        adapter=row.adapter,
        body=body,
        headers=codec.ANYTHING.validate_json(row.headers),
        content_type=row.content_type,
        topic=row.topic,
        received_at=row.received_at,
        attempts=row.attempts,
    )
