"""ID tokens and logout tokens: each rule of OpenID Connect, broken alone."""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api.keys import FixedKey, Key, KeysUnavailable, UnknownKey
from api.problems import Problem
from api.ways_in.oidc_settings import OidcSettings
from api.ways_in.oidc_tokens import Judge
from tests.builders import NOON

RSA = rsa.generate_private_key(65537, 2048)
OTHER_RSA = rsa.generate_private_key(65537, 2048)
ISSUER, CLIENT, NONCE, ACCESS = "https://idp.example/realm", "dispatch", "n-1", "an-access-token"
AT = int(NOON.timestamp())
SETTINGS = OidcSettings.model_validate(
    {
        "issuer": ISSUER,
        "client_id": CLIENT,
        "redirect_uri": "https://dispatch.example/api/v1/sign-in/oidc/callback",
        "return_to": ["https://dispatch.example/"],
        "algorithms": ["RS256", "ES256", "ES384"],
    }
)
GOOD: dict[str, Any] = {
    "iss": ISSUER,
    "sub": "s-1",
    "aud": CLIENT,
    "iat": AT,
    "exp": AT + 120,
    "nonce": NONCE,
}
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
GOOD_LOGOUT: dict[str, Any] = {
    "iss": ISSUER,
    "sub": "s-1",
    "aud": CLIENT,
    "iat": AT,
    "exp": AT + 120,
    "jti": "j-1",
    "events": {LOGOUT: {}},
}


def signed(claims: dict[str, Any], key: Any = RSA, algorithm: str = "RS256") -> str:  # noqa: ANN401
    said = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(said, key, algorithm=algorithm, headers={"kid": "k1"})


def a_judge(key: Any = RSA, algorithm: str = "RS256") -> Judge:  # noqa: ANN401
    return Judge(SETTINGS, FixedKey(Key(key.public_key(), (algorithm,))), NOON)


async def verdict(token: str, judge: Judge | None = None) -> str:
    try:
        return str((await (judge or a_judge()).id_token(token, NONCE, ACCESS))["sub"])
    except Problem as problem:
        return str(problem.code)


async def test_a_token_that_is_wholly_right() -> None:
    assert await verdict(signed(GOOD)) == "s-1"
    assert await verdict(signed(GOOD | {"aud": [CLIENT]})) == "s-1"
    assert await verdict(signed(GOOD | {"aud": [CLIENT, "other"], "azp": CLIENT})) == "s-1"
    assert await verdict(signed(GOOD | {"iat": AT + 59, "exp": AT + 60})) == "s-1"
    assert await verdict(signed(GOOD | {"exp": AT - 59})) == "s-1", "a minute of leeway"


@pytest.mark.parametrize(
    "broken",
    [
        {"iss": "https://idp.example/other"},
        {"iss": [ISSUER]},
        {"iss": None},
        {"sub": None},
        {"sub": 7},
        {"aud": "other"},
        {"aud": [CLIENT, "other"]},
        {"aud": [CLIENT, "other"], "azp": "other"},
        {"aud": CLIENT, "azp": "other"},
        {"aud": None},
        {"exp": AT - 60},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": AT + 61},
        {"iat": None},
        {"nbf": AT + 61},
        {"nonce": "n-2"},
        {"nonce": [NONCE]},
        {"nonce": None},
        {"at_hash": "of another"},
        {"at_hash": ""},
    ],
    ids=str,
)
async def test_each_rule_is_kept(broken: dict[str, Any]) -> None:
    said = {name: value for name, value in (GOOD | broken).items() if value is not None}
    token = jwt.api_jws.encode(json.dumps(said).encode(), RSA, "RS256", {"kid": "k1"})
    assert await verdict(token) == "provider_refused"


@pytest.mark.parametrize(
    ("key", "algorithm", "digest"),
    [
        (RSA, "RS256", hashlib.sha256),
        (ec.generate_private_key(ec.SECP256R1()), "ES256", hashlib.sha256),
        (ec.generate_private_key(ec.SECP384R1()), "ES384", hashlib.sha384),
    ],
    ids=["RS256", "ES256", "ES384"],
)
async def test_the_access_token_is_that_of_the_id_token(
    key: Any,  # noqa: ANN401
    algorithm: str,
    digest: Any,  # noqa: ANN401
) -> None:
    whole = digest(ACCESS.encode()).digest()
    half = base64.urlsafe_b64encode(whole[: len(whole) // 2]).rstrip(b"=").decode()
    token = signed(GOOD | {"at_hash": half}, key, algorithm)
    assert await verdict(token, a_judge(key, algorithm)) == "s-1"
    other = signed(GOOD | {"at_hash": half[:-1] + "_"}, key, algorithm)
    assert await verdict(other, a_judge(key, algorithm)) == "provider_refused"


async def test_only_the_providers_key_and_allowed_algorithms() -> None:
    pem = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    secret = base64.urlsafe_b64encode(pem)  # what an attacker knows
    tokens = {
        "another key": signed(GOOD, OTHER_RSA),
        "no signature": jwt.encode(GOOD, "", algorithm="none", headers={"kid": "k1"}),
        "the public key as a secret": signed(GOOD, secret, "HS256"),
        "not allowed": signed(GOOD, RSA, "RS384"),
        "a byte less": signed(GOOD)[:-1],
        "no token": "no.token",
        "nothing": "",
        "endless": signed(GOOD | {"more": "x" * 20_000}),
    }
    said = {name: await verdict(token) for name, token in tokens.items()}
    assert said == dict.fromkeys(tokens, "provider_refused")
    assert await verdict(tokens["not allowed"], a_judge(RSA, "RS384")) == "provider_refused"


@dataclass
class Away:
    """Keys that cannot be had."""

    error: Exception

    async def key_for(self, _: str) -> Key:
        raise self.error


async def test_keys_that_cannot_be_had_are_a_reason_to_come_again() -> None:
    for error in (KeysUnavailable("away"), UnknownKey("k1")):
        judge = Judge(SETTINGS, Away(error), NOON)
        assert await verdict(signed(GOOD), judge) == "provider_unavailable"


async def logout_verdict(token: str, judge: Judge | None = None) -> str:
    try:
        return str((await (judge or a_judge()).logout_token(token))["sub"])
    except Problem as problem:
        return str(problem.code)


async def test_a_logout_token_that_is_right() -> None:
    assert await logout_verdict(signed(GOOD_LOGOUT)) == "s-1"


@pytest.mark.parametrize(
    "broken",
    [
        {"events": None},
        {"events": {}},
        {"events": LOGOUT},
        {"nonce": NONCE},
        {"jti": None},
        {"aud": "other"},
        {"sub": None},
        {"iat": AT - 151, "exp": AT + 1},
    ],
    ids=str,
)
async def test_each_rule_of_logout_is_kept(broken: dict[str, Any]) -> None:
    assert await logout_verdict(signed(GOOD_LOGOUT | broken)) == "provider_refused"


async def test_an_id_token_signs_nobody_out_and_a_logout_token_nobody_in() -> None:
    assert await logout_verdict(signed(GOOD)) == "provider_refused"
    assert await verdict(signed(GOOD_LOGOUT)) == "provider_refused"


async def test_an_old_token_is_refused_by_the_given_clock() -> None:
    later = Judge(SETTINGS, a_judge().keys, NOON + timedelta(hours=1))
    assert await verdict(signed(GOOD), later) == "provider_refused"
