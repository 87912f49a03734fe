"""How fast each source is heard over MQTT, where a sender cannot be told to come again later.

What was promised (QoS 1) is waited for before it is acknowledged, so the broker holds what comes
behind it, in the order in which it came; it is never dropped. What nobody promised (QoS 0) is
dropped and counted, as at the door.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

import structlog

from domain.alert_source import AlertSource
from intake.broker import Heard
from intake.rates import Rates
from observability import metrics

log = structlog.get_logger(__name__)

LONGEST_WAIT_S = 1.0
"""Of all the messages of one take; others wait behind them, so this is no longer."""


class Pace:
    """Lets in what the rates of the sources have room for."""

    def __init__(
        self,
        tick: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._tick = tick
        self._sleep = sleep
        self._rates = Rates(tick)

    async def let_in(
        self, messages: Sequence[Heard], source_of: Callable[[str], AlertSource | None]
    ) -> list[Heard]:
        """Those that are to be kept, in their order.

        What a broker kept from before says how things stand, once for each topic: it is no flood.
        """
        until = self._tick() + LONGEST_WAIT_S
        let_in: list[Heard] = []
        dropped: Counter[tuple[str, str]] = Counter()
        for message in messages:
            source = source_of(message.topic)
            if source is None or message.is_retained or await self._room(source, message, until):
                let_in.append(message)
            else:
                dropped[source.code, source.adapter] += 1
        for (code, adapter), number in dropped.items():
            log.warning("messages_limited", source=code, number=number)
            metrics.RAW_MESSAGES_TOTAL.labels(adapter=adapter, outcome="limited").inc(number)
        return let_in

    async def _room(self, source: AlertSource, message: Heard, until: float) -> bool:
        while seconds := self._rates.wait_for(source.code, source.per_minute):
            left = until - self._tick()
            if message.qos == 0 or left <= 0:
                return message.qos > 0
            await self._sleep(min(seconds, left))
        return True
