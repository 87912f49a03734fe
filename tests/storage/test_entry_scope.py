"""Entries that not everybody may read are found by who they are about, and where."""

from datetime import timedelta

import pytest
import pytest_asyncio

from domain.alert_source import AlertSource
from domain.ids import DepartmentCode, GridCode, SourceCode, Subject
from domain.reference import Absence, Department, NoticePolicy, Post, Staff
from domain.reference import ReferenceKind as Kind
from domain.visibility import EntryScope
from storage.reference import ReferenceRepository
from storage.session import Database
from tests.activities.desk import written
from tests.builders import NOON

WATER, FAR = DepartmentCode("water"), DepartmentCode("far")
STREET, TRICK, COUNTY, YJ = (GridCode(each) for each in ("qj.bh", "qj.b", "qj", "yj"))
POLICIES = (
    "default",
    "dispatcher",
    "dispatcher:qj.bh",
    "dispatcher:yj",
    "department:water",
    "b_post:far",
    "subject:w.1",
    "subject:f.1",
    "subject:nobody",
    "department:nobody",
)
_OF_ALL = {"default", "dispatcher", "subject:nobody", "department:nobody"}
_OF_STREET = {"dispatcher:qj.bh", "department:water", "subject:w.1"}
_OF_YJ = {"dispatcher:yj", "b_post:far", "subject:f.1"}


def a_source(code: str, grid: GridCode) -> AlertSource:
    return AlertSource(
        code=SourceCode(code),
        name=code,
        adapter="cloudevents",
        grid=grid,
        addresses=("10.20.0.0/16",),
    )


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def entries(database: Database) -> None:
    for code, grid, subject in ((WATER, STREET, "w.1"), (FAR, YJ, "f.1")):
        staff = Staff(code=Subject(subject), department=code, post=Post.A)
        away = Absence(
            code=f"away-{subject}",
            staff=staff.code,
            since=NOON,
            until=NOON + timedelta(days=1),
        )
        department = Department(code=code, name=code, name_en=code, grid=grid)
        await written(database, Kind.DEPARTMENT, department)
        await written(database, Kind.STAFF, staff)
        await written(database, Kind.ABSENCE, away)
        await written(database, Kind.ALERT_SOURCE, a_source(f"box-{code}", grid))
    for policy in POLICIES:
        await written(database, Kind.NOTICE_POLICY, NoticePolicy(code=policy))


async def found(database: Database, kind: Kind, **scope: object) -> set[str]:
    """By list, and the same one by one."""
    within = EntryScope(**scope)  # type: ignore[arg-type]  # the class checks the names
    async with database.read() as session:
        reference = ReferenceRepository(session)
        everything = await reference.list(kind)
        codes = {entry.code for entry in (await reference.list(kind, scope=within)).items}
        alone = {
            entry.code
            for entry in everything.items
            if await reference.is_within(kind, entry.code, within)
        }
    assert alone == codes
    return codes


def _in_order(given: object) -> str:
    """The same words in every process, whose sets have orders of their own."""
    return str(sorted(given) if isinstance(given, set | frozenset) else given)


@pytest.mark.parametrize(
    ("scope", "codes"),
    [
        ({"grids": (COUNTY,)}, {"away-w.1"}),
        ({"grids": (STREET, YJ)}, {"away-w.1", "away-f.1"}),
        ({"grids": (TRICK,)}, set()),
        ({"department": FAR}, {"away-f.1"}),
        ({"department": WATER, "grids": (YJ,)}, {"away-w.1", "away-f.1"}),
        ({}, set()),
    ],
    ids=_in_order,
)
async def test_absences_are_their_departments_and_their_grids(
    database: Database, scope: dict[str, object], codes: set[str]
) -> None:
    assert await found(database, Kind.ABSENCE, **scope) == codes


@pytest.mark.parametrize(
    ("grids", "codes"),
    [
        ((COUNTY,), _OF_ALL | _OF_STREET),
        ((STREET,), _OF_ALL | _OF_STREET),
        ((TRICK,), _OF_ALL),
        ((YJ,), _OF_ALL | _OF_YJ),
        ((), _OF_ALL),
    ],
    ids=_in_order,
)
async def test_notice_policies_are_those_of_the_place_and_of_everybody(
    database: Database, grids: tuple[GridCode, ...], codes: set[str]
) -> None:
    assert await found(database, Kind.NOTICE_POLICY, grids=grids) == codes


async def test_a_source_is_where_it_is_now_in_all_its_versions(database: Database) -> None:
    assert await found(database, Kind.ALERT_SOURCE, grids=(COUNTY,)) == {"box-water"}
    await written(database, Kind.ALERT_SOURCE, a_source("box-water", YJ), version=1)
    assert await found(database, Kind.ALERT_SOURCE, grids=(COUNTY,)) == set()
    assert await found(database, Kind.ALERT_SOURCE, grids=(YJ,)) == {"box-water", "box-far"}


async def test_a_page_is_full_although_others_lie_between(database: Database) -> None:
    async with database.read() as session:
        scope = EntryScope(grids=(YJ,))
        page = await ReferenceRepository(session).list(Kind.NOTICE_POLICY, limit=3, scope=scope)
    assert [each.code for each in page.items] == ["b_post:far", "default", "department:nobody"]
    assert page.next == "department:nobody"
