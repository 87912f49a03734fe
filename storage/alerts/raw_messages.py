"""Messages as they came: kept by one insert, leased to sorters, purged by age."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    LargeBinary,
    Select,
    Text,
    bindparam,
    cast,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, insert
from sqlalchemy.types import TypeEngine

from domain.ids import SourceCode
from storage import codec
from storage.alerts.views import Arrival, Raw, RawState, Taken
from storage.doorbell import RAW_MESSAGES
from storage.models import RawMessageRow
from storage.notices import Backlog
from storage.session import AnyRow, Session

LEASE = timedelta(minutes=2)
"""How long a message that was taken stays with its sorter before it is due again."""
_KEPT = (
    "source",
    "adapter",
    "grid",
    "fingerprint",
    "body",
    "sha256",
    "headers",
    "content_type",
    "topic",
    "peer",
    "received_at",
    "next_at",
    "purge_after",
)
_GIVEN = (*_KEPT, "from_", "below", "since")
"""And where the repeats of each would lie."""
_INSTANT = TIMESTAMP(timezone=True)
_TYPES: dict[str, TypeEngine[Any]] = {
    "body": LargeBinary(),
    "sha256": LargeBinary(),
    **dict.fromkeys(("received_at", "next_at", "purge_after", "since"), _INSTANT),
}
_SEPARATOR, _PAST_SEPARATOR = ".", "/"


def _keep() -> Select[*tuple[Any, ...]]:
    """Inserts those whose fact did not come since; rings, and says which were new.

    Repeats are looked up one by one through the index and never as a join: a plan made while the
    table was small would go on reading all of it.
    """
    lists = [bindparam(f"_{name}", type_=ARRAY(_TYPES.get(name, Text()))) for name in _GIVEN]
    given = func.unnest(*lists).table_valued(*_GIVEN).render_derived("given").c
    repeat = (
        select(RawMessageRow.id)
        .where(
            RawMessageRow.source == given.source,
            RawMessageRow.fingerprint >= given.from_,
            RawMessageRow.fingerprint < given.below,
            RawMessageRow.received_at > given.since,
        )
        .limit(1)
        .scalar_subquery()
    )
    wanted = [cast(given[name], JSONB) if name == "headers" else given[name] for name in _KEPT]
    kept = (
        insert(RawMessageRow)
        .from_select(list(_KEPT), select(*wanted).where(repeat.is_(None)))
        .on_conflict_do_nothing(index_elements=["source", "fingerprint"])
        .returning(RawMessageRow.id, RawMessageRow.source, RawMessageRow.fingerprint)
        .cte("kept")
    )
    return select(kept, func.pg_notify(RAW_MESSAGES, ""))


_KEEP = _keep()  # once: building it costs more than running it
_RAW = (
    RawMessageRow.id,
    RawMessageRow.source,
    RawMessageRow.adapter,
    RawMessageRow.body,
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
        for places in _rounds(arrivals):
            chosen = [arrivals[place] for place in places]
            rows = (await self._session.execute(_KEEP, _values(chosen))).all()
            ids = {(row.source, row.fingerprint): int(row.id) for row in rows}
            for place, arrival in zip(places, chosen, strict=True):
                found[place] = ids.get(_name(arrival))
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
                func.length(RawMessageRow.body).label("size"),
                RawMessageRow.attempts,
            )
        )
        rows = (await self._session.execute(leased)).all()
        return tuple(sorted(Taken(row.id, row.size, row.attempts) for row in rows))

    async def read(self, ids: Sequence[int]) -> tuple[Raw, ...]:
        """Those of them that still wait, with their bodies."""
        found = select(*_RAW).where(RawMessageRow.id.in_(ids), RawMessageRow.next_at.is_not(None))
        rows = await self._session.execute(found.order_by(RawMessageRow.id))
        return tuple(_raw(row) for row in rows)

    async def one(self, id_: int) -> Raw | None:
        """Whatever became of it."""
        found = await self._session.execute(select(*_RAW).where(RawMessageRow.id == id_))
        row = found.one_or_none()
        return _raw(row) if row else None

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


def _name(arrival: Arrival) -> tuple[str, str]:
    return arrival.source, f"{arrival.fact}{_SEPARATOR}{arrival.bucket}"


def _rounds(arrivals: Sequence[Arrival]) -> Iterator[list[int]]:
    """Their places, in the order in which they came, which is that of their ids.

    What is one fact goes into different rounds, as a statement does not see its own rows.
    """
    left = list(range(len(arrivals)))
    while left:
        first: dict[tuple[str, str], int] = {}
        for place in left:
            first.setdefault((arrivals[place].source, arrivals[place].fact), place)
        chosen = set(first.values())
        yield sorted(chosen)
        left = [place for place in left if place not in chosen]


def _values(arrivals: Sequence[Arrival]) -> dict[str, list[object]]:
    plain = {f"_{name}": [getattr(each, name, None) for each in arrivals] for name in _KEPT}
    return plain | {
        "_fingerprint": [_name(each)[1] for each in arrivals],
        "_headers": [codec.text(codec.ANYTHING, dict(each.headers)) for each in arrivals],
        "_next_at": [each.received_at for each in arrivals],
        "_from_": [f"{each.fact}{_SEPARATOR}" for each in arrivals],
        "_below": [f"{each.fact}{_PAST_SEPARATOR}" for each in arrivals],
        "_since": [each.repeats_since for each in arrivals],
    }


def _raw(row: AnyRow) -> Raw:
    return Raw(
        id=row.id,
        source=SourceCode(row.source),
        adapter=row.adapter,
        body=row.body,
        headers=codec.ANYTHING.validate_json(row.headers),
        content_type=row.content_type,
        topic=row.topic,
        received_at=row.received_at,
        attempts=row.attempts,
    )
