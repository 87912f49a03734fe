"""One key, one request, one answer."""

import asyncio
from datetime import timedelta

import pytest

from domain.ids import Subject
from storage.idempotency import Idempotency, KeyReused
from storage.session import Database
from storage.views import Stored
from tests.builders import NOON
from tests.storage.stories import undone

BODY, OTHER_BODY = "a" * 64, "b" * 64
ANN, BOB = Subject("ann"), Subject("bob")


async def claim(
    database: Database, subject: Subject = ANN, route: str = "POST /issues", body: str = BODY
) -> Stored | None:
    async with database.begin() as session:
        return await Idempotency(session).claim(subject, "key", route, body, NOON)


async def test_a_new_key_is_the_callers(database: Database) -> None:
    assert await claim(database) is None


async def test_a_key_without_an_answer_is_known(database: Database) -> None:
    await claim(database)
    assert await claim(database) == Stored(status=None, answer=None, created_at=NOON)


async def test_the_first_answer_is_given_again(database: Database) -> None:
    await claim(database)
    async with database.begin() as session:
        await Idempotency(session).store(ANN, "key", 201, {"number": "QJ-2026-0000001"})
        await Idempotency(session).store(ANN, "key", 500, None)
    stored = await claim(database)
    assert stored == Stored(status=201, answer={"number": "QJ-2026-0000001"}, created_at=NOON)


async def test_an_answer_can_be_corrected(database: Database) -> None:
    await claim(database)
    async with database.begin() as session:
        await Idempotency(session).store(ANN, "key", 409, "no")
        await Idempotency(session).correct(ANN, "key", 200, "yes")
    stored = await claim(database)
    assert stored is not None
    assert (stored.status, stored.answer) == (200, "yes")


@pytest.mark.parametrize(("route", "body"), [("POST /other", BODY), ("POST /issues", OTHER_BODY)])
async def test_a_key_used_for_something_else_is_refused(
    database: Database, route: str, body: str
) -> None:
    await claim(database)
    with pytest.raises(KeyReused):
        await claim(database, ANN, route, body)


async def test_every_caller_has_keys_of_their_own(database: Database) -> None:
    await claim(database, ANN)
    assert await claim(database, BOB, body=OTHER_BODY) is None
    async with database.begin() as session:
        await Idempotency(session).store(ANN, "key", 201, "Ann's")
        await Idempotency(session).release(BOB, "key")
    stored = await claim(database, ANN)
    assert stored is not None
    assert stored.answer == "Ann's"
    assert await claim(database, BOB, body=OTHER_BODY) is None


async def test_of_concurrent_claims_one_is_new(database: Database) -> None:
    claims = await asyncio.gather(*(claim(database) for _ in range(6)))
    assert sum(each is None for each in claims) == 1


async def test_a_second_claim_waits_for_the_first_ones_answer(database: Database) -> None:
    async with database.begin() as session:
        await Idempotency(session).claim(ANN, "key", "POST /issues", BODY, NOON)
        second = asyncio.create_task(claim(database))
        await asyncio.sleep(0.1)
        assert not second.done()
        await Idempotency(session).store(ANN, "key", 201, {"n": 1})
    stored = await second
    assert stored is not None
    assert (stored.status, stored.answer) == (201, {"n": 1})


async def test_a_claim_that_was_rolled_back_leaves_the_key_free(database: Database) -> None:
    async with undone(database) as session:
        await Idempotency(session).claim(ANN, "key", "POST /issues", BODY, NOON)
    assert await claim(database) is None


async def test_a_claim_can_be_released_until_it_is_answered(database: Database) -> None:
    await claim(database)
    async with database.begin() as session:
        await Idempotency(session).release(ANN, "key")
    assert await claim(database) is None


async def test_old_keys_are_forgotten(database: Database) -> None:
    await claim(database)
    async with database.begin() as session:
        assert await Idempotency(session).forget(NOON, 10) == 0
        assert await Idempotency(session).forget(NOON + timedelta(days=1), 10) == 1
    assert await claim(database) is None
