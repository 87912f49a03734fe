"""Whose account somebody is to us whom the provider knows, and what the claims make of them."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from api.auditing import Auditing
from api.problems import ApiCode, Problem
from api.ways_in.appointing import places_of
from api.ways_in.entering import of_account
from api.ways_in.oidc_claims import Claimed, external_id, posts
from api.ways_in.oidc_settings import OidcSettings
from domain.appointment import Appointment
from domain.auditing import About, Deed, ObjectKind, Particular
from domain.ids import Subject
from domain.reference import ReferenceKind
from storage.accounts.appointments import Appointments
from storage.accounts.hashing import IdentityHasher
from storage.accounts.repository import Accounts
from storage.accounts.views import Account
from storage.reference import ReferenceRepository
from storage.session import Session

log = structlog.get_logger(__name__)

_SUBJECT_BYTES, _ID_BYTES = 8, 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """Who comes from the provider, in one open transaction, at one instant.

    Appointments that claims make are the provider's: what it does not claim any more ends at the
    next sign-in. Those that administrators made are left alone.
    """

    session: Session
    hasher: IdentityHasher
    settings: OidcSettings
    audit: Auditing
    at: datetime

    async def account_of(self, claims: Mapping[str, Any]) -> Account:
        """The account of somebody, after the policy has been followed.

        Raises:
            Problem: `not_linked` when there is none and the policy makes none;
                `provider_refused` when the claims do not say who it is.
            Taken: somebody else has just linked the same id; ask again.
        """
        id_ = external_id(self.settings.mapping, claims)
        if id_ is None:
            log.error("claims_name_nobody", provider=self.settings.name)
            raise Problem(ApiCode.PROVIDER_REFUSED)
        found = await self._settled(id_)
        claimed = await self._real(posts(self.settings.mapping, claims))
        if found is None and (self.settings.policy == "linked" or not claimed):
            log.warning("sign_in_unknown", provider=self.settings.name)
            raise Problem(ApiCode.NOT_LINKED)
        account = found or await self._made(id_)
        if self.settings.policy == "appoint":
            await self._follow(account.subject, claimed)
        if not self._is_known_by_sub:
            await self._remember_sub(account.subject, str(claims["sub"]))
        return account

    async def signed_out(self, sub: str) -> Account | None:
        """Whom the provider means when it says that this subject of its own has signed out."""
        provider = self.settings.name if self._is_known_by_sub else self._by_sub
        return await self._accounts.by_identity(provider, sub)

    async def _settled(self, id_: str) -> Account | None:
        """Who is found once more when nobody unlinks them any more, which withdraws their codes."""
        found = await self._accounts.by_identity(self.settings.name, id_)
        if found is None:
            return None
        await self._accounts.lock(found.subject)
        return await self._accounts.by_identity(self.settings.name, id_)

    @property
    def _accounts(self) -> Accounts:
        return Accounts(self.session, self.hasher)

    @property
    def _provider(self) -> Subject:
        return Subject(f"provider.{self.settings.name}")

    @property
    def _is_known_by_sub(self) -> bool:
        return self.settings.mapping.external_id == ("sub",)

    @property
    def _by_sub(self) -> str:
        return f"{self.settings.name}.sub"

    async def _remember_sub(self, subject: Subject, sub: str) -> None:
        """For who signs out at the provider, which then names nothing else; whose it was before."""
        before = await self._accounts.by_identity(self._by_sub, sub)
        if before is not None and before.subject != subject:
            await self._accounts.unlink(before.subject, self._by_sub)
        await self._accounts.link_identity(
            subject, self._by_sub, sub, at=self.at, by=self._provider
        )

    async def _made(self, id_: str) -> Account:
        account = Account(
            subject=Subject(f"u.{secrets.token_hex(_SUBJECT_BYTES)}"),
            created_at=self.at,
            created_by=self._provider,
        )
        await self._accounts.add(account)
        await self._accounts.link_identity(
            account.subject, self.settings.name, id_, at=self.at, by=self._provider
        )
        about, way = of_account(account.subject), self.settings.name
        await self._did(Deed.ACCOUNT_CHANGED, about, what="made")
        await self._did(Deed.IDENTITY_BOUND, about, way=way)
        log.info("account_created", subject=account.subject, by=self._provider)
        return account

    async def _follow(self, subject: Subject, claimed: tuple[Claimed, ...]) -> None:
        """Ends what is not claimed any more, and appoints to what is claimed for the first time."""
        await self._accounts.lock(subject)
        appointments = Appointments(self.session)
        in_force = await appointments.in_force(subject, self.at)
        ours = {_as_claimed(each): each for each in in_force if each.appointed_by == self._provider}
        for gone in ours.keys() - set(claimed):
            await appointments.end(ours[gone].id, self.at, self._provider)
            about = About(ObjectKind.APPOINTMENT, ours[gone].id)
            await self._did(Deed.APPOINTMENT_CHANGED, about, what="ended")
            log.info("appointment_ended", subject=subject, appointment=ours[gone].id)
        for each in claimed:
            if each not in ours:
                post = await self._appointment(subject, each)
                await appointments.add(post, self.at)
                about = About(ObjectKind.APPOINTMENT, post.id)
                await self._did(Deed.APPOINTMENT_CHANGED, about, what="made")
                log.info("appointed", subject=subject, by=self._provider)

    async def _did(self, act: Deed, about: About, **particulars: Particular) -> None:
        """It is the provider who does it, before anybody is in."""
        await self.audit.did(self.session, act, about, subject=self._provider, **particulars)

    async def _appointment(self, subject: Subject, claimed: Claimed) -> Appointment:
        return Appointment(
            id=secrets.token_hex(_ID_BYTES),
            subject=subject,
            roles=claimed.roles,
            department=claimed.department,
            grids=claimed.grids,
            places=await places_of(self.session, claimed.department, claimed.grids),
            since=self.at,
            appointed_by=self._provider,
        )

    async def _real(self, claimed: tuple[Claimed, ...]) -> tuple[Claimed, ...]:
        """Those whose department and grids there are; one without its place would hold anywhere."""
        found = []
        for each in claimed:
            if await self._is_real(each):
                found.append(each)
            else:
                log.error("claims_of_unknown_place", provider=self.settings.name)
        return tuple(found)

    async def _is_real(self, claimed: Claimed) -> bool:
        reference = ReferenceRepository(self.session)
        named = [(ReferenceKind.GRID, str(grid)) for grid in claimed.grids]
        if claimed.department:
            named.append((ReferenceKind.DEPARTMENT, str(claimed.department)))
        entries = [await reference.current(kind, code) for kind, code in named]
        return all(entry is not None for entry in entries)


def _as_claimed(appointment: Appointment) -> Claimed:
    return Claimed(
        roles=appointment.roles, department=appointment.department, grids=appointment.grids
    )
