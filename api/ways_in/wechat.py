"""Signing in from the mini-program: by whom WeChat knows, once that is bound to an account.

It is bound by the phone that an administrator wrote on the account, or by a code that an
administrator gives to the person. Both need a fresh code of `wx.login` beside, so nobody can bind
somebody else's WeChat. Neither openid nor phone is kept but as a keyed hash, or sent to anybody.
"""

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from api.problems import ApiCode, Problem
from api.schemas.wechat import BindWeChat, SignInByWeChat
from api.ways_in.appointing import places_of
from api.ways_in.sessions import Tokens, WaysIn, open_session
from api.ways_in.wechat_client import (
    CodeRefused,
    RiskyPerson,
    TooOften,
    WeChat,
    WeChatPerson,
    WeChatUnavailable,
)
from domain.appointment import Appointment
from domain.ids import Subject
from domain.vocabulary import Role
from storage.accounts.appointments import Appointments
from storage.accounts.codes import SignInCode, SignInCodes
from storage.accounts.repository import Accounts, Taken
from storage.accounts.views import Account
from storage.session import Database, Session

log = structlog.get_logger(__name__)

PROVIDER = "wechat"
BINDING = "wechat.bind"
"""The way that a code for binding stands for; it opens no session by itself."""
CODE_LASTS = timedelta(minutes=15)
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Read aloud and typed by hand: nothing that looks like something else."""
_LENGTH = 10
_SUBJECT_BYTES, _ID_BYTES = 8, 16


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChatWay:
    """The way in of one installation; `makes_residents` is its policy for unknown phones."""

    wechat: WeChat
    database: Database
    ways_in: WaysIn
    makes_residents: bool = False

    async def sign_in(self, body: SignInByWeChat, at: datetime) -> Tokens:
        """A session for whom WeChat knows.

        Raises:
            Problem: `not_linked` when that is bound to no account; `provider_refused`,
                `provider_unavailable` or `too_many_attempts` as WeChat answers; else as
                `open_session`.
        """
        person = await self._person(body.code)
        async with self.database.begin() as session:
            accounts = self._accounts(session)
            account = await self._settled(
                accounts, lambda: accounts.by_identity(PROVIDER, person.openid)
            )
            if account is None:
                raise Problem(ApiCode.NOT_LINKED)
            return await self._open(session, account, body.appointment, at)

    async def bind(self, body: BindWeChat, at: datetime) -> Tokens:
        """Binds whom WeChat knows to an account, and opens a session for it.

        Raises:
            Problem: `not_linked` when no account has this phone; `sign_in_stale` for a code for
                binding that is over; `account_taken` when this WeChat is bound to another account,
                or this account to another WeChat; else as `sign_in`.
        """
        person = await self._person(body.code)
        phone = await self._phone(body.phone_code) if body.phone_code else None
        whose = None if phone is not None else await self._redeemed(body.bind_code or "", at)
        try:
            async with self.database.begin() as session:
                account = await self._meant(session, phone, whose, at)
                await self._link(session, account.subject, person, at)
                tokens = await self._open(session, account, body.appointment, at)
        except Taken as error:
            raise Problem(ApiCode.ACCOUNT_TAKEN) from error
        log.info("wechat_bound", subject=account.subject, by_phone=phone is not None)
        return tokens

    async def _settled(
        self, accounts: Accounts, find: Callable[[], Awaitable[Account | None]]
    ) -> Account | None:
        """What is found once more when nobody unbinds, disables or changes it any more.

        Else a session could be opened beside the administrator who is ending them all.
        """
        found = await find()
        if found is None:
            return None
        await accounts.lock(found.subject)
        return await find()

    async def _redeemed(self, bind_code: str, at: datetime) -> Subject:
        """Whom a code for binding is for. One that was brought is used, whatever comes of it."""
        async with self.database.begin() as session:
            known = await SignInCodes(session).use(hash_of(bind_code))
        if known is None or known.way != BINDING or known.expires_at <= at:
            raise Problem(ApiCode.SIGN_IN_STALE)
        return known.subject

    async def _meant(
        self, session: Session, phone: str | None, whose: Subject | None, at: datetime
    ) -> Account:
        accounts = self._accounts(session)
        if phone is not None:
            by_phone = await self._settled(accounts, lambda: accounts.by_phone(phone))
            found = by_phone or await self._resident(session, phone, at)
        else:
            subject = whose or Subject("")
            found = await self._settled(accounts, lambda: accounts.by_subject(subject))
        if found is None:
            raise Problem(ApiCode.NOT_LINKED)
        return found

    async def _link(
        self, session: Session, subject: Subject, person: WeChatPerson, at: datetime
    ) -> None:
        """One account, one WeChat: who got an old number from a carrier gets no account with it."""
        accounts = self._accounts(session)
        linked = await accounts.identities_of(subject)
        owner = await accounts.by_identity(PROVIDER, person.openid)
        if owner is None and any(each.provider == PROVIDER for each in linked):
            log.warning("wechat_bound_already", subject=subject)
            raise Taken(subject)
        await accounts.link_identity(subject, PROVIDER, person.openid, at=at, by=subject)

    async def _resident(self, session: Session, phone: str, at: datetime) -> Account | None:
        """An account without anything but a role, where the policy makes them."""
        if not self.makes_residents:
            return None
        subject = Subject(f"u.{secrets.token_hex(_SUBJECT_BYTES)}")
        account = Account(subject=subject, created_at=at, created_by=Subject(PROVIDER))
        accounts = self._accounts(session)
        await accounts.add(account)
        await accounts.set_phone(subject, phone)
        resident = Appointment(
            id=secrets.token_hex(_ID_BYTES),
            subject=subject,
            roles=(Role.RESIDENT,),
            places=await places_of(session, None, ()),
            since=at,
            appointed_by=Subject(PROVIDER),
        )
        await Appointments(session).add(resident, at)
        log.info("account_created", subject=subject, by=PROVIDER)
        return account

    async def _open(
        self, session: Session, account: Account, appointment: str | None, at: datetime
    ) -> Tokens:
        return await open_session(
            session, self.ways_in, account, way=PROVIDER, at=at, appointment=appointment
        )

    def _accounts(self, session: Session) -> Accounts:
        return Accounts(session, self.ways_in.hasher)

    async def _person(self, code: str) -> WeChatPerson:
        try:
            return await self.wechat.person(code)
        except (CodeRefused, RiskyPerson) as error:
            raise Problem(ApiCode.PROVIDER_REFUSED) from error
        except TooOften as error:
            raise _too_often() from error
        except WeChatUnavailable as error:
            raise Problem(ApiCode.PROVIDER_UNAVAILABLE) from error

    async def _phone(self, code: str) -> str:
        try:
            return await self.wechat.phone(code)
        except CodeRefused as error:
            raise Problem(ApiCode.PROVIDER_REFUSED) from error
        except TooOften as error:
            raise _too_often() from error
        except WeChatUnavailable as error:
            raise Problem(ApiCode.PROVIDER_UNAVAILABLE) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class BindCode:
    """What an administrator reads to somebody, who types it into the mini-program."""

    code: str
    expires_at: datetime


async def bind_code_for(session: Session, subject: Subject, at: datetime) -> BindCode:
    """A new code for an account, instead of any before; works once, for a quarter of an hour."""
    code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    expires_at = at + CODE_LASTS
    kept = SignInCode(subject=subject, way=BINDING, challenge=None, expires_at=expires_at)
    codes = SignInCodes(session)
    await codes.withdraw(subject, BINDING)
    await codes.add(hash_of(code), kept, at)
    return BindCode(code=code, expires_at=expires_at)


def hash_of(code: str) -> bytes:
    """Of some fifty random bits, good for minutes, which only who WeChat knows can try."""
    return hashlib.sha256(f"{BINDING} {code.strip().upper()}".encode()).digest()


def _too_often() -> Problem:
    seconds = "60"
    return Problem(
        ApiCode.TOO_MANY_ATTEMPTS, {"seconds": seconds}, headers={"Retry-After": seconds}
    )
