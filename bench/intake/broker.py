"""A real broker on a port of its own, and those who speak to it until it says it has heard them."""

import asyncio
import getpass
import os
import re
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiomqtt

from bench.intake.cameras import Said
from bench.stage import running
from deploy.local.ports import LOOPBACK, free_port, is_open
from deploy.local.processes import Process

MISSING = "mosquitto is MISSING: nothing was measured over MQTT (apt-get install mosquitto)"
_PATHS = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
_AGAIN_S = 0.05
_TIMEOUT_S = 5.0
_LINES = (
    "allow_anonymous true",
    "persistence true",
    "autosave_on_changes true",
    "max_queued_messages 0",
    "max_inflight_messages 100",
    "log_dest none",
)


@dataclass(frozen=True, slots=True)
class Mosquitto:
    """Keeps what was not heard on disk, after so many changes: 1 is at every change."""

    folder: Path
    port: int
    process: Process

    def environment(self) -> Mapping[str, str]:
        """What the worker is told about it."""
        return {"DISPATCH_MQTT_HOST": LOOPBACK, "DISPATCH_MQTT_PORT": str(self.port)}

    def saved(self, tag: str) -> frozenset[str]:
        """Names of a storm's alerts that it would know of after a kill."""
        try:
            data = (self.folder / "mosquitto.db").read_bytes()
        except FileNotFoundError:
            return frozenset()
        return frozenset(each.decode() for each in re.findall(rb"%s-\d+" % tag.encode(), data))

    def saves_after(self, changes: int) -> None:
        """From its next start on."""
        own = (
            f"listener {self.port} {LOOPBACK}",
            f"user {getpass.getuser()}",
            f"persistence_location {self.folder}/",
            f"autosave_interval {changes}",
        )
        (self.folder / "mosquitto.conf").write_text("\n".join((*own, *_LINES)), encoding="utf-8")


@contextmanager
def mosquitto(folder: Path) -> Iterator[Mosquitto | None]:
    """Running, or None where it is not installed; gone at the end with all it kept."""
    program = shutil.which("mosquitto", path=_PATHS)
    if program is None:
        yield None
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    port = free_port()
    command = (program, "-c", str(folder / "mosquitto.conf"))
    process = Process(
        name="mosquitto",
        command=command,
        folder=folder,
        port=port,
        is_ready=lambda: is_open(port),
    )
    broker = Mosquitto(folder, port, process)
    broker.saves_after(10_000)
    with running(process):
        yield broker


class Speakers:
    """Connections of cameras, as many as speak at once."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._free: asyncio.Queue[_Speaker] = asyncio.Queue()

    @classmethod
    @asynccontextmanager
    async def to(cls, port: int, count: int) -> AsyncIterator["Speakers"]:
        speakers = cls(port)
        async with AsyncExitStack() as connections:
            for _ in range(count):
                speaker = _Speaker(port)
                connections.push_async_callback(speaker.close)
                speakers._free.put_nowait(speaker)
            yield speakers

    async def say(self, said: Said) -> None:
        """Until the broker says that it has it, as a camera with a buffer does."""
        speaker = await self._free.get()
        try:
            await speaker.say(said)
        finally:
            self._free.put_nowait(speaker)


class _Speaker:
    """One connection, made anew when it breaks."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._client: aiomqtt.Client | None = None

    async def say(self, said: Said) -> None:
        while True:
            try:
                client = await self._connected()
                await client.publish(said.topic, said.body, qos=1)
            except aiomqtt.MqttError:
                await self.close()
                await asyncio.sleep(_AGAIN_S)
            else:
                return

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            try:
                await client.__aexit__(None, None, None)
            except aiomqtt.MqttError:
                return  # it was gone before

    async def _connected(self) -> aiomqtt.Client:
        if self._client is None:
            client = aiomqtt.Client(LOOPBACK, self._port, timeout=_TIMEOUT_S)
            await client.__aenter__()
            self._client = client
        return self._client
