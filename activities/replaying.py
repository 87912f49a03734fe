"""Leads a new issue through its recorded commands again, as the law and the data then were."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import fields
from datetime import timedelta
from functools import partial
from typing import TypeVar

from activities.planning import plan
from domain.events import EventName
from domain.issue import Issue
from domain.meeting.meeting import Meeting
from domain.refusals import Refusal
from domain.vocabulary import DeadlineKind, IssueState
from storage.checks import Checks
from storage.hindsight import Hindsight
from storage.meetings.views import RecordedMeetingEvent
from storage.session import Session
from storage.views import RecordedEvent

A = TypeVar("A", Issue, Meeting)

SKEWS = (timedelta(), timedelta(minutes=1), timedelta(minutes=-1))
"""Reference data are stamped by the clock of an API, events by that of the database."""


class ReplayRefused(Exception):
    """The law refuses the command of a version."""

    def __init__(self, event: RecordedEvent | RecordedMeetingEvent, code: str) -> None:
        self.code = code
        super().__init__(f"{event.name}@{event.version}:{code}")


async def difference(session: Session, snapshot: Issue) -> str | None:
    """None when the events of an issue lead to its snapshot, else the facts that differ.

    Raises:
        ReplayRefused: a recorded command is against the law.
    """
    replays = (partial(_replayed, session, snapshot, skew) for skew in SKEWS)
    return await difference_of(snapshot, replays)


async def difference_of(snapshot: A, replays: Iterable[Callable[[], Awaitable[A]]]) -> str | None:
    """None as soon as one way of replaying leads to the snapshot, else what the last one says.

    Raises:
        ReplayRefused: the last one ended at a command against the law.
    """
    found: str | None = None
    refusal: ReplayRefused | None = None
    for replay in replays:
        refusal = None
        try:
            found = _differing(snapshot, await replay())
        except ReplayRefused as refused:
            refusal = refused
            continue
        if found is None:
            return None
    if refusal is not None:
        raise refusal
    return found


def led_on(facts: A, event: RecordedEvent | RecordedMeetingEvent) -> A:
    """By one recorded command.

    Raises:
        ReplayRefused: the law refuses it.
    """
    try:
        return facts.handle(event.command, event.at)
    except Refusal as refusal:
        raise ReplayRefused(event, refusal.code) from refusal


async def _replayed(session: Session, snapshot: Issue, skew: timedelta) -> Issue:
    references = Hindsight(session, snapshot.origin.raised_at)
    born = Issue(origin=snapshot.origin, pinned=snapshot.pinned, proposal=snapshot.proposal)
    issue = born.start(DeadlineKind.OVERALL, snapshot.origin.raised_at)
    async for event in _events(session, snapshot):
        issue = led_on(issue, event)
        references.at = event.recorded_at + skew
        issue = await _planned(references, issue, event)
    return issue


async def _events(session: Session, snapshot: Issue) -> AsyncIterator[RecordedEvent]:
    checks, after = Checks(session), 0
    while batch := await checks.events(snapshot.number, after):
        for event in batch:
            if event.version <= snapshot.version:
                yield event
        after = batch[-1].version


async def _planned(references: Hindsight, issue: Issue, event: RecordedEvent) -> Issue:
    """Most steps start no clock, and then nothing has to be asked."""
    afresh = event.name is EventName.RECKONED_AGAIN
    lead = issue.lead
    needs_posts = issue.state is IssueState.DISPATCHED and lead is not None and lead.posts is None
    if afresh or needs_posts or any(each.needs_reckoning for each in issue.deadlines):
        return await plan(references, issue, event.at, afresh=afresh)
    return issue


def _differing(one: A, other: A) -> str | None:
    names = [each.name for each in fields(one)]
    differing = [name for name in names if getattr(one, name) != getattr(other, name)]
    return ",".join(differing) or None
