"""The operator's keys: the first wraps new data keys, all of them unwrap. Never in the database."""

import base64
import binascii
import json
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from typing_extensions import override

from storage.sealing.cipher import KEY_BYTES, NONCE_BYTES, Unopenable, Why

_LONGEST_ID = 64


class Wrapped(NamedTuple):
    """A data key under a key of the ring."""

    by: str
    material: bytes


class KeyRing:
    """Keys by name, in order. `repr` names them and shows nothing else."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        """Takes the keys.

        Raises:
            ValueError: there is none, or one has no name or is not 32 bytes long.
        """
        if not keys:
            raise ValueError("a ring of keys has at least one")
        for name, key in keys.items():
            if not 1 <= len(name) <= _LONGEST_ID or len(key) != KEY_BYTES:
                raise ValueError(f"key {name!r}: needs a name and exactly {KEY_BYTES} bytes")
        self._keys = {name: AESGCM(key) for name, key in keys.items()}
        self.first = next(iter(keys))

    @override
    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self._keys)})"

    def wrap(self, material: bytes, what: str) -> Wrapped:
        """Under the first key, bound to what it is the key of."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        box = self._keys[self.first].encrypt(nonce, material, _bound(self.first, what))
        return Wrapped(self.first, nonce + box)

    def unwrap(self, wrapped: Wrapped, what: str) -> bytes:
        """The data key.

        Raises:
            Unopenable: the ring lacks its key, or it is another's, or was changed.
        """
        key = self._keys.get(wrapped.by)
        if key is None:
            raise Unopenable(Why.UNKNOWN_KEY)
        nonce, box = wrapped.material[:NONCE_BYTES], wrapped.material[NONCE_BYTES:]
        try:
            return key.decrypt(nonce, box, _bound(wrapped.by, what))
        except (InvalidTag, ValueError):
            raise Unopenable(Why.TAMPERED) from None

    @staticmethod
    def one_of(document: str | None, files: Sequence[Path]) -> "KeyRing":
        """As settings have it: a document or files, and never neither or both.

        Raises:
            ValueError: it is not so, or what is there is no ring.
        """
        if (document is None) == (not files):
            raise ValueError("set exactly one of seal_keys, seal_key_files")
        try:
            return KeyRing.parse(document) if document is not None else KeyRing.read(files)
        except OSError as error:
            raise ValueError(f"seal_key_files: {error}") from error

    @staticmethod
    def parse(document: str) -> "KeyRing":
        """From JSON, `{"name": "32 bytes in base64", ...}`.

        Raises:
            ValueError: it is something else; the message holds no key.
        """
        try:
            named = json.loads(document)
        except ValueError:
            named = None
        if not isinstance(named, dict):
            raise ValueError("a ring of keys is a JSON object of base64 strings")  # noqa: TRY004 - the document's value
        return KeyRing({name: _key(name, text) for name, text in named.items()})

    @staticmethod
    def read(files: Sequence[Path]) -> "KeyRing":
        """From files, each named after its key and holding it in base64.

        Raises:
            ValueError: one is something else.
            OSError: one cannot be read.
        """
        return KeyRing({each.stem: _key(each.stem, each.read_text("ascii")) for each in files})


def new_key() -> str:
    """A fresh key in base64, as settings take it."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _key(name: str, text: object) -> bytes:
    try:
        return base64.b64decode(str(text).strip(), validate=True)
    except binascii.Error:
        raise ValueError(f"key {name!r} is not in base64") from None


def _bound(by: str, what: str) -> bytes:
    return f"data_keys:{what}:{by}".encode()
