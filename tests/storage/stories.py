"""Issues brought into a database: born, led through the law, recorded step by step."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from domain import commands as c
from domain.ids import (
    CategoryCode,
    DistrictCode,
    IssueNumber,
    WhistleKindCode,
)
from domain.issue import Issue
from domain.vocabulary import IssueState, Role
from storage.births import Birth, Births
from storage.issues import IssueRepository, RecordedStep
from storage.session import Database, Session
from tests.builders import GRID, NOON, RESIDENT, a_policy, pinned_to, planned, the_way_to


def a_birth(**changes: object) -> Birth:
    birth = Birth(
        prefix="QJ",
        year=2026,
        district=DistrictCode("qj"),
        grid=GRID,
        category=CategoryCode("standing_water"),
        whistle_kind=WhistleKindCode("ordinary"),
        source=Role.RESIDENT,
        raised_by=RESIDENT.subject,
        raised_at=NOON,
        description="井盖没了",
    )
    return _changed(birth, changes)


def _changed(birth: Birth, changes: Mapping[str, Any]) -> Birth:
    return replace(birth, **changes)


class Undone(Exception):
    """Ends a transaction that is to leave nothing behind."""


@asynccontextmanager
async def undone(database: Database) -> AsyncIterator[Session]:
    """A transaction that is rolled back, as if its process had died."""
    with suppress(Undone):
        async with database.begin() as session:
            yield session
            raise Undone


async def born(database: Database, **changes: object) -> IssueNumber:
    async with database.begin() as session:
        return await Births(session).raise_issue(a_birth(**changes))


async def opened(session: Session, number: IssueNumber) -> Issue:
    """The issue as it is now; right after its birth, pinned to the plain policy."""
    known = await IssueRepository(session).snapshot(number)
    if known is not None:
        return known
    origin = await Births(session).origin(number)
    assert origin is not None
    return Issue(origin=origin, pinned=pinned_to(a_policy()))


def a_step(before: Issue, command: c.Command, at: datetime = NOON) -> RecordedStep:
    after = planned(before.handle(command, at))
    return RecordedStep(command=command, at=at, after=after, expected_version=before.version)


async def recorded(
    database: Database, number: IssueNumber, commands: Iterable[c.Command], at: datetime = NOON
) -> Issue:
    """The issue after these commands, each a recorded step."""
    async with database.begin() as session:
        issue = await opened(session, number)
        for command in commands:
            step = a_step(issue, command, at)
            assert await IssueRepository(session).record(step)
            issue = step.after
    return issue


async def born_in(state: IssueState, database: Database, **changes: object) -> Issue:
    """Born and led to this state by the shortest way."""
    return await recorded(database, await born(database, **changes), the_way_to(state))
