"""A timer on the next instant that moves when the instant does."""

from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio import workflow

LONGEST_WAIT = timedelta(days=30)
"""Every wait has an end, even where only people can move the issue."""


class MovableTimer:
    """Waits for whatever instant `next_instant` names, and looks again when it names another."""

    def __init__(self, next_instant: Callable[[], datetime | None]) -> None:
        self._next_instant = next_instant

    async def wait(self, *, until: Callable[[], bool]) -> None:
        """Return when the instant has come, has moved, or `until` holds; after 30 days at most."""
        instant = self._next_instant()
        left = LONGEST_WAIT if instant is None else instant - workflow.now()
        if left <= timedelta() or until():
            return
        try:
            await workflow.wait_condition(
                lambda: until() or self._next_instant() != instant,
                timeout=min(left, LONGEST_WAIT),
                timeout_summary="next instant of the clocks",
            )
        except TimeoutError:
            return
