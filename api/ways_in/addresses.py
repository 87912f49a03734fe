"""How often one address may try to sign in, counted by each process for itself."""

import math
from collections.abc import Callable
from datetime import datetime

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from api.peers import of_one
from api.problems import ApiCode, Problem


class Addresses:
    """A moving minute for each address. What holds for accounts stands in the database."""

    def __init__(self, per_minute: int, now: Callable[[], datetime]) -> None:
        self._limit = RateLimitItemPerMinute(per_minute)
        self._windows = MovingWindowRateLimiter(MemoryStorage())
        self._now = now

    def admit(self, peer: str) -> None:
        """Returns when the address may try once more.

        Raises:
            Problem: `too_many_attempts`.
        """
        address = of_one(peer)
        if self._windows.hit(self._limit, address):
            return
        reset = self._windows.get_window_stats(self._limit, address).reset_time
        raise locked(ApiCode.TOO_MANY_ATTEMPTS, reset - self._now().timestamp())


def locked(code: ApiCode, seconds: float) -> Problem:
    """Says when to come again, in words and in the header."""
    wait = str(max(1, math.ceil(seconds)))
    return Problem(code, {"seconds": wait}, headers={"Retry-After": wait})
