"""Accounts, sessions and tokens as the API shows them."""

from collections.abc import Iterable

from api.schemas.accounts import (
    AccountDetail,
    AccountRead,
    AppointmentRead,
    LinkedRead,
    MeRead,
    TokensRead,
)
from api.ways_in.sessions import Tokens
from domain.actor import Actor
from domain.appointment import Appointment
from storage.accounts.views import Account, Linked, SignInSession


def tokens_read(tokens: Tokens) -> TokensRead:
    session = tokens.session
    return TokensRead(
        access_token=tokens.access,
        expires_in=int(tokens.access_lasts.total_seconds()),
        refresh_token=tokens.refresh,
        refresh_expires_at=tokens.refresh_ends_at,
        subject=session.account.subject,
        appointment=AppointmentRead.model_validate(session.appointment),
        appointments=_all(tokens.appointments),
        must_change_password=session.account.must_change_password,
    )


def me_read(
    actor: Actor, session: SignInSession | None, in_force: Iterable[Appointment] = ()
) -> MeRead:
    """Without a session, what the token alone says."""
    return MeRead(
        subject=actor.subject,
        login=session.account.login if session else None,
        roles=list(actor.roles),
        department=actor.department,
        grids=list(actor.grids),
        appointment=AppointmentRead.model_validate(session.appointment) if session else None,
        appointments=_all(in_force),
        must_change_password=session is not None and session.account.must_change_password,
        way=session.way if session else None,
        signed_in_at=session.opened_at if session else None,
        session_ends_at=session.ends_at if session else None,
    )


def account_read(
    account: Account, appointments: Iterable[Appointment], identities: Iterable[Linked]
) -> AccountDetail:
    return AccountDetail(
        **AccountRead.model_validate(account).model_dump(),
        appointments=_all(appointments),
        identities=[LinkedRead.model_validate(each) for each in identities],
    )


def _all(appointments: Iterable[Appointment]) -> list[AppointmentRead]:
    return [AppointmentRead.model_validate(each) for each in appointments]
