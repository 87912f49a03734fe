"""What was recorded stays as it was recorded."""

import pytest
from sqlalchemy import text

from domain.vocabulary import IssueState
from storage.queries import Queries
from storage.session import Database, Unstorable
from tests.storage.stories import born, born_in


async def execute(database: Database, statement: str) -> None:
    async with database.begin() as session:
        await session.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET actor = 'somebody else'",
        "DELETE FROM events",
        "TRUNCATE events CASCADE",
    ],
)
async def test_events_cannot_be_changed(database: Database, statement: str) -> None:
    issue = await born_in(IssueState.HANDLING, database)
    with pytest.raises(Unstorable, match="append-only"):
        await execute(database, statement)
    async with database.read() as session:
        assert len(await Queries(session).timeline(issue.number)) == 3


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("version = -1, snapshot = '{}'", "ck_issues_version"),
        ("state = 'closed'", "ck_issues_closed_at"),
        ("snapshot = '{}'", "ck_issues_snapshot"),
        ("grid = ''", "ck_issues_grid_size"),
    ],
)
async def test_an_issue_cannot_contradict_itself(
    database: Database, change: str, constraint: str
) -> None:
    await born(database)
    with pytest.raises(Unstorable, match=constraint):
        await execute(database, f"UPDATE issues SET {change}")


async def test_an_issue_has_one_lead_at_a_time(database: Database) -> None:
    await born_in(IssueState.HANDLING, database)
    second = (
        "INSERT INTO assignments (issue_number, ordinal, part, department, dispatched_at) "
        "SELECT number, 9, 'lead', 'water', now() FROM issues"
    )
    with pytest.raises(Unstorable, match="uq_assignments_lead"):
        await execute(database, second)


async def test_a_reader_cannot_write(database: Database) -> None:
    await born(database)
    with pytest.raises(Exception, match="read-only transaction"):
        async with database.read() as session:
            await session.execute(text("UPDATE issues SET warned = true"))
