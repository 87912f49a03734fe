"""Over MQTT nothing is lost: not when the listener dies, nor the broker, nor the database."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from typing_extensions import override

from domain.alert_source import AlertSource
from domain.reference import ReferenceKind
from intake.broker import Connection, Heard
from intake.listening import Hearing, Listener
from observability import clock
from storage.session import AnyRow, Database, Session, Unreachable
from storage.turns import MQTT, Turn
from tests.intake.camera_desk import SOURCE, Desk
from tests.intake.mosquitto import Mosquitto, mosquitto, until
from tests.sealing.opened import raw_bodies
from tests.sealing.rings import RING

TOPIC = "frigate/reviews"
MQTT_SOURCE = replace(
    SOURCE, topics=(TOPIC, "frigate/+/status/#"), mapping=None, per_minute=1_000_000
)
ROOT = Path(__file__).parents[2]


@pytest_asyncio.fixture(loop_scope="session")
async def broker(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    async with mosquitto(tmp_path) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def desk(database: Database) -> Desk:
    desk = Desk(database)
    await desk.write(ReferenceKind.ALERT_SOURCE, MQTT_SOURCE, 0)
    return desk


async def bodies(desk: Desk) -> list[bytes]:
    return await raw_bodies(desk.database)


async def kept(desk: Desk, number: int) -> list[AnyRow]:
    async def are_there() -> bool:
        return len(await desk.rows("raw_messages")) >= number

    await until(are_there)
    return await desk.rows("raw_messages")


@asynccontextmanager
async def listening(desk: Desk, url: str, broker: Mosquitto) -> AsyncIterator[asyncio.Task[None]]:
    """A listener until the block ends; it is cut off, as if its process had died."""
    one = Listener.of(desk.database, url, broker.broker, clock.now, Hearing())
    async with running(one) as task:
        yield task


@asynccontextmanager
async def running(one: Listener) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(one.run(asyncio.Event()))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task})


async def met(desk: Desk, url: str, broker: Mosquitto) -> None:
    """The session exists, and the topics are subscribed."""
    async with listening(desk, url, broker):
        await broker.publish(TOPIC, b"first")
        await kept_or_said_again(desk, broker)


async def kept_or_said_again(desk: Desk, broker: Mosquitto) -> None:
    """Before the first subscription nobody keeps anything."""

    async def is_heard() -> bool:
        await broker.publish(TOPIC, b"first")
        return bool(await desk.rows("raw_messages"))

    await until(is_heard)


def without_first(said: list[bytes]) -> list[bytes]:
    return [each for each in said if each != b"first"]


async def test_a_message_is_kept_for_the_source_of_its_topic(
    desk: Desk, database_url: str, broker: Mosquitto
) -> None:
    await met(desk, database_url, broker)
    async with listening(desk, database_url, broker):
        await broker.publish("frigate/gate/status/detect", b"offline")

        async def is_there() -> bool:
            return b"offline" in await bodies(desk)

        await until(is_there)
    row = (await desk.rows("raw_messages"))[-1]
    assert (row.source, row.adapter, row.state) == ("box", "plain", "waiting")
    assert (row.topic, row.peer) == ("frigate/gate/status/detect", None)


async def test_what_was_said_while_nobody_listened_is_heard_afterwards(
    desk: Desk, database_url: str, broker: Mosquitto
) -> None:
    await met(desk, database_url, broker)
    before = len(await bodies(desk))
    await broker.publish(TOPIC, *(f"{each}".encode() for each in range(60)))
    async with listening(desk, database_url, broker):
        await kept(desk, before + 60)
    assert without_first(await bodies(desk)) == [f"{each}".encode() for each in range(60)]


async def test_the_same_words_said_again_are_news(
    desk: Desk, database_url: str, broker: Mosquitto
) -> None:
    await met(desk, database_url, broker)
    before = len(await bodies(desk))
    await broker.publish(TOPIC, b"offline", b"online", b"offline")
    async with listening(desk, database_url, broker):
        await kept(desk, before + 3)
    assert without_first(await bodies(desk)) == [b"offline", b"online", b"offline"]


async def test_what_the_broker_says_again_is_known(
    desk: Desk, database_url: str, broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Committed, and then the listener died before it could acknowledge."""
    await met(desk, database_url, broker)
    heard: list[Heard] = []
    before = len(await bodies(desk))
    await broker.publish(TOPIC, b"once")
    monkeypatch.setattr(Connection, "acknowledge", lambda _, message: heard.append(message))
    async with listening(desk, database_url, broker):
        await kept(desk, before + 1)
    monkeypatch.undo()
    assert [each.is_repeated for each in heard if each.payload == b"once"] == [False]
    await broker.publish(TOPIC, b"after")
    async with listening(desk, database_url, broker):
        await kept(desk, before + 2)
    assert without_first(await bodies(desk)) == [b"once", b"after"]


class Shaky(Database):
    """Goes away for a while whenever something is to be written."""

    failures = 3

    @asynccontextmanager
    @override
    async def begin(self) -> AsyncIterator[Session]:
        self.failures -= 1
        async with super().begin() as session:
            yield session
            if self.failures >= 0:
                raise Unreachable("in the middle of it")


