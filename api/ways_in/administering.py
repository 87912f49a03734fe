"""Accounts made, changed and ended by administrators, each within their own grids."""

import secrets
from datetime import datetime
from typing import Self

import structlog
from pydantic import BaseModel

from api.answering import Ledger, Reply, again
from api.asking import Asking
from api.auditing import Auditing
from api.problems import ApiCode, Problem
from api.schemas.accounts import (
    AccountDetail,
    AccountMade,
    Appoint,
    AppointmentRead,
    ChangeAccount,
    CreateAccount,
    EndAppointment,
    PasswordReset,
    SignedOut,
    Unlink,
)
from api.ways_in.appointing import (
    appointed,
    require_nobodys,
    require_other,
    require_sight,
    require_whole,
)
from api.ways_in.ending import Ending
from api.ways_in.entering import of_account
from api.ways_in.passwords import Given
from api.ways_in.sessions import WaysIn
from api.ways_in.showing import account_read
from domain.actor import Actor
from domain.auditing import About, Deed, ObjectKind, Particular
from domain.ids import Subject
from storage.accounts.appointments import Appointments
from storage.accounts.repository import Accounts, Taken
from storage.accounts.views import Account, Because
from storage.session import Session

log = structlog.get_logger(__name__)

_SUBJECT_BYTES = 8


