"""Who is told what after a step. A notice names codes and ids; the words come from catalogues."""

from collections.abc import Iterator
from datetime import datetime

from domain import commands as c
from domain.deadline import Deadline
from domain.facts import IssueFacts
from domain.notice import Notice, is_urgent, office, raiser
from domain.notices_convening import meeting_notices
from domain.parts import Assignment
from domain.reference import grid_at
from domain.sla import RungAct
from domain.vocabulary import DeadlineKind, IssueState, Part, Role

__all__ = ["Notice", "notices_for", "settled"]


def notices_for(
    before: IssueFacts, after: IssueFacts, command: c.Command, now: datetime
) -> tuple[Notice, ...]:
    """What a step makes known.

    `now` is when it is written down, later than its own instant after an outage: warnings that
    came too late and steps already overtaken are not sent.
    """
    found = [
        *_assignments(before, after),
        *_dismissed(before, after, command),
        *_waiting(before, after),
        *_handed(before, after),
        *_clock(before, after, command, now),
        *_said(before, after, command),
        *meeting_notices(before, after, command),
    ]
    return tuple(found)


def settled(after: IssueFacts) -> tuple[str, ...]:
    """What `about` names and is over: undelivered notices about it are dropped."""
    over: list[str] = [each.id for each in after.deadlines if not each.is_open]
    over += [_about(each) for each in after.assignments if _is_acknowledged(each)]
    return tuple(over)


def _is_acknowledged(assignment: Assignment) -> bool:
    """A lead by claiming, a co-department by reporting in; or there is nothing left to do."""
    if not assignment.is_active or assignment.is_settled:
        return True
    if assignment.part is Part.CO:
        return assignment.reported_in_at is not None
    return assignment.claimed_at is not None


def _about(assignment: Assignment) -> str:
    return f"assignment:{assignment.ordinal}"


def _assignments(before: IssueFacts, after: IssueFacts) -> Iterator[Notice]:
    for assignment in after.assignments[len(before.assignments) :]:
        lead = assignment.part is Part.LEAD
        yield Notice(
            recipient=f"department:{assignment.department}",
            template=_call(before, after) if lead else "assignment_co",
            stage=f"dispatched:{assignment.ordinal}",
            level=after.level,
            urgent=is_urgent(after),
            about=_about(assignment),
        )


_LIMIT = {
    IssueState.VERIFYING: DeadlineKind.VERIFY,
    IssueState.DISPATCHING: DeadlineKind.DISPATCH,
}
_ENTERED: dict[IssueState, tuple[str, Role]] = {
    IssueState.VERIFYING: ("verify_needed", Role.GRID_WORKER),
    IssueState.DISPATCHING: ("dispatch_needed", Role.DISPATCHER),
}


def _call(before: IssueFacts, after: IssueFacts) -> str:
    return "assignment_again" if after.reopened > before.reopened else "assignment_lead"


_ENDED_ELSEWHERE = (
    c.DispatchIssue,
    c.TransferIssue,
    c.WithdrawIssue,
    c.MarkDuplicate,
    c.DecideReturn,
    c.EndMeeting,
    c.SettleIssue,
)


def _dismissed(before: IssueFacts, after: IssueFacts, command: c.Command) -> Iterator[Notice]:
    """A department whose work was ended by somebody else need not go on with it."""
    if not isinstance(command, _ENDED_ELSEWHERE):
        return
    for assignment in before.active:
        own = command.actor.department == assignment.department
        asked = isinstance(command, c.DecideReturn) and assignment.part is Part.LEAD
        if after.assignment_of(assignment.department) is None and not (own or asked):
            yield Notice(
                recipient=f"department:{assignment.department}",
                template="assignment_ended",
                stage=f"ended:{assignment.ordinal}",
                level=after.level,
                urgent=is_urgent(after),
            )


def _waiting(before: IssueFacts, after: IssueFacts) -> Iterator[Notice]:
    if after.state is not before.state:
        stage = f"{after.state}:{after.version}"
        if after.state in _ENTERED:
            template, role = _ENTERED[after.state]
            limit = after.deadline(_LIMIT[after.state])
            yield Notice(
                recipient=office(role, after),
                template=template,
                stage=stage,
                level=after.level,
                urgent=is_urgent(after),
                about=limit.id if limit else None,
            )
        elif after.state is IssueState.RESOLVED:
            about = after.deadline(DeadlineKind.EVALUATE)
            yield Notice(
                recipient=raiser(after),
                template="evaluate_please",
                stage=stage,
                level=after.level,
                about=about.id if about else None,
            )
        elif after.state is IssueState.CLOSED:
            yield Notice(
                recipient=raiser(after), template="issue_closed", stage=stage, level=after.level
            )