async def test_nothing_is_acknowledged_before_the_commit(
    desk: Desk, database_url: str, broker: Mosquitto
) -> None:
    await met(desk, database_url, broker)
    before = len(await bodies(desk))
    await broker.publish(TOPIC, b"a", b"b")
    shaky = Shaky(database_url, ring=RING)
    one = Listener(shaky, Turn(database_url, MQTT), broker.broker, clock.now)
    async with running(one):
        await kept(desk, before + 2)
    await shaky.close()
    assert shaky.failures < 0
    assert without_first(await bodies(desk)) == [b"a", b"b"]


async def test_a_retained_message_is_no_news_unless_the_source_says_so(
    desk: Desk, database_url: str, broker: Mosquitto
) -> None:
    await broker.publish(TOPIC, b"long ago", retain=True)
    await met(desk, database_url, broker)
    assert b"long ago" not in await bodies(desk)
    await desk.write(ReferenceKind.ALERT_SOURCE, replace(MQTT_SOURCE, retained=True), 1)
    async with listening(desk, database_url, broker):

        async def is_there() -> bool:
            return b"long ago" in await bodies(desk)

        await until(is_there)


async def test_what_is_too_long_is_dropped_and_holds_up_nobody(
    desk: Desk, database_url: str, broker: Mosquitto
) -> None:
    await met(desk, database_url, broker)
    before = len(await bodies(desk))
    await broker.publish(TOPIC, b"x" * 1_001, b"short")
    turn, hearing = Turn(database_url, MQTT), Hearing(most_bytes=1_000)
    async with running(Listener(desk.database, turn, broker.broker, clock.now, hearing)):
        await kept(desk, before + 1)
    async with listening(desk, database_url, broker):
        await broker.publish(TOPIC, b"after")
        await kept(desk, before + 2)
    assert without_first(await bodies(desk)) == [b"short", b"after"]


async def test_a_new_topic_is_listened_to_without_a_restart(
    desk: Desk, database_url: str, broker: Mosquitto
) -> None:
    async with listening(desk, database_url, broker):
        await kept_or_said_again(desk, broker)
        added: AlertSource = replace(MQTT_SOURCE, topics=(TOPIC, "new/#"))
        await desk.write(ReferenceKind.ALERT_SOURCE, added, 1)

        async def is_heard() -> bool:
            await broker.publish("new/one", b"new")
            return b"new" in await bodies(desk)

        await until(is_heard)


async def test_one_listens_and_the_next_takes_over(
    desk: Desk, database_url: str, broker: Mosquitto
) -> None:
    async with listening(desk, database_url, broker) as first:
        await kept_or_said_again(desk, broker)
        async with Turn(database_url, MQTT) as other:
            assert not await other.take()
        async with listening(desk, database_url, broker) as second:
            before = len(await bodies(desk))
            await broker.publish(TOPIC, b"to the first")
            await kept(desk, before + 1)
            first.cancel()
            await asyncio.wait({first})
            await broker.publish(TOPIC, b"to the second")
            await kept(desk, before + 2)
            assert not second.done()
    assert without_first(await bodies(desk)) == [b"to the first", b"to the second"]


async def a_process(url: str, port: int) -> asyncio.subprocess.Process:
    words = ("-m", "tests.intake.listener_process", url, str(port))
    return await asyncio.create_subprocess_exec(
        sys.executable, *words, cwd=ROOT, stderr=asyncio.subprocess.DEVNULL
    )


@asynccontextmanager
async def two_processes(url: str, port: int) -> AsyncIterator[list[asyncio.subprocess.Process]]:
    """The first listens, the second waits; all that are in the list at the end are killed."""
    processes = [await a_process(url, port) for _ in range(2)]
    try:
        yield processes
    finally:
        for each in processes:
            each.kill()
            await each.wait()


async def test_killing_listeners_and_brokers_in_the_middle_loses_nothing(
    desk: Desk, database_url: str, broker: Mosquitto
) -> None:
    await met(desk, database_url, broker)
    said = [f"<message {each}>".encode() for each in range(1_000)]
    async with two_processes(database_url, broker.port) as processes:
        for start in range(0, len(said), 250):
            part = said[start : start + 250]
            saying = asyncio.create_task(broker.publish_through_kills(TOPIC, part))

            async def is_in_the_middle(part: list[bytes] = part) -> bool:
                return len(set(part) & set(await bodies(desk))) > len(part) // 5

            await until(is_in_the_middle)
            processes[0].kill()
            await processes[0].wait()
            processes[:] = [processes[1], await a_process(database_url, broker.port)]
            await saying

            async def has_the_last(last: bytes = part[-1]) -> bool:
                return last in await bodies(desk) or await broker.has_on_disk(last)

            await until(has_the_last)
            await broker.kill()
            await broker.start()

        async def all_are_there() -> bool:
            return set(said) <= set(await bodies(desk))

        await until(all_are_there)
