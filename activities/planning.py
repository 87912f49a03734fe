"""Turns what a step started into instants: policies, calendars and posts come from SQL."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from domain.deadline import Deadline
from domain.facts import IssueFacts
from domain.ids import DepartmentCode
from domain.issue import Issue
from domain.parts import Posts
from domain.posts import posts_of
from domain.reckoning import reckon
from domain.reference import Post, ReferenceKind
from domain.vocabulary import IssueState
from storage.entry_reads import Wanted
from storage.reference import ReferenceRepository


async def plan(
    references: ReferenceRepository, issue: Issue, at: datetime, *, afresh: bool = False
) -> Issue:
    """The issue with an instant on every running clock and, from `at` on, the posts of its lead.

    A clock keeps the calendar version it was first reckoned with; `afresh` takes the current one.
    """
    unreckoned = [each for each in issue.deadlines if each.needs_reckoning]
    if unreckoned:
        issue = await _reckoned(references, issue, unreckoned, afresh=afresh)
    return await _with_posts(references, issue, at, afresh=afresh)


async def _reckoned(
    references: ReferenceRepository, issue: Issue, unreckoned: Sequence[Deadline], *, afresh: bool
) -> Issue:
    pinned = issue.pinned
    versions = [None if afresh else each.calendar_version or None for each in unreckoned]
    await references.foresee(
        [
            Wanted(ReferenceKind.SLA_POLICY, pinned.policy, pinned.policy_version),
            *(Wanted(ReferenceKind.CALENDAR, pinned.calendar, version) for version in versions),
        ]
    )
    policy = await references.policy(pinned.policy, pinned.policy_version)
    for deadline, version in zip(unreckoned, versions, strict=True):
        promise = policy.promise(deadline.kind)
        if promise is not None:
            calendar = await references.calendar(pinned.calendar, version)
            issue = issue.with_deadline(reckon(deadline, promise, calendar))
    return issue


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