def _handed(before: IssueFacts, after: IssueFacts) -> Iterator[Notice]:
    was, lead = before.lead, after.lead
    if lead is None or lead.handed_to_b_at is None or (was and was.handed_to_b_at is not None):
        return
    yield Notice(
        recipient=f"b_post:{lead.department}",
        template="handed_to_b",
        stage=f"handed_to_b:{lead.ordinal}",
        level=after.level,
        urgent=is_urgent(after),
        about=_about(lead),
    )


def _owner(deadline: Deadline, issue: IssueFacts) -> str:
    kind, department = deadline.kind, deadline.department
    if kind is DeadlineKind.OVERALL and issue.lead is not None:
        department = issue.lead.department
    elif kind is DeadlineKind.APPEAL:
        department = [each.department for each in issue.assignments if each.part is Part.LEAD][-1]
    if department is not None:
        return f"department:{department}"
    if kind is DeadlineKind.EVALUATE:
        return raiser(issue)
    if kind is DeadlineKind.DECIDE and issue.state is IssueState.CLOSED:
        return office(Role.SUPERVISOR, issue)
    return office(Role.GRID_WORKER if kind is DeadlineKind.VERIFY else Role.DISPATCHER, issue)


def _clock(
    before: IssueFacts, after: IssueFacts, command: c.Command, now: datetime
) -> Iterator[Notice]:
    if isinstance(command, c.ClimbRung):
        yield from _rung(before, after, command, now)
    elif isinstance(command, c.BreachDeadline):
        deadline = next(each for each in after.deadlines if each.id == command.deadline)
        stage = f"breach:{deadline.id}"
        yield _about_deadline(deadline, after, "breached", stage)
        yield _to_level(after, "breach_seen", stage)
    elif after.level is not before.level:
        yield _to_level(after, "escalated", f"level:{after.version}")


def _rung(
    before: IssueFacts, after: IssueFacts, command: c.ClimbRung, now: datetime
) -> Iterator[Notice]:
    deadline = next(each for each in after.deadlines if each.id == command.deadline)
    rung = deadline.rungs[command.rung]
    stage = f"rung:{deadline.id}:{command.rung}@{rung.at.isoformat()}"
    in_time = deadline.due_by is not None and now <= deadline.due_by
    also_due = [each for each in deadline.rungs if each.reached_at is None and each.at <= now]
    warned_again = any(RungAct.WARN in each.acts for each in also_due)
    if RungAct.WARN in rung.acts and (in_time or not rung.before_due) and not warned_again:
        yield _about_deadline(deadline, after, "warned", stage)
    rises_again = any(each.level and each.level.rank > after.level.rank for each in also_due)
    if after.level is not before.level and not rises_again:
        yield _to_level(after, "escalated", stage)


def _about_deadline(deadline: Deadline, issue: IssueFacts, template: str, stage: str) -> Notice:
    return Notice(
        recipient=_owner(deadline, issue),
        template=template,
        stage=stage,
        level=issue.level,
        urgent=is_urgent(issue),
        about=deadline.id,
    )


def _to_level(issue: IssueFacts, template: str, stage: str) -> Notice:
    return Notice(
        recipient=f"level:{grid_at(issue.level, issue.origin.grid)}",
        template=template,
        stage=stage,
        level=issue.level,
        urgent=is_urgent(issue),
    )


_TO_DISPATCHER = {
    c.ReturnIssue: "return_asked",
    c.RequestSuspension: "suspension_asked",
    c.RequestExtension: "extension_asked",
}
_TO_LEAD = {
    c.DecideReturn: "return_decided",
    c.DecideSuspension: "suspension_decided",
    c.DecideExtension: "extension_decided",
    c.ResumeIssue: "resumed",
    c.CompletePart: "part_completed",
    c.UrgeIssue: "urged",
    c.SuperviseIssue: "supervised",
}


def _said(before: IssueFacts, after: IssueFacts, command: c.Command) -> Iterator[Notice]:
    kind, about = type(command), None
    if kind in _TO_DISPATCHER:
        recipient, template = office(Role.DISPATCHER, after), _TO_DISPATCHER[kind]
        about = after.pending[-1].deadline
    elif kind in _TO_LEAD:
        recipient, template = _lead_or_dispatcher(before), _TO_LEAD[kind]
    elif kind is c.AppealBreach:
        recipient, template = office(Role.SUPERVISOR, after), "appeal_asked"
        about = after.pending[-1].deadline
    elif kind is c.DecideAppeal:
        recipient, template = f"department:{before.pending[0].department}", "appeal_decided"
    elif kind is c.ClaimIssue:
        recipient, template = raiser(after), "claimed"
    else:
        return
    yield Notice(
        recipient=recipient,
        template=template,
        stage=f"said:{after.version}",
        level=after.level,
        urgent=is_urgent(after) and kind is not c.ClaimIssue,
        about=about,
    )


def _lead_or_dispatcher(before: IssueFacts) -> str:
    """The lead as it was: an accepted return is told to who asked for it."""
    if before.lead is None:
        return office(Role.DISPATCHER, before)
    return f"department:{before.lead.department}"
