"""How often one caller, or one address, may ask: counted in this process, over a sliding minute.

Several processes count each for itself, so that a caller has as many times the limit as there are
processes. That is enough to keep one caller from standing in everybody's way; who guesses passwords
is stopped by what is counted in SQL.
"""

from math import ceil

import structlog
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from api.problems import ApiCode, Problem
from observability import metrics
from observability.clock import now

log = structlog.get_logger(__name__)


class Rate:
    """Requests a minute for each of many; 0 stands for no limit."""

    def __init__(self, kind: str, per_minute: int) -> None:
        self._kind = kind
        self._item = RateLimitItemPerMinute(per_minute) if per_minute else None
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def require_room(self, who: str) -> None:
        """Counts a request.

        Raises:
            Problem: `too_many_requests`, which is not counted; its Retry-After says when.
        """
        if self._item is None or self._limiter.hit(self._item, self._kind, who):
            return
        metrics.RATE_LIMITED_TOTAL.labels(kind=self._kind).inc()
        log.warning("rate_limited", kind=self._kind)
        ends = self._limiter.get_window_stats(self._item, self._kind, who).reset_time
        seconds = max(ceil(ends - now().timestamp()), 1)
        raise Problem(ApiCode.TOO_MANY_REQUESTS, headers={"Retry-After": str(seconds)})


class Rates:
    """What one process lets in."""

    def __init__(self, *, per_actor: int = 0, per_address: int = 0) -> None:
        self.of_actors = Rate("actor", per_actor)
        self.of_addresses = Rate("address", per_address)
