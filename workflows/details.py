"""What an operator reads on Temporal's own page: codes and instants, never a name."""

from domain.issue import Issue
from domain.meeting.meeting import Meeting


def describe(issue: Issue) -> str:
    """Markdown: where the work is, who has it, what is due."""
    lead = issue.lead
    lines = [
        f"**{issue.state}**" + (f" · {issue.outcome}" if issue.outcome else ""),
        f"level {issue.level} · version {issue.version}",
        f"lead {lead.department}, claimed by {lead.claimed_by or 'nobody'}" if lead else "no lead",
    ]
    if issue.suspension is not None:
        lines.append(f"suspended until {issue.suspension.until.isoformat()}")
    if issue.first_breach_at is not None:
        lines.append(
            f"first breach {issue.first_breach_kind} at {issue.first_breach_at.isoformat()}"
        )
    lines += [
        f"- {each.id} due {each.due_by.isoformat()}"
        + (" (breached)" if each.breached_at else "")
        + (" (provisional)" if each.provisional else "")
        for each in issue.open_deadlines
        if each.due_by is not None
    ]
    return "  \n".join(lines)


def describe_meeting(meeting: Meeting) -> str:
    """Markdown: which step, who is there, what is decided, what is due."""
    lines = [
        f"**{meeting.state}**" + (f" · {meeting.outcome}" if meeting.outcome else ""),
        f"{meeting.origin.kind} · {meeting.origin.level} · version {meeting.version}",
        f"{meeting.present} of {len(meeting.parties)} parties, quorum {meeting.quorum}",
    ]
    if meeting.sits_at is not None and meeting.decide_by is not None:
        sits, decides = meeting.sits_at.isoformat(), meeting.decide_by.isoformat()
        lines.append(f"sits at {sits}, decides by {decides}")
    lines += [
        f"- {each.issue}: {each.outcome or (each.decision and each.decision.outcome) or 'open'}"
        for each in meeting.agenda
    ]
    lines += [
        f"- {each.id} of {each.department} due {each.due_by.isoformat()}"
        for each in meeting.tasks
        if each.is_owed
    ]
    return "  \n".join(lines)
