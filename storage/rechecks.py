"""Issues whose workflow has to reckon again because reference data changed under them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, insert, literal, select, update

from domain.ids import CalendarCode, DepartmentCode, IssueNumber
from domain.vocabulary import IssueState, Part
from storage.doorbell import RECHECKS
from storage.models import AssignmentRow, DeadlineRow, IssueRow, RecheckRow
from storage.session import Session
from storage.views import Recheck

# Built once, because the relay asks whenever it is rung.
_PENDING = (
    select(RecheckRow.id, RecheckRow.issue_number, RecheckRow.reason, RecheckRow.created_at)
    .where(RecheckRow.done_at.is_(None))
    .order_by(RecheckRow.id)
    .limit(bindparam("_limit"))
    .with_for_update(skip_locked=True)
)


class Rechecks:
    """Asked for in the transaction of the change, so none is forgotten; done by the relay."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def ask_for_calendar(self, code: CalendarCode, reason: str) -> int:
        """Issues that still owe something reckoned past the end of this calendar; how many."""
        numbers = (
            select(DeadlineRow.issue_number)
            .where(
                DeadlineRow.calendar == code,
                DeadlineRow.provisional,
                DeadlineRow.met_at.is_(None),
                DeadlineRow.ended_at.is_(None),
            )
            .distinct()
        )
        return await self._ask(numbers, reason)

    async def ask_for_department(self, department: DepartmentCode, reason: str) -> int:
        """Issues dispatched to this department as lead that nobody there has claimed; how many."""
        numbers = (
            select(AssignmentRow.issue_number)
            .join(IssueRow, IssueRow.number == AssignmentRow.issue_number)
            .where(
                AssignmentRow.department == department,
                AssignmentRow.part == Part.LEAD,
                AssignmentRow.claimed_at.is_(None),
                AssignmentRow.ended_at.is_(None),
                IssueRow.state == IssueState.DISPATCHED,
            )
        )
        return await self._ask(numbers, reason)

    async def pending(self, limit: int) -> tuple[Recheck, ...]:
        """Asked for and not done, oldest first; held until the transaction ends.

        Two relays at once get different ones.
        """
        rows = (await self._session.execute(_PENDING, {"_limit": limit})).all()
        return tuple(
            Recheck(
                id=row.id,
                number=IssueNumber(row.issue_number),
                reason=row.reason,
                created_at=row.created_at,
            )
            for row in rows
        )

    async def done(self, ids: Sequence[int], at: datetime) -> None:
        if ids:
            await self._session.execute(
                update(RecheckRow)
                .where(RecheckRow.id.in_(ids), RecheckRow.done_at.is_(None))
                .values(done_at=at)
            )

    async def forget(self, before: datetime, limit: int) -> int:
        """Deletes rechecks done before an instant; how many. Looks at the oldest rows only."""
        oldest = (
            select(RecheckRow.id, RecheckRow.done_at)
            .where(RecheckRow.done_at.is_not(None))
            .order_by(RecheckRow.id)
            .limit(limit)
            .subquery()
        )
        old = select(oldest.c.id).where(oldest.c.done_at < before)
        gone = await self._session.execute(delete(RecheckRow).where(RecheckRow.id.in_(old)))
        return gone.rowcount

    async def _ask(self, numbers: Select[Any], reason: str) -> int:
        """Never merged with one that waits already: the relay may have just read for that one."""
        asked = await self._session.execute(
            insert(RecheckRow).from_select(
                ["issue_number", "reason"], numbers.add_columns(literal(reason))
            )
        )
        if asked.rowcount:
            await self._session.execute(select(func.pg_notify(RECHECKS, "")))
        return asked.rowcount
