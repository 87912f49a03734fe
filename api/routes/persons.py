"""One person's data: handed over to them, or erased for them; both are on record."""

from collections.abc import Sequence
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends

from api.answering import Ledger, Reply, again
from api.dependencies import AskingOf, Caller, PartsOf, who_may
from api.documentation import ERASE_PERSON, EXPORT, responses
from api.parts import Parts
from api.problems import ApiCode, Problem
from api.schemas.persons import (
    ErasedOfPerson,
    KeptIssue,
    KeptOfPerson,
    KeptPicture,
    KeptText,
    PersonBody,
)
from api.schemas.pictures import PictureLinks
from domain.actor import Actor
from domain.ids import GridCode, Subject
from domain.rights import Act, Within, grids_of, reach
from storage.persons import Kept, OwnPicture, Persons
from storage.pictures.album import Variant
from storage.pictures.objects import ObjectsUnreachable

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/api/v1/persons", tags=["personal data"])


@router.post("/export", summary="Hand over a person's data", responses=responses(EXPORT))
async def export_person(body: PersonBody, caller: Caller, parts: PartsOf) -> KeptOfPerson:
    """Everything of the caller's own; of anybody else, to administrators, within their grids.

    Every handing over is logged.
    """
    subject = Subject(body.subject)
    async with parts.database.read() as session:
        kept = await Persons(session).kept(subject, _grids(caller, subject))
    log.info("person_exported", about=subject, subject=caller.subject)
    return _shown(subject, kept, parts)


@router.post("/erase", summary="Erase a person's data", responses=responses(ERASE_PERSON))
async def erase_person(
    body: PersonBody,
    caller: Annotated[Actor, Depends(who_may(Act.ERASE_PERSON))],
    asking: AskingOf,
    parts: PartsOf,
) -> ErasedOfPerson:
    """Blanks all that is personal about a person's closed issues, and what else they wrote.

    The record of what happened stays, and with it the figures. Issues that are still open are named
    instead: somebody is waiting there, and has to be reached. What lies in grids of other
    administrators is theirs to erase.
    """
    at, subject = parts.now(), Subject(body.subject)
    async with parts.database.begin() as session:
        ledger = Ledger(session, asking)
        reply = again(await ledger.open(body, at))
        if reply is None:
            gone = await Persons(session).erase(subject, at, grids_of(caller, Act.ERASE_PERSON))
            shown = ErasedOfPerson.model_validate({"subject": subject, **_fields(gone)})
            reply = Reply(shown.model_dump(mode="json"))
            await ledger.keep(reply)
            log.info("person_erased", about=subject, subject=caller.subject)
    await _remove_pictures(parts)
    return ErasedOfPerson.model_validate(reply.body)


def _fields(gone: object) -> dict[str, object]:
    return {name: getattr(gone, name) for name in ErasedOfPerson.model_fields if name != "subject"}


def _grids(caller: Actor, subject: Subject) -> Sequence[GridCode] | None:
    if caller.subject == subject:
        return None
    if Within.GRID not in reach(caller, Act.EXPORT_PERSON):
        raise Problem(ApiCode.FORBIDDEN)
    return grids_of(caller, Act.EXPORT_PERSON)


def _shown(subject: Subject, kept: Kept, parts: Parts) -> KeptOfPerson:
    return KeptOfPerson(
        subject=subject,
        issues=tuple(KeptIssue.model_validate(each) for each in kept.issues),
        texts=tuple(KeptText.model_validate(each) for each in kept.texts),
        pictures=tuple(_picture(each, parts) for each in kept.pictures),
        follows=kept.follows,
        is_whole=kept.is_whole,
    )


def _picture(picture: OwnPicture, parts: Parts) -> KeptPicture:
    return KeptPicture(
        number=picture.number,
        uploaded_at=picture.uploaded_at,
        sha256=picture.sha256,
        links=_links(picture, parts) if picture.is_stored else None,
    )


def _links(picture: OwnPicture, parts: Parts) -> PictureLinks:
    full, small = (
        parts.links.link(picture.id, each, parts.now())
        for each in (Variant.FULL, Variant.THUMBNAIL)
    )
    return PictureLinks(full=full.url, thumbnail=small.url, expires_at=full.expires_at)


async def _remove_pictures(parts: Parts) -> None:
    """Nobody sees them any more; what cannot be deleted now is left to housekeeping."""
    try:
        while await parts.album.remove_erased(parts.now()):
            continue
    except ObjectsUnreachable as error:
        log.warning("pictures_left_to_housekeeping", error=str(error))
