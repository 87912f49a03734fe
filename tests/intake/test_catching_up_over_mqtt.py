"""With each connection to a real broker, a recorder is asked for what was missed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest_asyncio

from intake.catching_up import CatchUp
from intake.fetching import Fetcher
from intake.listening import Hearing, Listener
from observability import clock
from tests.intake.frigate_api import a_review, answer
from tests.intake.mosquitto import Mosquitto, mosquitto, until
from tests.intake.recorder import MINUTE, QUICK, TOPIC, Recorder, recorder
from tests.sealing.opened import raw_bodies

__all__ = ["recorder"]


@pytest_asyncio.fixture(loop_scope="session")
async def broker(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    async with mosquitto(tmp_path) as running:
        yield running


@asynccontextmanager
async def listening(recorder: Recorder, url: str, broker: Mosquitto) -> AsyncIterator[None]:
    """Cut off at the end, as by an outage."""
    database, keep = recorder.desk.database, timedelta(days=1)
    catch_up = CatchUp(database, Fetcher(never=()), clock.now, keep, QUICK)
    hearing = Hearing(catch_up=catch_up)
    one = Listener.of(database, url, broker.broker, clock.now, hearing)
    task = asyncio.create_task(one.run(asyncio.Event()))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def has(recorder: Recorder, pages: int, word: bytes, broker: Mosquitto) -> None:
    """Until so many pages were kept, and what is said over MQTT is heard all the while."""

    async def is_so() -> bool:
        await broker.publish(TOPIC, word)
        bodies = await raw_bodies(recorder.desk.database)
        return len([each for each in bodies if each.startswith(b"[")]) == pages and word in bodies

    await until(is_so)


async def test_with_each_connection_what_was_missed_is_asked_for(
    recorder: Recorder, database_url: str, broker: Mosquitto
) -> None:
    """The first time and after an outage, also when it does not answer at once."""
    at = clock.now().timestamp()
    for number in (1, 2):
        recorder.api.reviews.append(a_review(at - MINUTE / number, None))
        recorder.api.instead = [answer(b"", "503 Busy")]
        async with listening(recorder, database_url, broker):
            await has(recorder, number, b"heard %d" % number, broker)


async def test_who_was_away_itself_is_asked_when_it_is_back(
    recorder: Recorder, database_url: str, broker: Mosquitto
) -> None:
    at = clock.now().timestamp()
    recorder.api.reviews = [a_review(at - MINUTE, None)]
    async with listening(recorder, database_url, broker):
        await has(recorder, 1, b"before", broker)
        recorder.api.reviews.append(a_review(at - 30, None))
        await broker.publish("frigate/available", b"offline")
        await has(recorder, 1, b"meanwhile", broker)
        await broker.publish("frigate/available", b"online", retain=True)
        await has(recorder, 2, b"after", broker)