class Administration:
    """What an administrator does with accounts, in one open transaction, at one instant."""

    def __init__(self, session: Session, ways_in: WaysIn, at: datetime) -> None:
        self._session = session
        self._ways_in = ways_in
        self._accounts = Accounts(session, ways_in.hasher)
        self._ending = Ending(session, ways_in.hasher, at)
        self._at = at

    async def detail(self, subject: Subject, actor: Actor) -> AccountDetail:
        """An account of which something lies in the actor's grids.

        Raises:
            Problem: `not_found`, also for those of others.
        """
        accounts = self._accounts
        account = await accounts.by_subject(subject)
        ever = await Appointments(self._session).of(subject)
        if account is None:
            raise Problem(ApiCode.NOT_FOUND)
        if subject != actor.subject:
            require_sight(actor, ever)
        return account_read(account, ever, await accounts.identities_of(subject))

    async def create(self, asking: Asking, body: CreateAccount, given: Given | None) -> AccountMade:
        """A new account with its appointments, and the given password, which is shown this once.

        Raises:
            Problem: `account_taken`; else as `require_nobodys` and `appointed`.
        """
        ledger = Ledger(self._session, asking)
        reply = again(await ledger.open(Sealed.of(body, self._ways_in), self._at))
        if reply is not None:
            return AccountMade.model_validate({**reply.body, "password": None})
        subject = Subject(body.subject or f"u.{secrets.token_hex(_SUBJECT_BYTES)}")
        await require_nobodys(self._session, asking.actor, subject)
        account = Account(
            subject=subject,
            login=body.login,
            password_hash=given.kept if given else None,
            must_change_password=given is not None,
            created_at=self._at,
            created_by=asking.actor.subject,
        )
        posts = [
            await appointed(self._session, asking.actor, subject, each, self._at)
            for each in body.appointments
        ]
        accounts = self._accounts
        try:
            await accounts.add(account)
            if body.phone:
                await accounts.set_phone(subject, body.phone)
        except Taken as error:
            raise Problem(ApiCode.ACCOUNT_TAKEN) from error
        for each in posts:
            await Appointments(self._session).add(each, self._at)
        count = len(posts)
        await self._did(asking.audit, Deed.ACCOUNT_CHANGED, subject, what="made", posts=count)
        shown = await self.detail(subject, asking.actor)
        await ledger.keep(Reply(shown.model_dump(mode="json")))
        log.info("account_created", subject=subject, by=asking.actor.subject)
        password = given.password if given else None
        return AccountMade.model_validate({**shown.model_dump(), "password": password})

    async def change(
        self, actor: Actor, subject: Subject, body: ChangeAccount, audit: Auditing
    ) -> AccountDetail:
        """Login name, phone, and whether anybody signs in at all. Disabling ends every session.

        Raises:
            Problem: `account_taken`; else as `require_whole`.
        """
        accounts = self._accounts
        await accounts.lock(subject)
        await require_whole(self._session, actor, subject, self._at)
        try:
            if "login" in body.model_fields_set:
                await accounts.set_login(subject, body.login)
            if "phone" in body.model_fields_set:
                await accounts.set_phone(subject, body.phone)
        except Taken as error:
            raise Problem(ApiCode.ACCOUNT_TAKEN) from error
        if body.disabled is True:
            await accounts.disable(subject, self._at, actor.subject)
            await self._ending.all_of(subject, Because.DISABLED)
        elif body.disabled is False:
            await accounts.enable(subject)
        fields = ",".join(sorted(body.model_fields_set))
        await self._did(audit, Deed.ACCOUNT_CHANGED, subject, what=fields, disabled=body.disabled)
        log.info(
            "account_changed",
            subject=subject,
            by=actor.subject,
            fields=sorted(body.model_fields_set),
            disabled=body.disabled,
        )
        return await self.detail(subject, actor)

    async def reset_password(self, asking: Asking, subject: Subject, given: Given) -> PasswordReset:
        """The given password, shown once, to be changed at the next sign-in. Ends every session.

        Raises:
            Problem: as `require_whole`.
        """
        ledger = Ledger(self._session, asking)
        reply = again(await ledger.open(None, self._at))
        if reply is not None:
            return PasswordReset.model_validate(reply.body)
        accounts = self._accounts
        await accounts.lock(subject)
        await require_whole(self._session, asking.actor, subject, self._at)
        await accounts.set_password(subject, given.kept, must_change=True)
        await self._ending.all_of(subject, Because.PASSWORD_CHANGED)
        await self._did(asking.audit, Deed.PASSWORD_CHANGED, subject, reset=True)
        await ledger.keep(Reply({"subject": subject, "password": None}))
        log.info("password_reset", subject=subject, by=asking.actor.subject)
        return PasswordReset(subject=subject, password=given.password)

    async def sign_out(self, asking: Asking, subject: Subject) -> SignedOut:
        """Ends everything somebody is signed in with.

        Raises:
            Problem: as `require_whole`.
        """
        ledger = Ledger(self._session, asking)
        reply = again(await ledger.open(None, self._at))
        if reply is not None:
            return SignedOut.model_validate(reply.body)
        await require_whole(self._session, asking.actor, subject, self._at)
        ended = await self._ending.all_of(subject, Because.ENDED_BY_ADMINISTRATOR)
        await self._did(asking.audit, Deed.SESSION_REVOKED, subject, sessions=ended)
        await ledger.keep(Reply({"sessions": ended}))
        log.info("account_signed_out", subject=subject, by=asking.actor.subject, sessions=ended)
        return SignedOut(sessions=ended)

    async def unlink(self, asking: Asking, subject: Subject, body: Unlink) -> AccountDetail:
        """Forgets whom a provider knows as this account, and ends what came in by it.

        Raises:
            Problem: as `require_whole`.
        """
        ledger = Ledger(self._session, asking)
        reply = again(await ledger.open(body, self._at))
        if reply is not None:
            return AccountDetail.model_validate(reply.body)
        await self._accounts.lock(subject)
        await require_whole(self._session, asking.actor, subject, self._at)
        gone = await self._accounts.unlink(subject, body.provider)
        await self._ending.all_of(subject, Because.UNLINKED, way=body.provider)
        await self._did(
            asking.audit, Deed.IDENTITY_UNBOUND, subject, way=body.provider, identities=gone
        )
        shown = await self.detail(subject, asking.actor)
        await ledger.keep(Reply(shown.model_dump(mode="json")))
        log.info(
            "account_unlinked",
            subject=subject,
            by=asking.actor.subject,
            provider=body.provider,
            identities=gone,
        )
        return shown

    async def appoint(self, asking: Asking, subject: Subject, body: Appoint) -> AppointmentRead:
        """A further appointment of an account of which something lies in the actor's grids.

        Raises:
            Problem: as `detail` and `appointed`.
        """
        ledger = Ledger(self._session, asking)
        reply = again(await ledger.open(body, self._at))
        if reply is not None:
            return AppointmentRead.model_validate(reply.body)
        require_other(asking.actor, subject)
        await self.detail(subject, asking.actor)
        post = await appointed(self._session, asking.actor, subject, body, self._at)
        await Appointments(self._session).add(post, self._at)
        about = About(ObjectKind.APPOINTMENT, post.id)
        await asking.audit.did(self._session, Deed.APPOINTMENT_CHANGED, about, what="made")
        shown = AppointmentRead.model_validate(post)
        await ledger.keep(Reply(shown.model_dump(mode="json")))
        log.info("appointed", subject=subject, appointment=post.id, by=asking.actor.subject)
        return shown

    async def end_appointment(
        self, asking: Asking, which: tuple[Subject, str], body: EndAppointment
    ) -> AppointmentRead:
        """An appointment ends, now or at an instant to come; what it signed in with ends with it.

        Raises:
            Problem: `own_account`, or `not_found` when there is none in the actor's grids.
        """
        subject, id_ = which
        ledger = Ledger(self._session, asking)
        reply = again(await ledger.open(body, self._at))
        if reply is not None:
            return AppointmentRead.model_validate(reply.body)
        require_other(asking.actor, subject)
        appointments = Appointments(self._session)
        found = {each.id: each for each in await appointments.of(subject)}.get(id_)
        if found is None or not found.is_covered_by(asking.actor):
            raise Problem(ApiCode.NOT_FOUND)
        await appointments.end(id_, max(body.at or self._at, self._at), asking.actor.subject)
        about = About(ObjectKind.APPOINTMENT, id_)
        await asking.audit.did(self._session, Deed.APPOINTMENT_CHANGED, about, what="ended")
        ended = next(each for each in await appointments.of(subject) if each.id == id_)
        shown = AppointmentRead.model_validate(ended)
        await ledger.keep(Reply(shown.model_dump(mode="json")))
        log.info("appointment_ended", subject=subject, appointment=id_, by=asking.actor.subject)
        return shown

    async def _did(
        self, audit: Auditing, act: Deed, subject: Subject, **particulars: Particular
    ) -> None:
        await audit.did(self._session, act, of_account(subject), **particulars)


class Sealed(BaseModel):
    """What is remembered of a request: nobody finds the phone by trying all."""

    seal: str

    @classmethod
    def of(cls, body: BaseModel, ways_in: WaysIn) -> Self:
        meant = body.model_dump_json(exclude_defaults=True)
        return cls(seal=ways_in.hasher.seal(meant).hex())
