"""Pages are complete, show what was asked for, and hide what the asker may not see."""

from datetime import timedelta

import pytest

from domain import commands as c
from domain.ids import DepartmentCode, GridCode, IssueNumber, Subject
from domain.visibility import Scope
from domain.vocabulary import IssueState, Level, Role
from storage.cursors import cursor_after
from storage.queries import BadCursor, IssueFilter, Queries
from storage.session import Database
from tests.builders import DISPATCHER, GRID, NOON, OFFICER, POLICE, RESIDENT, WATER, asked
from tests.storage.stories import born, born_in, recorded

DAY = timedelta(days=1)
STRANGER = Subject("stranger")


async def numbers(database: Database, **wanted: object) -> list[IssueNumber]:
    """Newest first, all of them."""
    at = wanted.pop("at", NOON)
    async with database.read() as session:
        page = await Queries(session).issues(IssueFilter(**wanted), at=at)  # type: ignore[arg-type]  # names are checked by the class
    return [each.number for each in page.items]


async def seen_by(database: Database, **scope: object) -> list[IssueNumber]:
    who = Scope(**{"subject": STRANGER, **scope})  # type: ignore[arg-type]  # as above
    return await numbers(database, scope=who)


async def test_pages_are_complete_while_issues_are_inserted(database: Database) -> None:
    known = [await born(database) for _ in range(5)]
    cursor, seen = None, []
    while True:
        async with database.read() as session:
            page = await Queries(session).issues(IssueFilter(), at=NOON, cursor=cursor, limit=2)
        seen += [each.number for each in page.items]
        await born(database)
        cursor = page.next
        if cursor is None:
            break
    assert seen == known[::-1]


async def test_the_last_page_has_no_next(database: Database) -> None:
    for _ in range(2):
        await born(database)
    async with database.read() as session:
        full = await Queries(session).issues(IssueFilter(), at=NOON, limit=2)
        more = await Queries(session).issues(IssueFilter(), at=NOON, limit=1)
    assert full.next is None
    assert more.next is not None


@pytest.mark.parametrize("cursor", ["", "x", "bm90", cursor_after(0), "aWQ6MQ=x", "é", "aWQ6LTE"])
async def test_a_bad_cursor_is_refused(database: Database, cursor: str) -> None:
    async with database.read() as session:
        with pytest.raises(BadCursor):
            await Queries(session).issues(IssueFilter(), at=NOON, cursor=cursor)


async def test_a_grid_is_its_subtree_and_no_sibling(database: Database) -> None:
    inside = await born(database, grid=GridCode("qj.bh.hp"))
    itself = await born(database, grid=GridCode("qj.bh"))
    for outside in ("qj.bh2", "qj.bh-x", "qj.b", "qjxbh.hp", "qj"):
        await born(database, grid=GridCode(outside))
    assert await numbers(database, grid=GridCode("qj.bh")) == [itself, inside]
    assert await seen_by(database, grids=(GridCode("qj.bh"),)) == [itself, inside]


async def test_a_wildcard_in_a_grid_is_just_a_letter(database: Database) -> None:
    await born(database, grid=GridCode("qj.bxh.a"))
    assert await numbers(database, grid=GridCode("qj.b_h")) == []
    assert await numbers(database, grid=GridCode("qj.%")) == []


@pytest.mark.parametrize(
    ("looked_for", "found"),
    [("100%", True), ("0% N", True), ("%", True), ("1_0", False), ("a_b", True), ("A_B", True)],
)
async def test_a_wildcard_in_a_text_is_just_a_letter(
    database: Database, looked_for: str, found: bool
) -> None:
    await born(database, description="100% nass a_b \\ /")
    await born(database, description="1000 nass axb")
    assert len(await numbers(database, text=looked_for)) == found


async def test_nobody_sees_what_is_not_theirs(database: Database) -> None:
    issue = await born_in(IssueState.HANDLING, database)
    assert await seen_by(database) == []
    assert await seen_by(database, department=WATER) == []
    assert await seen_by(database, grids=(GridCode("qj.other"),)) == []
    async with database.read() as session:
        assert await Queries(session).issue(issue.number, Scope(subject=STRANGER)) is None


async def test_everybody_sees_what_is_theirs(database: Database) -> None:
    issue = await born_in(IssueState.HANDLING, database, resident=Subject("r.2"))
    assert await seen_by(database, subject=RESIDENT.subject) == [issue.number]
    assert await seen_by(database, subject=Subject("r.2")) == [issue.number]
    assert await seen_by(database, department=POLICE) == [issue.number]
    assert await seen_by(database, grids=(GridCode("qj.x"), GridCode("qj"))) == [issue.number]
    async with database.read() as session:
        assert await Queries(session).issue(issue.number, Scope(subject=RESIDENT.subject))


async def test_a_department_keeps_seeing_what_was_taken_from_it(database: Database) -> None:
    issue = await born_in(IssueState.HANDLING, database)
    again = asked(c.DispatchIssue, DISPATCHER, lead=WATER)
    after = await recorded(database, issue.number, [again])
    assert after.lead is not None
    assert await seen_by(database, department=POLICE) == [issue.number]
    assert await numbers(database, department=WATER) == [issue.number]


async def test_every_filter_narrows(database: Database) -> None:
    plain = await born(database)
    other = await born_in(
        IssueState.HANDLING, database, source=Role.CAMERA, raised_at=NOON + DAY, grid=GridCode("q")
    )
    both = [other.number, plain]
    assert await numbers(database, states=(IssueState.HANDLING,)) == [other.number]
    assert await numbers(database, states=(IssueState.HANDLING, IssueState.REPORTED)) == both
    assert await numbers(database, source=Role.RESIDENT) == [plain]
    assert await numbers(database, category="standing_water") == both
    assert await numbers(database, category="other") == []
    assert await numbers(database, level=Level.COUNTY) == []
    assert await numbers(database, raised_from=NOON + DAY) == [other.number]
    assert await numbers(database, raised_to=NOON + DAY) == [plain]
    assert await numbers(database, department=DepartmentCode("nobody")) == []
    assert await numbers(database, states=(IssueState.HANDLING,), grid=GRID) == []


async def test_a_closed_issue_still_shows_who_led(database: Database) -> None:
    issue = await born_in(IssueState.CLOSED, database)
    async with database.read() as session:
        detail = await Queries(session).issue(issue.number)
    assert detail is not None
    assert (detail.line.lead_department, detail.line.departments) == (POLICE, (POLICE,))
    assert detail.line.closed_at == NOON
    assert detail.line.outcome == issue.outcome


async def test_open_issues_come_as_snapshots_page_by_page(database: Database) -> None:
    issues = [await born_in(IssueState.HANDLING, database) for _ in range(3)]
    await born_in(IssueState.CLOSED, database)
    await born(database)
    async with database.read() as session:
        queries = Queries(session)
        first = await queries.open_issues(limit=2)
        second = await queries.open_issues(limit=2, after=first.next)
        none = await queries.open_issues(category=OFFICER.subject)  # type: ignore[arg-type]  # no category at all
    assert [*first.items, *second.items] == issues
    assert (second.next, none.items) == (None, ())
