"""The identity provider's keys: fetched seldom, one at a time, with patience while it is away."""

import asyncio
import json
from datetime import datetime, timedelta

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from typing_extensions import override

from api.auth import Gate
from api.key_sets import KeySet
from api.problems import Problem
from observability.clock import now

SIGNER = rsa.generate_private_key(65537, 2048)


class Provider(httpx.AsyncBaseTransport):
    """An identity provider that counts how often it is asked, with a clock that tests turn."""

    def __init__(self) -> None:
        self.at = now()
        self.is_down = False
        self.asked = 0
        self.document: object = {"keys": [jwk("k1")]}
        self.gate = Gate(KeySet("https://idp.example/keys", self.clock, self))

    def clock(self) -> datetime:
        return self.at

    def later(self, **span: float) -> None:
        self.at += timedelta(**span)

    @override
    async def handle_async_request(self, _: httpx.Request) -> httpx.Response:
        self.asked += 1
        await asyncio.sleep(0.01)
        if self.is_down:
            raise httpx.ConnectError("down")
        return httpx.Response(200, text=json.dumps(self.document))

    async def verdict(self, kid: str = "k1") -> str:
        claims = {"sub": "p.1", "roles": ["staff"], "exp": now() + timedelta(hours=1)}
        token = jwt.encode(claims, SIGNER, algorithm="RS256", headers={"kid": kid})
        try:
            return (await self.gate.actor(token)).subject
        except Problem as problem:
            return str(problem.code)


def jwk(kid: str) -> dict[str, object]:
    public = RSAAlgorithm.to_jwk(SIGNER.public_key(), as_dict=True)
    return {**public, "kid": kid, "alg": "RS256"}


async def test_a_set_is_fetched_once_and_not_for_every_unknown_key() -> None:
    provider = Provider()
    secret = {"kty": "oct", "k": "c2VjcmV0", "kid": "s", "alg": "HS256"}
    provider.document = {"keys": [jwk("k1"), secret]}
    said = [await provider.verdict(kid) for kid in ("k1", "k1", "k2", "k3", "s")]
    assert said == ["p.1", "p.1", *["unauthenticated"] * 3]
    assert provider.asked == 1


async def test_a_new_key_is_found_after_a_while_and_an_old_set_is_fetched_again() -> None:
    provider = Provider()
    await provider.verdict()
    provider.document = {"keys": [jwk("k2")]}
    assert await provider.verdict("k2") == "unauthenticated"
    provider.later(seconds=16)
    assert await provider.verdict("k2") == "p.1"
    provider.later(minutes=11)
    assert (await provider.verdict("k2"), provider.asked) == ("p.1", 3)


async def test_a_provider_that_is_away_is_no_fault_of_the_caller_and_is_not_asked_each_time() -> (
    None
):
    provider = Provider()
    provider.is_down = True
    said = {await provider.verdict(kid) for kid in ("k1", "k2", "k3", "k1")}
    assert (said, provider.asked) == ({"keys_unavailable"}, 1)


async def test_a_known_key_serves_on_while_the_provider_is_away() -> None:
    provider = Provider()
    await provider.verdict()
    provider.is_down = True
    provider.later(minutes=11)
    said = [await provider.verdict(kid) for kid in ("k1", "k1", "k2", "k1")]
    assert said == ["p.1", "p.1", "keys_unavailable", "p.1"]
    assert provider.asked == 2


async def test_the_pause_after_failures_grows_and_ends() -> None:
    provider = Provider()
    provider.is_down = True
    for _ in range(600):
        await provider.verdict()
        provider.later(seconds=1)
    assert 10 < provider.asked < 20, "1, 2, 4, ... and then once a minute"
    provider.is_down = False
    provider.later(minutes=1)
    assert await provider.verdict() == "p.1"
    provider.is_down = True
    provider.later(minutes=11)
    before = provider.asked
    for _ in range(4):
        await provider.verdict("k2")
        provider.later(seconds=1)
    assert provider.asked - before > 1, "after a success the pause begins anew"


async def test_many_who_come_at_once_wait_for_one_fetch() -> None:
    provider = Provider()
    said = await asyncio.gather(*(provider.verdict() for _ in range(20)))
    assert (set(said), provider.asked) == ({"p.1"}, 1)
    provider.is_down = True
    provider.later(minutes=11)
    said = await asyncio.gather(*(provider.verdict(f"u{n}") for n in range(20)))
    assert (set(said), provider.asked) == ({"keys_unavailable"}, 2)


@pytest.mark.parametrize(
    "document", [[], {}, {"keys": "k"}, {"keys": [1]}, {"keys": []}, "x", None]
)
async def test_a_document_that_is_no_key_set_is_a_provider_away(document: object) -> None:
    provider = Provider()
    provider.document = document
    assert await provider.verdict() == "keys_unavailable"


async def test_who_gives_up_waiting_does_not_leave_the_provider_asked_for_ever() -> None:
    provider = Provider()
    asking = asyncio.create_task(provider.verdict())
    await asyncio.sleep(0.005)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    provider.later(seconds=2)
    assert await provider.verdict() == "p.1"
