"""A real broker, that a test may kill and start again; and somebody who publishes to it."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import aiomqtt
import pytest

from intake.broker import Broker

_PATHS = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
_PATIENCE = 40.0


def program() -> str:
    found = shutil.which("mosquitto", path=_PATHS)
    if found is None:
        pytest.skip("mosquitto is missing, MQTT was not tried: apt-get install mosquitto")
    return found


def free_port() -> int:
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Returns as soon as it is so, and fails when that takes too long."""
    async with asyncio.timeout(_PATIENCE):
        while True:
            if await is_so():
                return
            await asyncio.sleep(0.05)


@dataclass
class Mosquitto:
    """Keeps what was not heard on disk, at every change: so that nothing dies with it."""

    folder: Path
    port: int
    process: asyncio.subprocess.Process | None = None

    @property
    def broker(self) -> Broker:
        return Broker(host="127.0.0.1", port=self.port, client_id="test-intake")

    async def start(self) -> None:
        lines = (
            f"listener {self.port} 127.0.0.1",
            "allow_anonymous true",
            "user root",
            "persistence true",
            f"persistence_location {self.folder}/",
            "autosave_interval 1",
            "autosave_on_changes true",
            "max_queued_messages 0",
            "log_dest none",
        )
        config = self.folder / "mosquitto.conf"
        await asyncio.to_thread(config.write_text, "\n".join(lines))
        self.process = await asyncio.create_subprocess_exec(program(), "-c", str(config))
        await until(self._answers)

    async def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    async def has_on_disk(self, payload: bytes) -> bool:
        """Whether it would know of it after a kill."""
        written = self.folder / "mosquitto.db"
        return payload in await asyncio.to_thread(written.read_bytes)

    async def _answers(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True

    async def publish(
        self, topic: str, *payloads: bytes, retain: bool = False, qos: int = 1
    ) -> None:
        async with aiomqtt.Client("127.0.0.1", self.port) as client:
            for payload in payloads:
                await client.publish(topic, payload, qos=qos, retain=retain)

    async def publish_through_kills(self, topic: str, payloads: Iterable[bytes]) -> None:
        """As a camera with a buffer does: each is said until the broker says that it has it."""
        left = list(payloads)
        while left:
            try:
                async with aiomqtt.Client("127.0.0.1", self.port, timeout=2) as client:
                    while left:
                        await client.publish(topic, left[0], qos=1)
                        left.pop(0)
            except aiomqtt.MqttError:
                await asyncio.sleep(0.05)


@asynccontextmanager
async def mosquitto(folder: Path) -> AsyncIterator[Mosquitto]:
    running = Mosquitto(folder, free_port())
    await running.start()
    try:
        yield running
    finally:
        if running.process is not None and running.process.returncode is None:
            await running.kill()
