"""Communities come page by page, and of the staff only who stands for a place of one."""

from dataclasses import replace

from domain.ids import GridCode, Subject
from domain.reference import Grid, GridLevel, ReferenceKind, Staff
from storage.meetings.communities import Communities
from storage.session import Database
from tests.activities.desk import written
from tests.builders import POLICE

HERE = GridCode("qj.bh.hp")
K = ReferenceKind


def a_grid(code: str) -> Grid:
    return Grid(code=GridCode(code), name="格", name_en="G", level=GridLevel(code.count(".") + 1))


def head(code: str, place: str | None) -> Staff:
    stands_for = None if place is None else GridCode(place)
    return Staff(code=Subject(code), department=POLICE, stands_for=stands_for)


async def pages(database: Database, size: int) -> list[list[str]]:
    async with database.read() as session:
        found = Communities(session).pages(size)
        return [[each.code for each in page] async for page in found]


async def test_every_community_is_on_one_page_and_no_other_grid(database: Database) -> None:
    for code in ("qj", "qj.bh", "qj.bh.c", "qj.bh.a", "qj.bh.a.e", "qj.bh.b", "qj.aa.z"):
        await written(database, K.GRID, a_grid(code))
    assert await pages(database, 2) == [["qj.aa.z", "qj.bh.a"], ["qj.bh.b", "qj.bh.c"]]
    assert await pages(database, 3) == [["qj.aa.z", "qj.bh.a", "qj.bh.b"], ["qj.bh.c"]]


async def test_retired_community_is_on_no_page(database: Database) -> None:
    await written(database, K.GRID, a_grid("qj.bh.a"))
    await written(database, K.GRID, a_grid("qj.bh.a"), version=1, retired=True)
    assert await pages(database, 2) == []


async def test_regulars_are_of_this_community_now(database: Database) -> None:
    heads = (
        head("itself", HERE),
        head("below", f"{HERE}.fc.b3"),
        head("neighbour", f"{HERE}x.fc.b3"),
        head("nobody", None),
        head("moved", f"{HERE}.fc"),
        head("gone", f"{HERE}.fc"),
    )
    for each in heads:
        await written(database, K.STAFF, each)
    await written(database, K.STAFF, head("moved", "qj.bh.other"), version=1)
    await written(database, K.STAFF, replace(heads[-1], post=None), version=1, retired=True)
    async with database.read() as session:
        found = await Communities(session).regulars(HERE, 10)
        first = await Communities(session).regulars(HERE, 1)
    assert [each.code for each in found] == ["below", "itself"]
    assert first == found[:1]
