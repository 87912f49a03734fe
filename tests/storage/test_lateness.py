"""What is late is late at the instant that is asked for, not when a row was written."""

from datetime import timedelta

from domain import commands as c
from domain.actor import ENGINE
from domain.ids import IssueNumber
from domain.issue import Issue
from domain.vocabulary import DeadlineKind, IssueState
from storage.queries import IssueFilter, Queries
from storage.session import Database
from tests.builders import DISPATCHER, NOON, OFFICER, asked
from tests.storage.stories import born_in, recorded

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CLAIM_BY = NOON + HOUR
TICK = timedelta.resolution


async def is_overdue(database: Database, number: IssueNumber, at: object) -> bool:
    """As the line says it, and both filters agree."""
    async with database.read() as session:
        queries = Queries(session)
        late = await queries.issues(IssueFilter(overdue=True), at=at)  # type: ignore[arg-type]  # an instant
        fine = await queries.issues(IssueFilter(overdue=False), at=at)  # type: ignore[arg-type]  # an instant
        detail = await queries.issue(number)
    assert detail is not None
    said = detail.line.is_overdue(at)  # type: ignore[arg-type]  # an instant
    assert (len(late.items), len(fine.items)) == ((1, 0) if said else (0, 1))
    return said


async def first_due(issue: Issue, kind: DeadlineKind) -> c.BreachDeadline:
    deadline = issue.deadline(kind)
    assert deadline is not None
    return c.BreachDeadline.by_engine(f"breach:{deadline.id}", deadline=deadline.id)


async def test_the_instant_itself_is_in_time(database: Database) -> None:
    issue = await born_in(IssueState.DISPATCHED, database)
    assert not await is_overdue(database, issue.number, CLAIM_BY)
    assert await is_overdue(database, issue.number, CLAIM_BY + TICK)


async def test_what_is_met_is_late_no_more(database: Database) -> None:
    issue = await born_in(IssueState.DISPATCHED, database)
    breach = await first_due(issue, DeadlineKind.CLAIM)
    issue = await recorded(database, issue.number, [breach], CLAIM_BY + TICK)
    assert await is_overdue(database, issue.number, NOON)
    await recorded(database, issue.number, [asked(c.ClaimIssue, OFFICER)], CLAIM_BY + HOUR)
    assert not await is_overdue(database, issue.number, CLAIM_BY + 2 * HOUR)


async def test_a_paused_clock_is_not_late(database: Database) -> None:
    issue = await _suspended(database, await born_in(IssueState.HANDLING, database))
    assert issue.suspension is not None
    assert not await is_overdue(database, issue.number, NOON + 20 * DAY)


async def test_a_paused_clock_that_was_breached_before_stays_late(database: Database) -> None:
    issue = await born_in(IssueState.DISPATCHED, database)
    breach = await first_due(issue, DeadlineKind.CLAIM)
    issue = await recorded(database, issue.number, [breach], CLAIM_BY + TICK)
    issue = await _suspended(database, issue)
    assert await is_overdue(database, issue.number, NOON + 2 * DAY)


async def test_a_window_that_lapses_is_not_late(database: Database) -> None:
    issue = await born_in(IssueState.RESOLVED, database)
    assert issue.deadline(DeadlineKind.EVALUATE) is not None
    assert not await is_overdue(database, issue.number, NOON + 90 * DAY)


async def test_warned_is_a_warning_on_a_deadline_still_open(database: Database) -> None:
    issue = await born_in(IssueState.DISPATCHED, database)
    claim = issue.deadline(DeadlineKind.CLAIM)
    assert claim is not None
    climb = c.ClimbRung(actor=ENGINE, id=asked(c.AddNote, ENGINE).id, deadline=claim.id, rung=0)
    wanted = IssueFilter(warned=True)
    found = []
    for command in (climb, asked(c.ClaimIssue, OFFICER)):
        await recorded(database, issue.number, [command], NOON + HOUR * 0.8)
        async with database.read() as session:
            found.append(len((await Queries(session).issues(wanted, at=NOON)).items))
    assert found == [1, 0]


async def _suspended(database: Database, issue: Issue) -> Issue:
    """Until thirty days after the second hour."""
    at = NOON + 2 * HOUR
    return await recorded(
        database,
        issue.number,
        [
            asked(c.RequestSuspension, OFFICER, until=at + 30 * DAY),
            asked(c.DecideSuspension, DISPATCHER, approved=True),
        ],
        at,
    )
