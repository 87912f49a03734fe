"""Requests remembered by caller and key, so that a repeated one gets the same answer."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from domain.ids import Subject
from storage import codec
from storage.models import IdempotencyRow
from storage.models.messages import LONGEST_KEY
from storage.session import Session
from storage.views import Stored

__all__ = ["LONGEST_KEY", "Idempotency", "KeyReused"]


class KeyReused(Exception):
    """The caller used the key before, for another request."""


class Idempotency:
    """One key, one request. An answer is kept as it is, so it must not repeat personal data."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def claim(
        self, subject: Subject, key: str, route: str, body_sha256: str, at: datetime
    ) -> Stored | None:
        """None when the key is new and now the caller's, else what is stored under it.

        A second claim waits for the first one's transaction.

        Raises:
            KeyReused: the key belongs to another route or body of this subject.
        """
        claimed = await self._session.execute(
            _CLAIM,
            {
                "subject": subject,
                "key": key,
                "route": route,
                "body_sha256": body_sha256,
                "created_at": at,
            },
        )
        if claimed.one_or_none() is not None:
            return None
        found = select(
            IdempotencyRow.route,
            IdempotencyRow.body_sha256,
            IdempotencyRow.status,
            IdempotencyRow.answer,
            IdempotencyRow.created_at,
        ).where(_is(subject, key))
        row = (await self._session.execute(found)).one()
        if (row.route, row.body_sha256) != (route, body_sha256):
            raise KeyReused(key)
        answer = codec.ANYTHING.validate_json(row.answer) if row.answer is not None else None
        return Stored(status=row.status, answer=answer, created_at=row.created_at)

    async def store(self, subject: Subject, key: str, status: int, answer: object) -> None:
        """The answer to give again; the first one stays."""
        await self._session.execute(
            update(IdempotencyRow)
            .where(_is(subject, key), IdempotencyRow.status.is_(None))
            .values(status=status, answer=codec.text(codec.ANYTHING, answer))
        )

    async def correct(self, subject: Subject, key: str, status: int, answer: object) -> None:
        """The answer to give from now on, whatever was kept before."""
        await self._session.execute(
            _CORRECT,
            {
                "_subject": subject,
                "_key": key,
                "status": status,
                "answer": codec.text(codec.ANYTHING, answer),
            },
        )

    async def release(self, subject: Subject, key: str) -> None:
        """Gives up a claim without an answer, so that the caller may try again."""
        await self._session.execute(
            delete(IdempotencyRow).where(_is(subject, key), IdempotencyRow.status.is_(None))
        )

    async def forget(self, before: datetime, limit: int) -> int:
        """Deletes keys claimed before an instant; how many."""
        old = (
            select(IdempotencyRow.subject, IdempotencyRow.key)
            .where(IdempotencyRow.created_at < before)
            .order_by(IdempotencyRow.created_at)
            .limit(limit)
        )
        gone = await self._session.execute(
            delete(IdempotencyRow).where(
                tuple_(IdempotencyRow.subject, IdempotencyRow.key).in_(old)
            )
        )
        return gone.rowcount


# Built once: building a statement costs more than running it, and every request runs these.
_CLAIM = (
    insert(IdempotencyRow)
    .on_conflict_do_nothing(index_elements=["subject", "key"])
    .returning(IdempotencyRow.key)
)
_CORRECT = (
    update(IdempotencyRow)
    .where(IdempotencyRow.subject == bindparam("_subject"), IdempotencyRow.key == bindparam("_key"))
    .values(status=bindparam("status"), answer=bindparam("answer"))
)


def _is(subject: Subject, key: str) -> ColumnElement[bool]:
    return and_(IdempotencyRow.subject == subject, IdempotencyRow.key == key)
