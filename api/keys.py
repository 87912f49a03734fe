"""What tokens are verified with: a shared secret, a public key, or one of a provider's key set.

The kind of key alone decides which algorithms are accepted; a token never chooses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

_RSA = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
_CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
ASYMMETRIC = frozenset({*_RSA, *_CURVES.values(), "EdDSA"})


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


@dataclass(frozen=True, slots=True)
class NoKey:
    """For who trusts nobody's tokens but the engine's own."""

    async def key_for(self, _: str) -> Key:
        raise UnknownKey("no key source is set up")
