"""How often a login name was tried in vain, over all processes; growing locks after the fifth."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.models import SignInAttemptRow as Row
from storage.session import Session

FREE = 5
"""Attempts before the first lock."""
FIRST_LOCK, LONGEST_LOCK = timedelta(seconds=30), timedelta(minutes=15)
"""The first lock; each failure after it doubles the next, up to the longest."""
_MOST_DOUBLED = 10
FORGOTTEN_AFTER = timedelta(hours=24)
"""A failure is held against a login name for so long after the last one."""


class Attempts:
    """Counts before the password is looked at, so that many at once get no more than one by one.

    Counts names that nobody has as well: a lock tells nothing of whether there is an account.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    async def begin(self, login_hash: bytes, at: datetime) -> datetime | None:
        """None when the attempt may go on, which now counts as failed; else until when not."""
        counted = await self._session.execute(
            _BEGIN, {"_login": login_hash, "_at": at, "_since": at - FORGOTTEN_AFTER}
        )
        if counted.one_or_none() is not None:
            return None
        locked = select(Row.locked_until).where(Row.login_hash == login_hash)
        found = (await self._session.execute(locked)).scalar_one_or_none()
        return found or at

    async def take_back(self, login_hash: bytes, at: datetime) -> None:
        """What began at an instant was no attempt: nobody looked at the password.

        The lock that it brought goes with it, but not one that another attempt brought since.
        """
        theirs = Row.last_at == at
        await self._session.execute(
            update(Row)
            .where(Row.login_hash == login_hash, Row.failures > 0)
            .values(
                failures=Row.failures - 1,
                locked_until=case((theirs, None), else_=Row.locked_until),
            )
        )

    async def succeed(self, login_hash: bytes) -> None:
        """Nothing is held against the name any more."""
        await self._session.execute(delete(Row).where(Row.login_hash == login_hash))

    async def forget(self, before: datetime, limit: int) -> int:
        """Deletes what was last tried before an instant; how many names."""
        old = select(Row.login_hash).where(Row.last_at < before).limit(limit)
        gone = await self._session.execute(delete(Row).where(Row.login_hash.in_(old)))
        return gone.rowcount


_AT = bindparam("_at", type_=Row.last_at.type)
_COUNT = case(
    (Row.last_at < bindparam("_since", type_=Row.last_at.type), 1), else_=Row.failures + 1
)
_LOCK_S = func.least(
    FIRST_LOCK.total_seconds() * func.power(2, func.least(_COUNT - FREE, _MOST_DOUBLED)),
    LONGEST_LOCK.total_seconds(),
)
_BEGIN = (
    insert(Row)
    .values(login_hash=bindparam("_login"), failures=1, last_at=_AT)
    .on_conflict_do_update(
        index_elements=["login_hash"],
        set_={
            "failures": _COUNT,
            "last_at": _AT,
            "locked_until": case((_COUNT >= FREE, _AT + func.make_interval(*[0] * 6, _LOCK_S))),
        },
        where=or_(Row.locked_until.is_(None), Row.locked_until <= _AT),
    )
    .returning(Row.failures)
)
