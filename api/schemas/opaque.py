"""Words that stay in histories for ever must not be somebody's phone or identity-card number."""

import re

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

PERSONAL_NUMBER = "personal_number"

_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_PATTERNS = (
    r"(?:(?:\+|00)?86[-.]?)?1[3-9]\d(?:\d{8}|[-.]\d{4}[-.]\d{4})",  # a mobile phone
    r"(?:(?:\+|00)?86[-.])?\(?0\d{2,3}\)?-\d{7,8}",  # a fixed line with its area
    rf"[1-9]\d{{5}}(?:18|19|20)\d{{2}}{_DAY}\d{{3}}[\dXx]",  # an identity card
    rf"[1-9]\d{{7}}{_DAY}\d{{3}}",  # one of before 1999
)
_PERSONAL = re.compile(rf"(?<![0-9A-Fa-f])(?:{'|'.join(_PATTERNS)})(?![0-9A-Fa-f])")
"""Whole numbers only: digits within the hexadecimal of a UUID are nobody's."""


def is_personal(word: str) -> bool:
    """Whether a word is, or holds, what looks like a person's number."""
    return _PERSONAL.search(word) is not None


def _impersonal(word: str) -> str:
    if is_personal(word):
        raise PydanticCustomError(PERSONAL_NUMBER, "looks like a person's number")
    return word


Opaque = AfterValidator(_impersonal)
