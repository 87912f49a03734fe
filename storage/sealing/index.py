"""Finds what is sealed: keyed hashes of phone numbers and of what descriptions are made of.

An index tells which rows are alike, never what they say; whoever has the database alone cannot
try words on it, because the key is wrapped like every other.
"""

import hashlib
import hmac
import unicodedata
from itertools import pairwise

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.masking import plain_phone

_GRAM_BYTES = 4
_MASK = 2**31 - 1  # PostgreSQL's integer has a sign


class BlindIndex:
    """One key for each use, derived from one that never changes as long as the index lives."""

    def __init__(self, material: bytes) -> None:
        self._phone = _derived(material, b"dispatch phone v1")
        self._words = _derived(material, b"dispatch words v1")

    def phone(self, number: str) -> bytes:
        """The same for one number, however it is written."""
        return hmac.digest(self._phone, plain_phone(number).encode(), "sha256")

    def grams(self, text: str) -> list[int]:
        """Of every character and pair of neighbours in a text, in no order that tells theirs."""
        said = normal(text)
        return sorted(self._hashed({*said, *map("".join, pairwise(said))}))

    def sought(self, words: str) -> list[int]:
        """What a text has to have that holds these words; it may have it without holding them."""
        said = normal(words)
        pairs = set(map("".join, pairwise(said)))
        return sorted(self._hashed(pairs or set(said)))

    def _hashed(self, parts: set[str]) -> set[int]:
        key, hashed, read = self._words, hashlib.blake2b, int.from_bytes
        return {
            read(hashed(each.encode(), key=key, digest_size=_GRAM_BYTES).digest()) & _MASK
            for each in parts
        }


def normal(text: str) -> str:
    """As texts are compared: width and case do not matter. Lone surrogates were refused before."""
    return unicodedata.normalize("NFKC", text).casefold()


def holds(text: str, words: str) -> bool:
    """Whether the words stand in the text."""
    return normal(words) in normal(text)


def _derived(material: bytes, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=use).derive(material)
