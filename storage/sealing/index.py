"""Finds what is sealed: keyed hashes of phone numbers and of what descriptions are made of.

Whoever has the database alone cannot try words or numbers on it, because the key is wrapped like
every other. But the same character or pair has the same hash in every text: it is a substitution.
Who has a dump and knows some of its texts - their own reports, for instance - knows the hashes of
what stands in them, and can work out others from the pairs they share with these; who knows none
can guess frequent ones from how frequent they are. ADR 0029 says what that means.
"""

import hmac
import struct
import unicodedata

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.masking import plain_phone

_WIDE, _CHARACTER, _BLOCK = "utf-32-le", 4, 16
_FIRST = struct.Struct("<I12x")
_MASK = 2**31 - 1  # PostgreSQL's integer has a sign


class BlindIndex:
    """One key for each use, derived from one that never changes as long as the index lives."""

    def __init__(self, material: bytes) -> None:
        self._phone = _derived(material, b"dispatch phone v1")
        # One block is one message here, so AES is a keyed hash of it, many in one call.
        words = algorithms.AES256(_derived(material, b"dispatch words v1"))
        self._words = Cipher(words, modes.ECB())  # noqa: S305 - nothing is encrypted

    def phone(self, number: str) -> bytes:
        """The same for one number, however it is written."""
        return hmac.digest(self._phone, plain_phone(number).encode(), "sha256")

    def grams(self, text: str) -> list[int]:
        """Of every character and pair of neighbours in a text, in no order that tells theirs."""
        said = normal(text).encode(_WIDE)
        return self._hashed(_parts(said, 1) | _parts(said, 2))

    def sought(self, words: str) -> list[int]:
        """What a text has to have that holds these words; it may have it without holding them."""
        said = normal(words).encode(_WIDE)
        return self._hashed(_parts(said, 2) or _parts(said, 1))

    def _hashed(self, parts: set[bytes]) -> list[int]:
        blocks = b"".join([each.ljust(_BLOCK, b"\0") for each in parts])
        hashed = self._words.encryptor().update(blocks)
        return sorted({number & _MASK for (number,) in _FIRST.iter_unpack(hashed)})


def _parts(said: bytes, characters: int) -> set[bytes]:
    """So many neighbours each; no text holds a NUL, by which one would look like two."""
    size = characters * _CHARACTER
    return {said[at : at + size] for at in range(0, len(said) - size + 1, _CHARACTER)}


def normal(text: str) -> str:
    """As texts are compared: width and case do not matter. Lone surrogates were refused before."""
    return unicodedata.normalize("NFKC", text).casefold()


def holds(text: str, words: str) -> bool:
    """Whether the words stand in the text."""
    return normal(words) in normal(text)


def _derived(material: bytes, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=use).derive(material)
