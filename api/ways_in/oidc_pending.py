"""A sign-in under way at the provider, kept by the browser itself: sealed, and for ten minutes.

So any process can finish what another began, and nobody else's browser can.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pydantic import BaseModel, ConfigDict, ValidationError

LASTS = timedelta(minutes=10)
_BYTES = 32
_NAME_LETTERS = 10
_PURPOSE = b"dispatch sign-in under way"
_HEADER = {"alg": "dir", "enc": "A256GCM"}


class Pending(BaseModel):
    """What has to be known again when the browser comes back."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    state: str
    nonce: str
    verifier: str
    challenge: str
    """Of our own page, for the code that it gets in the end."""
    return_to: str
    ends: int

    @classmethod
    def new(cls, challenge: str, return_to: str, at: datetime) -> "Pending":
        return cls(
            state=secrets.token_urlsafe(_BYTES),
            nonce=secrets.token_urlsafe(_BYTES),
            verifier=secrets.token_urlsafe(_BYTES),
            challenge=challenge,
            return_to=return_to,
            ends=int((at + LASTS).timestamp()),
        )


@dataclass(frozen=True, slots=True)
class Seal:
    """AES-256-GCM under keys made of the ring's: the first one seals, all of them open."""

    _keys: Sequence[OctKey] = field(repr=False)

    @classmethod
    def of(cls, keys: Sequence[bytes]) -> "Seal":
        made = (hmac.new(key, _PURPOSE, hashlib.sha256).digest() for key in keys)
        return cls([OctKey.import_key(key) for key in made])

    def close(self, pending: Pending) -> str:
        plain = pending.model_dump_json().encode()
        return jwe.encrypt_compact(dict(_HEADER), plain, self._keys[0], list(_HEADER.values()))

    def open(self, sealed: str, state: str, at: datetime) -> Pending | None:
        """What was sealed for this state; None when it is anything else, or too late."""
        for key in self._keys:
            try:
                plain = jwe.decrypt_compact(sealed, key, list(_HEADER.values())).plaintext
                found = Pending.model_validate_json(plain or b"")
            except (JoseError, ValidationError, ValueError):
                continue
            is_meant = hmac.compare_digest(found.state.encode(), state.encode())
            return found if is_meant and at.timestamp() < found.ends else None
        return None


def cookie_of(state: str) -> str:
    """The cookie's name: one for each sign-in, so that two tabs do not disturb each other."""
    letters = hashlib.sha256(state.encode("utf-8", "surrogateescape")).hexdigest()
    return f"dispatch_oidc_{letters[:_NAME_LETTERS]}"
