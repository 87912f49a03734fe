"""Requests remembered by the key of their caller, so that a repeated one gets the same answer."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.ids import Subject
from storage import codec
from storage.models import IdempotencyRow
from storage.models.messages import LONGEST_KEY
from storage.session import Session
from storage.views import Stored

__all__ = ["LONGEST_KEY", "Idempotency", "KeyReused"]


class KeyReused(Exception):
    """The key was used before, by somebody else or for another request."""


class Idempotency:
    """One key, one request. An answer must not repeat personal data: it is kept as it is."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def claim(
        self, key: str, subject: Subject, route: str, body_sha256: str, at: datetime
    ) -> Stored | None:
        """None when the key is new and now the caller's, else what is stored under it.

        A second claim waits for the first one's transaction.

        Raises:
            KeyReused: the key belongs to another subject, route or body.
        """
        claimed = await self._session.execute(
            insert(IdempotencyRow)
            .values(key=key, subject=subject, route=route, body_sha256=body_sha256, created_at=at)
            .on_conflict_do_nothing(index_elements=["key"])
            .returning(IdempotencyRow.key)
        )
        if claimed.one_or_none() is not None:
            return None
        found = select(
            IdempotencyRow.subject,
            IdempotencyRow.route,
            IdempotencyRow.body_sha256,
            IdempotencyRow.status,
            IdempotencyRow.answer,
            IdempotencyRow.created_at,
        ).where(IdempotencyRow.key == key)
        row = (await self._session.execute(found)).one()
        if (row.subject, row.route, row.body_sha256) != (subject, route, body_sha256):
            raise KeyReused(key)
        answer = codec.ANYTHING.validate_json(row.answer) if row.answer is not None else None
        return Stored(status=row.status, answer=answer, created_at=row.created_at)

    async def store(self, key: str, status: int, answer: object) -> None:
        """The answer to give again; the first one stays."""
        await self._session.execute(
            update(IdempotencyRow)
            .where(IdempotencyRow.key == key, IdempotencyRow.status.is_(None))
            .values(status=status, answer=codec.text(codec.ANYTHING, answer))
        )

    async def release(self, key: str) -> None:
        """Gives up a claim without an answer, so that the caller may try again."""
        await self._session.execute(
            delete(IdempotencyRow).where(IdempotencyRow.key == key, IdempotencyRow.status.is_(None))
        )

    async def forget(self, before: datetime, limit: int) -> int:
        """Deletes keys claimed before an instant; how many."""
        old = (
            select(IdempotencyRow.key)
            .where(IdempotencyRow.created_at < before)
            .order_by(IdempotencyRow.created_at)
            .limit(limit)
        )
        gone = await self._session.execute(
            delete(IdempotencyRow).where(IdempotencyRow.key.in_(old))
        )
        return gone.rowcount
