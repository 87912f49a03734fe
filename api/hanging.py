"""Hangs pictures on steps: those of the caller, each on one step only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from api.auditing import Auditing
from api.links import Links
from api.problems import FieldError, Problem
from api.schemas.pictures import PictureLinks, PictureRead
from catalogue import label
from domain.auditing import About, Deed
from domain.ids import EvidenceId, IssueNumber, Subject
from storage.births import BIRTH, Birth
from storage.pictures.album import Variant
from storage.pictures.repository import Pictures
from storage.pictures.views import Picture, PictureRole, Step
from storage.session import Session


@dataclass(frozen=True, slots=True)
class Hanging:
    """Which pictures a caller names, in which field, for which step."""

    field: str
    ids: tuple[EvidenceId, ...]
    caller: Subject
    step: Step


log = structlog.get_logger(__name__)


async def hang(session: Session, asked: Hanging, at: datetime) -> None:
    """Returns when all of these hang on the step.

    Raises:
        Problem: `invalid_input`; some are not there for this caller, or on another step.
    """
    pictures, ids = Pictures(session), asked.ids
    hung = await pictures.claim(ids, asked.caller, asked.step, at)
    if len(hung) == len(ids):
        return
    known = await pictures.of_caller(ids, asked.caller)
    raise Problem.invalid(
        *(
            FieldError.of(
                f"{asked.field}.{ordinal}", "picture_used" if each in known else "unknown_picture"
            )
            for ordinal, each in enumerate(ids)
            if each not in hung
        )
    )


async def hung(session: Session, asked: Hanging, at: datetime) -> None:
    """The step is on record, should a refused twin have freed its pictures too."""
    pictures = Pictures(session)
    kept = await pictures.claim(asked.ids, asked.caller, asked.step, at)
    await pictures.settle(asked.step, at)
    if len(kept) < len(asked.ids):
        log.warning("pictures_not_on_their_step", missing=len(asked.ids) - len(kept))


async def hang_at_birth(
    session: Session, number: IssueNumber, ids: Sequence[str], birth: Birth
) -> None:
    """The same for the whistle itself, which is on record at once."""
    if not ids:
        return
    step = Step(number=number, command=BIRTH, role=PictureRole.BEFORE)
    named = tuple(map(EvidenceId, ids))
    await hang(session, Hanging("pictures", named, birth.raised_by, step), birth.raised_at)
    await Pictures(session).settle(step, birth.raised_at)


def shown_picture(picture: Picture, links: Links, at: datetime, locale: str) -> PictureRead:
    """The picture with links that work from now on."""
    fields = {
        name: getattr(picture, name) for name in PictureRead.model_fields if hasattr(picture, name)
    }
    said = label("picture_role", picture.role, locale) if picture.role else None
    return PictureRead(**fields, label=said, links=_links(picture, links, at))


def shown_pictures(
    pictures: Iterable[Picture], links: Links, at: datetime, locale: str
) -> tuple[PictureRead, ...]:
    return tuple(shown_picture(each, links, at, locale) for each in pictures)


async def audit_links(audit: Auditing, about: About, shown: Iterable[PictureRead]) -> None:
    """On record who was given links, before they are; whoever opens one is not known by it."""
    made = sum(each.links is not None for each in shown)
    if made:
        await audit.saw(Deed.PICTURES_LINKED, about, links=made)


def _links(picture: Picture, links: Links, at: datetime) -> PictureLinks | None:
    return links_of(picture.id, links, at) if picture.is_there else None


def links_of(picture: EvidenceId, links: Links, at: datetime) -> PictureLinks:
    """To the picture in both sizes."""
    full, thumbnail = (
        links.link(picture, variant, at) for variant in (Variant.FULL, Variant.THUMBNAIL)
    )
    return PictureLinks(full=full.url, thumbnail=thumbnail.url, expires_at=full.expires_at)
