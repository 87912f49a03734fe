"""From birth to a claimed assignment: verify, dispatch, claim, return, transfer, decline."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from domain.acts.closing import close
from domain.acts.counselling import counsels, heeded, speaks
from domain.acts.pausing import drop_requests, refuse_in_meeting, run_again
from domain.commands import (
    ClaimIssue,
    Command,
    DecideReturn,
    DeclineIssue,
    DispatchIssue,
    HandToB,
    ReturnIssue,
    TransferIssue,
    VerifyIssue,
)
from domain.facts import IssueFacts
from domain.ids import DepartmentCode
from domain.parts import Assignment, EndReason, Request, RequestKind
from domain.refusals import Refusal, RefusalCode
from domain.vocabulary import DeadlineKind, IssueState, Outcome, Part

F = TypeVar("F", bound=IssueFacts)


def require_verification(issue: F, _: Command, at: datetime) -> F:
    return replace(issue, state=IssueState.VERIFYING).start(DeadlineKind.VERIFY, at)


def verify(issue: F, command: VerifyIssue, at: datetime) -> F:
    """A true report goes where the rules proposed, or to a dispatcher."""
    issue = issue.meet(DeadlineKind.VERIFY, at)
    if not command.confirmed:
        return close(issue, Outcome.FALSE_ALARM, at)
    if issue.proposal is None:
        return refer(issue, command, at)
    return call(issue, issue.proposal.lead, issue.proposal.co, at)


def refer(issue: F, _: Command, at: datetime) -> F:
    """A person decides who is called, within the dispatcher's limit."""
    return replace(issue, state=IssueState.DISPATCHING).start(DeadlineKind.DISPATCH, at)


def decline(issue: F, _: DeclineIssue, at: datetime) -> F:
    return close(issue.meet(DeadlineKind.DISPATCH, at), Outcome.NOT_ACCEPTED, at)


def guard_dispatch(issue: IssueFacts, command: DispatchIssue, _: datetime) -> None:
    if command.lead in command.co or len(set(command.co)) != len(command.co):
        raise Refusal(RefusalCode.LEAD_AMONG_CO, department=command.lead)
    if command.meeting is not None:
        if not speaks(issue, command.meeting):
            raise Refusal(RefusalCode.FACT_GONE, meeting=command.meeting)
    elif command.lead in issue.returned_by:
        raise Refusal(RefusalCode.RETURNED_BEFORE, department=command.lead)


def dispatch(issue: F, command: DispatchIssue, at: datetime) -> F:
    """A meeting's decision outweighs a return; a dispatcher's takes the issue from a meeting."""
    issue = issue.meet(DeadlineKind.DISPATCH, at)
    issue = _decided(issue, command, at)
    issue = dismiss(issue, EndReason.REDISPATCHED, at)
    return call(replace(issue, awaits_meeting=False), command.lead, command.co, at)


def _decided(issue: F, command: DispatchIssue, at: datetime) -> F:
    """What was undecided is decided now; tasks of an earlier decision stay the meeting's."""
    issue, before = replace(issue, meeting_called=None), issue.in_meeting
    if counsels(issue, command.meeting):
        return heeded(issue, at, with_tasks=command.with_tasks)
    if before is None:
        return issue
    deadline = issue.deadline(DeadlineKind.MEETING)
    if deadline is not None:
        issue = issue.settled(deadline.met(at) if command.meeting else deadline.ended(at))
    stays = command.meeting is not None and command.with_tasks
    return replace(issue, meeting=replace(before, decided_at=at) if stays else None)


def call(issue: F, lead: DepartmentCode, co: tuple[DepartmentCode, ...], at: datetime) -> F:
    """Each called department gets its assignment and full clocks of its own."""
    issue = replace(issue, state=IssueState.DISPATCHED)
    for department in (lead, *co):
        assignment = Assignment(
            ordinal=len(issue.assignments) + 1,
            part=Part.LEAD if department == lead else Part.CO,
            department=department,
            dispatched_at=at,
        )
        issue = replace(issue, assignments=(*issue.assignments, assignment))
        issue = issue.start(DeadlineKind.REPORT_IN, at, department)
    for kind in (
        DeadlineKind.CLAIM,
        DeadlineKind.CONTACT,
        DeadlineKind.RETURN,
        DeadlineKind.RESOLVE,
    ):
        issue = issue.start(kind, at, lead)
    for department in co:
        issue = issue.start(DeadlineKind.ANSWER, at, department)
    return issue


def dismiss(
    issue: F, reason: EndReason, at: datetime, only: Collection[DepartmentCode] | None = None
) -> F:
    """Assignments end; nothing the departments, all or `only` some, owed or asked outlives them."""
    issue = drop_requests(run_again(issue, at), at)
    for assignment in issue.active:
        if only is not None and assignment.department not in only:
            continue
        issue = issue.end_deadlines_of(assignment.department, at)
        ended = replace(assignment, ended_at=at, end_reason=reason)
        issue = issue.with_assignment(ended)
    return issue


