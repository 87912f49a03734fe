"""A real broker, and a source that sends more than it may."""

import asyncio
from dataclasses import replace
from pathlib import Path

from domain.reference import ReferenceKind
from intake.listening import Hearing, Listener
from observability import clock, metrics
from storage.session import Database
from tests.intake.camera_desk import SOURCE, Desk
from tests.intake.mosquitto import Mosquitto, mosquitto, until
from tests.sealing.opened import raw_bodies

TOPIC = "frigate/reviews"
ONE_A_SECOND = replace(SOURCE, topics=(TOPIC,), mapping=None, per_minute=60)


async def bodies(desk: Desk) -> list[bytes]:
    return await raw_bodies(desk.database)


async def is_listening(desk: Desk, broker: Mosquitto) -> None:
    async def is_heard() -> bool:
        await broker.publish(TOPIC, b"first")
        return b"first" in await bodies(desk)

    await until(is_heard)


async def test_what_nobody_promised_is_dropped_over_the_rate_and_the_promised_is_kept(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    desk = Desk(database)
    await desk.write(ReferenceKind.ALERT_SOURCE, ONE_A_SECOND, 0)
    limited = metrics.RAW_MESSAGES_TOTAL.labels(adapter=SOURCE.adapter, outcome="limited")
    before = limited._value.get()

    async def are_all_accounted_for() -> bool:
        said = [each for each in await bodies(desk) if each != b"first"]
        return b"promised" in said and len(said) + limited._value.get() - before == 61

    async with mosquitto(tmp_path) as broker:
        one = Listener.of(database, database_url, broker.broker, clock.now, Hearing())
        task = asyncio.create_task(one.run(asyncio.Event()))
        try:
            await is_listening(desk, broker)
            await broker.publish(TOPIC, *(f"{each}".encode() for each in range(60)), qos=0)
            await broker.publish(TOPIC, b"promised")
            await until(are_all_accounted_for)
        finally:
            task.cancel()
            await asyncio.wait({task})
    assert limited._value.get() - before > 30
