"""Tokens made to be mistaken: none of them is anybody, and the honest twin of each is let in."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

from api.auth import Gate
from api.key_sets import KeySet
from api.keys import FixedKey
from api.problems import Problem
from observability.clock import now
from tests.api.town import SECRET

OURS, SECOND, THEIRS = (rsa.generate_private_key(65537, 2048) for _ in range(3))
LONG_SECRET = SECRET * 2
ISSUER, AUDIENCE = "https://city.example", "dispatch"
PEM = OURS.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
DER = OURS.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
Claims = dict[str, Any]


def jwk(key: rsa.RSAPrivateKey, kid: str) -> Claims:
    return {**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "alg": "RS256"}


def key_set() -> KeySet:
    document = {"keys": [jwk(OURS, "k1"), jwk(SECOND, "k2")]}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=document))
    return KeySet(f"{ISSUER}/keys", now, transport)


GATES = {
    "public key": Gate(FixedKey.public(PEM.decode()), issuer=ISSUER, audience=AUDIENCE),
    "key set": Gate(key_set(), issuer=ISSUER, audience=AUDIENCE),
}
BY_SECRET = Gate(FixedKey.secret(LONG_SECRET), issuer=ISSUER, audience=AUDIENCE)


def claims(**changes: object) -> Claims:
    """Of an honest token; None leaves a claim out."""
    said = {
        "sub": "p.1",
        "roles": ["staff"],
        "iss": ISSUER,
        "aud": AUDIENCE,
        "exp": int((now() + timedelta(hours=1)).timestamp()),
        **changes,
    }
    return {name: value for name, value in said.items() if value is not None}


def spelt(part: bytes | Mapping[str, Any]) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass(frozen=True)
class Forger:
    """Puts tokens together by hand: libraries refuse to make most of these."""

    header: Claims
    body: Claims

    @property
    def said(self) -> str:
        return f"{spelt(self.header)}.{spelt(self.body)}"

    def unsigned(self) -> str:
        return f"{self.said}."

    def by_secret(self, secret: bytes) -> str:
        return f"{self.said}.{spelt(hmac.digest(secret, self.said.encode(), hashlib.sha256))}"


def honest(key: rsa.RSAPrivateKey = OURS, kid: object = "k1", **changes: object) -> str:
    return jwt.encode(claims(**changes), key, algorithm="RS256", headers={"kid": kid})


def swapped() -> str:
    """The signature of one token under the words of another."""
    head, _, signature = honest().split(".")
    return f"{head}.{spelt(claims(roles=['administrator'], grids=['qj']))}.{signature}"


def _header(alg: str, **more: object) -> Claims:
    return {"typ": "JWT", "alg": alg, "kid": "k1", **more}


def _hs256(secret: bytes) -> str:
    return Forger(_header("HS256"), claims()).by_secret(secret)


def _late(**changes: object) -> Claims:
    return {"exp": int((now() - timedelta(minutes=1)).timestamp()), **changes}


CONFUSED: dict[str, str] = {
    **{
        f"alg {alg}": Forger(_header(alg), claims()).unsigned()
        for alg in ("none", "None", "NONE", "nOnE", "")
    },
    "no alg": Forger({"typ": "JWT", "kid": "k1"}, claims()).unsigned(),
    "alg none with a signature": Forger(_header("none"), claims()).by_secret(PEM),
    "RS256 without a signature": Forger(_header("RS256"), claims()).unsigned(),
    "signature cut off": honest().rpartition(".")[0],
    "signature of other words": swapped(),
    "HS256 by our public PEM": _hs256(PEM),
    "HS256 by our PEM without its end of line": _hs256(PEM.strip()),
    "HS256 by our public DER": _hs256(DER),
    "HS256 by our key as a JWK": _hs256(json.dumps(jwk(OURS, "k1")).encode()),
    "HS256 by an empty secret": _hs256(b""),
    "HS256 by the name of the key": _hs256(b"k1"),
    "by a key of somebody else": honest(THEIRS),
    "by a key it brings along": jwt.encode(
        claims(), THEIRS, algorithm="RS256", headers={"kid": "k1", "jwk": jwk(THEIRS, "k1")}
    ),
    "by a key it says where to fetch": jwt.encode(
        claims(),
        THEIRS,
        algorithm="RS256",
        headers={"kid": "k1", "jku": "https://evil.example/keys", "x5u": "https://evil.example"},
    ),
    "with an extension nobody knows": jwt.encode(
        claims(), OURS, algorithm="RS256", headers={"kid": "k1", "crit": ["exp-at"], "exp-at": 1}
    ),
    "for another audience": honest(aud="billing"),
    "for audiences without us": honest(aud=["billing", "dispatch-admin"]),
    "for an audience spelt like ours": honest(aud="Dispatch"),
    "for nobody in particular": honest(aud=None),
    "of another issuer": honest(iss="https://evil.example"),
    "of an issuer that begins like ours": honest(iss=f"{ISSUER}.evil.example"),
    "of no issuer": honest(iss=None),
    "that never ends": honest(exp=None),
    "whose end is a word": honest(exp="tomorrow"),
    "that begins later": honest(nbf=int((now() + timedelta(hours=1)).timestamp())),
    "encrypted, perhaps": ".".join([honest(), "x", "y"]),
    "with a line break in it": honest().replace(".", ".\n", 1),
    "of an array": f"{spelt(_header('RS256'))}.{spelt(b'[]')}.x",
}
OVER: dict[str, str] = {"over": honest(**_late()), "over by far": honest(exp=1)}
OVER_AND_FORGED: dict[str, str] = {
    "by somebody else": honest(THEIRS, **_late()),
    "for another audience": honest(**_late(aud="billing")),
    "unsigned": Forger(_header("none"), claims(**_late())).unsigned(),
}
KIDS: dict[str, object] = {
    "unknown": "k3",
    "of another key": "k2",
    "a path": "../../../../dev/null",
    "a question": "k1' OR '1'='1",
    "empty": "",
    "spelt otherwise": "K1",
}


async def code_of(gate: Gate, token: str) -> str:
    """What is said to it; of who is let in, the subject."""
    try:
        return (await gate.actor(token)).subject
    except Problem as problem:
        return str(problem.code)


@pytest.mark.parametrize("gate", GATES.values(), ids=GATES)
async def test_the_honest_twin_is_let_in(gate: Gate) -> None:
    assert await code_of(gate, honest()) == "p.1"
    assert await code_of(gate, honest(aud=["billing", AUDIENCE])) == "p.1"


@pytest.mark.parametrize("gate", GATES.values(), ids=GATES)
@pytest.mark.parametrize("token", CONFUSED.values(), ids=CONFUSED)
async def test_a_token_made_to_be_mistaken_is_nobody(gate: Gate, token: str) -> None:
    assert await code_of(gate, token) == "unauthenticated"


@pytest.mark.parametrize("gate", GATES.values(), ids=GATES)
@pytest.mark.parametrize("token", OVER.values(), ids=OVER)
async def test_what_is_over_is_told_so(gate: Gate, token: str) -> None:
    assert await code_of(gate, token) == "token_expired"


@pytest.mark.parametrize("gate", GATES.values(), ids=GATES)
@pytest.mark.parametrize("token", OVER_AND_FORGED.values(), ids=OVER_AND_FORGED)
async def test_a_forged_one_is_not_told_that_it_is_over(gate: Gate, token: str) -> None:
    assert await code_of(gate, token) == "unauthenticated"


@pytest.mark.parametrize("kid", KIDS.values(), ids=KIDS)
async def test_a_key_is_known_by_its_exact_name_alone(kid: object) -> None:
    assert await code_of(GATES["key set"], honest(kid=kid)) == "unauthenticated"


async def test_keys_of_one_set_are_not_mistaken_for_one_another() -> None:
    gate = GATES["key set"]
    assert await code_of(gate, honest(SECOND, "k2")) == "p.1"
    assert await code_of(gate, honest(SECOND, "k1")) == "unauthenticated"


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
async def test_a_key_of_a_set_is_used_for_the_algorithm_it_names_alone(algorithm: str) -> None:
    token = jwt.encode(claims(), OURS, algorithm=algorithm, headers={"kid": "k1"})
    assert await code_of(GATES["key set"], token) == "unauthenticated"


@pytest.mark.parametrize("algorithm", ["HS384", "HS512", "RS256", "none"])
async def test_a_shared_secret_signs_in_one_way_alone(algorithm: str) -> None:
    key: Any = {"RS256": OURS, "none": None}.get(algorithm, LONG_SECRET)
    assert await code_of(BY_SECRET, jwt.encode(claims(), LONG_SECRET, algorithm="HS256")) == "p.1"
    assert await code_of(BY_SECRET, jwt.encode(claims(), key, algorithm=algorithm)) == (
        "unauthenticated"
    )
