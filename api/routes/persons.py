"""One person's data: handed over to them, or erased for them; both are on record."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends

from api.answering import Ledger, Reply, again
from api.auditing import AuditOf
from api.dependencies import AskingOf, Caller, PartsOf, who_may
from api.documentation import ERASE_PERSON, EXPORT, responses
from api.hanging import links_of
from api.parts import Parts
from api.problems import ApiCode, Problem
from api.schemas.accounts import AccountDetail
from api.schemas.persons import (
    ErasedOfPerson,
    KeptIssue,
    KeptLink,
    KeptOfPerson,
    KeptPicture,
    KeptText,
    PersonBody,
)
from api.ways_in.administering import Administration, Sealed
from api.ways_in.forgetting import Leaving, forget_resident
from domain.actor import Actor
from domain.auditing import About, Deed, ObjectKind
from domain.ids import GridCode, Subject
from domain.rights import Act, Within, grids_of, reach
from storage.accounts.repository import Accounts
from storage.persons import Persons
from storage.persons_kept import Kept, OwnPicture
from storage.persons_traces import Whom
from storage.pictures.objects import ObjectsUnreachable
from storage.session import Session

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/api/v1/persons", tags=["personal data"])


@router.post("/export", summary="Hand over a person's data", responses=responses(EXPORT))
async def export_person(
    body: PersonBody, caller: Caller, parts: PartsOf, audit: AuditOf
) -> KeptOfPerson:
    """Everything of the caller's own; of anybody else, to administrators, within their grids.

    Every handing over is in the audit log; where that cannot be written, nothing is handed over.
    """
    grids = _grids(caller, body)
    async with parts.database.read() as session:
        whom = await _whom(session, parts, body)
        kept = await Persons(session).kept(whom, grids)
        account = await _account(session, parts, caller, whom)
    whole, issues = kept.is_whole, len(kept.issues)
    await audit.saw(Deed.PERSON_EXPORTED, _about(whom), issues=issues, whole=whole)
    log.info("person_exported", about=_about(whom).object, subject=caller.subject)
    return _shown(whom, account, kept, parts)


@router.post("/erase", summary="Erase a person's data", responses=responses(ERASE_PERSON))
async def erase_person(
    body: PersonBody,
    caller: Annotated[Actor, Depends(who_may(Act.ERASE_PERSON))],
    asking: AskingOf,
    parts: PartsOf,
) -> ErasedOfPerson:
    """Blanks all that is personal about a person's closed issues, and what else they wrote.

    The record of what happened stays, and with it the figures; a resident's account is nobody's
    any more. Issues that are still open are named
    instead: somebody is waiting there, and has to be reached. What lies in grids of other
    administrators is theirs to erase.
    """
    at = parts.now()
    async with parts.database.begin() as session:
        ledger = Ledger(session, asking)
        reply = again(await ledger.open(Sealed.of(body, parts.ways_in), at))
        if reply is None:
            whom = await _whom(session, parts, body)
            shown = await _erased(session, parts, caller, whom, at)
            reply = Reply(shown.model_dump(mode="json"))
            await ledger.keep(reply)
            about, issues = _about(whom), shown.issues
            await asking.audit.did(session, Deed.PERSONAL_DATA_ERASED, about, issues=issues)
            log.info("person_erased", about=about.object, subject=caller.subject)
    await _remove_pictures(parts)
    return ErasedOfPerson.model_validate(reply.body)


async def _whom(session: Session, parts: Parts, body: PersonBody) -> Whom:
    """Of a phone, also who signs in with it."""
    if body.phone is None:
        return Whom(subject=Subject(body.subject) if body.subject else None)
    account = await Accounts(session, parts.ways_in.hasher).by_phone(body.phone)
    return Whom(subject=account.subject if account else None, phone=body.phone)


async def _account(
    session: Session, parts: Parts, caller: Actor, whom: Whom
) -> AccountDetail | None:
    """Their own, or one that administrators see anyway."""
    if whom.subject is None:
        return None
    try:
        return await Administration(session, parts.ways_in, parts.now()).detail(
            whom.subject, caller
        )
    except Problem:
        return None


def _about(whom: Whom) -> About:
    """Never the phone: whose it is stands in the issues that were found by it."""
    return About(ObjectKind.PERSON, whom.subject or "by_phone")


async def _erased(
    session: Session, parts: Parts, caller: Actor, whom: Whom, at: datetime
) -> ErasedOfPerson:
    gone = await Persons(session).erase(whom, at, grids_of(caller, Act.ERASE_PERSON))
    is_done = not (gone.still_open or gone.beyond_scope or gone.more or gone.words_left)
    account = False
    if whom.subject is not None and is_done:
        leaving = Leaving(subject=whom.subject, at=at, is_all_within=gone.within_scope > 0)
        account = await forget_resident(session, parts.ways_in, caller, leaving)
    return ErasedOfPerson.model_validate(
        {"subject": whom.subject, "account": account, **asdict(gone)}
    )


def _grids(caller: Actor, body: PersonBody) -> Sequence[GridCode] | None:
    """Whose phone it is, nobody shows by knowing it: one's own is what the token says."""
    if caller.subject == body.subject:
        return None
    if Within.GRID not in reach(caller, Act.EXPORT_PERSON):
        raise Problem(ApiCode.FORBIDDEN)
    return grids_of(caller, Act.EXPORT_PERSON)


def _shown(whom: Whom, account: AccountDetail | None, kept: Kept, parts: Parts) -> KeptOfPerson:
    return KeptOfPerson(
        subject=whom.subject,
        account=account,
        issues=tuple(KeptIssue.model_validate(each) for each in kept.issues),
        texts=tuple(KeptText.model_validate(each) for each in kept.texts),
        pictures=tuple(_picture(each, parts) for each in kept.pictures),
        follows=kept.follows,
        links=tuple(KeptLink.model_validate(each) for each in kept.links),
        is_whole=kept.is_whole,
    )


def _picture(picture: OwnPicture, parts: Parts) -> KeptPicture:
    return KeptPicture(
        number=picture.number,
        uploaded_at=picture.uploaded_at,
        sha256=picture.sha256,
        links=links_of(picture.id, parts.links, parts.now()) if picture.is_stored else None,
    )


async def _remove_pictures(parts: Parts) -> None:
    """Nobody sees them any more; what cannot be deleted now is left to housekeeping."""
    try:
        await parts.album.remove_erased(parts.now())
    except ObjectsUnreachable as error:
        log.warning("pictures_left_to_housekeeping", error=str(error))
