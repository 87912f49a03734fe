"""Accounts and appointments, for administrators within their own grids."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from api.auditing import AuditOf
from api.dependencies import AskingOf, PartsOf, who_may
from api.documentation import responses
from api.parts import Parts
from api.schemas.accounts import (
    AccountDetail,
    AccountMade,
    AccountPage,
    AccountRead,
    Appoint,
    AppointmentRead,
    ChangeAccount,
    CreateAccount,
    EndAppointment,
    PasswordReset,
    SignedOut,
    Unlink,
)
from api.schemas.linking import LinkIdentity
from api.schemas.text import Subject as SubjectWord
from api.ways_in.administering import Administration
from api.ways_in.documentation import (
    APPOINT,
    CHANGE_ACCOUNT,
    CREATE_ACCOUNT,
    LINK,
    SEE_ACCOUNT,
    SEE_ACCOUNTS,
)
from api.ways_in.entering import of_account
from api.ways_in.linking import link
from domain.actor import Actor
from domain.auditing import Deed
from domain.ids import Subject
from domain.rights import Act, grids_of
from storage.accounts.listing import LARGEST_PAGE, accounts_in
from storage.session import Session

router = APIRouter(prefix="/api/v1/accounts", tags=["accounts"])
Keeper = Annotated[Actor, Depends(who_may(Act.KEEP_ACCOUNTS))]
SubjectInPath = Annotated[SubjectWord, Path(description="Whose account.")]


def _administration(session: Session, parts: Parts) -> Administration:
    return Administration(session, parts.ways_in, parts.now())


_AppointmentInPath = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


@router.post(
    "",
    summary="Create an account",
    status_code=HTTPStatus.CREATED,
    responses=responses(CREATE_ACCOUNT),
)
async def create_account(
    body: CreateAccount, _: Keeper, asking: AskingOf, parts: PartsOf
) -> AccountMade:
    """With its first appointments, none of which reaches beyond the administrator's grids.

    With a login name there is a password, shown this once and to be changed at the first sign-in.
    """
    given = await parts.ways_in.passwords.given() if body.login else None
    async with parts.database.begin() as session:
        return await _administration(session, parts).create(asking, body, given)


@router.get("", summary="List accounts", responses=responses(SEE_ACCOUNTS))
async def list_accounts(
    caller: Keeper,
    parts: PartsOf,
    after: Annotated[SubjectWord | None, Query(description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = 50,
) -> AccountPage:
    """Those with an appointment, of any time, that reaches into the administrator's grids."""
    async with parts.database.read() as session:
        grids = grids_of(caller, Act.KEEP_ACCOUNTS)
        found = await accounts_in(session, grids, after=after or "", limit=limit + 1)
    items = [AccountRead.model_validate(each) for each in found[:limit]]
    return AccountPage(items=items, next=items[-1].subject if len(found) > limit else None)


@router.get("/{subject}", summary="Read an account", responses=responses(SEE_ACCOUNT))
async def read_account(
    subject: SubjectInPath, caller: Keeper, parts: PartsOf, audit: AuditOf
) -> AccountDetail:
    """With every appointment there ever was."""
    async with parts.database.read() as session:
        found = await _administration(session, parts).detail(Subject(subject), caller)
    await audit.saw(Deed.ACCOUNT_READ, of_account(Subject(subject)))
    return found


@router.patch("/{subject}", summary="Change an account", responses=responses(CHANGE_ACCOUNT))
async def change_account(
    subject: SubjectInPath, body: ChangeAccount, caller: Keeper, parts: PartsOf, audit: AuditOf
) -> AccountDetail:
    """Login name, phone, and whether anybody signs in with it at all.

    Needs an administrator whose grids cover all that the account is or will be; never one's own.
    """
    async with parts.database.begin() as session:
        keeping = _administration(session, parts)
        return await keeping.change(caller, Subject(subject), body, audit)


@router.post("/{subject}/reset-password", summary="Reset a password", responses=responses(APPOINT))
async def reset_password(
    subject: SubjectInPath, _: Keeper, asking: AskingOf, parts: PartsOf
) -> PasswordReset:
    """A new one, shown this once and to be changed at the next sign-in. Ends every session.

    Needs an administrator whose grids cover all that the account is or will be.
    """
    given = await parts.ways_in.passwords.given()
    async with parts.database.begin() as session:
        keeping = _administration(session, parts)
        return await keeping.reset_password(asking, Subject(subject), given)


@router.post("/{subject}/sign-out", summary="Sign somebody out", responses=responses(APPOINT))
async def sign_out_account(
    subject: SubjectInPath, _: Keeper, asking: AskingOf, parts: PartsOf
) -> SignedOut:
    """Ends everything somebody is signed in with, within two seconds.

    Needs an administrator whose grids cover all that the account is or will be.
    """
    async with parts.database.begin() as session:
        return await _administration(session, parts).sign_out(asking, Subject(subject))


@router.post("/{subject}/link", summary="Link a provider's id", responses=responses(LINK))
async def link_identity(
    subject: SubjectInPath, body: LinkIdentity, _: Keeper, asking: AskingOf, parts: PartsOf
) -> AccountDetail:
    """Whoever the provider says is this id signs in with this account from now on.

    Needs an administrator whose grids cover all that the account is or will be.
    """
    which = (Subject(subject), parts.now())
    return await link(parts.database, parts.ways_in, asking, body, which)


@router.post("/{subject}/unlink", summary="Unlink a provider", responses=responses(APPOINT))
async def unlink_provider(
    subject: SubjectInPath, body: Unlink, _: Keeper, asking: AskingOf, parts: PartsOf
) -> AccountDetail:
    """Whoever came in by it is signed out; whom the provider knows is forgotten.

    Needs an administrator whose grids cover all that the account is or will be.
    """
    async with parts.database.begin() as session:
        return await _administration(session, parts).unlink(asking, Subject(subject), body)


@router.post(
    "/{subject}/appointments",
    summary="Appoint somebody",
    status_code=HTTPStatus.CREATED,
    responses=responses(APPOINT),
)
async def appoint(
    subject: SubjectInPath,
    body: Appoint,
    _: Keeper,
    asking: AskingOf,
    parts: PartsOf,
) -> AppointmentRead:
    """A further appointment, which does not reach beyond the administrator's grids."""
    async with parts.database.begin() as session:
        return await _administration(session, parts).appoint(asking, Subject(subject), body)


@router.post(
    "/{subject}/appointments/{appointment_id}/end",
    summary="End an appointment",
    responses=responses(APPOINT),
)
async def end_appointment(
    subject: SubjectInPath,
    appointment_id: _AppointmentInPath,
    body: EndAppointment,
    _: Keeper,
    asking: AskingOf,
    parts: PartsOf,
) -> AppointmentRead:
    """Now, or at an instant to come. Who acts in it is signed out then; the history stays."""
    async with parts.database.begin() as session:
        return await _administration(session, parts).end_appointment(
            asking, (Subject(subject), appointment_id), body
        )
