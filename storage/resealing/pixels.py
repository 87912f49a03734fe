"""Pictures that lie open in the object store from before there were seals."""

import structlog
from sqlalchemy import select, update

from domain.ids import EvidenceId
from storage.models import PictureRow
from storage.pictures.album import LOCKED, Variant, name_of
from storage.pictures.objects import Objects
from storage.pictures.pixels import key_place, lock, new_key
from storage.sealing import seals
from storage.session import Database

_log = structlog.get_logger(__name__)
PORTION = 20
_IS_OPEN = (
    PictureRow.key_sealed.is_(None),
    PictureRow.stored_at.is_not(None),
    PictureRow.erased_at.is_(None),
)


async def lock_pictures(database: Database, objects: Objects, portion: int = PORTION) -> int:
    """Locks every picture under a key of its own; how many lay open. To be run by one at a time.

    The locked ones come first, then the key in the row, by which they are the ones that are read,
    and the open ones go last. Cut off just before that, one picture keeps an open copy until it
    is erased.

    Raises:
        ObjectsUnreachable: nothing is lost; run it again.
    """
    done, after = 0, ""
    while True:
        found = select(PictureRow.id).where(*_IS_OPEN, PictureRow.id > after)
        async with database.read() as session:
            ids = (await session.execute(found.order_by(PictureRow.id).limit(portion))).scalars()
            pictures = [EvidenceId(each) for each in ids]
        for picture in pictures:
            done += await _lock(database, objects, picture)
        if len(pictures) < portion:
            return done
        after = pictures[-1]


async def _lock(database: Database, objects: Objects, picture: EvidenceId) -> bool:
    key = new_key()
    names = [name_of(picture, variant) for variant in Variant]
    for name in names:
        if (pieces := await objects.get(name)) is not None:
            content = b"".join([piece async for piece in pieces])
            await objects.put(f"{name}{LOCKED}", lock(key, name, content))
    async with database.begin() as session:
        sealer = await seals.sealer(session)
        locked = await session.execute(
            update(PictureRow)
            .where(PictureRow.id == picture, *_IS_OPEN)
            .values(key_sealed=sealer.data(key_place(picture), key))
        )
    if not locked.rowcount:
        _log.info("picture_gone_meanwhile", picture=picture)
    for name in names:
        await objects.delete(name if locked.rowcount else f"{name}{LOCKED}")
    return locked.rowcount > 0
