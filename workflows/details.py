"""What an operator reads on Temporal's own page: codes and instants, never a name."""

from domain.issue import Issue


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
