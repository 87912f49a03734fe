"""What tokens are verified with: a shared secret, a public key, or a provider's key set.

The kind of key alone decides which algorithms are accepted; a token never chooses.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from jwt.exceptions import PyJWTError

_RSA = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
_CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
_ASYMMETRIC = frozenset({*_RSA, *_CURVES.values(), "EdDSA"})
_FRESH = timedelta(minutes=10)
_PATIENCE = timedelta(seconds=15)
_FETCH_SECONDS = 3.0


class KeysUnavailable(Exception):
    """The provider's key set cannot be fetched now."""


class UnknownKey(Exception):
    """No key of the set may have signed this token."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key with the only algorithms it may be used for."""

    material: Any
    algorithms: Sequence[str]


class KeySource(Protocol):
    """Finds the key for a token by its unverified header."""

    async def key_for(self, token: str) -> Key: ...


@dataclass(frozen=True, slots=True)
class FixedKey:
    """One key for every token."""

    key: Key

    async def key_for(self, _: str) -> Key:
        return self.key

    @classmethod
    def secret(cls, secret: str) -> "FixedKey":
        return cls(Key(secret, ("HS256",)))

    @classmethod
    def public(cls, pem: str) -> "FixedKey":
        """The key of a PEM; its type says the algorithms.

        Raises:
            ValueError: it is not a public key of a kind that signs tokens.
        """
        material = load_pem_public_key(pem.encode())
        match material:
            case RSAPublicKey():
                return cls(Key(material, _RSA))
            case EllipticCurvePublicKey() if material.curve.name in _CURVES:
                return cls(Key(material, (_CURVES[material.curve.name],)))
            case Ed25519PublicKey():
                return cls(Key(material, ("EdDSA",)))
            case _:
                raise ValueError("not a key that signs tokens")


class KeySet:
    """A provider's key set, fetched again when it is old or does not know a key."""

    def __init__(
        self,
        url: str,
        now: Callable[[], datetime],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._url = url
        self._now = now
        self._transport = transport
        self._keys: dict[str, Key] = {}
        self._fetched_at: datetime | None = None

    async def key_for(self, token: str) -> Key:
        """The key that the token's header names.

        Raises:
            KeysUnavailable: the set is needed and cannot be fetched.
            UnknownKey: the set has no such key for an asymmetric algorithm.
        """
        wanted = str(jwt.get_unverified_header(token).get("kid"))
        known = wanted in self._keys
        if self._is_older_than(_FRESH) or (not known and self._is_older_than(_PATIENCE)):
            await self._fetch(known=known)
        if wanted not in self._keys:
            raise UnknownKey(wanted)
        return self._keys[wanted]

    def _is_older_than(self, age: timedelta) -> bool:
        return self._fetched_at is None or self._now() - self._fetched_at > age

    async def _fetch(self, *, known: bool) -> None:
        """An old set goes on serving the keys it knows while the provider is away."""
        try:
            async with httpx.AsyncClient(
                transport=self._transport, timeout=_FETCH_SECONDS
            ) as client:
                answer = await client.get(self._url)
                answer.raise_for_status()
                self._keys = _usable(answer.json())
        except (httpx.HTTPError, ValueError, PyJWTError) as error:
            if not known:
                raise KeysUnavailable(str(error)) from error
        else:
            self._fetched_at = self._now()


def _usable(document: Any) -> dict[str, Key]:  # noqa: ANN401 - somebody else's JSON
    keys = jwt.PyJWKSet.from_dict(document if isinstance(document, dict) else {}).keys
    return {
        key.key_id: Key(key.key, (key.algorithm_name,))
        for key in keys
        if key.key_id and key.algorithm_name in _ASYMMETRIC
    }
