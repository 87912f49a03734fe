"""Login name and password: the same answer after the same work, whatever was wrong."""

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
from storage.session import Database

log = structlog.get_logger(__name__)

BY_PASSWORD = "password"  # noqa: S105 - the name of a way in


async def sign_in(database: Database, ways_in: WaysIn, body: SignIn, at: datetime) -> Tokens:
    """A session for who knows the password of a login name.

    Raises:
        Problem: `sign_in_locked` after too many attempts in vain, `sign_in_failed` for a name that
            nobody has, a wrong password and a disabled account alike; else as `open_session`.
    """
    account = await _proven(database, ways_in, body.login, body.password, at)
    async with database.begin() as session:
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
        await Accounts(session, ways_in.hasher).set_password(proven.subject, hashed)
        await SignInSessions(session).revoke_all(proven.subject, Because.PASSWORD_CHANGED, at)
        changed = await Accounts(session, ways_in.hasher).by_subject(proven.subject)
        assert changed is not None
        log.info("password_changed", subject=proven.subject)
        return await open_session(
            session,
            ways_in,
            changed,
            way=current.way,
            at=at,
            appointment=current.appointment.id,
        )


async def _proven(
    database: Database, ways_in: WaysIn, login: str, password: str, at: datetime
) -> Account:
    """The account of a login name whose password this is. No connection is held while it hashes."""
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
    async with database.begin() as session:
        await Attempts(session).succeed(tried)
        if verdict.stronger is not None:
            await Accounts(session, ways_in.hasher).set_password(
                account.subject, verdict.stronger, must_change=account.must_change_password
            )
    return account
