"""Upload a picture before the step that uses it; look at one through its link."""

from http import HTTPStatus
from typing import Annotated

import structlog
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import StreamingResponse

from api.auditing import AuditOf
from api.dependencies import AskingOf, Locale, PartsOf
from api.documentation import LOOK, UPLOAD, responses
from api.hanging import shown_picture
from api.links import PICTURES
from api.problems import ApiCode, Problem
from api.schemas.pictures import PICTURE, PictureRead
from domain.auditing import About, Deed, ObjectKind
from domain.ids import EvidenceId
from storage.pictures.album import MEDIA_TYPE, Variant
from storage.pictures.objects import ObjectsUnreachable

log = structlog.get_logger(__name__)
router = APIRouter(prefix=PICTURES, tags=["pictures"])

_TAKEN = ("image/jpeg", "image/png", "image/webp")
_BODY = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in _TAKEN},
    }
}
_LONGEST_SIGNATURE = 64
_LAST_SECOND = 253_402_300_799


@router.post(
    "",
    summary="Upload a picture",
    status_code=HTTPStatus.CREATED,
    responses=responses(UPLOAD),
    response_description="Kept; name its id in the step that it belongs to.",
    openapi_extra=_BODY,
)
async def upload_picture(
    request: Request, asking: AskingOf, parts: PartsOf, locale: Locale
) -> PictureRead:
    """The body is the file itself: JPEG, PNG or WebP, one still picture.

    Broken off, it is sent again as a whole under the same key: the same bytes are the same picture.
    What no step uses within a day is erased.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _TAKEN:
        raise Problem(ApiCode.UNSUPPORTED_MEDIA_TYPE)
    picture = await parts.uploads.take(asking, request.stream())
    return shown_picture(picture, parts.links, parts.now(), locale)


@router.get(
    "/{picture}/{variant}",
    summary="Look at a picture",
    responses={
        **responses(LOOK),
        200: {"content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}},
    },
    response_class=StreamingResponse,
)
async def look_at_picture(  # noqa: PLR0913, PLR0917 - what the framework hands in
    picture: Annotated[str, Path(pattern=PICTURE)],
    variant: Variant,
    expires: Annotated[int, Query(ge=0, le=_LAST_SECOND)],
    signature: Annotated[str, Query(max_length=_LONGEST_SIGNATURE)],
    parts: PartsOf,
    audit: AuditOf,
) -> StreamingResponse:
    """Through a link from an issue, its timeline or an upload; needs no token."""
    id_ = EvidenceId(picture)
    parts.links.check(id_, variant, expires, signature, parts.now())
    await audit.saw(Deed.PICTURE_OPENED, About(ObjectKind.PICTURE, picture), variant=variant)
    try:
        pieces = await parts.album.open(id_, variant)
    except ObjectsUnreachable as error:
        log.warning("objects_unreachable", error=str(error))
        raise Problem(ApiCode.PICTURES_UNAVAILABLE) from error
    if pieces is None:
        raise Problem(ApiCode.NOT_FOUND)
    headers = {"Content-Disposition": "inline", "Cross-Origin-Resource-Policy": "cross-origin"}
    return StreamingResponse(pieces, media_type=MEDIA_TYPE, headers=headers)
