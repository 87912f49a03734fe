"""A database with just enough reference data, and steps taken through the real activities."""

from dataclasses import replace
from datetime import datetime, timedelta

from activities.contracts import Planned, Step
from activities.issues import Issues
from domain import commands as c
from domain.ids import DepartmentCode, IssueNumber, Subject
from domain.issue import LAW, Issue
from domain.reference import (
    Category,
    Department,
    District,
    NoticePolicy,
    Post,
    ReferenceKind,
    RoutingRule,
    Staff,
    WhistleKind,
)
from domain.vocabulary import Role
from storage.reference import ReferenceRepository
from storage.session import Database
from tests.builders import COUNTY, NOON, POLICE, WATER, a_policy, an_origin
from tests.domain.calendars import china_definition
from tests.storage.stories import born

ADMINISTRATOR = Subject("administrator")
A, B = Subject("p.a"), Subject("p.b")
ORIGIN = an_origin()


def a_department(code: DepartmentCode) -> Department:
    return Department(code=code, name=code, name_en=code, grid=COUNTY)


FURNITURE: tuple[tuple[ReferenceKind, object], ...] = (
    (ReferenceKind.CALENDAR, china_definition()),
    (
        ReferenceKind.DISTRICT,
        District(
            code=ORIGIN.district,
            name="巧家",
            name_en="Qiaojia",
            grid=COUNTY,
            calendar=china_definition().code,
            prefix="QJ",
        ),
    ),
    (ReferenceKind.CATEGORY, Category(code=ORIGIN.category, name="积水", name_en="water")),
    (
        ReferenceKind.WHISTLE_KIND,
        WhistleKind(
            code=ORIGIN.whistle_kind, name="普通", name_en="plain", may_blow=(Role.RESIDENT,)
        ),
    ),
    (ReferenceKind.SLA_POLICY, a_policy()),
    (ReferenceKind.DEPARTMENT, a_department(POLICE)),
    (ReferenceKind.DEPARTMENT, a_department(WATER)),
    (ReferenceKind.STAFF, Staff(code=A, department=POLICE, post=Post.A)),
    (ReferenceKind.STAFF, Staff(code=B, department=POLICE, post=Post.B)),
    (ReferenceKind.ROUTING_RULE, RoutingRule(code="police", order=1, lead=POLICE)),
)


async def written(
    database: Database,
    kind: ReferenceKind,
    body: object,
    *,
    version: int = 0,
    retired: bool = False,
) -> None:
    """The next version of an entry."""
    async with database.begin() as session:
        await ReferenceRepository(session).write(
            kind,
            str(getattr(body, "code")),  # noqa: B009 - every kind has one
            body,
            expected_version=version,
            actor=ADMINISTRATOR,
            at=NOON,
            retired=retired,
        )


async def furnished(database: Database) -> IssueNumber:
    """All of it, and one issue just born."""
    for kind, body in FURNITURE:
        await written(database, kind, body)
    return await born(database)


def issues(database: Database, now: datetime = NOON) -> Issues:
    return Issues(database, lambda: now)


def a_step(issue: Issue, command: c.Command, at: datetime = NOON) -> Step:
    after = issue.handle(command, at)
    return Step(event=LAW[type(command)].event, command=command, at=at, after=after)


def completed(step: Step, planned: Planned) -> Issue:
    """The issue as the workflow would hold it now."""
    issue = step.after
    for deadline in planned.deadlines:
        issue = issue.with_deadline(deadline)
    lead = issue.lead
    if lead is not None:
        issue = issue.with_assignment(replace(lead, posts=planned.posts))
    return issue


async def taken(database: Database, issue: Issue, command: c.Command, at: datetime = NOON) -> Issue:
    """One step, recorded."""
    step = a_step(issue, command, at)
    return completed(step, await issues(database, at).record(step))


def dispatched_by_rule() -> c.DispatchIssue:
    return c.DispatchIssue.by_engine("birth", lead=POLICE, rule="police")


def quiet_nights(**changes: object) -> NoticePolicy:
    policy = NoticePolicy(code="default")
    return replace(policy, **changes)  # type: ignore[arg-type]  # the class checks the names


MINUTE = timedelta(minutes=1)
