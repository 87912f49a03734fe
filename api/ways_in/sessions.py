"""Opens, continues and ends sessions: the one place where every way in ends.

A way in proves who somebody is, finds the account, and opens a session:

    async with entering(request, "wecom") as entrance, parts.database.begin() as session:
        account = await Accounts(session, ways_in.hasher).by_identity("wecom", external_id)
        if account is None:
            raise Problem(ApiCode.SIGN_IN_FAILED)
        tokens = await open_session(session, ways_in, account, entrance, at=parts.now())

`Accounts` also has `by_phone`, `by_login`, `by_subject`, and `link_identity` / `unlink` for who
binds an account to a provider; phones and external ids go in plain and are kept as keyed hashes.
`open_session` looks at everything else: a disabled account, no appointment in force.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from api.auditing import Auditing
from api.problems import ApiCode, Problem
from api.ways_in.addresses import Addresses
from api.ways_in.ending import Ending
from api.ways_in.entering import Entrance
from api.ways_in.passwords import Passwords
from api.ways_in.ring import KeyRing
from domain.appointment import Appointment
from domain.auditing import About, Deed, ObjectKind
from storage.accounts.appointments import Appointments
from storage.accounts.hashing import IdentityHasher
from storage.accounts.sessions import SignInSessions
from storage.accounts.views import Account, Because, SignInSession, Use
from storage.session import Database, Session
from storage.token_hash import hash_of

log = structlog.get_logger(__name__)

_TOKEN_BYTES, _ID_BYTES = 32, 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """How long what lasts."""

    access: timedelta = timedelta(minutes=10)
    idle: timedelta = timedelta(hours=24)
    """A refresh token that is not used for so long is over."""
    longest: timedelta = timedelta(days=30)
    """After so long everybody signs in again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaysIn:
    """What every way in needs, given by the composition root."""

    ring: KeyRing
    hasher: IdentityHasher
    passwords: Passwords
    addresses: Addresses
    lifetimes: Lifetimes = field(default_factory=Lifetimes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What somebody who is signed in holds. Neither token is kept anywhere but with its bearer."""

    access: str = field(repr=False)
    access_lasts: timedelta
    refresh: str = field(repr=False)
    refresh_ends_at: datetime
    session: SignInSession
    appointments: tuple[Appointment, ...]
    """All that are in force, among them the session's."""


async def open_session(  # noqa: PLR0913 - who, how and when, each named
    session: Session,
    ways_in: WaysIn,
    account: Account,
    entrance: Entrance,
    *,
    at: datetime,
    appointment: str | None = None,
) -> Tokens:
    """A new session of an account, acting in the named appointment, else in the earliest.

    It is on record in the same transaction, which has to be one that can write.

    Raises:
        Problem: `sign_in_failed` when the account is disabled, as if it were none;
            `no_appointment` when it has none in force, or not the named one.
    """
    entrance.whose, way = account.subject, entrance.way
    if account.disabled_at is not None:
        log.warning("sign_in_disabled", subject=account.subject, way=way)
        raise Problem(ApiCode.SIGN_IN_FAILED)
    in_force = await Appointments(session).in_force(account.subject, at)
    opened = SignInSession(
        id=secrets.token_hex(_ID_BYTES),
        account=account,
        appointment=_chosen(in_force, appointment),
        way=way,
        opened_at=at,
        ends_at=at + ways_in.lifetimes.longest,
    )
    await SignInSessions(session).add(opened)
    await entrance.opened(session, opened)
    log.info("session_opened", subject=account.subject, session=opened.id, way=way)
    return await _next_tokens(session, ways_in, opened, in_force, at)


async def continue_session(
    database: Database, ways_in: WaysIn, refresh: str, audit: Auditing, at: datetime
) -> Tokens:
    """The next tokens of a session. A token that was used before ends its session for everybody.

    Raises:
        Problem: `session_over`, whatever the reason.
    """
    async with database.begin() as session:
        sessions = SignInSessions(session)
        used = await sessions.use_token(hash_of(refresh), at)
        found = await sessions.by_id(used[0]) if used else None
        if used and used[1] is Use.AGAIN and found:
            await sessions.revoke(found.id, Because.REFRESHED_TWICE, at)
            await audit.did(
                session,
                Deed.SESSION_REVOKED,
                About(ObjectKind.SESSION, found.id),
                subject=found.account.subject,
                because=Because.REFRESHED_TWICE,
            )
            log.warning("refresh_token_used_again", subject=found.account.subject, session=found.id)
        elif used and used[1] is Use.FIRST and found and found.is_open(at):
            in_force = await Appointments(session).in_force(found.account.subject, at)
            return await _next_tokens(session, ways_in, found, in_force, at)
    raise Problem(ApiCode.SESSION_OVER)  # outside: what was found out stays written


async def switch_appointment(  # noqa: PLR0913, PLR0917 - who, from where, whereto and when
    session: Session,
    ways_in: WaysIn,
    entrance: Entrance,
    current: SignInSession,
    appointment: str,
    at: datetime,
) -> Tokens:
    """The same person in another appointment; the session they came in ends first.

    Raises:
        Problem: `session_over` when it was ended meanwhile; `no_appointment` when that one is not
            theirs, or not in force.
    """
    account = await Ending(session, ways_in.hasher, at).own(current, Because.SWITCHED)
    tokens = await open_session(session, ways_in, account, entrance, at=at, appointment=appointment)
    about = About(ObjectKind.APPOINTMENT, appointment)
    await entrance.audit.did(session, Deed.APPOINTMENT_SWITCHED, about, opened=tokens.session.id)
    return tokens


def _chosen(in_force: tuple[Appointment, ...], named: str | None) -> Appointment:
    found = [each for each in in_force if named in (None, each.id)]
    if not found:
        raise Problem(ApiCode.NO_APPOINTMENT)
    return found[0]


async def _next_tokens(
    session: Session,
    ways_in: WaysIn,
    opened: SignInSession,
    in_force: tuple[Appointment, ...],
    at: datetime,
) -> Tokens:
    refresh = secrets.token_urlsafe(_TOKEN_BYTES)
    ends_at = min(at + ways_in.lifetimes.idle, opened.ends_at)
    await SignInSessions(session).add_token(opened.id, hash_of(refresh), at=at, expires_at=ends_at)
    lasts = min(ways_in.lifetimes.access, opened.ends_at - at)
    return Tokens(
        access=ways_in.ring.sign(_claims(opened), at=at, lasts=lasts),
        access_lasts=lasts,
        refresh=refresh,
        refresh_ends_at=ends_at,
        session=opened,
        appointments=in_force,
    )


def _claims(opened: SignInSession) -> dict[str, object]:
    """As `api.auth.Claims` reads them."""
    actor = opened.appointment.actor
    said: dict[str, object] = {
        "sub": actor.subject,
        "roles": [*actor.roles],
        "grids": [*actor.grids],
        "sid": opened.id,
    }
    return said | ({"department": actor.department} if actor.department else {})
