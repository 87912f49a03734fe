"""Login name and password: the same answer after the same work, whatever was wrong."""

from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import structlog

from api.problems import ApiCode, Problem
from api.schemas.accounts import ChangePassword, SignIn
from api.ways_in.addresses import locked
from api.ways_in.ending import Ending
from api.ways_in.entering import Entrance, of_account
from api.ways_in.passwords import require_good
from api.ways_in.sessions import Tokens, WaysIn, open_session
from domain.auditing import Deed
from storage.accounts.attempts import Attempts
from storage.accounts.repository import Accounts
from storage.accounts.views import Account, Because, SignInSession
from storage.session import Database, Session

log = structlog.get_logger(__name__)
T = TypeVar("T")

BY_PASSWORD = "password"  # noqa: S105 - the name of a way in


async def sign_in(
    database: Database, ways_in: WaysIn, entrance: Entrance, body: SignIn, at: datetime
) -> Tokens:
    """A session for who knows the password of a login name.

    Raises:
        Problem: `sign_in_locked` after too many attempts in vain, `sign_in_failed` for a name that
            nobody has, a wrong password and a disabled account alike; else as `open_session`.
    """
    proven = await _proven(database, ways_in, entrance, (body.login, body.password), at)
    async with database.begin() as session:
        account = await _settled(session, ways_in, proven)
        return await open_session(
            session, ways_in, account, entrance, at=at, appointment=body.appointment
        )


async def change_password(  # noqa: PLR0913, PLR0917 - who, from where, to what and when
    database: Database,
    ways_in: WaysIn,
    entrance: Entrance,
    current: SignInSession,
    body: ChangePassword,
    at: datetime,
) -> Tokens:
    """A new password. Everything somebody was signed in with is over; this bearer gets new tokens.

    Raises:
        Problem: as `sign_in`, for whoever found an open screen must not guess here either; or
            `invalid_input`, for a password that is no good, or `session_over`.
    """
    account = current.account
    if account.login is None:
        raise Problem(ApiCode.SIGN_IN_FAILED)
    require_good(body.new_password, account.login, account.subject)
    proven = await _proven(database, ways_in, entrance, (account.login, body.password), at)
    hashing = ways_in.passwords.hashed(body.new_password)
    hashed = await _looked_at(database, proven.tried, at, hashing)
    async with database.begin() as session:
        await _settled(session, ways_in, proven)
        ending, why = Ending(session, ways_in.hasher, at), Because.PASSWORD_CHANGED
        await ending.own(current, why)
        accounts = Accounts(session, ways_in.hasher)
        await accounts.set_password(account.subject, hashed)
        ended = 1 + await ending.all_of(account.subject, why)
        about = of_account(account.subject)
        await entrance.audit.did(session, Deed.PASSWORD_CHANGED, about, sessions=ended)
        changed = await accounts.by_subject(account.subject)
        assert changed is not None
        log.info("password_changed", subject=account.subject)
        return await open_session(
            session,
            ways_in,
            changed,
            entrance,
            at=at,
            appointment=current.appointment.id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Proven:
    """Somebody who knew the password that the account had when they were asked."""

    account: Account
    tried: bytes
    stronger: str | None = field(repr=False)


async def _proven(
    database: Database, ways_in: WaysIn, entrance: Entrance, said: tuple[str, str], at: datetime
) -> _Proven:
    """Whoever knows the password of a login name. No connection is held while it hashes."""
    login, password = said
    tried = ways_in.hasher.login(login)
    async with database.begin() as session:
        until = await Attempts(session).begin(tried, at)
        account = await Accounts(session, ways_in.hasher).by_login(login)
    entrance.whose = account.subject if account else None
    if until is not None:
        log.warning("sign_in_locked", subject=account.subject if account else None)
        raise locked(ApiCode.SIGN_IN_LOCKED, (until - at).total_seconds())
    looking = ways_in.passwords.verify(password, account.password_hash if account else None)
    verdict = await _looked_at(database, tried, at, looking)
    if account is None or not verdict.is_right or account.disabled_at is not None:
        log.warning("sign_in_failed", subject=account.subject if account else None)
        raise Problem(ApiCode.SIGN_IN_FAILED)
    return _Proven(account=account, tried=tried, stronger=verdict.stronger)


async def _looked_at(database: Database, tried: bytes, at: datetime, looking: Awaitable[T]) -> T:
    """What the hashing said; when it is too much to hash now, that is held against nobody.

    Raises:
        Problem: `overloaded`.
    """
    try:
        return await looking
    except Problem:
        async with database.begin() as session:
            await Attempts(session).take_back(tried, at)
        raise


async def _settled(session: Session, ways_in: WaysIn, proven: _Proven) -> Account:
    """The account as it is now, if nobody gave it another password while this one was hashed.

    Raises:
        Problem: `sign_in_failed`: somebody did.
    """
    accounts, before = Accounts(session, ways_in.hasher), proven.account
    await accounts.lock(before.subject)
    account = await accounts.by_subject(before.subject)
    if account is None or account.password_hash != before.password_hash:
        raise Problem(ApiCode.SIGN_IN_FAILED)
    await Attempts(session).succeed(proven.tried)
    if proven.stronger is not None:
        await accounts.set_password(
            account.subject, proven.stronger, must_change=account.must_change_password
        )
    return account
