"""What is personal goes when its time has come; the record and its figures stay."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import text

from domain import commands as c
from domain.ids import IssueNumber, TextId
from domain.vocabulary import IssueState
from storage.blanking import Blanking
from storage.issues import IssueRepository, RecordedStep
from storage.people import People
from storage.queries import Queries
from storage.session import Database
from storage.texts import Texts
from tests.builders import NOON, OFFICER, asked
from tests.storage.stories import born_in
from tests.storage.test_erasure import SAID, left, shared_meeting

DAY = timedelta(days=1)
WANG = {"reporter_name": "王女士", "reporter_phone": "13800000000"}


async def anonymised(database: Database, days: int, limit: int = 10) -> int:
    at = NOON + days * DAY
    async with database.begin() as session:
        return await Blanking(session).anonymise_some(at - 30 * DAY, at, limit)


async def marked_closed(database: Database, number: IssueNumber, at: datetime = NOON) -> None:
    """Closes it in the row alone, for what asks for nothing else."""
    async with database.begin() as session:
        await session.execute(
            text("UPDATE issues SET state = 'closed', closed_at = :at WHERE number = :number"),
            {"at": at, "number": number},
        )


async def test_nothing_personal_is_left_of_an_issue_that_was_closed_long_ago(
    database: Database,
) -> None:
    issue = await born_in(IssueState.CLOSED, database, **WANG)
    assert await anonymised(database, 30) == 0
    assert await anonymised(database, 31) == 1
    assert await anonymised(database, 32) == 0
    async with database.read() as session:
        reporter = await People(session).reporter(issue.number)
        detail = await Queries(session).issue(issue.number)
        timeline = await Queries(session).timeline(issue.number)
    assert reporter is not None
    assert (reporter.name, reporter.phone) == (None, None)
    assert detail is not None
    assert (detail.description, detail.line.state) == (None, IssueState.CLOSED)
    assert len(timeline) == issue.version + 1


async def test_what_is_open_is_left_alone(database: Database) -> None:
    issue = await born_in(IssueState.RESOLVED, database, **WANG)
    assert await anonymised(database, 1000) == 0
    async with database.read() as session:
        reporter = await People(session).reporter(issue.number)
    assert reporter is not None
    assert reporter.name == "王女士"


async def test_a_batch_is_no_larger_than_asked(database: Database) -> None:
    for _ in range(3):
        await born_in(IssueState.CLOSED, database)
    assert [await anonymised(database, 31, limit=2) for _ in range(3)] == [2, 1, 0]


async def test_what_a_meeting_said_goes_with_the_last_issue_of_its_agenda(
    database: Database,
) -> None:
    first, second = await shared_meeting(database)
    await marked_closed(database, first)
    assert await anonymised(database, 31) == 1
    async with database.begin() as session:
        assert await left(session) == SAID - {"decision"}
    await marked_closed(database, second)
    assert await anonymised(database, 31) == 1
    async with database.begin() as session:
        assert await left(session) == set()


async def test_what_comes_later_goes_later(database: Database) -> None:
    """An appeal may come after its issue was closed and, for who asked, erased."""
    issue = await born_in(IssueState.CLOSED, database)
    await anonymised(database, 31)
    late, words = replace(issue, version=issue.version + 1), TextId("late")
    appeal = asked(c.AppealBreach, OFFICER, text=words)
    step = RecordedStep(command=appeal, at=NOON + DAY, after=late, expected_version=issue.version)
    async with database.begin() as session:
        await Texts(session).put(words, issue.number, OFFICER.subject, "…", NOON)
        assert await IssueRepository(session).record(step)
    assert await anonymised(database, 32) == 1
    async with database.read() as session:
        assert (await Texts(session).many([words]))[words].body is None
