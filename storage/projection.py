"""What of an issue's snapshot becomes columns: the part that lists and questions need."""

from datetime import datetime

from domain.deadline import Deadline
from domain.ids import DepartmentCode
from domain.issue import Issue
from domain.parts import Assignment, EndReason
from domain.sla import RungAct
from domain.vocabulary import WINDOWS, Part
from storage import codec

ISSUE_CHANGES = (
    *("version", "state", "outcome", "lead_department", "departments", "level", "level_rank"),
    *("warned", "first_breach_at", "first_breach_kind", "next_due_by", "overdue_since"),
    *("suspended_until", "reopened", "satisfaction", "solved_says", "awaits_meeting", "exempt"),
    *("priority", "beyond_county", "duplicate_of", "closed_at", "snapshot", "updated_at"),
)
"""Columns of an issue that a step writes: all that `of_issue` tells."""
ASSIGNMENT_CHANGES = (
    "handed_to_b_at",
    "claimed_by",
    "claimed_at",
    "contacted_at",
    "reported_in_at",
    "completed_at",
    "waived_at",
    "ended_at",
    "end_reason",
)
"""Columns of an assignment that a later step may change."""
DEADLINE_CHANGES = (
    "due_by",
    "is_running",
    "warned_at",
    "met_at",
    "breached_at",
    "ended_at",
    "provisional",
    "calendar_version",
    "body",
)
"""Columns of a deadline that a later step may change."""


def of_issue(issue: Issue, at: datetime) -> dict[str, object]:
    return {
        "version": issue.version,
        "state": issue.state,
        "outcome": issue.outcome,
        "lead_department": lead_of(issue),
        "departments": list(dict.fromkeys(each.department for each in issue.assignments)),
        "level": issue.level,
        "level_rank": issue.level.rank,
        "warned": any(warned_at(each) is not None for each in issue.open_deadlines),
        "first_breach_at": issue.first_breach_at,
        "first_breach_kind": issue.first_breach_kind,
        "next_due_by": next_due_by(issue),
        "overdue_since": overdue_since(issue),
        "suspended_until": issue.suspension.until if issue.suspension else None,
        "reopened": issue.reopened,
        "satisfaction": issue.satisfaction,
        "solved_says": issue.solved_says,
        "awaits_meeting": issue.awaits_meeting,
        "exempt": issue.exempt,
        "priority": issue.priority,
        "beyond_county": issue.beyond_county,
        "duplicate_of": issue.duplicate_of,
        "closed_at": issue.closed_at,
        "snapshot": codec.text(codec.ISSUE, issue),
        "updated_at": at,
    }


def lead_of(issue: Issue) -> DepartmentCode | None:
    """Who leads now, or led when the issue was closed."""
    if issue.lead is not None:
        return issue.lead.department
    for each in reversed(issue.assignments):
        if each.part is Part.LEAD and each.end_reason is EndReason.CLOSED:
            return each.department
    return None


def next_due_by(issue: Issue) -> datetime | None:
    """The earliest instant at which a running duty, not breached yet, will be."""
    instants = (
        each.due_by
        for each in issue.open_deadlines
        if each.is_running and each.kind not in WINDOWS and each.breached_at is None
    )
    return min((each for each in instants if each is not None), default=None)


def overdue_since(issue: Issue) -> datetime | None:
    """The earliest breach of a duty that is still open; a pause does not take it back."""
    instants = (each.breached_at for each in issue.open_deadlines)
    return min((each for each in instants if each is not None), default=None)


def warned_at(deadline: Deadline) -> datetime | None:
    """When the first rung that warns was reached."""
    reached = (each.reached_at for each in deadline.rungs if RungAct.WARN in each.acts)
    return min((each for each in reached if each is not None), default=None)


def of_assignment(issue: Issue, assignment: Assignment) -> dict[str, object]:
    return {
        "issue_number": issue.number,
        "ordinal": assignment.ordinal,
        "part": assignment.part,
        "department": assignment.department,
        "dispatched_at": assignment.dispatched_at,
        **{name: getattr(assignment, name) for name in ASSIGNMENT_CHANGES},
    }


def of_deadline(issue: Issue, deadline: Deadline) -> dict[str, object]:
    return {
        "issue_number": issue.number,
        "deadline_id": deadline.id,
        "kind": deadline.kind,
        "department": deadline.department,
        "started_at": deadline.clock.started_at,
        "due_by": deadline.due_by,
        "is_running": deadline.is_running,
        "warned_at": warned_at(deadline),
        "met_at": deadline.met_at,
        "breached_at": deadline.breached_at,
        "ended_at": deadline.ended_at,
        "provisional": deadline.provisional,
        "calendar": issue.pinned.calendar,
        "calendar_version": deadline.calendar_version,
        "policy": issue.pinned.policy,
        "policy_version": issue.pinned.policy_version,
        "body": codec.text(codec.DEADLINE, deadline),
    }
