"""How a finding is made and told: a metric and a log line for each.

One that cannot be looked at is a finding too, and keeps nobody from the next.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from traceback import extract_tb
from typing import Protocol, TypeVar

import structlog
from temporalio import activity

from activities.upkeep import Aggregate, Finding, FindingKind, Part
from domain.ids import IssueNumber, MeetingNumber
from observability import metrics
from storage.meetings.checks import MeetingOnRecord

log = structlog.get_logger(__name__)

_AT_ONCE = 8


class Numbered(Protocol):
    """What is looked at: an issue or a meeting, readable or not."""

    @property
    def number(self) -> IssueNumber | MeetingNumber: ...


T = TypeVar("T", bound=Numbered)


async def checked(
    aggregate: Aggregate, things: Sequence[T], check: Callable[[T], Awaitable[list[Finding]]]
) -> tuple[Finding, ...]:
    """What was found in each of them, some at once; Temporal hears that the page is being read."""
    turns = asyncio.Semaphore(_AT_ONCE)

    async def in_turn(thing: T) -> list[Finding]:
        async with turns:
            if activity.in_activity():
                activity.heartbeat()
            try:
                return await check(thing)
            except Exception as error:  # noqa: BLE001 - the others have to be looked at
                log.error(  # noqa: TRY400 - its message may quote what is personal
                    "check_failed",
                    number=thing.number,
                    error=type(error).__name__,
                    place=_place(error),
                )
                return [failed(aggregate, thing.number, type(error).__name__)]

    found = await asyncio.gather(*(in_turn(each) for each in things))
    return tuple(finding for each in found for finding in each)


def _place(error: Exception) -> str:
    frame = extract_tb(error.__traceback__)[-1]
    return f"{frame.filename}:{frame.lineno}"


def failed(aggregate: Aggregate, number: IssueNumber | MeetingNumber, detail: str) -> Finding:
    """Nothing is known of it, so nothing is repaired."""
    kind = FindingKind.CHECK_FAILED
    return Finding(kind=kind, number=number, detail=detail, aggregate=aggregate)


def ignored(meeting: MeetingOnRecord, before: datetime) -> Finding | None:
    """What the clocks of a meeting called for and nobody heeded."""
    due = meeting.snapshot.due(before)
    if due is None:
        return None
    return Finding(
        kind=FindingKind.CLOCK_IGNORED,
        number=meeting.number,
        detail=type(due.command).__name__,
        aggregate=Aggregate.MEETING,
    )


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
