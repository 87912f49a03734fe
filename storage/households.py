"""Colours of households: written by administrators, used by births, read out by nobody.

Not reference data, whose versions stay for ever: a colour that is changed or taken away is gone.
Addresses are kept as keyed hashes only.
"""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from domain.actor import GRID_SEPARATOR
from domain.household import Colour, plain_address
from domain.ids import GridCode, Subject
from storage.models import HouseholdRow
from storage.session import Session

_WHOLE_GRID = ""
"""Stands where no address is given."""


# Once: every birth asks, and building a statement costs more than running it.
_COLOUR = (
    select(HouseholdRow.colour)
    .where(
        HouseholdRow.grid.in_(bindparam("_grids", expanding=True)),
        HouseholdRow.address_key.in_(bindparam("_keys", expanding=True)),
    )
    .order_by(HouseholdRow.address_key == _WHOLE_GRID, func.length(HouseholdRow.grid).desc())
    .limit(1)
)


class Households:
    """The colour of an address in a grid, or of a whole grid; `key` hashes addresses."""

    def __init__(self, session: Session, key: bytes | None) -> None:
        self._session = session
        self._key = key

    async def put(
        self, grid: GridCode, address: str | None, colour: Colour, by: Subject, at: datetime
    ) -> None:
        """From now on; what was there is written over."""
        values = {"colour": colour, "set_by": by, "set_at": at}
        await self._session.execute(
            insert(HouseholdRow)
            .values(grid=grid, address_key=self._address_key(grid, address), **values)
            .on_conflict_do_update(index_elements=["grid", "address_key"], set_=values)
        )

    async def clear(self, grid: GridCode, address: str | None) -> bool:
        """False when there was nothing."""
        gone = await self._session.execute(
            delete(HouseholdRow).where(
                HouseholdRow.grid == grid,
                HouseholdRow.address_key == self._address_key(grid, address),
            )
        )
        return gone.rowcount > 0

    async def colour_of(self, grid: GridCode, address: str | None) -> Colour | None:
        """Of the address before that of the grid; of the grid before those around it."""
        around = tuple(_from_county(grid))
        keys = {_WHOLE_GRID}
        if address and self._key is not None:
            keys |= {self._address_key(each, address) for each in around}
        asked = {"_grids": around, "_keys": tuple(keys)}
        colour = (await self._session.execute(_COLOUR, asked)).scalar_one_or_none()
        return Colour(colour) if colour else None

    def _address_key(self, grid: GridCode, address: str | None) -> str:
        """Another one in every grid, so that nothing can be told from two that are the same."""
        if address is None:
            return _WHOLE_GRID
        assert self._key is not None, "asked for at the edge"
        said = f"{grid}|{plain_address(address)}"
        return hmac.new(self._key, said.encode(), hashlib.sha256).hexdigest()


def _from_county(grid: GridCode) -> Iterator[GridCode]:
    parts = grid.split(GRID_SEPARATOR)
    for depth in range(1, len(parts) + 1):
        yield GridCode(GRID_SEPARATOR.join(parts[:depth]))
