"""Files as strangers send them, and a store that can be away."""

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from obstore.store import MemoryStore
from PIL import Image

from storage.pictures.objects import ObjectsUnreachable, StoredObjects
from tests.builders import NOON

RED, BLUE = (220, 30, 30), (30, 30, 220)
GPS = 0x8825
ORIENTATION = 0x0112
TURNED = 6
"""The top of the picture is on its right side."""


def two_halves(width: int = 64, height: int = 32) -> Image.Image:
    """Red on the left, blue on the right."""
    picture = Image.new("RGB", (width, height), BLUE)
    picture.paste(RED, (0, 0, width // 2, height))
    return picture


def encoded(picture: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:  # noqa: ANN401
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def a_jpeg(width: int = 64, height: int = 32) -> bytes:
    return encoded(two_halves(width, height), quality=95)


def a_photo_with_secrets() -> bytes:
    """As a phone takes it: lying on its side, with the place, the model and a comment."""
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED
    exif[0x0110] = "Secret Phone 15"
    exif.get_ifd(GPS).update({1: "N", 2: (26.0, 54.0, 1.0), 3: "E", 4: (102.0, 55.0, 1.0)})
    return encoded(two_halves(), quality=95, exif=exif, comment=b"flat 302, Wang")


def opened(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def is_near(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(one - other) < 25 for one, other in zip(pixel, colour, strict=True))


@dataclass
class StoppedClock:
    """Stands still until it is set."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at


@dataclass
class FrailObjects:
    """A store in memory that knows what it holds, and can be away."""

    is_away: bool = False
    names: set[str] = field(default_factory=set)
    store: StoredObjects = field(default_factory=lambda: StoredObjects(MemoryStore()))

    def _answer(self) -> StoredObjects:
        if self.is_away:
            raise ObjectsUnreachable("away")
        return self.store

    async def put(self, name: str, content: bytes) -> None:
        await self._answer().put(name, content)
        self.names.add(name)

    async def get(self, name: str) -> AsyncIterator[bytes] | None:
        return await self._answer().get(name)

    async def delete(self, name: str) -> None:
        await self._answer().delete(name)
        self.names.discard(name)
