"""Pixels under a key of their own, which lies sealed in the row of their picture.

An object that was changed, cut short or put in another's place does not open. When the key is
blanked, every copy of the pixels is noise, in the store's backups and old versions too.
"""

import secrets
from collections.abc import AsyncIterator

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.pictures.views import Picture
from storage.sealing import seals
from storage.sealing.cipher import KEY_BYTES, NONCE_BYTES, Place
from storage.session import Session

_log = structlog.get_logger(__name__)
_VERSION = b"\x01"


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def key_place(picture: str) -> Place:
    return Place("pictures", "key", picture)


async def key_of(session: Session, picture: Picture) -> bytes | None:
    """The key of its pixels; None if they lie open, or nobody can see them any more."""
    if picture.key_sealed is None:
        return None
    opener = await seals.opener(session, [picture.key_sealed])
    return opener.data(key_place(picture.id), picture.key_sealed)


def lock(key: bytes, name: str, content: bytes) -> bytes:
    """As it lies in the store, under this name and no other."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, content, name.encode())


async def unlock(key: bytes, name: str, pieces: AsyncIterator[bytes]) -> bytes | None:
    """The content; None, and a line in the log, if it is not what was kept under this name."""
    locked = b"".join([piece async for piece in pieces])
    begin = len(_VERSION) + NONCE_BYTES
    nonce, box = locked[len(_VERSION) : begin], locked[begin:]
    try:
        return AESGCM(key).decrypt(nonce, box, name.encode())
    except (InvalidTag, ValueError):
        _log.error("object_unopenable", object=name)
        return None
