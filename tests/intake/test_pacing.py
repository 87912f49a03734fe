"""A source over its rate: what was promised waits, the rest is dropped, others notice nothing."""

from dataclasses import dataclass, field, replace

import pytest
from paho.mqtt.client import MQTTMessage

from domain.alert_source import AlertSource
from domain.ids import GridCode, SourceCode
from intake import broker
from intake.broker import Broker, Connection, Heard
from intake.pacing import LONGEST_WAIT_S, Pace
from observability import metrics

FAST = AlertSource(
    code=SourceCode("mad"),
    name="mad",
    adapter="pacing_test",
    grid=GridCode("qj"),
    topics=("mad/#",),
    per_minute=600,
)
CALM = replace(FAST, code=SourceCode("calm"), topics=("calm/#",))
BURST = 100
"""Ten seconds of 600 a minute."""


def source_of(topic: str) -> AlertSource | None:
    return next((each for each in (FAST, CALM) if each.takes(topic)), None)


def said(number: int, topic: str = "mad/1", qos: int = 0, *, retained: bool = False) -> list[Heard]:
    one = Heard(topic=topic, payload=b"", qos=qos, mid=0, is_repeated=False, is_retained=retained)
    return [replace(one, mid=each) for each in range(number)]


def counted(outcome: str, adapter: str = "pacing_test") -> float:
    return float(metrics.RAW_MESSAGES_TOTAL.labels(adapter=adapter, outcome=outcome)._value.get())


@dataclass
class Clock:
    """Time that only waiting moves."""

    now: float = 0.0
    waited: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds

    def pace(self) -> Pace:
        return Pace(lambda: self.now, self.sleep)


async def test_what_nobody_promised_is_dropped_over_the_rate_and_counted() -> None:
    clock, before = Clock(), counted("limited")
    pace = clock.pace()
    let_in = await pace.let_in(said(BURST + 30), source_of)
    assert [each.mid for each in let_in] == list(range(BURST))
    assert (clock.waited, counted("limited") - before) == ([], 30)
    clock.now += 1
    assert len(await pace.let_in(said(30), source_of)) == 10


async def test_what_was_promised_is_waited_for_and_all_of_it_kept_in_its_order() -> None:
    clock, before = Clock(), counted("limited")
    promised = said(BURST + 5, qos=1)
    assert await clock.pace().let_in(promised, source_of) == promised
    assert (clock.waited, counted("limited") - before) == ([1.0], 0)


async def test_nobody_is_waited_for_for_ever() -> None:
    clock = Clock()
    promised = said(BURST + 500, qos=1)
    assert await clock.pace().let_in(promised, source_of) == promised
    assert sum(clock.waited) == LONGEST_WAIT_S


async def test_a_source_that_went_mad_takes_nothing_from_another() -> None:
    clock = Clock()
    let_in = await clock.pace().let_in([*said(500), *said(5, "calm/1")], source_of)
    assert len([each for each in let_in if each.topic == "calm/1"]) == 5


async def test_how_things_stand_is_no_flood_and_nobodys_message_is_not_counted() -> None:
    clock = Clock()
    pace = clock.pace()
    assert len(await pace.let_in(said(500, retained=True), source_of)) == 500
    assert len(await pace.let_in(said(500, "nobody/1"), source_of)) == 500
    assert len(await pace.let_in(said(BURST), source_of)) == BURST


def a_message(payload: bytes, qos: int) -> MQTTMessage:
    message = MQTTMessage(mid=1, topic=b"mad/1")
    message.payload, message.qos = payload, qos
    return message


@pytest.mark.parametrize(("most", "size", "fit"), [(3, 1, 3), (1_000, 40, 2)])
async def test_what_waits_in_memory_is_bounded(
    monkeypatch: pytest.MonkeyPatch, most: int, size: int, fit: int
) -> None:
    monkeypatch.setattr(broker, "MOST_WAITING", most)
    monkeypatch.setattr(broker, "MOST_WAITING_BYTES", 100)
    before = counted("overflowed", "none")
    connection = Connection(Broker(host="127.0.0.1"))
    for round_ in (1, 2):
        for _ in range(fit + 4):
            connection._hear(connection._client, None, a_message(b"x" * size, 0))
        connection._hear(connection._client, None, a_message(b"promised" * 20, 1))
        heard = await connection.heard(0)
        assert [each.qos for each in heard] == [0] * fit + [1]
        assert counted("overflowed", "none") - before == 4 * round_
