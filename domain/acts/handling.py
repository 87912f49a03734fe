"""The work itself: report in, contact, notes, parts, resolution, evaluation, attention."""

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from domain.acts.closing import close
from domain.acts.convening import call_meeting
from domain.acts.dispatching import call, dismiss, refer
from domain.acts.pausing import drop_requests, run_again
from domain.commands import (
    AddNote,
    CloseUnanswered,
    Command,
    CompletePart,
    ContactReporter,
    EvaluateIssue,
    ReportIn,
    ResolveIssue,
    SuperviseIssue,
    UrgeIssue,
    WaivePart,
)
from domain.facts import IssueFacts
from domain.parts import Assignment, EndReason
from domain.refusals import Refusal, RefusalCode
from domain.vocabulary import ConvenedBy, DeadlineKind, IssueState, Outcome, Part, Satisfaction

F = TypeVar("F", bound=IssueFacts)


def _own(issue: IssueFacts, command: Command) -> Assignment:
    assignment = issue.assignment_of(command.actor.department)
    if assignment is None:
        raise Refusal(RefusalCode.NOT_CALLED, department=command.actor.department)
    return assignment


def guard_report_in(issue: IssueFacts, command: ReportIn, _: datetime) -> None:
    own = _own(issue, command)
    if own.reported_in_at is not None:
        raise Refusal(RefusalCode.ALREADY_REPORTED_IN, at=own.reported_in_at.isoformat())


def report_in(issue: F, command: ReportIn, at: datetime) -> F:
    own = _own(issue, command)
    issue = issue.with_assignment(replace(own, reported_in_at=at))
    return issue.meet(DeadlineKind.REPORT_IN, at, own.department)


def guard_contact(issue: IssueFacts, command: ContactReporter, _: datetime) -> None:
    own = _own(issue, command)
    if own.contacted_at is not None:
        raise Refusal(RefusalCode.ALREADY_CONTACTED, at=own.contacted_at.isoformat())


def contact(issue: F, command: ContactReporter, at: datetime) -> F:
    own = _own(issue, command)
    issue = issue.with_assignment(replace(own, contacted_at=at))
    return issue.meet(DeadlineKind.CONTACT, at, own.department)


def guard_note(issue: IssueFacts, _: AddNote, __: datetime) -> None:
    if issue.notes >= issue.pinned.terms.max_notes:
        raise Refusal(RefusalCode.LIMIT_REACHED, limit=issue.pinned.terms.max_notes)


def note(issue: F, _: AddNote, __: datetime) -> F:
    return replace(issue, notes=issue.notes + 1)


def guard_complete(issue: IssueFacts, command: CompletePart, _: datetime) -> None:
    _guard_part(issue, _own(issue, command))


def complete(issue: F, command: CompletePart, at: datetime) -> F:
    """A part that is done owes nothing more, not even to report in."""
    own = _own(issue, command)
    issue = issue.with_assignment(replace(own, completed_at=at))
    issue = issue.meet(DeadlineKind.ANSWER, at, own.department)
    return issue.end_deadlines_of(own.department, at)


def guard_waive(issue: IssueFacts, command: WaivePart, _: datetime) -> None:
    _guard_part(issue, issue.assignment_of(command.department))


def waive(issue: F, command: WaivePart, at: datetime) -> F:
    part = issue.assignment_of(command.department)
    assert part is not None
    issue = issue.with_assignment(replace(part, waived_at=at))
    return issue.end_deadlines_of(part.department, at)


def _guard_part(_: IssueFacts, part: Assignment | None) -> None:
    if part is None or part.part is not Part.CO:
        raise Refusal(RefusalCode.NOT_A_PART)
    if part.is_settled:
        raise Refusal(RefusalCode.PART_DONE, department=part.department)


def guard_resolve(issue: IssueFacts, command: ResolveIssue, _: datetime) -> None:
    waiting = [
        each.department for each in issue.active if each.part is Part.CO and not each.is_settled
    ]
    if waiting:
        raise Refusal(RefusalCode.PARTS_OPEN, departments=",".join(waiting))
    if issue.pinned.needs_evidence and not command.evidence:
        raise Refusal(RefusalCode.EVIDENCE_MISSING)


