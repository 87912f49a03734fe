r"""What is hashed, byte by byte: an array of JSON in fixed order, and nothing else.

::

    canonical(a, b, ...) = ASCII of '["dispatch.audit.1",a,b,...]'
      no spaces; every character beyond ASCII as \u and four small hex digits; keys in order
      instants in UTC as 2026-11-25T08:00:00.000000Z, always with microseconds
      bytes in small hex; what is missing as null

    digest of a row = SHA-256(canonical(source, key, column, ...)), columns in the order of `rows`
    hash of a link  = HMAC-SHA-256(key, canonical("link", seq, source, key, digest, sealed_at,
                                                  key_id, previous))
    previous        = hash of the link before; 32 zero bytes for the first
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

Encodable = str | int | bool | datetime | bytes | None | Mapping[str, object]
_TAG = "dispatch.audit.1"
_KEY_ID_DIGITS = 12
NOTHING = bytes(32)
"""What the first link has for the hash of the one before."""


def canonical(*fields: Encodable) -> bytes:
    """These fields as the only bytes that mean them."""
    said = [_TAG, *(_plain(each) for each in fields)]
    return json.dumps(said, ensure_ascii=True, separators=(",", ":"), sort_keys=True).encode()


def _plain(value: Encodable) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, bytes):
        return value.hex()
    return dict(value) if isinstance(value, Mapping) else value


def digest(*fields: Encodable) -> bytes:
    return hashlib.sha256(canonical(*fields)).digest()


@dataclass(frozen=True, slots=True)
class Keyring:
    """The key that the chain grows with, and those it grew with before.

    `key_id` of a link says which: it is the beginning of a hash of the key.
    """

    current: bytes = field(repr=False)
    others: tuple[bytes, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, current: str, others: Sequence[str] = ()) -> Self:
        return cls(current.encode(), tuple(each.encode() for each in others))

    @property
    def current_id(self) -> str:
        return _id_of(self.current)

    def sign(self, message: bytes, key_id: str | None = None) -> bytes | None:
        """Under the current key, or the named one; None when there is no such key."""
        if key_id is None:
            return _mac(self.current, message)
        for key in (self.current, *self.others):
            if _id_of(key) == key_id:
                return _mac(key, message)
        return None


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def _id_of(key: bytes) -> str:
    return hashlib.sha256(b"dispatch.audit.key." + key).hexdigest()[:_KEY_ID_DIGITS]
