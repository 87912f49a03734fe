"""Values of older months under the key of this one, portion by portion, beside everybody's work."""

from typing import Any

import structlog
from sqlalchemy import and_, select, tuple_, update

from storage.resealing.columns import SealedColumn
from storage.sealing import seals
from storage.sealing.cipher import Unopenable
from storage.session import AnyRow, Database, Session

_log = structlog.get_logger(__name__)
PORTION = 500


async def reseal(database: Database, column: SealedColumn, portion: int = PORTION) -> int:
    """Seals every value of the column with the present key; how many were sealed with another.

    What was erased or written meanwhile is left as it is. What does not open is logged and stays.
    """
    done, after = 0, None
    while True:
        async with database.begin() as session:
            rows = await _portion(session, column, after, portion)
            done += await _again(session, column, rows)
        if len(rows) < portion:
            return done
        after = tuple(getattr(rows[-1], name) for name in column.key)


async def _portion(
    session: Session, column: SealedColumn, after: tuple[Any, ...] | None, limit: int
) -> list[AnyRow]:
    sealer = await seals.sealer(session)
    found = (
        select(*column.keys, *column.telling, column.value.label("sealed"))
        .where(column.value.is_not(None), ~column.is_under(sealer.key_id))
        .order_by(*column.keys)
        .limit(limit)
    )
    if after is not None:
        found = found.where(tuple_(*column.keys) > after)
    return list(await session.execute(found))


async def _again(session: Session, column: SealedColumn, rows: list[AnyRow]) -> int:
    sealer = await seals.sealer(session)
    opener = await seals.opener(session, (row.sealed for row in rows))
    done = 0
    for row in rows:
        place = column.place(row)
        try:
            plain = opener.strictly(place, row.sealed)
        except Unopenable as error:
            _log.error("sealed_value_unopenable", row=place.row, table=place.table, why=error.why)
            continue
        same = (key == getattr(row, key.key) for key in column.keys)
        written = await session.execute(
            update(column.row)
            .where(and_(*same), column.value == row.sealed)
            .values({column.name: sealer.data(place, plain)})
        )
        done += written.rowcount
    return done
