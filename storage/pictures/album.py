"""Keeps rows and pixels in step: the row comes first and goes last, so no pixel is without one."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from enum import StrEnum

from domain.ids import EvidenceId, IssueNumber, Subject
from storage.pictures.objects import Objects
from storage.pictures.pixels import key_of, lock, unlock
from storage.pictures.repository import Pictures
from storage.pictures.views import Picture, Upload
from storage.session import Database

MEDIA_TYPE = "image/jpeg"
"""Whatever came in, this is what is kept and shown."""
_AT_ONCE = 100
LOCKED = ".locked"
"""Ends the names of what only a key opens; what lies open from before keeps its name."""


class Variant(StrEnum):
    """How large a picture is shown."""

    FULL = "full"
    THUMBNAIL = "thumbnail"


class Album:
    """Pictures with their pixels. Opens transactions of its own, as the store knows none."""

    def __init__(self, database: Database, objects: Objects, most_waiting: int = 50) -> None:
        self._database = database
        self._objects = objects
        self._most_waiting = most_waiting

    async def keep(self, upload: Upload, full: bytes, thumbnail: bytes) -> Picture:
        """The picture of this caller and key, with its pixels unless it was erased meanwhile.

        The caller compares `sha256`: under the key there may have been another one before.

        Raises:
            TooManyWaiting: as of `Pictures.add`.
            ObjectsUnreachable: nothing is lost; the same again finishes it.
        """
        async with self._database.begin() as session:
            picture = await Pictures(session).add(upload, self._most_waiting)
            key = await key_of(session, picture)
        if picture.sha256 != upload.sha256 or picture.stored_at or picture.erased_at:
            return picture
        for variant, content in ((Variant.FULL, full), (Variant.THUMBNAIL, thumbnail)):
            await self._put(name_of(picture.id, variant), key, content)
        async with self._database.begin() as session:
            is_kept = await Pictures(session).mark_stored(picture.id, upload.uploaded_at)
            stored = await Pictures(session).by_id(picture.id)
        if not is_kept:
            await self._delete(picture.id)
        return stored or picture

    async def known(self, uploaded_by: Subject, key: str) -> Picture | None:
        """What this caller uploaded under this key before."""
        async with self._database.read() as session:
            return await Pictures(session).by_key(uploaded_by, key)

    async def open(self, picture: EvidenceId, variant: Variant) -> AsyncIterator[bytes] | None:
        """Its bytes, piece by piece; None when there is nothing to be seen.

        Raises:
            ObjectsUnreachable: come back later.
        """
        async with self._database.read() as session:
            found = await Pictures(session).by_id(picture)
            if found is None or not found.is_there:
                return None
            key = await key_of(session, found)
        name = name_of(picture, variant)
        if found.key_sealed is None:
            return await self._objects.get(name)
        return None if key is None else await self._opened(name, key)

    async def remove_erased(
        self, at: datetime, limit: int = _AT_ONCE, number: IssueNumber | None = None
    ) -> int:
        """Deletes the pixels of erased pictures, of one issue or of all; how many pictures.

        Raises:
            ObjectsUnreachable: those that are left stay marked for the next time.
        """
        async with self._database.read() as session:
            doomed = await Pictures(session).doomed(limit, number)
        for picture in doomed:
            await self._delete(picture)
            await self._forget([picture], at)
        return len(doomed)

    async def erase_unused(self, before: datetime, at: datetime, limit: int) -> int:
        """Erases what nobody used; how many. `remove_erased` has to follow."""
        async with self._database.begin() as session:
            return await Pictures(session).erase_unused(before, at, limit)

    async def _put(self, name: str, key: bytes | None, content: bytes) -> None:
        """A row without a key is from before there were seals; its upload is finished as begun."""
        if key is None:
            await self._objects.put(name, content)
        else:
            await self._objects.put(f"{name}{LOCKED}", lock(key, name, content))

    async def _opened(self, name: str, key: bytes) -> AsyncIterator[bytes] | None:
        """All of it at once: nothing is shown of what was changed."""
        found = await self._objects.get(f"{name}{LOCKED}")
        content = None if found is None else await unlock(key, name, found)
        return None if content is None else _once(content)

    async def _delete(self, picture: EvidenceId) -> None:
        for variant in Variant:
            await self._objects.delete(name_of(picture, variant))
            await self._objects.delete(f"{name_of(picture, variant)}{LOCKED}")

    async def _forget(self, pictures: Sequence[EvidenceId], at: datetime) -> None:
        async with self._database.begin() as session:
            await Pictures(session).removed(pictures, at)


def name_of(picture: EvidenceId, variant: Variant) -> str:
    """Of our own making; spread over folders, as some stores are slow with a million in one."""
    return f"pictures/{picture[:2]}/{picture}/{variant}.jpg"


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
