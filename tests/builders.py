"""What tests are made of: functions with defaults, and the way of an issue through the law."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any, TypeVar

from domain import commands as c
from domain.actor import Actor
from domain.calendar import BusinessCalendar
from domain.facts import Origin, Pinned
from domain.ids import (
    CalendarCode,
    CategoryCode,
    CommandId,
    DepartmentCode,
    DistrictCode,
    GridCode,
    IssueNumber,
    PolicyCode,
    Subject,
    WhistleKindCode,
)
from domain.issue import Issue
from domain.reckoning import reckon
from domain.sla import Promise, SLAPolicy
from domain.vocabulary import DeadlineKind, IssueState, Role, Satisfaction
from tests.domain.calendars import china, hours, urgent_hours, working_days

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
"""A Monday, noon in Shanghai."""
GRID = GridCode("qj.bh.hp.fc.b3")
COUNTY = GridCode("qj")
POLICE, WATER = DepartmentCode("police"), DepartmentCode("water")

_ids = count(1)
T = TypeVar("T", SLAPolicy, Origin, Pinned, Issue)


def _changed(thing: T, changes: Mapping[str, Any]) -> T:
    return replace(thing, **changes)


def an_actor(
    *roles: Role,
    subject: str = "w.1",
    department: DepartmentCode | None = None,
    grids: tuple[GridCode, ...] = (),
) -> Actor:
    return Actor(subject=Subject(subject), roles=roles, department=department, grids=grids)


RESIDENT = an_actor(Role.RESIDENT, subject="r.1")
GRID_WORKER = an_actor(Role.GRID_WORKER, subject="g.1", grids=(GRID,))
DISPATCHER = an_actor(Role.DISPATCHER, subject="d.1", grids=(COUNTY,))
SUPERVISOR = an_actor(Role.SUPERVISOR, subject="s.1", grids=(COUNTY,))
OFFICER = an_actor(Role.STAFF, subject="p.1", department=POLICE)
PLUMBER = an_actor(Role.STAFF, subject="w.1", department=WATER)


def a_policy(**changes: object) -> SLAPolicy:
    """Every kind is promised something; a claim takes an hour, a resolution five days."""
    promised = {
        DeadlineKind.CLAIM: urgent_hours(1),
        DeadlineKind.CONTACT: urgent_hours(24),
        DeadlineKind.RESOLVE: working_days(5),
        DeadlineKind.OVERALL: working_days(7),
        DeadlineKind.EVALUATE: working_days(3),
        DeadlineKind.APPEAL: working_days(5),
    }
    promises = tuple(
        Promise(kind=kind, limit=promised.get(kind, hours(4))) for kind in DeadlineKind
    )
    policy = SLAPolicy(code=PolicyCode("plain"), calendar=CalendarCode("cn"), promises=promises)
    return _changed(policy, changes)


def an_origin(number: str = "QJ-2026-0000001", **changes: object) -> Origin:
    origin = Origin(
        number=IssueNumber(number),
        district=DistrictCode("qj"),
        grid=GRID,
        category=CategoryCode("standing_water"),
        whistle_kind=WhistleKindCode("ordinary"),
        source=Role.RESIDENT,
        raised_by=RESIDENT.subject,
        raised_at=NOON,
    )
    return _changed(origin, changes)


def pinned_to(policy: SLAPolicy, **changes: object) -> Pinned:
    resolve = policy.promise(DeadlineKind.RESOLVE)
    pinned = Pinned(
        policy=policy.code,
        policy_version=1,
        calendar=policy.calendar,
        kinds=policy.kinds,
        terms=policy.terms,
        resolve_limit=resolve.limit if resolve else None,
    )
    return _changed(pinned, changes)


def a_new_issue(number: str = "QJ-2026-0000001", **changes: object) -> Issue:
    """Just born, nothing has happened; `changes` are of its origin."""
    return Issue(origin=an_origin(number, **changes), pinned=pinned_to(a_policy()))


def a_command_id() -> CommandId:
    return CommandId(f"command-{next(_ids)}")


def asked(command: Callable[..., c.Command], actor: Actor, /, **fields: object) -> c.Command:
    """A command with an id of its own."""
    return command(actor=actor, id=a_command_id(), **fields)


def planned(
    issue: Issue, policy: SLAPolicy | None = None, calendar: BusinessCalendar | None = None
) -> Issue:
    """The issue with an instant on every running clock."""
    policy, calendar = policy or a_policy(), calendar or china()
    for deadline in issue.deadlines:
        promise = policy.promise(deadline.kind)
        if deadline.needs_reckoning and promise is not None:
            issue = issue.with_deadline(reckon(deadline, promise, calendar))
    return issue


_BY_RULE = Actor(subject=Subject("engine"), roles=(Role.ENGINE,))
_EVIDENCE: dict[str, Any] = {"solved": True, "evidence": ("photo-1",)}
_GOOD: dict[str, Any] = {"satisfaction": Satisfaction.SATISFIED, "solved": True}
_CALL: tuple[type[c.Command], Actor, dict[str, Any]] = (
    c.DispatchIssue,
    _BY_RULE,
    {"lead": POLICE, "rule": "police"},
)
_WAYS: dict[IssueState, tuple[tuple[type[c.Command], Actor, dict[str, Any]], ...]] = {
    IssueState.REPORTED: (),
    IssueState.VERIFYING: ((c.RequireVerification, _BY_RULE, {}),),
    IssueState.DISPATCHING: ((c.ReferToDispatcher, _BY_RULE, {}),),
    IssueState.DISPATCHED: (_CALL,),
    IssueState.HANDLING: (_CALL, (c.ClaimIssue, OFFICER, {})),
    IssueState.RESOLVED: (
        _CALL,
        (c.ClaimIssue, OFFICER, {}),
        (c.ResolveIssue, OFFICER, _EVIDENCE),
    ),
    IssueState.CLOSED: (
        _CALL,
        (c.ClaimIssue, OFFICER, {}),
        (c.ResolveIssue, OFFICER, _EVIDENCE),
        (c.EvaluateIssue, RESIDENT, _GOOD),
    ),
}


def the_way_to(state: IssueState) -> tuple[c.Command, ...]:
    """Commands that bring a new issue to this state by the shortest way."""
    return tuple(asked(command, by, **fields) for command, by, fields in _WAYS[state])


def an_issue(
    state: IssueState = IssueState.HANDLING, at: datetime = NOON, **changes: object
) -> Issue:
    """In this state by the shortest way, all at one instant; `changes` are of the issue itself."""
    issue = a_new_issue()
    for command in the_way_to(state):
        issue = planned(issue.handle(command, at))
    return _changed(issue, changes)
