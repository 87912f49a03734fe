"""The listener: messages of an MQTT broker are kept like those over HTTP, then acknowledged.

One worker listens, the others wait for its turn. Whatever happens between the receipt and the
commit, the broker says the message again; what was committed before is known by its fingerprint.
"""

import asyncio
import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import aiomqtt
import structlog

from domain.alert_source import AlertSource
from domain.ids import SourceCode
from intake.broker import Broker, Connection, Heard
from intake.pacing import Pace
from observability import metrics
from storage.alerts.raw_messages import RawMessages
from storage.alerts.views import Arrival
from storage.reference import ReferenceRepository
from storage.session import Database, Unreachable, Unstorable
from storage.turns import MQTT, Turn

log = structlog.get_logger(__name__)

_SHARE_LEFT, _LONGEST_BREATH_S = 5.0, 0.2
"""After a large batch nothing more is taken for as many times as long as it took."""
_MANY = 8
_QOS = 1
_LOOK_EVERY_S = 5.0
"""How soon a source's new topic is listened to."""
_WAIT_S = 1.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 30.0
_REPEATS = timedelta(minutes=10)
"""What the broker says again was kept at most so long ago; later it is kept twice, never lost."""


class CatchesUp(Protocol):
    """Implemented by `intake.catching_up.CatchUp`."""

    def asks(self, source: AlertSource) -> bool:
        """Whether there is somebody to be asked."""

    def is_back(self, topic: str, payload: bytes) -> bool:
        """Whether these words say that it was away itself, and what it saw since was not said."""

    async def run(self, source: AlertSource) -> None:
        """Ask for what was missed, and go on until it is cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """How long messages are kept and may be, and who asks for what was missed."""

    keep_raw: timedelta = timedelta(days=30)
    most_bytes: int = 8 * 1024 * 1024
    catch_up: CatchesUp | None = None


class Listener:
    """Any number may run against one database; one of them listens."""

    def __init__(
        self,
        database: Database,
        turn: Turn,
        broker: Broker,
        now: Callable[[], datetime],
        hearing: Hearing = Hearing(),
    ) -> None:
        self._database = database
        self._turn = turn
        self._broker = broker
        self._now = now
        self._hearing = hearing
        self._catch_up = hearing.catch_up
        self._asking: dict[SourceCode, tuple[AlertSource, asyncio.Task[None]]] = {}
        self._pace = Pace()
        self._sources: tuple[AlertSource, ...] = ()
        self._topics: frozenset[str] = frozenset()
        self._pause_s = _FIRST_PAUSE_S

    @classmethod
    def of(
        cls,
        database: Database,
        dsn: str,
        broker: Broker,
        now: Callable[[], datetime],
        hearing: Hearing,
    ) -> "Listener":
        return cls(database, Turn(dsn, MQTT), broker, now, hearing)

    async def run(self, stopping: asyncio.Event) -> None:
        """Listen, or wait for a turn, until `stopping` is set; troubles are logged and retried."""
        while not stopping.is_set():
            try:
                async with self._turn as turn:
                    await self._listen_in_turn(turn, stopping)
            except (aiomqtt.MqttError, Unreachable) as trouble:
                log.warning("listener_troubled", error=str(trouble), pause=self._pause_s)
            finally:
                metrics.MQTT_CONNECTED.set(0)
                self._ask_no_more(self._asking)
            await _pause(stopping, self._pause_s)
            self._pause_s = min(self._pause_s * 2, _LONGEST_PAUSE_S)

    async def _listen_in_turn(self, turn: Turn, stopping: asyncio.Event) -> None:
        while not await turn.take():
            self._pause_s = _FIRST_PAUSE_S
            await _pause(stopping, _WAIT_S)
            if stopping.is_set():
                return
        async with Connection(self._broker) as connection:
            log.info("listener_connected", client_id=self._broker.client_id)
            metrics.MQTT_CONNECTED.set(1)
            self._topics = frozenset()
            looked = -_LOOK_EVERY_S
            while not (stopping.is_set() or turn.lost.is_set()):
                if time.monotonic() - looked >= _LOOK_EVERY_S:
                    await turn.check()
                    await self._look(connection)
                    looked = time.monotonic()
                    self._pause_s = _FIRST_PAUSE_S
                if messages := await connection.heard(_WAIT_S):
                    await self._take(connection, messages)

    async def _look(self, connection: Connection) -> None:
        """Subscribes to what sources speak under now; the broker remembers it with the session."""
        async with self._database.read() as session:
            self._sources = await ReferenceRepository(session).sources()
        wanted = frozenset(topic for source in self._sources for topic in source.topics)
        for topic in sorted(wanted - self._topics):
            await connection.subscribe(topic, qos=_QOS)
        for topic in sorted(self._topics - wanted):
            await connection.unsubscribe(topic)
        self._topics = wanted
        self._ask(self._sources)

    def _ask(self, sources: Sequence[AlertSource]) -> None:
        """For what was missed, once listened to: of each source once in a connection.

        Beside the listening, which waits for nobody; a source that was changed is asked anew.
        """
        if self._catch_up is None:
            return
        wanted = {each.code: each for each in sources if each.topics and self._catch_up.asks(each)}
        known = {code: asked for code, (asked, _) in self._asking.items()}
        self._ask_no_more([code for code in known if wanted.get(code) != known[code]])
        for code in wanted.keys() - self._asking.keys():
            task = asyncio.create_task(self._catch_up.run(wanted[code]))
            task.add_done_callback(_tell)
            self._asking[code] = wanted[code], task

    def _ask_who_is_back(self, messages: Sequence[Heard]) -> None:
        """What a broker kept from before is no news of anybody."""
        asks = self._catch_up
        back = [
            each.topic
            for each in messages
            if asks and not each.is_retained and asks.is_back(each.topic, each.payload)
        ]
        if back:
            sources = [each for each in self._sources if any(map(each.takes, back))]
            self._ask_no_more([each.code for each in sources if each.code in self._asking])
            self._ask(self._sources)

    def _ask_no_more(self, codes: Iterable[SourceCode]) -> None:
        for code in tuple(codes):
            _, task = self._asking.pop(code)
            task.cancel()

    async def _take(self, connection: Connection, messages: Sequence[Heard]) -> None:
        """Keeps them all in one transaction; only then the broker may forget them.

        Raises:
            Unreachable: nothing is acknowledged; the broker says all of it again.
        """
        began = time.monotonic()
        let_in = await self._pace.let_in(messages, self._source_of)
        arrivals = [each for message in let_in if (each := self._arrival(message)) is not None]
        try:
            await self._keep(arrivals)
        except Unstorable:
            for arrival in arrivals:
                await self._keep_alone(arrival)
        for message in messages:
            connection.acknowledge(message)
        self._ask_who_is_back(messages)
        # The broker keeps what it promised; in a storm the database is not cameras' alone.
        if len(messages) >= _MANY:
            await asyncio.sleep(min(_SHARE_LEFT * (time.monotonic() - began), _LONGEST_BREATH_S))

    async def _keep(self, arrivals: Sequence[Arrival]) -> None:
        async with self._database.begin() as session:
            kept = await RawMessages(session).keep_all(arrivals)
        for arrival, id_ in zip(arrivals, kept, strict=True):
            outcome = "repeated" if id_ is None else "kept"
            metrics.RAW_MESSAGES_TOTAL.labels(adapter=arrival.adapter, outcome=outcome).inc()

    async def _keep_alone(self, arrival: Arrival) -> None:
        """What the database will never take must not stop the rest for ever."""
        try:
            await self._keep([arrival])
        except Unstorable:
            log.exception("message_unstorable", source=arrival.source)
            metrics.RAW_MESSAGES_TOTAL.labels(adapter=arrival.adapter, outcome="unstorable").inc()

    def _arrival(self, message: Heard) -> Arrival | None:
        """None for what is nobody's, from before, or too long."""
        source = self._source_of(message.topic)
        outcome = self._why_not(message, source)
        if source is None or outcome is not None:
            adapter = source.adapter if source else "none"
            log.warning("message_dropped", outcome=outcome, source=source.code if source else None)
            metrics.RAW_MESSAGES_TOTAL.labels(adapter=adapter, outcome=outcome).inc()
            return None
        at = self._now()
        named = hashlib.sha256(message.topic.encode() + b"\x00" + message.payload)
        return Arrival(
            source=source.code,
            adapter=source.adapter,
            grid=source.grid,
            fact=f"mqtt:{named.hexdigest()}",
            bucket=int(at.timestamp() * 1_000_000),
            # The same words said again are news, unless it is the broker that repeats itself.
            repeats_since=at - _REPEATS if message.is_repeated else at,
            body=message.payload,
            sha256=hashlib.sha256(message.payload).digest(),
            headers={},
            content_type="",
            topic=message.topic,
            received_at=at,
            purge_after=at + self._hearing.keep_raw,
        )

    def _source_of(self, topic: str) -> AlertSource | None:
        return next((each for each in self._sources if each.takes(topic)), None)

    def _why_not(self, message: Heard, source: AlertSource | None) -> str | None:
        if source is None:
            return "unknown"
        if message.is_retained and not source.retained:
            return "retained"
        return "too_large" if len(message.payload) > self._hearing.most_bytes else None


def _tell(task: asyncio.Task[None]) -> None:
    """It ends by being cancelled only; whatever else ends it is a fault of ours."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("catch_up_broke", exc_info=error)


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        return
