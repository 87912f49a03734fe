"""Who is signed in: sessions, and the chain of refresh tokens that each of them is."""

from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, delete, insert, select, update

from domain.ids import Subject
from storage.accounts.reading import ACCOUNT, APPOINTMENT, account_of, appointment_of
from storage.accounts.views import Because, SignInSession, Use
from storage.models import AccountRow, AppointmentRow, RefreshTokenRow, SignInSessionRow
from storage.session import AnyRow, Session

_SESSION = (
    SignInSessionRow.id,
    SignInSessionRow.way,
    SignInSessionRow.opened_at,
    SignInSessionRow.ends_at,
    SignInSessionRow.revoked_at,
)
_ALL = (
    select(*_SESSION, *ACCOUNT, *APPOINTMENT)
    .join(AccountRow, AccountRow.subject == SignInSessionRow.subject)
    .join(AppointmentRow, AppointmentRow.id == SignInSessionRow.appointment_id)
)
_BY_ID = _ALL.where(SignInSessionRow.id == bindparam("_id"))


class SignInSessions:
    """Sessions end once. Tokens come as hashes and are kept until their session is forgotten."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, opened: SignInSession) -> None:
        await self._session.execute(
            insert(SignInSessionRow).values(
                id=opened.id,
                subject=opened.account.subject,
                appointment_id=opened.appointment.id,
                way=opened.way,
                opened_at=opened.opened_at,
                ends_at=opened.ends_at,
            )
        )

    async def by_id(self, id_: str) -> SignInSession | None:
        row = (await self._session.execute(_BY_ID, {"_id": id_})).one_or_none()
        return _session_of(row) if row else None

    async def add_token(
        self, session_id: str, token_sha256: bytes, *, at: datetime, expires_at: datetime
    ) -> None:
        """The next link of the chain. Links that would be too late anyway are forgotten."""
        await self._session.execute(
            delete(RefreshTokenRow).where(
                RefreshTokenRow.session_id == session_id, RefreshTokenRow.expires_at <= at
            )
        )
        await self._session.execute(
            insert(RefreshTokenRow).values(
                token_sha256=token_sha256,
                session_id=session_id,
                issued_at=at,
                expires_at=expires_at,
            )
        )

    async def use_token(self, token_sha256: bytes, at: datetime) -> tuple[str, Use] | None:
        """The session of a token, and how it was used; None for a token that never was.

        Of two who use it at the same time one waits for the other, and is the second.
        """
        used = await self._session.execute(
            update(RefreshTokenRow)
            .where(
                RefreshTokenRow.token_sha256 == token_sha256,
                RefreshTokenRow.used_at.is_(None),
                RefreshTokenRow.expires_at > at,
            )
            .values(used_at=at)
            .returning(RefreshTokenRow.session_id)
        )
        if (first := used.one_or_none()) is not None:
            return first.session_id, Use.FIRST
        known = await self._session.execute(
            select(RefreshTokenRow.session_id, RefreshTokenRow.used_at).where(
                RefreshTokenRow.token_sha256 == token_sha256
            )
        )
        row = known.one_or_none()
        if row is None:
            return None
        return row.session_id, Use.LATE if row.used_at is None else Use.AGAIN

    async def revoke(self, id_: str, because: Because, at: datetime) -> bool:
        """At once and for good; False when it was over already."""
        return bool(await self._revoke(SignInSessionRow.id == id_, because, at))

    async def revoke_all(
        self, subject: Subject, because: Because, at: datetime, *, way: str | None = None
    ) -> int:
        """Everything somebody is signed in with, or what came by one way; how many."""
        whose = SignInSessionRow.subject == subject
        return await self._revoke(
            whose if way is None else whose & (SignInSessionRow.way == way), because, at
        )

    async def forget(self, before: datetime, limit: int) -> int:
        """Deletes sessions whose last instant was before this one, tokens and all; how many."""
        old = select(SignInSessionRow.id).where(SignInSessionRow.ends_at < before).limit(limit)
        gone = await self._session.execute(
            delete(SignInSessionRow).where(SignInSessionRow.id.in_(old))
        )
        return gone.rowcount

    async def _revoke(self, which: ColumnElement[bool], because: Because, at: datetime) -> int:
        ended = await self._session.execute(
            update(SignInSessionRow)
            .where(which, SignInSessionRow.revoked_at.is_(None))
            .values(revoked_at=at, revoked_because=because)
        )
        return ended.rowcount


def _session_of(row: AnyRow) -> SignInSession:
    return SignInSession(
        id=row.id,
        account=account_of(row),
        appointment=appointment_of(row),
        way=row.way,
        opened_at=row.opened_at,
        ends_at=row.ends_at,
        revoked_at=row.revoked_at,
    )
