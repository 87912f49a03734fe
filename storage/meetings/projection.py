"""What of a meeting's snapshot becomes columns: the part that lists and questions need."""

from domain.meeting.meeting import Meeting
from domain.meeting.membership import members
from domain.meeting.parts import AgendaItem, Party, Task
from domain.meeting.words import MeetingState
from storage import codec

_UNDECIDED = (MeetingState.PROPOSED, MeetingState.DISCUSSING)
"""While somebody may still report in."""


def of_meeting(meeting: Meeting) -> dict[str, object]:
    """Columns that any step may change."""
    return {
        "version": meeting.version,
        "state": meeting.state,
        "outcome": meeting.outcome,
        "members": list(members(meeting)),
        "sits_at": meeting.sits_at,
        "decide_by": meeting.decide_by,
        "opened_at": meeting.opened_at,
        "postponements": meeting.postponements,
        "minutes": meeting.minutes,
        "closed_at": meeting.closed_at,
        "next_at": meeting.next_instant(),
        "snapshot": codec.text(codec.MEETING, meeting),
    }


def of_origin(meeting: Meeting) -> dict[str, object]:
    """Columns that no step ever changes."""
    origin = meeting.origin
    return {
        "number": origin.number,
        "kind": origin.kind,
        "district": origin.district,
        "grid": origin.grid,
        "level": origin.level,
        "convened_by": origin.convened_by,
        "convened_at": origin.convened_at,
        "convenor": origin.convenor,
    }


def of_party(meeting: Meeting, party: Party) -> dict[str, object]:
    return {
        "meeting_number": meeting.number,
        "code": party.code,
        "is_person": party.is_person,
        "standing": party.standing,
        "invited_at": party.invited_at,
        "report_in_by": party.report_in_by,
        "acknowledged_at": party.acknowledged_at,
        "reported_in_at": party.reported_in_at,
        "absent_at": party.absent_at,
        "absences": len(party.absences),
        "owes_report": party.owes_report and meeting.state in _UNDECIDED,
    }


def of_item(meeting: Meeting, ordinal: int, item: AgendaItem) -> dict[str, object]:
    return {
        "meeting_number": meeting.number,
        "ordinal": ordinal,
        "issue_number": item.issue,
        "added_at": item.added_at,
        "decided_at": item.decision.at if item.decision else None,
        "outcome": item.outcome,
        "ended_at": item.ended_at,
    }


def of_task(meeting: Meeting, task: Task) -> dict[str, object]:
    return {
        "meeting_number": meeting.number,
        "task_id": task.id,
        "issue_number": task.issue,
        "department": task.department,
        "reviewer": task.reviewer or meeting.origin.convenor,
        "reviewer_is_person": task.reviewer_is_person,
        "due_by": task.due_by,
        "review_by": task.review_by,
        "done_at": task.done_at,
        "missed_at": task.missed_at,
        "is_owed": task.is_owed,
        "awaits_review": task.awaits_review,
    }
