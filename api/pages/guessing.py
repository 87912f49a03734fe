"""Bounds how many wrong addresses one peer may try, in this process alone.

Nobody guesses 256 bits; this keeps who tries from costing the database a question each time.
"""

import math
from collections.abc import Callable

_MOST_WRONG = 30
_WINDOW_S = 600.0
_MOST_PEERS = 10_000


class Guesses:
    """Counts wrong tokens by address, within a window that begins with the first of them."""

    def __init__(self, tick: Callable[[], float]) -> None:
        self._tick = tick
        self._wrong: dict[str, tuple[float, int]] = {}

    def wait_for(self, peer: str) -> int:
        """0 while the peer may ask; else whole seconds to wait."""
        began, count = self._wrong.get(peer, (0.0, 0))
        left = began + _WINDOW_S - self._tick()
        return math.ceil(left) if count >= _MOST_WRONG and left > 0 else 0

    def count(self, peer: str) -> None:
        """One more was wrong."""
        now = self._tick()
        began, count = self._wrong.pop(peer, (now, 0))
        fresh = now - began >= _WINDOW_S
        while len(self._wrong) >= _MOST_PEERS:
            self._wrong.pop(next(iter(self._wrong)))
        self._wrong[peer] = (now, 1) if fresh else (began, count + 1)
