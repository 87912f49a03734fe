"""How much a source may send: a bucket for each, in this process alone."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from domain.ids import SourceCode

_MINUTE = 60.0
_BURST_S = 10.0
"""A source that was quiet may send at once what it may send in so many seconds."""


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Rates:
    """Says after how many seconds there is room; as many buckets as there are sources."""

    def __init__(self, tick: Callable[[], float]) -> None:
        self._tick = tick
        self._buckets: dict[SourceCode, _Bucket] = {}

    def wait_for(self, source: SourceCode, per_minute: int) -> int:
        """0 when the message may come in, and is counted; else whole seconds to wait."""
        each_second = per_minute / _MINUTE
        most = max(each_second * _BURST_S, 1.0)
        now = self._tick()
        bucket = self._buckets.setdefault(source, _Bucket(most, now))
        bucket.left = min(bucket.left + (now - bucket.at) * each_second, most)
        bucket.at = now
        if bucket.left < 1:
            return math.ceil((1 - bucket.left) / each_second)
        bucket.left -= 1
        return 0
