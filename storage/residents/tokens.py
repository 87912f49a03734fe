"""Tokens and codes, made from their ids by a key that no database has."""

import base64
import hashlib
import hmac

_LINK, _CODE = b"dispatch resident link", b"dispatch resident code"
CODE_DIGITS = 6
TOKEN_LENGTH = 43
"""256 bits, as they are spelt in an address."""


class Tokens:
    """Says the same of the same id for ever, so that nothing worth stealing has to be kept.

    With another key it says something else: links that were sent go on working, as their hash is
    known, but they are not shown or drawn again.
    """

    def __init__(self, key: bytes) -> None:
        self._link = hmac.digest(key, _LINK, hashlib.sha256)
        self._code = hmac.digest(key, _CODE, hashlib.sha256)

    def of_link(self, link: str) -> str:
        """The secret part of a link's address."""
        digest = hmac.digest(self._link, link.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def of_code(self, code: str) -> str:
        """The digits that are sent under a code's id."""
        digest = hmac.digest(self._code, code.encode(), hashlib.sha256)
        return f"{int.from_bytes(digest) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"

    def fits(self, code: str, said: str) -> bool:
        """Whether these are the digits, in a time that does not tell how many are right."""
        return hmac.compare_digest(self.of_code(code).encode(), said.encode())
