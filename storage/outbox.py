"""Notices on their way: put in the step's own transaction, taken out by relays one at a time."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    Text,
    any_,
    bindparam,
    cast,
    delete,
    func,
    inspect,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.sql.dml import ReturningUpdate

from domain.ids import IssueNumber
from storage.doorbell import NOTICES
from storage.models import OutboxRow
from storage.models.messages import LONGEST_ERROR
from storage.notices import NOTICE_COLUMNS, Backlog, DueNotice, NoticeRow, due_of, values_of
from storage.session import Session

LEASE = timedelta(minutes=2)
"""How long a notice that was taken out stays with its relay before it is due again."""
_PUT_COLUMNS = (
    *("dedupe_key", "issue_number", "recipient", "channel", "template", "stage", "level"),
    *("urgent", "about", "params", "created_at", "not_before", "digest_key", "next_at"),
)


def _put() -> Select[*tuple[Any, ...]]:
    """Any number of notices, and the bell if one of them is new, in one round trip."""

    def given(name: str) -> ColumnElement[Any]:
        kind = inspect(OutboxRow).c[name].type
        if isinstance(kind, JSONB):
            return cast(func.unnest(bindparam(f"_{name}", type_=ARRAY(Text))), kind)
        return func.unnest(bindparam(f"_{name}", type_=ARRAY(kind)))

    new = (
        insert(OutboxRow)
        .from_select(_PUT_COLUMNS, select(*map(given, _PUT_COLUMNS)))
        .on_conflict_do_nothing(index_elements=["dedupe_key"])
        .returning(OutboxRow.id)
        .cte("new")
    )
    return select(new.c.id, func.pg_notify(NOTICES, ""))


def _take() -> ReturningUpdate[*tuple[Any, ...]]:
    """What is due is leased until an instant."""
    taken = (
        select(OutboxRow.id)
        .where(OutboxRow.next_at <= bindparam("_now"))
        .order_by(OutboxRow.urgent.desc(), OutboxRow.next_at, OutboxRow.id)
        .limit(bindparam("_limit"))
        .with_for_update(skip_locked=True)
        .cte("taken")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    leased = update(OutboxRow).where(OutboxRow.id == taken.c.id)
    fate = {"next_at": bindparam("_until"), "attempts": OutboxRow.attempts + 1}
    return leased.values(**fate).returning(*NOTICE_COLUMNS)


# Built once: building a statement costs more than running it.
_PUT = _put()
_TAKE = _take()
_DROP = (
    update(OutboxRow)
    .where(
        OutboxRow.issue_number == bindparam("_number"),
        OutboxRow.about == any_(bindparam("_abouts", type_=ARRAY(Text))),
        OutboxRow.next_at.is_not(None),
    )
    .values(dropped_at=bindparam("_at"), next_at=None)
)
_TAKEN = update(OutboxRow).where(
    OutboxRow.id == any_(bindparam("_ids", type_=ARRAY(BigInteger))), OutboxRow.next_at.is_not(None)
)
_POSTPONE = _TAKEN.values(
    next_at=bindparam("_until"), not_before=bindparam("_until"), attempts=OutboxRow.attempts - 1
)
_DELIVERED = _TAKEN.values(delivered_at=bindparam("_at"), next_at=None, last_error=None)


class Outbox:
    """A notice is pending until it is delivered, given up or dropped."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def put(self, notices: Iterable[NoticeRow]) -> int:
        """How many are new; one whose dedupe key is known was told before and is left alone."""
        values = {each.dedupe_key: values_of(each) for each in notices}
        if not values:
            return 0
        columns = {f"_{name}": [each[name] for each in values.values()] for name in _PUT_COLUMNS}
        return len((await self._session.execute(_PUT, columns)).all())

    async def drop_about(self, number: IssueNumber, abouts: Sequence[str], at: datetime) -> int:
        """What is pending about something settled is never sent; how many that were."""
        if not abouts:
            return 0
        given = {"_number": number, "_abouts": [*abouts], "_at": at}
        return (await self._session.execute(_DROP, given)).rowcount

    async def drop_for(self, number: IssueNumber, recipient: str, at: datetime) -> None:
        """What is pending for somebody who does not want to hear of it any more."""
        await self._session.execute(
            update(OutboxRow)
            .where(
                OutboxRow.issue_number == number,
                OutboxRow.recipient == recipient,
                OutboxRow.next_at.is_not(None),
            )
            .values(dropped_at=at, next_at=None)
        )

    async def due(self, now: datetime, limit: int) -> tuple[DueNotice, ...]:
        """Takes out what is due, urgent first, and counts the attempt; leased to the caller.

        Two relays at once get different ones. What is not reported on comes back after `LEASE`.
        """
        given = {"_now": now, "_limit": limit, "_until": now + LEASE}
        rows = (await self._session.execute(_TAKE, given)).all()
        notices = (due_of(row) for row in rows)
        return tuple(sorted(notices, key=lambda each: (not each.urgent, each.id)))

    async def postpone(self, ids: Sequence[int], until: datetime) -> None:
        """Not to be sent before `until`; the attempt that found this out does not count."""
        await self._session.execute(_POSTPONE, {"_ids": [*ids], "_until": until})

    async def delivered(self, ids: Sequence[int], at: datetime) -> None:
        await self._session.execute(_DELIVERED, {"_ids": [*ids], "_at": at})

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
