"""How an issue ends: closed with an outcome, and what outlives the end."""

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from domain.commands import (
    AppealBreach,
    CloseAppealWindow,
    DecideAppeal,
    MarkDuplicate,
    WithdrawIssue,
)
from domain.facts import IssueFacts
from domain.parts import EndReason, Request, RequestKind
from domain.refusals import Refusal, RefusalCode
from domain.vocabulary import DeadlineKind, IssueState, Outcome

F = TypeVar("F", bound=IssueFacts)


def close(issue: F, outcome: Outcome, at: datetime) -> F:
    """Nothing is owed any more; a breached issue stays open to appeal for its window."""
    issue = issue.end_deadlines(at)
    for assignment in issue.active:
        ended = replace(assignment, ended_at=at, end_reason=EndReason.CLOSED)
        issue = issue.with_assignment(ended)
    issue = replace(
        issue,
        state=IssueState.CLOSED,
        outcome=outcome,
        closed_at=at,
        pending=(),
        suspension=None,
        awaits_meeting=False,
        meeting=None,
        meeting_called=None,
        council=None,
    )
    appealable = issue.first_breach_at is not None and issue.assignments and not issue.appealed
    return issue.start(DeadlineKind.APPEAL, at) if appealable else issue


def withdraw(issue: F, _: WithdrawIssue, at: datetime) -> F:
    return close(issue, Outcome.WITHDRAWN, at)


def guard_duplicate(issue: IssueFacts, command: MarkDuplicate, _: datetime) -> None:
    if command.of == issue.number:
        raise Refusal(RefusalCode.DUPLICATE_OF_ITSELF, number=command.of)


def mark_duplicate(issue: F, command: MarkDuplicate, at: datetime) -> F:
    return replace(close(issue, Outcome.DUPLICATE, at), duplicate_of=command.of)


def guard_appeal(issue: IssueFacts, _: AppealBreach, at: datetime) -> None:
    if issue.first_breach_at is None:
        raise Refusal(RefusalCode.NO_BREACH)
    if issue.appealed:
        raise Refusal(RefusalCode.ALREADY_APPEALED)
    window = issue.deadline(DeadlineKind.APPEAL)
    if window is None or window.has_passed(at):
        raise Refusal(RefusalCode.APPEAL_TOO_LATE)


def appeal(issue: F, command: AppealBreach, at: datetime) -> F:
    assert command.actor.department is not None
    issue = replace(issue.meet(DeadlineKind.APPEAL, at), appealed=True)
    return issue.asked(
        Request(
            kind=RequestKind.APPEAL,
            department=command.actor.department,
            asked_by=command.actor.subject,
            asked_at=at,
        )
    )


def decide_appeal(issue: F, command: DecideAppeal, at: datetime) -> F:
    """Exempt from the statistics or not; the breach stays a fact either way."""
    return replace(issue.decided(RequestKind.APPEAL, at), exempt=command.approved)


def guard_appeal_window(issue: IssueFacts, _: CloseAppealWindow, at: datetime) -> None:
    window = issue.deadline(DeadlineKind.APPEAL)
    if window is None or not window.has_passed(at):
        raise Refusal(RefusalCode.FACT_GONE)


def close_appeal_window(issue: F, _: CloseAppealWindow, at: datetime) -> F:
    return issue.end_deadlines(at)
