"""A connection to an MQTT broker on which nothing is acknowledged before we say so.

The library beneath acknowledges a message as soon as it was received; one that then dies loses
it, and the next one too. So paho is told to leave that to us, which aiomqtt has no word for.
"""

import asyncio
import ssl
from dataclasses import dataclass, field
from typing import Any

import aiomqtt
from paho.mqtt.client import Client as Paho
from paho.mqtt.client import MQTTMessage

from observability import metrics

KEEPALIVE_S = 15
_MOST_AT_ONCE = 100
MOST_WAITING, MOST_WAITING_BYTES = 2_000, 64 * 1024 * 1024
"""Of what was heard and not yet taken. What the broker has our acknowledgement to wait for is in
the bounds of its own window; what it sends without (QoS 0) is dropped beyond these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """Where it is and who we are there; the session belongs to `client_id`, for ever the same."""

    host: str
    port: int = 1883
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    client_id: str = "dispatch-intake"
    tls: bool = False
    ca_file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message that waits for its acknowledgement."""

    topic: str
    payload: bytes = field(repr=False)
    qos: int
    mid: int
    is_repeated: bool
    """The broker did not hear us acknowledge it before."""
    is_retained: bool


class Connection(aiomqtt.Client):
    """Use as a context; `heard` gives what came, `acknowledge` lets the broker forget it."""

    def __init__(self, broker: Broker) -> None:
        super().__init__(
            hostname=broker.host,
            port=broker.port,
            username=broker.username,
            password=broker.password,
            identifier=broker.client_id,
            clean_session=False,
            keepalive=KEEPALIVE_S,
            tls_context=ssl.create_default_context(cafile=broker.ca_file) if broker.tls else None,
        )
        self._heard: asyncio.Queue[Heard] = asyncio.Queue()
        self._waiting_bytes = 0
        self._client.manual_ack_set(True)
        self._client.on_message = self._hear

    async def heard(self, seconds: float) -> list[Heard]:
        """What came, at once if there is something, else what comes first within `seconds`.

        What came before the connection broke is given all the same: a broker that was killed may
        not remember that it said it.

        Raises:
            aiomqtt.MqttError: the connection is gone, and nothing is left of it.
        """
        first = asyncio.ensure_future(self._heard.get())
        either: set[asyncio.Future[Any]] = {first, self._disconnected}
        try:
            await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            # What it may have got by now is not acknowledged, so nothing is lost with it.
            _ = first.done() or first.cancel()
        messages = [first.result()] if first.done() and not first.cancelled() else []
        while len(messages) < _MOST_AT_ONCE and not self._heard.empty():
            messages.append(self._heard.get_nowait())
        if not messages and self._disconnected.done():
            raise aiomqtt.MqttError("disconnected")
        self._waiting_bytes -= sum(len(each.payload) for each in messages)
        return messages

    def acknowledge(self, message: Heard) -> None:
        """Lost with the connection it is on; then the broker says the message again."""
        self._client.ack(message.mid, message.qos)

    def _hear(self, _client: Paho, _userdata: object, message: MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = ""
        if message.qos == 0 and not self._has_room(len(message.payload)):
            metrics.RAW_MESSAGES_TOTAL.labels(adapter="none", outcome="overflowed").inc()
            return
        self._waiting_bytes += len(message.payload)
        self._heard.put_nowait(
            Heard(
                topic=topic,
                payload=bytes(message.payload),
                qos=message.qos,
                mid=message.mid,
                is_repeated=message.dup,
                is_retained=message.retain,
            )
        )

    def _has_room(self, size: int) -> bool:
        has_room = self._heard.qsize() < MOST_WAITING
        return has_room and self._waiting_bytes + size <= MOST_WAITING_BYTES
