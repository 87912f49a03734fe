"""Accounts and the ways by which they are found."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from domain.ids import Subject
from storage.accounts.hashing import IdentityHasher, plain_login
from storage.accounts.reading import ACCOUNT, account_of
from storage.accounts.views import Account, Linked
from storage.models import AccountRow, IdentityRow
from storage.session import Session


class Taken(Exception):
    """Somebody else has this login name, phone or identity; or the subject has an account."""


class Accounts:
    """Finds, makes and changes accounts. Phones and external ids come in plain and stay hashed.

    `by_...` find disabled accounts too: whoever opens a session has to look (`open_session` does).
    """

    def __init__(self, session: Session, hasher: IdentityHasher) -> None:
        self._session = session
        self._hasher = hasher

    async def by_subject(self, subject: Subject) -> Account | None:
        return await self._one(AccountRow.subject == subject)

    async def by_login(self, login: str) -> Account | None:
        return await self._one(AccountRow.login == plain_login(login))

    async def by_phone(self, phone: str) -> Account | None:
        """The account that an administrator wrote this phone on."""
        return await self._one(AccountRow.phone_hash.in_(self._hasher.phones(phone)))

    async def by_identity(self, provider: str, external_id: str) -> Account | None:
        """The account linked to an id of a provider."""
        hashes = self._hasher.identities(provider, external_id)
        return await self._one(
            AccountRow.subject.in_(
                select(IdentityRow.subject).where(
                    IdentityRow.provider == provider, IdentityRow.external_hash.in_(hashes)
                )
            )
        )

    async def add(self, account: Account) -> None:
        """A new account.

        Raises:
            Taken: its subject or its login name is somebody's.
        """
        added = await self._session.execute(
            insert(AccountRow)
            .values(
                subject=account.subject,
                login=plain_login(account.login) if account.login else None,
                password_hash=account.password_hash,
                must_change_password=account.must_change_password,
                created_at=account.created_at,
                created_by=account.created_by,
            )
            .on_conflict_do_nothing()
            .returning(AccountRow.subject)
        )
        if added.one_or_none() is None:
            raise Taken(account.subject)

    async def lock(self, subject: Subject) -> None:
        """Whoever changes the same account waits until this transaction is over."""
        await self._session.execute(
            select(AccountRow.subject).where(AccountRow.subject == subject).with_for_update()
        )

    async def set_login(self, subject: Subject, login: str | None) -> None:
        """Gives a login name, or takes it away.

        Raises:
            Taken: somebody has it.
        """
        plain = plain_login(login) if login else None
        await self._set_unless(subject, AccountRow.login == plain, login=plain)

    async def set_phone(self, subject: Subject, phone: str | None) -> None:
        """Writes the phone by which the account is found, hashed; None takes it away.

        Raises:
            Taken: it is another account's.
        """
        hashes = self._hasher.phones(phone) if phone else []
        first = self._hasher.phone(phone) if phone else None
        await self._set_unless(subject, AccountRow.phone_hash.in_(hashes), phone_hash=first)

    async def set_password(
        self, subject: Subject, password_hash: str, *, must_change: bool = False
    ) -> None:
        await self._set(subject, password_hash=password_hash, must_change_password=must_change)

    async def disable(self, subject: Subject, at: datetime, by: Subject) -> None:
        """Nobody signs in any more; ending the sessions is `SignInSessions.revoke_all`."""
        await self._set(subject, disabled_at=at, disabled_by=by)

    async def enable(self, subject: Subject) -> None:
        await self._set(subject, disabled_at=None, disabled_by=None)

    async def forget(self, subject: Subject, at: datetime, by: Subject) -> None:
        """Nothing leads to a person any more: no name, phone, password or provider's id."""
        await self._session.execute(delete(IdentityRow).where(IdentityRow.subject == subject))
        await self._set(
            subject,
            login=None,
            phone_hash=None,
            password_hash=None,
            must_change_password=False,
            disabled_at=at,
            disabled_by=by,
        )

    async def link_identity(
        self, subject: Subject, provider: str, external_id: str, *, at: datetime, by: Subject
    ) -> None:
        """From now on the provider's id finds this account. Said again, nothing changes.

        Raises:
            Taken: the id is another account's.
        """
        owner = await self.by_identity(provider, external_id)
        if owner is not None:
            if owner.subject != subject:
                raise Taken(subject)
            return
        added = await self._session.execute(
            insert(IdentityRow)
            .values(
                provider=provider,
                external_hash=self._hasher.identity(provider, external_id),
                subject=subject,
                linked_at=at,
                linked_by=by,
            )
            .on_conflict_do_nothing()
            .returning(IdentityRow.subject)
        )
        if added.one_or_none() is None:
            raise Taken(subject)

    async def unlink(self, subject: Subject, provider: str) -> int:
        """Forgets whom the provider knows as this account; how many ids that were."""
        gone = await self._session.execute(
            delete(IdentityRow).where(
                IdentityRow.subject == subject, IdentityRow.provider == provider
            )
        )
        return gone.rowcount

    async def identities_of(self, subject: Subject) -> tuple[Linked, ...]:
        found = await self._session.execute(
            select(IdentityRow.provider, IdentityRow.linked_at, IdentityRow.linked_by)
            .where(IdentityRow.subject == subject)
            .order_by(IdentityRow.provider, IdentityRow.linked_at)
        )
        return tuple(
            Linked(provider=row.provider, linked_at=row.linked_at, linked_by=Subject(row.linked_by))
            for row in found
        )

    async def _one(self, condition: ColumnElement[bool]) -> Account | None:
        found = await self._session.execute(select(*ACCOUNT).where(condition))
        row = found.one_or_none()
        return account_of(row) if row else None

    async def _set(self, subject: Subject, **values: object) -> None:
        await self._session.execute(
            update(AccountRow).where(AccountRow.subject == subject).values(**values)
        )

    async def _set_unless(
        self, subject: Subject, taken: ColumnElement[bool], **values: object
    ) -> None:
        """Should two do so at the same instant, the database refuses the later one as well."""
        others = select(exists().where(taken, AccountRow.subject != subject))
        if (await self._session.execute(others)).scalar_one():
            raise Taken(subject)
        try:
            async with self._session.begin_nested():
                await self._set(subject, **values)
        except IntegrityError:
            raise Taken(subject) from None
