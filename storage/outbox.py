"""Notices on their way: put in the step's own transaction, taken out by relays one at a time."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.ids import IssueNumber
from storage.doorbell import NOTICES
from storage.models import OutboxRow
from storage.models.messages import LONGEST_ERROR
from storage.notices import NOTICE_COLUMNS, Backlog, DueNotice, NoticeRow, due_of, values_of
from storage.session import Session

LEASE = timedelta(minutes=2)
"""How long a notice that was taken out stays with its relay before it is due again."""


class Outbox:
    """A notice is pending until it is delivered, given up or dropped."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def put(self, notices: Iterable[NoticeRow]) -> int:
        """How many are new; one whose dedupe key is known was told before and is left alone."""
        values = {each.dedupe_key: values_of(each) for each in notices}
        if not values:
            return 0
        written = await self._session.execute(
            insert(OutboxRow)
            .values(list(values.values()))
            .on_conflict_do_nothing(index_elements=["dedupe_key"])
            .returning(OutboxRow.id)
        )
        new = len(written.all())
        if new:
            await self._session.execute(select(func.pg_notify(NOTICES, "")))
        return new

    async def drop_about(self, number: IssueNumber, abouts: Sequence[str], at: datetime) -> int:
        """What is pending about something settled is never sent; how many that were."""
        dropped = await self._session.execute(
            update(OutboxRow)
            .where(
                OutboxRow.issue_number == number,
                OutboxRow.about.in_(abouts),
                OutboxRow.next_at.is_not(None),
            )
            .values(dropped_at=at, next_at=None)
        )
        return dropped.rowcount

    async def due(self, now: datetime, limit: int) -> tuple[DueNotice, ...]:
        """Takes out what is due, urgent first, and counts the attempt; leased to the caller.

        Two relays at once get different ones. What is not reported on comes back after `LEASE`.
        """
        taken = (
            select(OutboxRow.id)
            .where(OutboxRow.next_at <= now)
            .order_by(OutboxRow.urgent.desc(), OutboxRow.next_at, OutboxRow.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("taken")
            .prefix_with("MATERIALIZED", dialect="postgresql")
        )
        leased = (
            update(OutboxRow)
            .where(OutboxRow.id == taken.c.id)
            .values(next_at=now + LEASE, attempts=OutboxRow.attempts + 1)
            .returning(*NOTICE_COLUMNS)
        )
        rows = (await self._session.execute(leased)).all()
        notices = (due_of(row) for row in rows)
        return tuple(sorted(notices, key=lambda each: (not each.urgent, each.id)))

    async def postpone(self, ids: Sequence[int], until: datetime) -> None:
        """Not to be sent before `until`; the attempt that found this out does not count."""
        await self._session.execute(
            update(OutboxRow)
            .where(OutboxRow.id.in_(ids), OutboxRow.next_at.is_not(None))
            .values(next_at=until, not_before=until, attempts=OutboxRow.attempts - 1)
        )

    async def delivered(self, ids: Sequence[int], at: datetime) -> None:
        await self._session.execute(
            update(OutboxRow)
            .where(OutboxRow.id.in_(ids), OutboxRow.next_at.is_not(None))
            .values(delivered_at=at, next_at=None, last_error=None)
        )

    async def failed(
        self, notice: int, error: str, *, at: datetime, next_at: datetime | None
    ) -> None:
        """To be tried again at `next_at`; without one it is given up, which is recorded."""
        fate = {"next_at": next_at} if next_at else {"next_at": None, "undelivered_at": at}
        await self._session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == notice, OutboxRow.next_at.is_not(None))
            .values(**fate, last_error=error.replace("\x00", "")[:LONGEST_ERROR])
        )

    async def for_issue(self, number: IssueNumber) -> tuple[DueNotice, ...]:
        """Everything ever put for the issue, in order."""
        found = (
            select(*NOTICE_COLUMNS).where(OutboxRow.issue_number == number).order_by(OutboxRow.id)
        )
        rows = (await self._session.execute(found)).all()
        return tuple(due_of(row) for row in rows)

    async def backlog(self, now: datetime) -> Backlog:
        """How much is due and since when, for a gauge."""
        counted = select(func.count(), func.min(OutboxRow.not_before)).where(
            OutboxRow.next_at <= now
        )
        due, oldest = (await self._session.execute(counted)).one()
        return Backlog(due=due, oldest=oldest)

    async def forget(self, before: datetime, limit: int) -> int:
        """Deletes notices put before an instant and pending no more; how many.

        Looks at the oldest rows only, by their ids, so it never reads the whole table.
        """
        oldest = (
            select(OutboxRow.id, OutboxRow.created_at)
            .where(OutboxRow.next_at.is_(None))
            .order_by(OutboxRow.id)
            .limit(limit)
            .subquery()
        )
        old = select(oldest.c.id).where(oldest.c.created_at < before)
        gone = await self._session.execute(delete(OutboxRow).where(OutboxRow.id.in_(old)))
        return gone.rowcount
