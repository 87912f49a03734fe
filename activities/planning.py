"""Turns what a step started into instants: policies, calendars and posts come from SQL."""

from dataclasses import replace
from datetime import datetime

from domain.deadline import Deadline
from domain.facts import IssueFacts
from domain.ids import DepartmentCode
from domain.issue import Issue
from domain.parts import Posts
from domain.posts import posts_of
from domain.reckoning import reckon
from domain.reference import Post
from domain.vocabulary import IssueState
from storage.reference import ReferenceRepository


async def plan(
    references: ReferenceRepository, issue: Issue, at: datetime, *, afresh: bool = False
) -> Issue:
    """The issue with an instant on every running clock and, from `at` on, the posts of its lead.

    A clock keeps the calendar version it was first reckoned with; `afresh` takes the current one.
    """
    policy = await references.policy(issue.pinned.policy, issue.pinned.policy_version)
    for deadline in issue.deadlines:
        promise = policy.promise(deadline.kind)
        if deadline.needs_reckoning and promise is not None:
            version = None if afresh else deadline.calendar_version or None
            calendar = await references.calendar(issue.pinned.calendar, version)
            issue = issue.with_deadline(reckon(deadline, promise, calendar))
    return await _with_posts(references, issue, at, afresh=afresh)


async def _with_posts(
    references: ReferenceRepository, issue: Issue, at: datetime, *, afresh: bool
) -> Issue:
    lead = issue.lead
    if lead is None or issue.state is not IssueState.DISPATCHED:
        return issue
    if lead.posts is not None and not afresh:
        return issue
    posts = await _posts(references, lead.department, at)
    return issue.with_assignment(replace(lead, posts=posts))


async def _posts(
    references: ReferenceRepository, department: DepartmentCode, at: datetime
) -> Posts:
    staff = await references.staff_of(department)
    holders = tuple(each.code for each in staff if each.post is Post.A)
    absences = await references.absences_of(holders)
    return posts_of(staff, absences, at)


def reckoned(before: IssueFacts, after: IssueFacts) -> tuple[Deadline, ...]:
    """The deadlines that planning changed."""
    known = set(before.deadlines)
    return tuple(each for each in after.deadlines if each not in known)
