"""Who said "me too" is asked to evaluate and told of the end, once each, as the raiser is."""

import asyncio
from datetime import timedelta

from sqlalchemy import text

from domain import commands as c
from domain.ids import IssueNumber, Subject
from domain.vocabulary import IssueState, Role, Satisfaction
from storage.followers import Followers
from storage.issues import IssueRepository
from storage.notices import DueNotice
from storage.outbox import Outbox
from storage.session import Database
from tests.activities.desk import ORIGIN, A, a_step, dispatched_by_rule, furnished, issues, taken
from tests.builders import DISPATCHER, NOON, POLICE, RESIDENT, an_actor, asked
from tests.storage.stories import born

HOLDER = an_actor(Role.STAFF, subject=A, department=POLICE)
NEIGHBOURS = (Subject("r.8"), Subject("r.9"))
EVERYBODY = {f"subject:{each}" for each in (*NEIGHBOURS, ORIGIN.raised_by)}


async def followed(database: Database, number: IssueNumber) -> None:
    async with database.begin() as session:
        for neighbour in NEIGHBOURS:
            await Followers(session).follow(number, neighbour, NOON)


async def told(database: Database, number: IssueNumber, template: str) -> list[DueNotice]:
    async with database.read() as session:
        notices = await Outbox(session).for_issue(number)
    return [each for each in notices if each.template == template]


async def resolved(database: Database, number: IssueNumber) -> IssueNumber:
    issue = await issues(database).open(number)
    issue = await taken(database, issue, dispatched_by_rule())
    issue = await taken(database, issue, asked(c.ClaimIssue, HOLDER))
    resolve = a_step(issue, asked(c.ResolveIssue, HOLDER))
    await issues(database).record(resolve)
    await issues(database).record(resolve)
    return number


async def test_followers_get_the_evaluation_request_of_the_issue_they_follow(
    database: Database,
) -> None:
    number = await furnished(database)
    await followed(database, number)
    await resolved(database, number)
    requests = await told(database, number, "evaluate_please")
    assert sorted(each.recipient for each in requests) == sorted(EVERYBODY)
    assert await told(database, number, "claimed") != []
    assert {each.recipient for each in await told(database, number, "claimed")} == {
        f"subject:{ORIGIN.raised_by}"
    }


async def test_a_request_is_taken_back_from_all_once_the_raiser_has_spoken(
    database: Database,
) -> None:
    number = await furnished(database)
    await followed(database, number)
    await resolved(database, number)
    async with database.read() as session:
        found = await IssueRepository(session).snapshot(number)
    assert found is not None
    good = asked(c.EvaluateIssue, RESIDENT, satisfaction=Satisfaction.SATISFIED, solved=True)
    await taken(database, found, good, NOON + timedelta(hours=1))
    requests = await told(database, number, "evaluate_please")
    assert {each.dropped_at is not None for each in requests} == {True}
    closed = await told(database, number, "issue_closed")
    assert {each.recipient for each in closed} == EVERYBODY


async def test_who_joins_while_it_is_being_resolved_misses_nothing(database: Database) -> None:
    """The joining holds the issue until it has committed; the step comes after it."""
    number = await furnished(database)
    issue = await taken(database, await issues(database).open(number), dispatched_by_rule())
    issue = await taken(database, issue, asked(c.ClaimIssue, HOLDER))
    async with database.begin() as session:
        held = await Followers(session).hold(number)
        assert held is not None
        assert held.state is IssueState.HANDLING
        step = a_step(issue, asked(c.ResolveIssue, HOLDER))
        resolving = asyncio.create_task(issues(database).record(step))
        await until_held(database)
        await Followers(session).follow(number, NEIGHBOURS[0], NOON)
    await resolving
    requests = await told(database, number, "evaluate_please")
    assert f"subject:{NEIGHBOURS[0]}" in {each.recipient for each in requests}


async def marked_duplicate(database: Database, number: IssueNumber, of: IssueNumber) -> None:
    issue = await issues(database).open(number)
    await taken(database, issue, asked(c.MarkDuplicate, DISPATCHER, of=of))


async def followers_of(database: Database, *numbers: IssueNumber) -> list[tuple[Subject, ...]]:
    async with database.read() as session:
        return [await Followers(session).of(number) for number in numbers]


async def test_followers_of_a_duplicate_go_on_with_the_primary(database: Database) -> None:
    number = await furnished(database)
    other = await born(database, raised_by=NEIGHBOURS[0])
    await followed(database, number)
    await marked_duplicate(database, number, other)
    assert await followers_of(database, number, other) == [(), NEIGHBOURS[1:]]
    closed = await told(database, number, "issue_closed")
    joined = await told(database, number, "issue_joined")
    assert [each.recipient for each in closed] == [f"subject:{ORIGIN.raised_by}"]
    assert {each.recipient for each in joined} == {f"subject:{each}" for each in NEIGHBOURS}
    assert {each.params["of"] for each in joined} == {other}


async def test_who_follows_both_follows_once_and_keeps_their_word(database: Database) -> None:
    number, other = await furnished(database), await born(database)
    await followed(database, number)
    async with database.begin() as session:
        await Followers(session).follow(other, NEIGHBOURS[0], NOON)
        for each in ((other, NEIGHBOURS[0]), (number, NEIGHBOURS[1])):
            said = Satisfaction.SATISFIED
            await Followers(session).evaluate(*each, said, solved=True, at=NOON)
    await marked_duplicate(database, number, other)
    assert await followers_of(database, number, other) == [(), NEIGHBOURS]
    async with database.read() as session:
        words = await Followers(session).words(other)
    assert words == {Satisfaction.SATISFIED: 1}


async def test_a_chain_of_duplicates_is_followed_to_its_end(database: Database) -> None:
    number, middle, last = await furnished(database), await born(database), await born(database)
    await followed(database, number)
    await marked_duplicate(database, middle, last)
    await marked_duplicate(database, number, middle)
    assert await followers_of(database, number, middle, last) == [(), (), NEIGHBOURS]
    assert {each.params["of"] for each in await told(database, number, "issue_joined")} == {last}


async def test_followers_stay_when_the_primary_leads_back_or_nowhere(database: Database) -> None:
    number, other = await furnished(database), await born(database)
    await followed(database, number)
    await marked_duplicate(database, other, number)
    await marked_duplicate(database, number, other)
    assert await followers_of(database, number, other) == [NEIGHBOURS, ()]
    assert await told(database, number, "issue_joined") == []


async def until_held(database: Database) -> None:
    """Returns when somebody waits for a lock."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    async with asyncio.timeout(1.5), database.read() as session:
        while True:
            if (await session.execute(waiting)).scalar_one():
                return
            await asyncio.sleep(0.01)
