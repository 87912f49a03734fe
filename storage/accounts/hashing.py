"""Keyed hashes of what must not be kept: phones, names at other providers, login names tried."""

import hashlib
import hmac
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

_COUNTRY = "86"
_MOBILE_DIGITS = 11


@dataclass(frozen=True, slots=True)
class IdentityHasher:
    """Without a key nobody can tell a phone from its hash by trying all phones.

    The first key hashes what is written; all of them find what was written before. Kinds are kept
    apart, so that a phone and an external id with the same digits have nothing in common.
    """

    keys: Sequence[bytes] = field(repr=False)

    def identity(self, provider: str, external_id: str) -> bytes:
        return self._first("identity", provider, external_id)

    def identities(self, provider: str, external_id: str) -> list[bytes]:
        return self._all("identity", provider, external_id)

    def phone(self, phone: str) -> bytes:
        return self._first("phone", plain_phone(phone))

    def phones(self, phone: str) -> list[bytes]:
        return self._all("phone", plain_phone(phone))

    def login(self, login: str) -> bytes:
        """Of a login name that was tried, whether anybody has it or not."""
        return self._first("login", plain_login(login))

    def seal(self, said: str) -> bytes:
        """By which the same request is known again, and nothing in it."""
        return self._first("seal", said)

    def _first(self, *parts: str) -> bytes:
        return _hash(self.keys[0], parts)

    def _all(self, *parts: str) -> list[bytes]:
        return [_hash(key, parts) for key in self.keys]


def plain_login(login: str) -> str:
    """As login names are compared: width, case and space around do not matter."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


def plain_phone(phone: str) -> str:
    """Digits alone, and without the country of a mobile number that is one without it."""
    digits = "".join(each for each in phone if each in "0123456789")
    while digits.startswith("00"):
        digits = digits[2:]
    bare = digits.removeprefix(_COUNTRY)
    return bare if len(bare) == _MOBILE_DIGITS else digits


def _hash(key: bytes, parts: Sequence[str]) -> bytes:
    sized = b"".join(
        len(said).to_bytes(4) + said for said in (each.encode("utf-8") for each in parts)
    )
    return hmac.new(key, sized, hashlib.sha256).digest()
