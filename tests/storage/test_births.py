"""A whistle is accepted once, gets its number at once, and is never lost on its way."""

import asyncio

import pytest
from sqlalchemy import text

from domain.events import EventName
from domain.vocabulary import IssueState
from storage.births import LENT, Births
from storage.people import People
from storage.queries import Queries
from storage.session import Database, Unstorable
from tests.builders import NOON, RESIDENT
from tests.storage.stories import a_birth, born, born_in, undone


async def test_numbers_count_on_within_the_prefix(database: Database) -> None:
    numbers = [await born(database), await born(database), await born(database, prefix="LD")]
    assert numbers == ["QJ-2026-0000001", "QJ-2026-0000002", "LD-2026-0000003"]


async def test_a_birth_keeps_all_that_was_said(database: Database) -> None:
    number = await born(database, reporter_name="阿依", reporter_phone="139", emergency=True)
    async with database.read() as session:
        detail = await Queries(session).issue(number)
        reporter = await People(session).reporter(number)
    assert detail is not None
    assert (detail.description, detail.line.emergency) == ("井盖没了", True)
    assert (detail.line.state, detail.snapshot) == (IssueState.REPORTED, None)
    assert reporter is not None
    assert (reporter.name, reporter.phone, reporter.address) == ("阿依", "139", None)


async def test_the_timeline_begins_with_the_birth(database: Database) -> None:
    number = await born(database)
    async with database.read() as session:
        (entry,) = await Queries(session).timeline(number)
    assert (entry.version, entry.name, entry.at) == (0, EventName.REPORTED, NOON)
    assert (entry.actor, entry.text) == (RESIDENT.subject, "井盖没了")


async def test_the_origin_is_what_came_in(database: Database) -> None:
    number = await born(database)
    birth = a_birth()
    async with database.read() as session:
        origin = await Births(session).origin(number)
    assert origin is not None
    assert (origin.number, origin.grid, origin.raised_at) == (number, birth.grid, birth.raised_at)
    assert (origin.category, origin.source) == (birth.category, birth.source)


async def test_emergencies_are_started_first(database: Database) -> None:
    plain = await born(database)
    urgent = await born(database, emergency=True)
    async with database.begin() as session:
        waiting = await Births(session).take_unstarted(10, NOON)
    assert [each.number for each in waiting] == [urgent, plain]


async def test_two_relays_take_different_issues(database: Database) -> None:
    numbers = {await born(database) for _ in range(4)}
    async with database.begin() as one, database.begin() as other:
        first = await Births(one).take_unstarted(2, NOON)
        second = await Births(other).take_unstarted(10, NOON)
    assert len(first) == 2
    assert {each.number for each in first} | {each.number for each in second} == numbers
    assert len(first) + len(second) == len(numbers)


async def test_a_started_issue_waits_no_more(database: Database) -> None:
    number = await born(database)
    async with database.begin() as session:
        births = Births(session)
        assert await births.waiting() == 1
        await births.mark_started([number], NOON)
        assert (await births.waiting(), await births.take_unstarted(10, NOON)) == (0, ())


async def test_a_relay_that_dies_gives_its_issues_back(database: Database) -> None:
    await born(database)
    async with undone(database) as session:
        assert await Births(session).take_unstarted(10, NOON)
    async with database.begin() as session:
        assert len(await Births(session).take_unstarted(10, NOON)) == 1
    async with database.begin() as session:
        assert await Births(session).take_unstarted(10, NOON + LENT / 2) == ()
        assert len(await Births(session).take_unstarted(10, NOON + LENT)) == 1


async def test_what_was_put_back_is_taken_in_its_time(database: Database) -> None:
    number = await born(database)
    async with database.begin() as session:
        births = Births(session)
        await births.put_back([number], NOON + LENT)
        assert await births.take_unstarted(10, NOON) == ()
        await births.put_back([number], None)
        assert len(await births.take_unstarted(10, NOON)) == 1


async def test_lent_issue_can_be_written_about(database: Database) -> None:
    number = await born(database)
    async with database.begin() as session:
        await Births(session).take_unstarted(10, NOON)
    async with database.begin() as session:
        await Births(session).mark_started([number], NOON)


async def test_many_births_at_once_get_different_numbers(database: Database) -> None:
    numbers = await asyncio.gather(*(born(database) for _ in range(20)))
    assert len(set(numbers)) == 20


async def test_number_eight_digits_long_is_not_cut(database: Database) -> None:
    async with database.begin() as session:
        await session.execute(text("SELECT setval('issue_number_seq', 12345678)"))
    assert await born(database) == "QJ-2026-12345679"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"description": "x" * 10_001}, "body_size"),
        ({"description": "a\x00b"}, "0x00"),
        ({"description": "half a \ud83d"}, "surrogates"),
        ({"reporter_name": "x" * 101}, "name_size"),
    ],
)
async def test_what_does_not_fit_is_told_and_leaves_nothing(
    database: Database, changes: dict[str, str], reason: str
) -> None:
    with pytest.raises(Unstorable, match=reason):
        await born(database, **changes)
    async with database.read() as session:
        assert await Births(session).waiting() == 0


async def test_a_first_step_leaves_the_birth_readable(database: Database) -> None:
    issue = await born_in(IssueState.DISPATCHED, database)
    async with database.read() as session:
        timeline = await Queries(session).timeline(issue.number)
    assert [each.version for each in timeline] == [0, 1]
