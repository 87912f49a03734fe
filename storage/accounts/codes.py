"""Codes that stand for a sign-in between the provider's answer and the session."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from domain.ids import Subject
from storage.models import SignInCodeRow as Row
from storage.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInCode:
    """Whose sign-in it is, and which page may finish it."""

    subject: Subject
    way: str
    challenge: str | None
    """None where any page may: by a code that an administrator gives to somebody."""
    expires_at: datetime


class SignInCodes:
    """Codes come as hashes. Each is used up by whoever brings it first, be they right or wrong."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, code_sha256: bytes, code: SignInCode, at: datetime) -> None:
        """A new one. Those that nobody came back with are forgotten."""
        await self._session.execute(delete(Row).where(Row.expires_at <= at))
        await self._session.execute(
            insert(Row).values(
                code_sha256=code_sha256,
                challenge=code.challenge,
                subject=code.subject,
                way=code.way,
                expires_at=code.expires_at,
            )
        )

    async def withdraw(self, subject: Subject, way: str | None = None) -> None:
        """What somebody was given, for one way or any, and did not bring yet is worth nothing."""
        theirs = Row.subject == subject
        which = theirs if way is None else theirs & (Row.way == way)
        await self._session.execute(delete(Row).where(which))

    async def whose(self, code_sha256: bytes) -> Subject | None:
        """Whose account a code is for, which is not used up by that."""
        found = await self._session.execute(
            select(Row.subject).where(Row.code_sha256 == code_sha256)
        )
        subject = found.scalar_one_or_none()
        return None if subject is None else Subject(subject)

    async def use(self, code_sha256: bytes) -> SignInCode | None:
        """What a code stands for, once; of two at the same time one gets None."""
        used = await self._session.execute(
            delete(Row)
            .where(Row.code_sha256 == code_sha256)
            .returning(Row.subject, Row.way, Row.challenge, Row.expires_at)
        )
        row = used.one_or_none()
        if row is None:
            return None
        return SignInCode(
            subject=Subject(row.subject),
            way=row.way,
            challenge=row.challenge,
            expires_at=row.expires_at,
        )
