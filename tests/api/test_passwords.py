"""Passwords: argon2id in threads, the same work for nobody's, and none that is easily guessed."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher
from typing_extensions import override

from api.problems import Problem
from api.ways_in.passwords import Passwords, random_password, require_good
from tests.api.signing_in import CHEAP


class Counting(Argon2Hasher):
    """Notes which thread did how much."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=64, parallelism=1)
        self.verified: list[str] = []
        self.hold = threading.Event()
        self.hold.set()

    @override
    def verify(self, password: str | bytes, hash: str | bytes) -> bool:
        self.verified.append(threading.current_thread().name)
        self.hold.wait(10)
        return super().verify(password, hash)


async def test_hashes_are_argon2id_and_never_on_the_loop() -> None:
    hasher = Counting()
    passwords = Passwords(hasher)
    kept = await passwords.hashed("a good password")
    assert kept.startswith("$argon2id$")
    assert (await passwords.verify("a good password", kept)).is_right
    assert not (await passwords.verify("a bad password", kept)).is_right
    assert all(name.startswith("passwords") for name in hasher.verified)
    passwords.close()


async def test_nobodys_password_costs_a_look_as_well_and_is_never_right() -> None:
    hasher = Counting()
    passwords = Passwords(hasher)
    verdict = await passwords.verify("a good password", None)
    assert (verdict.is_right, verdict.stronger, len(hasher.verified)) == (False, None, 1)
    passwords.close()


async def test_a_hash_of_weaker_days_is_made_anew() -> None:
    weak, strong = Passwords(CHEAP), Passwords(Argon2Hasher(1, 128, 1))
    verdict = await strong.verify("a good password", await weak.hashed("a good password"))
    assert verdict.is_right
    assert verdict.stronger is not None
    assert "m=128" in verdict.stronger
    assert (await strong.verify("a good password", verdict.stronger)).stronger is None
    for each in (weak, strong):
        each.close()


async def test_too_many_at_once_are_told_so_instead_of_filling_memory() -> None:
    hasher = Counting()
    passwords = Passwords(hasher)
    hasher.hold.clear()
    asked = [asyncio.create_task(passwords.verify("x", None)) for _ in range(60)]
    await asyncio.wait(asked, timeout=10, return_when=asyncio.FIRST_COMPLETED)
    hasher.hold.set()
    await asyncio.gather(*asked, return_exceptions=True)
    refused = [each for each in asked if isinstance(each.exception(), Problem)]
    assert len(refused) == 20
    assert (await passwords.verify("x", None)).is_right is False, "it is over when it is over"
    passwords.close()


def test_the_product_hashes_with_more_than_the_least_that_is_recommended() -> None:
    with ThreadPoolExecutor(1) as threads:
        kept = threads.submit(Argon2Hasher().hash, "x").result()
    assert "$m=65536,t=3,p=4$" in kept


@pytest.mark.parametrize(
    "weak", ["aaaaaaaaaaaaaa", "121212121212", "Housing_A-2026!", "xx ＨＯＵＳＩＮＧ_a"]
)
def test_a_password_is_not_monotonous_and_does_not_name_its_account(weak: str) -> None:
    with pytest.raises(Problem, match="invalid_input"):
        require_good(weak, "housing_a", None)


@pytest.mark.parametrize(
    "good",
    [
        "correct horse battery",
        "街道的灯又亮起来了谢谢",
        pytest.param(random_password(), id="random"),
    ],
)
def test_what_is_long_and_somebodys_own_will_do(good: str) -> None:
    require_good(good, "housing_a", "u.1")
