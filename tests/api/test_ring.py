"""The engine's own access tokens, and everything that looks like one."""

import base64
import json
from datetime import timedelta
from itertools import pairwise
from typing import Any

import jwt
import pytest

from api.ways_in.ring import AUDIENCE, ISSUER, KeyRing, name_of
from tests.builders import NOON

OLD, NEW = b"the-old-key-that-is-long-enough-0001", b"the-new-key-that-is-long-enough-0002"
MINUTES = timedelta(minutes=10)
SAID: dict[str, Any] = {"sub": "s.1", "sid": "f" * 32}
RING = KeyRing.of([OLD])


def signed(ring: KeyRing = RING) -> str:
    return ring.sign(SAID, at=NOON, lasts=MINUTES)


def forged(key: bytes | None = OLD, algorithm: str = "HS256", **changes: object) -> str:
    """What a stranger, or a key of ours misused, would make."""
    claims = {**SAID, "iss": ISSUER, "aud": AUDIENCE, "iat": NOON, "exp": NOON + MINUTES}
    headers = {"kid": name_of(OLD), "typ": "at+jwt"}
    for name, value in changes.items():
        held = headers if name in headers else claims
        if value is None:
            del held[name]
        else:
            held[name] = value  # type: ignore[assignment]  # wrong on purpose
    secret: Any = key  # None, for the algorithm that needs none
    return jwt.encode(claims, secret, algorithm=algorithm, headers=headers)


def test_a_token_says_what_was_said_while_it_lasts() -> None:
    claims = RING.verified(signed(), NOON + MINUTES - timedelta(seconds=1))
    assert {name: claims[name] for name in SAID} == SAID
    assert RING.verified(forged(), NOON), "else nothing below proves anything"


@pytest.mark.parametrize("after", [MINUTES, MINUTES * 100])
def test_a_token_is_over_to_the_second(after: timedelta) -> None:
    with pytest.raises(jwt.ExpiredSignatureError):
        RING.verified(signed(), NOON + after)


@pytest.mark.parametrize(
    "confused",
    [
        forged(NEW),
        forged(None, "none"),
        forged(OLD * 2, "HS512"),
        forged(OLD * 2, "HS384"),
        forged(iss="urn:dispatch:other"),
        forged(iss=None),
        forged(aud="urn:other"),
        forged(aud=None),
        forged(sid=None),
        forged(exp=None),
        forged(exp="soon"),
        forged(typ="JWT"),
        forged(typ=None),
    ],
)
def test_a_token_that_is_not_wholly_ours_is_refused(confused: str) -> None:
    assert RING.knows(confused)
    with pytest.raises(jwt.PyJWTError):
        RING.verified(confused, NOON)


def test_a_signature_is_of_the_header_and_claims_that_it_came_with() -> None:
    header, claims, signature = signed().split(".")
    other = {**SAID, "sub": "s.2", "iss": ISSUER, "aud": AUDIENCE, "iat": 0, "exp": 9**10}
    swapped = base64.urlsafe_b64encode(json.dumps(other).encode()).rstrip(b"=").decode()
    for spoilt in (f"{header}.{swapped}.{signature}", f"{header}.{claims}."):
        with pytest.raises(jwt.PyJWTError):
            RING.verified(spoilt, NOON)


@pytest.mark.parametrize("kid", [None, "", name_of(NEW), "../../dev/null"])
def test_a_token_of_another_key_is_none_of_ours(kid: str | None) -> None:
    assert not RING.knows(forged(kid=kid))


def test_keys_rotate_in_two_steps_without_a_token_that_somebody_refuses() -> None:
    steps = [KeyRing.of(ring) for ring in ([OLD], [OLD, NEW], [NEW, OLD])]
    for before, after in pairwise(steps):
        for signer in (before, after):
            for verifier in (before, after):
                assert verifier.verified(signed(signer), NOON)["sub"] == "s.1"
    assert jwt.get_unverified_header(signed(steps[2]))["kid"] == name_of(NEW)
    assert not KeyRing.of([NEW]).knows(signed(steps[0])), "the last step: the old one goes"


def test_a_name_tells_nothing_of_its_key_and_a_ring_is_never_empty() -> None:
    assert name_of(OLD) != name_of(NEW)
    assert OLD.decode() not in repr(RING)
    with pytest.raises(ValueError, match="needs a key"):
        KeyRing.of([])
