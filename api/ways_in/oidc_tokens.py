"""Tokens of an OpenID provider, held against everything OpenID Connect Core 3.1.3.7 asks for."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt as pyjwt
import structlog
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from api.keys import Key, KeySource, KeysUnavailable, UnknownKey
from api.problems import ApiCode, Problem
from api.ways_in.oidc_settings import OidcSettings

log = structlog.get_logger(__name__)

LEEWAY_S = 60
"""By how much the provider's clock may be ahead of ours, or behind."""
_LONGEST_TOKEN = 16 * 1024
_OLDEST_LOGOUT_S = 150
_LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
_HALF_HASHES: Mapping[str, Callable[[bytes], Any]] = {
    "256": hashlib.sha256,
    "384": hashlib.sha384,
    "512": hashlib.sha512,
}


class Refused(Exception):
    """A token is not wholly right; which rule it breaks is for the log."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Believes tokens of one issuer for one client, by the clock it is given."""

    settings: OidcSettings
    keys: KeySource
    at: datetime

    async def id_token(self, token: str, nonce: str, access_token: str) -> Mapping[str, Any]:
        """The claims of an ID token.

        Raises:
            Problem: `provider_refused` when a rule is broken, `provider_unavailable` when its key
                cannot be had now.
        """
        try:
            header, claims = await self._verified(token)
            self._check_audience(claims)
            _require(_same(claims.get("nonce"), nonce), "nonce")
            if "at_hash" in claims:
                expected = _half_hash(str(header["alg"]), access_token)
                _require(_same(claims["at_hash"], expected), "at_hash")
        except Refused as error:
            log.warning("id_token_refused", rule=str(error), provider=self.settings.name)
            raise Problem(ApiCode.PROVIDER_REFUSED) from error
        return claims

    async def logout_token(self, token: str) -> Mapping[str, Any]:
        """The claims of a token by which the provider says that somebody is signed out.

        Raises:
            Problem: as `id_token`.
        """
        try:
            _, claims = await self._verified(token)
            events = claims.get("events")
            _require(isinstance(events, dict) and _LOGOUT in events, "events")
            _require("nonce" not in claims, "nonce")
            _require(isinstance(claims.get("jti"), str), "jti")
            _require(self.at.timestamp() - claims["iat"] < _OLDEST_LOGOUT_S, "iat")
        except Refused as error:
            log.warning("logout_token_refused", rule=str(error), provider=self.settings.name)
            raise Problem(ApiCode.PROVIDER_REFUSED) from error
        return claims

    async def _verified(self, token: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        _require(len(token) <= _LONGEST_TOKEN, "length")
        key = await self._key_for(token)
        allowed = [each for each in key.algorithms if each in self.settings.algorithms]
        _require(bool(allowed), "alg")
        try:
            material = key.material.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            read = jwt.decode(token, _key(allowed[0], material), algorithms=allowed)
            self._registry.validate(read.claims)
        except (JoseError, ValueError) as error:
            raise Refused(_rule(error)) from error
        return read.header, read.claims

    async def _key_for(self, token: str) -> Key:
        try:
            return await self.keys.key_for(token)
        except (KeysUnavailable, UnknownKey) as error:
            # An unknown key is most often one so new that the set was just fetched without it.
            log.warning("provider_key_not_to_be_had", error=type(error).__name__)
            raise Problem(ApiCode.PROVIDER_UNAVAILABLE) from error
        except pyjwt.PyJWTError as error:
            raise Refused("header") from error

    @property
    def _registry(self) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=int(self.at.timestamp()),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self.settings.issuer},
            aud={"essential": True, "value": self.settings.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )

    def _check_audience(self, claims: Mapping[str, Any]) -> None:
        """Of several audiences only the party that it was issued to may use it."""
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if several or "azp" in claims:
            _require(claims.get("azp") == self.settings.client_id, "azp")


def _key(algorithm: str, material: bytes) -> jwk.Key:
    """The family of an algorithm alone says what kind of key it is."""
    return jwk.import_key(material, "EC" if algorithm.startswith("ES") else "RSA")


def _require(holds: bool, rule: str) -> None:
    if not holds:
        raise Refused(rule)


def _rule(error: Exception) -> str:
    """The claim or the kind of fault, and nothing that the token says."""
    claim = getattr(error, "claim", None)
    return str(claim) if claim else type(error).__name__


def _same(said: object, expected: str) -> bool:
    return isinstance(said, str) and hmac.compare_digest(said.encode(), expected.encode())


def _half_hash(algorithm: str, access_token: str) -> str:
    """The left half of the hash that the algorithm signs with."""
    digest = _HALF_HASHES[algorithm[-3:]]
    whole = digest(access_token.encode()).digest()
    return base64.urlsafe_b64encode(whole[: len(whole) // 2]).rstrip(b"=").decode()
