"""How a finding is made and told: a metric and a log line for each."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import structlog
from temporalio import activity

from activities.upkeep import Aggregate, Finding, Part
from observability import metrics

log = structlog.get_logger(__name__)

_AT_ONCE = 8
T = TypeVar("T")


async def checked(
    things: Sequence[T], check: Callable[[T], Awaitable[list[Finding]]]
) -> tuple[Finding, ...]:
    """What was found in each of them, some at once; Temporal hears that the page is being read."""
    turns = asyncio.Semaphore(_AT_ONCE)

    async def in_turn(thing: T) -> list[Finding]:
        async with turns:
            if activity.in_activity():
                activity.heartbeat()
            return await check(thing)

    found = await asyncio.gather(*(in_turn(each) for each in things))
    return tuple(finding for each in found for finding in each)


def count(part: Part, aggregate: Aggregate, looked_at: int) -> None:
    """So many were held against their workflow and the law."""
    metrics.RECONCILE_CHECKED_TOTAL.labels(part=part, aggregate=aggregate).inc(looked_at)


def tell(findings: tuple[Finding, ...]) -> None:
    """Count and log what was found."""
    for each in findings:
        outcome = "repaired" if each.repaired else "reported"
        metrics.RECONCILE_FINDINGS_TOTAL.labels(
            kind=each.kind, outcome=outcome, aggregate=each.aggregate
        ).inc()
        say = log.warning if each.repaired else log.error
        about = {str(each.aggregate): each.number}
        say(f"invariant_{outcome}", kind=each.kind, detail=each.detail, **about)
