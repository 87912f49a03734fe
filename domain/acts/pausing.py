"""Pauses and moved targets: suspension, resumption, extension."""

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from domain.commands import (
    Command,
    DecideExtension,
    DecideSuspension,
    RequestExtension,
    RequestSuspension,
)
from domain.deadline import Deadline
from domain.facts import PAUSABLE, IssueFacts
from domain.parts import Request, RequestKind, Suspension
from domain.refusals import Refusal, RefusalCode
from domain.vocabulary import DeadlineKind

F = TypeVar("F", bound=IssueFacts)


def refuse_in_meeting(issue: IssueFacts) -> None:
    """What a meeting is to decide, nobody moves about meanwhile."""
    if issue.in_meeting is not None:
        raise Refusal(RefusalCode.IN_MEETING, meeting=issue.in_meeting.number)


def guard_suspension(issue: IssueFacts, command: RequestSuspension, at: datetime) -> None:
    refuse_in_meeting(issue)
    terms = issue.pinned.terms
    if issue.suspension is not None:
        raise Refusal(RefusalCode.ALREADY_SUSPENDED, until=issue.suspension.until.isoformat())
    if issue.request(RequestKind.SUSPENSION) is not None:
        raise Refusal(RefusalCode.REQUEST_PENDING, request=RequestKind.SUSPENSION)
    if issue.suspensions >= terms.max_suspensions:
        raise Refusal(RefusalCode.LIMIT_REACHED, limit=terms.max_suspensions)
    _guard_until(issue, command.until, at)


def _guard_until(issue: IssueFacts, until: datetime, at: datetime) -> None:
    longest = issue.pinned.terms.longest_suspension
    if until <= at:
        raise Refusal(RefusalCode.SUSPENSION_IN_PAST, until=until.isoformat())
    if until - at > longest:
        raise Refusal(
            RefusalCode.SUSPENSION_TOO_LONG,
            longest_days=longest.days,
            longest_seconds=int(longest.total_seconds()),
        )


def ask_suspension(issue: F, command: RequestSuspension, at: datetime) -> F:
    return issue.asked(replace(_request(RequestKind.SUSPENSION, command, at), until=command.until))


def guard_decide_suspension(issue: IssueFacts, command: DecideSuspension, at: datetime) -> None:
    request = guard_pending(issue, RequestKind.SUSPENSION, command)
    assert request.until is not None
    if command.approved:
        _guard_until(issue, request.until, at)


def decide_suspension(issue: F, command: DecideSuspension, at: datetime) -> F:
    """Clocks stand still from the decision on, not from the request."""
    request = issue.request(RequestKind.SUSPENSION)
    assert request is not None
    assert request.until is not None
    issue = issue.decided(RequestKind.SUSPENSION, at)
    if not command.approved:
        return issue
    for deadline in issue.open_deadlines:
        if deadline.kind in PAUSABLE:
            issue = issue.with_deadline(deadline.paused(at))
    return replace(
        issue,
        suspension=Suspension(since=at, until=request.until),
        suspensions=issue.suspensions + 1,
    )


def guard_resume(issue: IssueFacts, _: Command, __: datetime) -> None:
    if issue.suspension is None:
        raise Refusal(RefusalCode.NOT_SUSPENDED)


def resume(issue: F, _: Command, at: datetime) -> F:
    return run_again(issue, at)


def run_again(issue: F, at: datetime) -> F:
    """Ends a suspension, if there is one; every paused clock runs on from where it stood."""
    if issue.suspension is None:
        return issue
    for deadline in issue.open_deadlines:
        if not deadline.clock.is_running:
            issue = issue.with_deadline(deadline.resumed(at))
    return replace(issue, suspension=None)


def drop_requests(issue: F, at: datetime) -> F:
    """What was asked has lost its object."""
    for request in issue.pending:
        issue = issue.lapsed(request.kind, at)
    return issue


def guard_extension(issue: IssueFacts, command: RequestExtension, at: datetime) -> None:
    refuse_in_meeting(issue)
    deadline = _lead_deadline(issue)
    if issue.request(RequestKind.EXTENSION) is not None:
        raise Refusal(RefusalCode.REQUEST_PENDING, request=RequestKind.EXTENSION)
    if deadline.breached_at is not None or deadline.is_late(at):
        raise Refusal(RefusalCode.DEADLINE_PASSED, due_by=deadline.due_by)
    if len(deadline.extensions) >= issue.pinned.terms.max_extensions:
        raise Refusal(RefusalCode.LIMIT_REACHED, limit=issue.pinned.terms.max_extensions)
    limit = issue.pinned.resolve_limit
    if limit is not None and not command.by.at_most(limit):
        raise Refusal(
            RefusalCode.EXTENSION_TOO_LONG,
            unit=limit.unit,
            seconds=int(limit.amount.total_seconds()),
        )


def ask_extension(issue: F, command: RequestExtension, at: datetime) -> F:
    return issue.asked(replace(_request(RequestKind.EXTENSION, command, at), by=command.by))


def guard_decide_extension(issue: IssueFacts, command: DecideExtension, _: datetime) -> None:
    guard_pending(issue, RequestKind.EXTENSION, command)


def decide_extension(issue: F, command: DecideExtension, at: datetime) -> F:
    """The lead's target and the issue's own move together; a breach already made stays."""
    request = issue.request(RequestKind.EXTENSION)
    assert request is not None
    assert request.by is not None
    issue = issue.decided(RequestKind.EXTENSION, at)
    if not command.approved:
        return issue
    for kind in (DeadlineKind.RESOLVE, DeadlineKind.OVERALL):
        deadline = issue.deadline(kind)
        if deadline is not None:
            issue = issue.with_deadline(deadline.extended(request.by, at))
    return issue


def guard_pending(issue: IssueFacts, kind: RequestKind, command: Command) -> Request:
    """The request there is to decide, by somebody else than who asked."""
    request = issue.request(kind)
    if request is None:
        raise Refusal(RefusalCode.NOTHING_PENDING, request=kind)
    if request.asked_by == command.actor.subject:
        raise Refusal(RefusalCode.OWN_REQUEST, request=kind)
    return request


def _lead_deadline(issue: IssueFacts) -> Deadline:
    lead = issue.lead
    deadline = issue.deadline(DeadlineKind.RESOLVE, lead.department if lead else None)
    if deadline is None:
        raise Refusal(RefusalCode.NO_DEADLINE, kind=DeadlineKind.RESOLVE)
    return deadline


def _request(kind: RequestKind, command: Command, at: datetime) -> Request:
    assert command.actor.department is not None
    return Request(
        kind=kind,
        department=command.actor.department,
        asked_by=command.actor.subject,
        asked_at=at,
    )