def resolve(issue: F, command: ResolveIssue, at: datetime) -> F:
    """The departments' clocks are met; the resident's window opens."""
    lead = issue.lead
    assert lead is not None
    issue = drop_requests(run_again(issue, at), at)
    issue = issue.with_assignment(replace(lead, completed_at=at))
    issue = issue.meet(DeadlineKind.RESOLVE, at).meet(DeadlineKind.OVERALL, at)
    issue = issue.end_deadlines(at)
    issue = replace(
        issue,
        state=IssueState.RESOLVED,
        claimed_solved=command.solved,
        satisfaction=None,
        solved_says=None,
        meeting=None if issue.in_meeting else issue.meeting,
        meeting_called=None,
        council=None if issue.before_council else issue.council,
    )
    return issue.start(DeadlineKind.EVALUATE, at)


def guard_evaluate(issue: IssueFacts, command: EvaluateIssue, _: datetime) -> None:
    if command.satisfaction is Satisfaction.NO_ANSWER:
        raise Refusal(RefusalCode.ANSWER_INCOMPLETE)
    workers = {each.department for each in issue.active}
    if command.actor.department is not None and command.actor.department in workers:
        raise Refusal(RefusalCode.OWN_WORK, department=command.actor.department)


def evaluate(issue: F, command: EvaluateIssue, at: datetime) -> F:
    """Satisfied closes; unsatisfied reopens once with priority, then goes to a meeting."""
    issue = issue.meet(DeadlineKind.EVALUATE, at)
    issue = replace(issue, satisfaction=command.satisfaction, solved_says=command.solved)
    if command.satisfaction is not Satisfaction.UNSATISFIED:
        return close(issue, Outcome.SOLVED if command.solved else Outcome.UNSOLVED, at)
    lead = issue.lead
    assert lead is not None
    co = tuple(
        each.department for each in issue.active if each.part is Part.CO and each.waived_at is None
    )
    again = issue.reopened > 0
    issue = dismiss(issue, EndReason.REOPENED, at)
    issue = replace(issue, reopened=issue.reopened + 1, priority=True)
    issue = issue.start(DeadlineKind.OVERALL, at)
    if not again:
        return call(issue, lead.department, co, at)
    issue = replace(issue, awaits_meeting=True).raised_to(issue.level.above)
    return call_meeting(refer(issue, command, at), ConvenedBy.EVALUATION, at)


def guard_unanswered(issue: IssueFacts, _: CloseUnanswered, at: datetime) -> None:
    window = issue.deadline(DeadlineKind.EVALUATE)
    if window is not None and not window.has_passed(at):
        raise Refusal(RefusalCode.FACT_GONE)


def close_unanswered(issue: F, _: CloseUnanswered, at: datetime) -> F:
    """Silence is silence: recorded as no answer, the outcome is the department's statement."""
    outcome = Outcome.SOLVED if issue.claimed_solved else Outcome.UNSOLVED
    return close(replace(issue, satisfaction=Satisfaction.NO_ANSWER), outcome, at)


def guard_urge(issue: IssueFacts, _: UrgeIssue, __: datetime) -> None:
    if issue.urges >= issue.pinned.terms.max_urges:
        raise Refusal(RefusalCode.LIMIT_REACHED, limit=issue.pinned.terms.max_urges)


def urge(issue: F, _: UrgeIssue, __: datetime) -> F:
    return replace(issue, urges=issue.urges + 1)


def supervise(issue: F, command: SuperviseIssue, __: datetime) -> F:
    return replace(issue, supervised_by=command.actor.subject)


def refuse_second_evaluation(issue: IssueFacts) -> None:
    """Exactly one answer counts for each resolution."""
    if issue.state is IssueState.CLOSED and issue.solved_says is not None:
        raise Refusal(RefusalCode.ALREADY_EVALUATED)
