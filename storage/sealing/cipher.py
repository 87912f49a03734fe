"""Seals values with AES-256-GCM, each bound to the table, column and row in which it lies.

A sealed value is: version, id of its data key, nonce, ciphertext with tag. Whoever moves it, or
changes a bit of it, makes it unopenable.
"""

import secrets
import struct
from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
_TAG_BYTES = 16
_VERSION = 1
_HEAD = struct.Struct(">BI")
_BEGIN = _HEAD.size + NONCE_BYTES
OVERHEAD = _BEGIN + _TAG_BYTES
"""By so much a sealed value is longer."""


class Why(StrEnum):
    """Why a sealed value does not open."""

    MALFORMED = "malformed"
    """It is none."""
    UNKNOWN_KEY = "unknown_key"
    """Its data key is not there, was destroyed, or is wrapped by a key that the ring has not."""
    TAMPERED = "tampered"
    """It was changed, or lies where it was not sealed for."""


class Unopenable(Exception):
    """A sealed value that does not open; says why, never what it holds."""

    def __init__(self, why: Why) -> None:
        self.why = why
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value lies. No table's or column's name holds a dot or a colon."""

    table: str
    column: str
    row: str

    @property
    def data(self) -> bytes:
        return f"{self.table}.{self.column}:{self.row}".encode()


class DataKey:
    """A key that values are sealed with, and the number by which they name it."""

    def __init__(self, id_: int, material: bytes) -> None:
        self.id = id_
        self._aead = AESGCM(material)
        self._head = _HEAD.pack(_VERSION, id_)

    def seal(self, place: Place, plain: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return self._head + nonce + self._aead.encrypt(nonce, plain, self._head + place.data)

    def open(self, place: Place, sealed: bytes) -> bytes:
        """What was sealed for this place.

        Raises:
            Unopenable: it is another key's, was changed, or was not sealed for this place.
        """
        if key_of(sealed) != self.id:
            raise Unopenable(Why.UNKNOWN_KEY)
        nonce, box = sealed[_HEAD.size : _BEGIN], sealed[_BEGIN:]
        try:
            return self._aead.decrypt(nonce, box, self._head + place.data)
        except InvalidTag:
            raise Unopenable(Why.TAMPERED) from None


def key_of(sealed: bytes) -> int:
    """The number of the data key that a sealed value names.

    Raises:
        Unopenable: this is no sealed value, or of a version to come.
    """
    if len(sealed) < OVERHEAD:
        raise Unopenable(Why.MALFORMED)
    version, id_ = _HEAD.unpack_from(sealed)
    if version != _VERSION:
        raise Unopenable(Why.MALFORMED)
    return int(id_)
