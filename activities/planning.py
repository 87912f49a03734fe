"""Turns what a step started into instants: policies, calendars and posts come from SQL."""

from dataclasses import replace

from domain.deadline import Deadline
from domain.facts import IssueFacts
from domain.ids import DepartmentCode
from domain.issue import Issue
from domain.parts import Posts
from domain.reckoning import reckon
from domain.reference import Absence, Post, Staff
from domain.vocabulary import IssueState
from storage.reference import ReferenceRepository


async def plan(references: ReferenceRepository, issue: Issue, *, afresh: bool = False) -> Issue:
    """The issue with an instant on every running clock and the posts of its lead.

    A clock keeps the calendar version it was first reckoned with; `afresh` takes the current one.
    """
    policy = await references.policy(issue.pinned.policy, issue.pinned.policy_version)
    for deadline in issue.deadlines:
        promise = policy.promise(deadline.kind)
        if deadline.needs_reckoning and promise is not None:
            version = None if afresh else deadline.calendar_version or None
            calendar = await references.calendar(issue.pinned.calendar, version)
            issue = issue.with_deadline(reckon(deadline, promise, calendar))
    return await _with_posts(references, issue, afresh=afresh)


async def _with_posts(references: ReferenceRepository, issue: Issue, *, afresh: bool) -> Issue:
    lead = issue.lead
    if lead is None or issue.state is not IssueState.DISPATCHED:
        return issue
    if lead.posts is not None and not afresh:
        return issue
    posts = await _posts(references, lead.department)
    return issue.with_assignment(replace(lead, posts=posts))


async def _posts(references: ReferenceRepository, department: DepartmentCode) -> Posts:
    staff = await references.staff_of(department)
    holders = tuple(each.code for each in staff if each.post is Post.A)
    absences = await references.absences_of(holders)
    return posts_of(staff, absences)


def posts_of(staff: tuple[Staff, ...], absences: tuple[Absence, ...]) -> Posts:
    """Who holds what; the B post stands in from the instant the last A post is away."""
    a = tuple(sorted(each.code for each in staff if each.post is Post.A))
    b = tuple(sorted(each.code for each in staff if each.post is Post.B))
    starts = [
        min((each.since for each in absences if each.staff == holder), default=None) for holder in a
    ]
    away = [start for start in starts if start is not None]
    return Posts(a=a, b=b, a_away_from=max(away) if a and len(away) == len(a) else None)


def reckoned(before: IssueFacts, after: IssueFacts) -> tuple[Deadline, ...]:
    """The deadlines that planning changed."""
    known = set(before.deadlines)
    return tuple(each for each in after.deadlines if each not in known)
