"""Puts instants on what a calendar has to tell; what it gives depends on nothing else."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from domain.calendar import BusinessCalendar
from domain.measure import WORKING
from domain.meeting.facts import LEAST_NOTICE, MeetingFacts, MeetingTerms
from domain.meeting.parts import Party, Task
from domain.reckoning import moved
from domain.wall_clock import first_instant

M = TypeVar("M", bound=MeetingFacts)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPlan:
    """What planning has changed."""

    sits_at: datetime | None = None
    decide_by: datetime | None = None
    parties: tuple[Party, ...] = ()
    tasks: tuple[Task, ...] = ()


def plan(meeting: M, calendar: BusinessCalendar) -> M:
    """The meeting with an instant on everything that waits for one; known instants stay."""
    terms = meeting.terms
    for task in meeting.tasks:
        if task.awaits_review and task.review_by is None and task.done_at is not None:
            by = moved(task.done_at, terms.review_within, calendar)
            meeting = meeting.with_task(replace(task, review_by=by))
    if meeting.called_at is not None and meeting.sits_at is None:
        meeting = replace(meeting, sits_at=_sitting(meeting.called_at, terms, calendar))
    for party in meeting.parties:
        if party.owes_report and party.report_in_by is None and party.invited_at is not None:
            by = _report_in_by(meeting, party.invited_at, calendar)
            meeting = meeting.with_party(replace(party, report_in_by=by))
    if meeting.sits_at is not None and meeting.decide_by is None:
        decide_by = moved(meeting.sits_at, terms.decide_within, calendar)
        meeting = replace(meeting, decide_by=decide_by)
    return meeting


def _sitting(called_at: datetime, terms: MeetingTerms, calendar: BusinessCalendar) -> datetime:
    """When `sits_after` has passed; at the hour of that day that the policy names, if any."""
    at = moved(called_at, terms.sits_after, calendar)
    if terms.hour is None:
        return at
    day = calendar.local_date(at - timedelta.resolution)  # the end of a day belongs to it
    sits_at = first_instant(day, terms.hour, calendar.zone)
    if sits_at > called_at:
        return sits_at
    works = terms.sits_after.unit in WORKING
    return first_instant(
        calendar.next_working_day(day) if works else day + _DAY, terms.hour, calendar.zone
    )


def _report_in_by(
    meeting: MeetingFacts, invited_at: datetime, calendar: BusinessCalendar
) -> datetime:
    """As the policy says, but not after a sitting whose hour somebody chose.

    Called at shorter notice than `LEAST_NOTICE`, a party has all the time of the policy: nobody is
    recorded as absent before they could have known.
    """
    by = moved(invited_at, meeting.terms.report_in, calendar)
    sits_at = meeting.sits_at
    if sits_at is None or sits_at - invited_at < LEAST_NOTICE:
        return by
    return min(by, sits_at) if meeting.has_chosen_hour else by


def plan_of(asked: MeetingFacts, written: MeetingFacts) -> MeetingPlan:
    """What `plan` made of `asked`."""
    return MeetingPlan(
        sits_at=written.sits_at,
        decide_by=written.decide_by,
        parties=tuple(each for each in written.parties if each not in asked.parties),
        tasks=tuple(each for each in written.tasks if each not in asked.tasks),
    )


def with_plan(meeting: M, planned: MeetingPlan) -> M:
    """The meeting with what planning said, as workflow and record both hold it."""
    for party in planned.parties:
        meeting = meeting.with_party(party)
    for task in planned.tasks:
        meeting = meeting.with_task(task)
    return replace(meeting, sits_at=planned.sits_at, decide_by=planned.decide_by)
