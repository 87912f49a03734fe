"""Tokens of sources: hashed, several at once while they rotate, revoked for good."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, insert, or_, select, update

from domain.ids import SourceCode, Subject
from storage.alerts.views import Credential
from storage.models import CredentialRow
from storage.session import AnyRow, Session

_COLUMNS = (
    CredentialRow.id,
    CredentialRow.source,
    CredentialRow.issued_at,
    CredentialRow.issued_by,
    CredentialRow.expires_at,
    CredentialRow.revoked_at,
)


class Credentials:
    """What a token is known by; the token itself is nowhere."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, credential: Credential, token_sha256: bytes) -> None:
        await self._session.execute(
            insert(CredentialRow).values(
                id=credential.id,
                source=credential.source,
                token_sha256=token_sha256,
                issued_at=credential.issued_at,
                issued_by=credential.issued_by,
            )
        )

    async def by_hash(self, token_sha256: bytes, at: datetime) -> tuple[Credential, bytes] | None:
        """The credential in force, and the hash that was kept of its token."""
        found = await self._session.execute(_BY_HASH, {"_sha256": token_sha256, "_at": at})
        row = found.one_or_none()
        return (_credential(row), row.token_sha256) if row else None

    async def of(self, source: SourceCode) -> tuple[Credential, ...]:
        """All there ever were, newest first."""
        found = select(*_COLUMNS).where(CredentialRow.source == source)
        ordered = found.order_by(CredentialRow.issued_at.desc(), CredentialRow.id)
        return tuple(_credential(row) for row in await self._session.execute(ordered))

    async def in_force(self, source: SourceCode, at: datetime) -> tuple[Credential, ...]:
        """Those that open the door now."""
        found = select(*_COLUMNS).where(CredentialRow.source == source, _is_in_force(at))
        return tuple(_credential(row) for row in await self._session.execute(found))

    async def end(
        self, source: SourceCode, at: datetime, *, except_for: Sequence[str] = ()
    ) -> None:
        """All but these end at an instant, unless they end before it anyway."""
        await self._session.execute(
            update(CredentialRow)
            .where(
                CredentialRow.source == source,
                CredentialRow.id.not_in(except_for),
                or_(CredentialRow.expires_at.is_(None), CredentialRow.expires_at > at),
            )
            .values(expires_at=at)
        )

    async def revoke(self, source: SourceCode, id_: str, at: datetime) -> Credential | None:
        """At once and for good; None when the source has no such credential."""
        mine = (CredentialRow.source == source, CredentialRow.id == id_)
        await self._session.execute(
            update(CredentialRow)
            .where(*mine, CredentialRow.revoked_at.is_(None))
            .values(revoked_at=at)
        )
        row = (await self._session.execute(select(*_COLUMNS).where(*mine))).one_or_none()
        return _credential(row) if row else None


def _is_in_force(at: object) -> ColumnElement[bool]:
    not_over = or_(CredentialRow.expires_at.is_(None), CredentialRow.expires_at > at)
    return CredentialRow.revoked_at.is_(None) & not_over


_BY_HASH = select(*_COLUMNS, CredentialRow.token_sha256).where(
    CredentialRow.token_sha256 == bindparam("_sha256"),
    _is_in_force(bindparam("_at", type_=CredentialRow.expires_at.type)),
)


def _credential(row: AnyRow) -> Credential:
    return Credential(
        id=row.id,
        source=SourceCode(row.source),
        issued_at=row.issued_at,
        issued_by=Subject(row.issued_by),
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
