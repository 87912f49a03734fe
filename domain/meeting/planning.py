"""Puts instants on what a calendar has to tell; what it gives depends on nothing else."""

from dataclasses import replace

from domain.calendar import BusinessCalendar
from domain.meeting.meeting import Meeting
from domain.reckoning import moved


def plan(meeting: Meeting, calendar: BusinessCalendar) -> Meeting:
    """The meeting with an instant on everything that waits for one; known instants stay."""
    terms = meeting.terms
    for party in meeting.parties:
        if party.owes_report and party.report_in_by is None and party.invited_at is not None:
            by = moved(party.invited_at, terms.report_in, calendar)
            meeting = meeting.with_party(replace(party, report_in_by=by))
    for task in meeting.tasks:
        if task.awaits_review and task.review_by is None and task.done_at is not None:
            by = moved(task.done_at, terms.review_within, calendar)
            meeting = meeting.with_task(replace(task, review_by=by))
    if meeting.called_at is not None and meeting.sits_at is None:
        meeting = replace(meeting, sits_at=moved(meeting.called_at, terms.sits_after, calendar))
    if meeting.sits_at is not None and meeting.decide_by is None:
        decide_by = moved(meeting.sits_at, terms.decide_within, calendar)
        meeting = replace(meeting, decide_by=decide_by)
    return meeting
