"""Login name and password: the same answer after the same work, whatever was wrong."""

from dataclasses import dataclass, field
from datetime import datetime

import structlog

from api.problems import ApiCode, Problem
from api.schemas.accounts import ChangePassword, SignIn
from api.ways_in.addresses import locked
from api.ways_in.passwords import require_good
from api.ways_in.sessions import Tokens, WaysIn, open_session
from storage.accounts.attempts import Attempts
from storage.accounts.repository import Accounts
from storage.accounts.sessions import SignInSessions
from storage.accounts.views import Account, Because, SignInSession
from storage.session import Database, Session

log = structlog.get_logger(__name__)

BY_PASSWORD = "password"  # noqa: S105 - the name of a way in


async def sign_in(database: Database, ways_in: WaysIn, body: SignIn, at: datetime) -> Tokens:
    """A session for who knows the password of a login name.

    Raises:
        Problem: `sign_in_locked` after too many attempts in vain, `sign_in_failed` for a name that
            nobody has, a wrong password and a disabled account alike; else as `open_session`.
    """
    proven = await _proven(database, ways_in, body.login, body.password, at)
    async with database.begin() as session:
        account = await _settled(session, ways_in, proven)
        return await open_session(
            session, ways_in, account, way=BY_PASSWORD, at=at, appointment=body.appointment
        )


async def change_password(
    database: Database, ways_in: WaysIn, current: SignInSession, body: ChangePassword, at: datetime
) -> Tokens:
    """A new password. Everything somebody was signed in with is over; this bearer gets new tokens.

    Raises:
        Problem: as `sign_in`, for whoever found an open screen must not guess here either; or
            `invalid_input`, for a password that is no good.
    """
    account = current.account
    if account.login is None:
        raise Problem(ApiCode.SIGN_IN_FAILED)
    require_good(body.new_password, account.login, account.subject)
    proven = await _proven(database, ways_in, account.login, body.password, at)
    hashed = await ways_in.passwords.hashed(body.new_password)
    async with database.begin() as session:
        await _settled(session, ways_in, proven)
        accounts = Accounts(session, ways_in.hasher)
        await accounts.set_password(account.subject, hashed)
        await SignInSessions(session).revoke_all(account.subject, Because.PASSWORD_CHANGED, at)
        changed = await accounts.by_subject(account.subject)
        assert changed is not None
        log.info("password_changed", subject=account.subject)
        return await open_session(
            session,
            ways_in,
            changed,
            way=current.way,
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
    database: Database, ways_in: WaysIn, login: str, password: str, at: datetime
) -> _Proven:
    """Whoever knows the password of a login name. No connection is held while it hashes."""
    tried = ways_in.hasher.login(login)
    async with database.begin() as session:
        until = await Attempts(session).begin(tried, at)
        account = await Accounts(session, ways_in.hasher).by_login(login)
    if until is not None:
        log.warning("sign_in_locked", subject=account.subject if account else None)
        raise locked(ApiCode.SIGN_IN_LOCKED, (until - at).total_seconds())
    verdict = await ways_in.passwords.verify(password, account.password_hash if account else None)
    if account is None or not verdict.is_right or account.disabled_at is not None:
        log.warning("sign_in_failed", subject=account.subject if account else None)
        raise Problem(ApiCode.SIGN_IN_FAILED)
    return _Proven(account=account, tried=tried, stronger=verdict.stronger)


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
