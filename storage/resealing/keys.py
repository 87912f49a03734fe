"""Data keys under other keys of the ring, and the end of those that nothing needs any more."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import exists, select, update

from storage.models import DataKeyRow
from storage.resealing.columns import COLUMNS
from storage.sealing.cabinet import SEAL, purpose_of
from storage.sealing.ring import KeyRing, Wrapped
from storage.session import Session


class KeptKey(NamedTuple):
    """A data key as it is listed."""

    id: int
    purpose: str
    period: str
    wrapped_by: str
    destroyed_at: datetime | None


class InUse(Exception):
    """A value is sealed with the key; says in which columns."""

    def __init__(self, period: str, columns: Sequence[str]) -> None:
        super().__init__(f"{period}: {', '.join(columns)}")


class TooRecent(Exception):
    """A month is to be ended in which something may be sealed just now; says which may be."""

    def __init__(self, before: str, latest: str) -> None:
        super().__init__(f"{before}: the last two months stay; ask for {latest} or earlier")


async def kept_keys(session: Session) -> tuple[KeptKey, ...]:
    """All there ever were, in the order they were made."""
    columns = (getattr(DataKeyRow, name) for name in KeptKey._fields)
    rows = await session.execute(select(*columns).order_by(DataKeyRow.id))
    return tuple(KeptKey(*row) for row in rows)


async def rewrap(session: Session, ring: KeyRing) -> int:
    """Wraps every data key under the first of the ring; how many were not. No value is touched.

    Whoever works with a data key has it unwrapped, and notices nothing.

    Raises:
        Unopenable: the ring lacks a key that one of them is wrapped by; nothing is changed.
    """
    found = select(
        DataKeyRow.id,
        DataKeyRow.purpose,
        DataKeyRow.period,
        DataKeyRow.wrapped,
        DataKeyRow.wrapped_by,
    ).where(DataKeyRow.wrapped.is_not(None), DataKeyRow.wrapped_by != ring.first)
    rows = (await session.execute(found.order_by(DataKeyRow.id).with_for_update())).all()
    for row in rows:
        what = purpose_of(row.purpose, row.period)
        material = ring.unwrap(Wrapped(row.wrapped_by, row.wrapped or b""), what)
        again = ring.wrap(material, what)
        await session.execute(
            update(DataKeyRow)
            .where(DataKeyRow.id == row.id)
            .values(wrapped=again.material, wrapped_by=again.by)
        )
    return len(rows)


async def destroy(session: Session, before: str, at: datetime) -> tuple[str, ...]:
    """Destroys the keys of months before one; which. What backups hold of them is noise then.

    This month's key and the last one's stay, used or not: a process has them in memory and may be
    sealing with them just now, in a transaction that nobody sees yet.

    Raises:
        TooRecent: it would reach into last month; nothing is changed.
        InUse: something is sealed with one of them still; nothing is changed.
    """
    last_month = f"{at.replace(day=1) - timedelta(days=1):%Y-%m}"
    if before > last_month:
        raise TooRecent(before, last_month)
    found = select(DataKeyRow.id, DataKeyRow.period).where(
        DataKeyRow.purpose == SEAL, DataKeyRow.period < before, DataKeyRow.wrapped.is_not(None)
    )
    rows = (await session.execute(found.order_by(DataKeyRow.id).with_for_update())).all()
    for row in rows:
        users = [
            f"{column.row.__tablename__}.{column.name}"
            for column in COLUMNS
            if (await session.execute(select(exists().where(column.is_under(row.id))))).scalar_one()
        ]
        if users:
            raise InUse(row.period, users)
    await session.execute(
        update(DataKeyRow)
        .where(DataKeyRow.id.in_([row.id for row in rows]))
        .values(wrapped=None, destroyed_at=at)
    )
    return tuple(row.period for row in rows)