def guard_claim(issue: IssueFacts, command: ClaimIssue, at: datetime) -> None:
    lead = issue.lead
    assert lead is not None
    posts = lead.posts
    if posts is None or not posts.a or command.actor.subject not in set(posts.b) - set(posts.a):
        return
    away = posts.a_away_from is not None and posts.a_away_from <= at
    if lead.handed_to_b_at is None and not away:
        raise Refusal(RefusalCode.A_POST_PRESENT, department=lead.department)


def refuse_second_claim(issue: IssueFacts) -> None:
    """The other claimant is told who won, and when."""
    lead = issue.lead
    if issue.state is IssueState.HANDLING and lead is not None and lead.claimed_by is not None:
        raise Refusal(
            RefusalCode.ALREADY_CLAIMED,
            claimed_by=lead.claimed_by,
            claimed_at=lead.claimed_at and lead.claimed_at.isoformat(),
        )


def claim(issue: F, command: ClaimIssue, at: datetime) -> F:
    lead = issue.lead
    assert lead is not None
    taken = replace(lead, claimed_by=command.actor.subject, claimed_at=at)
    issue = replace(issue, state=IssueState.HANDLING).with_assignment(taken)
    return issue.meet(DeadlineKind.CLAIM, at, lead.department)


def guard_hand_to_b(issue: IssueFacts, command: HandToB, _: datetime) -> None:
    lead = issue.lead
    if lead is None or lead.department != command.department or lead.handed_to_b_at is not None:
        raise Refusal(RefusalCode.FACT_GONE, department=command.department)


def hand_to_b(issue: F, _: Command, at: datetime) -> F:
    """From now on the B post may claim; the A post still may, if it comes back first."""
    lead = issue.lead
    if lead is None or lead.handed_to_b_at is not None:
        return issue
    return issue.with_assignment(replace(lead, handed_to_b_at=at))


def guard_return(issue: IssueFacts, command: ReturnIssue, at: datetime) -> None:
    refuse_in_meeting(issue)
    lead = issue.lead
    assert lead is not None
    if lead.department in issue.bound:
        raise Refusal(RefusalCode.RETURN_FINAL, department=lead.department)
    if issue.request(RequestKind.RETURN) is not None:
        raise Refusal(RefusalCode.REQUEST_PENDING, request=RequestKind.RETURN)
    window = issue.deadline(DeadlineKind.RETURN, lead.department)
    if window is not None and window.has_passed(at):
        raise Refusal(RefusalCode.RETURN_TOO_LATE, due_by=window.due_by)


def ask_return(issue: F, command: ReturnIssue, at: datetime) -> F:
    lead = issue.lead
    assert lead is not None
    return issue.asked(
        Request(
            kind=RequestKind.RETURN,
            department=lead.department,
            asked_by=command.actor.subject,
            asked_at=at,
        )
    )


def decide_return(issue: F, command: DecideReturn, at: datetime) -> F:
    """Accepted: back to a dispatcher, never to the same lead. Refused: the lead is bound."""
    request = issue.request(RequestKind.RETURN)
    assert request is not None
    issue = issue.decided(RequestKind.RETURN, at)
    if not command.approved:
        return replace(issue, bound=(*issue.bound, request.department))
    issue = dismiss(issue, EndReason.RETURNED, at)
    issue = replace(issue, returned_by=(*issue.returned_by, request.department))
    return refer(issue, command, at)


def guard_transfer(issue: IssueFacts, command: TransferIssue, _: datetime) -> None:
    refuse_in_meeting(issue)
    lead = issue.lead
    assert lead is not None
    if command.to == lead.department:
        raise Refusal(RefusalCode.SAME_DEPARTMENT, department=command.to)
    if lead.department in issue.bound:
        raise Refusal(RefusalCode.RETURN_FINAL, department=lead.department)
    if command.to in issue.returned_by:
        raise Refusal(RefusalCode.RETURNED_BEFORE, department=command.to)
    if issue.transfers >= issue.pinned.terms.max_transfers:
        raise Refusal(RefusalCode.LIMIT_REACHED, limit=issue.pinned.terms.max_transfers)


def transfer(issue: F, command: TransferIssue, at: datetime) -> F:
    """The co-departments stay; the new lead gets full clocks, the overall clock runs on."""
    lead = issue.lead
    assert lead is not None
    issue = dismiss(issue, EndReason.TRANSFERRED, at, only={lead.department, command.to})
    return call(replace(issue, transfers=issue.transfers + 1), command.to, (), at)
