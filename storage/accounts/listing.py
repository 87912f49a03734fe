"""Accounts as an administrator lists them: those of which something lies in their grids."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, func, or_, select, true

from domain.actor import GRID_SEPARATOR
from domain.ids import GridCode
from storage.accounts.reading import ACCOUNT, account_of
from storage.accounts.views import Account
from storage.models import AccountRow, AppointmentRow
from storage.session import Session

LARGEST_PAGE = 200


async def accounts_in(
    session: Session, grids: Sequence[GridCode], *, after: str, limit: int
) -> tuple[Account, ...]:
    """By subject, from the one after `after`."""
    rows = await session.execute(
        select(*ACCOUNT)
        .where(AccountRow.subject > after, _reaches_into(grids))
        .order_by(AccountRow.subject)
        .limit(limit)
    )
    return tuple(account_of(row) for row in rows)


async def has_accounts(session: Session) -> bool:
    """Whether anybody may sign in at all."""
    return bool((await session.execute(select(exists().select_from(AccountRow)))).scalar_one())


def _reaches_into(grids: Sequence[GridCode]) -> ColumnElement[bool]:
    place = func.unnest(AppointmentRow.places).table_valued("code").render_derived(name="place")
    lies_in = or_(
        place.c.code.in_(grids),
        *(func.starts_with(place.c.code, grid + GRID_SEPARATOR) for grid in grids),
    )
    return exists(
        select(1)
        .select_from(AppointmentRow)
        .join(place, true())
        .where(AppointmentRow.subject == AccountRow.subject, lies_in)
        .correlate(AccountRow)
    )
