"""Pictures of alerts go the way of everybody's: drawn anew, kept in the album, hung on a step."""

import hashlib
import secrets
from datetime import datetime

from domain.ids import EvidenceId, Subject
from intake.fetching import Failed, Refused
from intake.pictures.darkroom import Darkroom, DarkroomFull, Undrawable
from storage.alerts.pictures import Hanging
from storage.births import BIRTH
from storage.pictures.album import Album
from storage.pictures.objects import ObjectsUnreachable
from storage.pictures.repository import Pictures, TooManyWaiting
from storage.pictures.views import PictureRole, Step, Upload
from storage.session import Session

MOST_UNUSED = 500
"""Of one source; a storm of conditions without issues must not fill the store."""
MOST_ON_ISSUE = 3


class AlertAlbum:
    """Keeps what a source showed, under the source's own name."""

    def __init__(self, album: Album, darkroom: Darkroom) -> None:
        self._album = album
        self._darkroom = darkroom

    async def keep(self, by: Subject, key: str, content: bytes, at: datetime) -> EvidenceId:
        known = await self._album.known(by, key)
        if known is not None and known.is_there:
            return known.id
        try:
            drawn = await self._darkroom.redraw(content)
            upload = Upload(
                id=EvidenceId(secrets.token_hex(16)),
                uploaded_by=by,
                key=key,
                uploaded_at=at,
                sha256=hashlib.sha256(content).hexdigest(),
                original_bytes=len(content),
                width=drawn.width,
                height=drawn.height,
            )
            picture = await self._album.keep(upload, drawn.full, drawn.thumbnail)
        except Undrawable as refusal:
            raise Refused(str(refusal)) from refusal
        except (DarkroomFull, TooManyWaiting, ObjectsUnreachable) as trouble:
            raise Failed(type(trouble).__name__) from trouble
        return picture.id

    async def hang(self, session: Session, by: Subject, hanging: Hanging, at: datetime) -> None:
        pictures = Pictures(session)
        step = Step(number=hanging.issue, command=BIRTH, role=PictureRole.BEFORE)
        there = [each.id for each in await pictures.of_issue(hanging.issue) if each.version == 0]
        if len(there) >= MOST_ON_ISSUE:
            await pictures.discard(hanging.picture, by, at)
            return
        await pictures.claim([*there, hanging.picture], by, step, at)
        await pictures.settle(step, at)

    async def discard(
        self, session: Session, by: Subject, picture: EvidenceId, at: datetime
    ) -> None:
        await Pictures(session).discard(picture, by, at)
