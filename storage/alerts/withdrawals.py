"""Issues that are to be taken back because their camera sees the thing no more.

Asked for in the transaction in which the condition clears, so none is forgotten and none is asked
for that was not cleared.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import exists, func, insert, select, update

from domain.alerts.words import ConditionState
from domain.ids import IssueNumber
from domain.vocabulary import IssueState
from storage.models import AlertConditionRow, AlertWithdrawalRow, EventRow, FollowerRow, IssueRow
from storage.session import Session

LEASE = timedelta(minutes=2)
COMMAND = "engine:cleared:"
"""Begins the names of the commands that carry withdrawals out; the row's id follows."""
_GONE = (ConditionState.CLEARED, ConditionState.CLOSED)


class WithdrawalOutcome(StrEnum):
    """What became of it."""

    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    """Somebody had taken it up by then, says the law."""
    SEEN_AGAIN = "seen_again"
    FOLLOWED = "followed"
    """Somebody has said: me too."""
    ENDED = "ended"
    """Closed before, in another way."""


class Asked(NamedTuple):
    """A withdrawal that is due; without an outcome the issue has to be asked."""

    id: int
    issue: IssueNumber
    outcome: WithdrawalOutcome | None


class Withdrawals:
    """Any number of workers may take what is due; two at once get different ones."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def ask(self, issue: IssueNumber, condition: int, at: datetime) -> None:
        """Each time that it clears anew is another question."""
        await self._session.execute(
            insert(AlertWithdrawalRow).values(
                issue_number=issue, condition_id=condition, asked_at=at, next_at=at
            )
        )

    async def take(self, now: datetime, limit: int) -> Sequence[Asked]:
        """Leases what is due, with what is known of it by now."""
        taken = (
            select(AlertWithdrawalRow.id)
            .where(AlertWithdrawalRow.next_at <= now)
            .order_by(AlertWithdrawalRow.next_at, AlertWithdrawalRow.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("taken")
            .prefix_with("MATERIALIZED", dialect="postgresql")
        )
        followers = (
            select(func.count())
            .where(FollowerRow.issue_number == AlertWithdrawalRow.issue_number)
            .scalar_subquery()
        )
        leased = (
            update(AlertWithdrawalRow)
            .where(
                AlertWithdrawalRow.id == taken.c.id,
                IssueRow.number == AlertWithdrawalRow.issue_number,
                AlertConditionRow.id == AlertWithdrawalRow.condition_id,
            )
            .values(next_at=now + LEASE)
            .returning(
                AlertWithdrawalRow.id,
                AlertWithdrawalRow.issue_number,
                IssueRow.state,
                AlertConditionRow.state.label("condition"),
                followers.label("followers"),
            )
        )
        rows = (await self._session.execute(leased)).all()
        return tuple(
            Asked(
                row.id,
                IssueNumber(row.issue_number),
                _known(row.state, row.condition, row.followers),
            )
            for row in sorted(rows)
        )

    async def end_of(self, id_: int, before: datetime) -> WithdrawalOutcome | None:
        """Of one whose issue does not answer; None while it may still begin.

        The answer of a workflow that ended with this very command may have been lost on its way.
        """
        withdrawn = exists().where(
            EventRow.issue_number == AlertWithdrawalRow.issue_number,
            EventRow.command_id == func.concat(COMMAND, AlertWithdrawalRow.id),
        )
        found = (
            select(IssueRow.state, AlertWithdrawalRow.asked_at, withdrawn.label("withdrawn"))
            .join(IssueRow, IssueRow.number == AlertWithdrawalRow.issue_number)
            .where(AlertWithdrawalRow.id == id_)
        )
        row = (await self._session.execute(found)).one()
        if row.withdrawn:
            return WithdrawalOutcome.WITHDRAWN
        is_over = row.state == IssueState.CLOSED or row.asked_at < before
        return WithdrawalOutcome.ENDED if is_over else None

    async def settle(self, id_: int, outcome: WithdrawalOutcome, at: datetime) -> None:
        await self._session.execute(
            update(AlertWithdrawalRow)
            .where(AlertWithdrawalRow.id == id_)
            .values(next_at=None, outcome=outcome, settled_at=at)
        )

    async def put_back(self, id_: int, until: datetime) -> None:
        await self._session.execute(
            update(AlertWithdrawalRow)
            .where(AlertWithdrawalRow.id == id_, AlertWithdrawalRow.next_at.is_not(None))
            .values(next_at=until)
        )


def _known(issue: str, condition: str, followers: int) -> WithdrawalOutcome | None:
    """A withdrawal that was carried out and not written down is asked again, and is answered."""
    if condition not in _GONE:
        return WithdrawalOutcome.SEEN_AGAIN
    if issue != IssueState.CLOSED and followers:
        return WithdrawalOutcome.FOLLOWED
    return None
