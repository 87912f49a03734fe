"""The way of a picture into the album: read, drawn anew, kept under its caller's key."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator, Callable
from datetime import datetime

import structlog
from starlette.requests import ClientDisconnect

from api.asking import Asking
from api.problems import ApiCode, FieldError, Problem
from domain.ids import EvidenceId
from intake.pictures.darkroom import Darkroom, DarkroomFull, Drawn, Undrawable
from observability import metrics
from storage.pictures.album import Album
from storage.pictures.objects import ObjectsUnreachable
from storage.pictures.repository import TooManyWaiting
from storage.pictures.views import Picture, Upload

log = structlog.get_logger(__name__)

_AT_ONCE = 32
_PATIENCE_S = 120.0
"""For a body to arrive; a phone in a cellar may send it again."""


class Uploads:
    """Takes pictures in; a bounded number at a time, as each is held in memory as a whole."""

    def __init__(
        self,
        album: Album,
        darkroom: Darkroom,
        now: Callable[[], datetime],
        patience: float = _PATIENCE_S,
    ) -> None:
        self._album = album
        self._darkroom = darkroom
        self._now = now
        self._patience = patience
        self._inside = 0

    async def take(self, asking: Asking, body: AsyncIterator[bytes]) -> Picture:
        """The picture under this key: sent again it is the same one, whatever broke meanwhile.

        Raises:
            Problem: it is no picture, too many are uploaded, the key names another one, or it
                cannot be kept now.
        """
        if self._inside >= _AT_ONCE:
            raise Problem(ApiCode.OVERLOADED)
        self._inside += 1
        try:
            return await self._taken(asking, await self._read(body))
        except DarkroomFull as error:
            raise Problem(ApiCode.OVERLOADED) from error
        except TooManyWaiting as error:
            raise Problem(ApiCode.TOO_MANY_PICTURES) from error
        except ObjectsUnreachable as error:
            log.warning("objects_unreachable", error=str(error))
            raise Problem(ApiCode.PICTURES_UNAVAILABLE) from error
        finally:
            self._inside -= 1

    async def _read(self, body: AsyncIterator[bytes]) -> bytes:
        read = bytearray()
        try:
            async with asyncio.timeout(self._patience):
                async for piece in body:
                    read += piece
        except (TimeoutError, ClientDisconnect) as error:
            raise Problem(ApiCode.BAD_REQUEST) from error
        return bytes(read)

    async def _taken(self, asking: Asking, body: bytes) -> Picture:
        sha256 = hashlib.sha256(body).hexdigest()
        known = await self._album.known(asking.actor.subject, asking.key)
        if known is None or (known.sha256 == sha256 and known.stored_at is None):
            known = await self._kept(asking, body, sha256)
        if known.sha256 != sha256:
            raise Problem(ApiCode.IDEMPOTENCY_KEY_REUSED)
        return known

    async def _kept(self, asking: Asking, body: bytes, sha256: str) -> Picture:
        drawn = await self._drawn(body)
        upload = Upload(
            id=EvidenceId(secrets.token_hex(16)),
            uploaded_by=asking.actor.subject,
            key=asking.key,
            uploaded_at=self._now(),
            sha256=sha256,
            original_bytes=len(body),
            width=drawn.width,
            height=drawn.height,
        )
        picture = await self._album.keep(upload, drawn.full, drawn.thumbnail)
        metrics.PICTURES_TOTAL.labels(outcome="kept").inc()
        log.info("picture_kept", picture=picture.id, subject=asking.actor.subject)
        return picture

    async def _drawn(self, body: bytes) -> Drawn:
        try:
            with metrics.PICTURE_SECONDS.time():
                return await self._darkroom.redraw(body)
        except Undrawable as error:
            metrics.PICTURES_TOTAL.labels(outcome=error.fault).inc()
            raise Problem.invalid(FieldError.of("body", f"picture_{error.fault}")) from error
