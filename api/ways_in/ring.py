"""Keys of the engine's own access tokens: the first signs, all verify, and a name finds each."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import jwt

from api.keys import Key

ISSUER = "urn:dispatch:engine"
AUDIENCE = "urn:dispatch:api"
_ALGORITHM = "HS256"
_TYPE = "at+jwt"
_NAME_DIGITS = 16
_REQUIRED = ["iss", "aud", "sub", "exp", "iat", "sid"]


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Secrets of 32 characters or more. A new one is added last everywhere, then moved first.

    So no process meets a token whose key it does not know; the old one goes when the tokens it
    signed are over, after ten minutes.
    """

    _by_name: Mapping[str, Key] = field(repr=False)

    @classmethod
    def of(cls, secrets: Sequence[bytes]) -> "KeyRing":
        """A ring of these.

        Raises:
            ValueError: there is none.
        """
        if not secrets:
            raise ValueError("a ring needs a key")
        return cls({name_of(secret): Key(secret, (_ALGORITHM,)) for secret in secrets})

    def sign(self, claims: Mapping[str, object], *, at: datetime, lasts: timedelta) -> str:
        """An access token that says `claims`, under the first key."""
        name, key = next(iter(self._by_name.items()))
        said = {**claims, "iss": ISSUER, "aud": AUDIENCE, "iat": at, "exp": at + lasts}
        headers = {"kid": name, "typ": _TYPE}
        return jwt.encode(said, key.material, algorithm=_ALGORITHM, headers=headers)

    def knows(self, token: str) -> bool:
        """Whether a token names a key of ours: then it is ours or nothing.

        Raises:
            jwt.PyJWTError: it has no header that can be read.
        """
        return jwt.get_unverified_header(token).get("kid") in self._by_name

    def verified(self, token: str, at: datetime) -> Mapping[str, Any]:
        """The claims of a token of ours.

        Raises:
            jwt.PyJWTError: it is not wholly right.
        """
        header = jwt.get_unverified_header(token)
        if header.get("typ") != _TYPE:
            raise jwt.InvalidTokenError("not an access token")
        key = self._by_name[header["kid"]]
        claims = jwt.decode(
            token,
            key.material,
            algorithms=list(key.algorithms),
            audience=AUDIENCE,
            issuer=ISSUER,
            # Against the clock that signed, below.
            options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
        )
        if not isinstance(claims["exp"], int):
            raise jwt.DecodeError("exp is no instant")
        if at.timestamp() >= claims["exp"]:
            raise jwt.ExpiredSignatureError("over")
        return claims


def name_of(secret: bytes) -> str:
    """A key's name, which tells nothing of it."""
    return hmac.new(secret, b"dispatch key name", hashlib.sha256).hexdigest()[:_NAME_DIGITS]
