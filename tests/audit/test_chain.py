"""Entries and events are chained in order, by one sealer, whoever else writes meanwhile."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.vocabulary import IssueState
from storage.audit.entries import AuditEntries
from storage.audit.links import Links, LinkSource
from storage.audit.sealing import Sealer
from storage.session import Database, Unstorable
from tests.audit.chains import KEYS, an_entry, chained, seal, sweep, verdict, write
from tests.builders import NOON
from tests.storage.stories import born_in


async def links(database: Database) -> list[tuple[str, str]]:
    async with database.read() as session:
        return [(each.source, each.key) for each in await Links(session).after(0, 100)]


async def test_entries_are_chained_once_in_the_order_of_recording(database: Database) -> None:
    await chained(database, 3)
    assert await seal(database) == 0
    assert await links(database) == [("entry", "1"), ("entry", "2"), ("entry", "3")]


async def test_events_are_chained_beside_entries(database: Database) -> None:
    issue = await born_in(IssueState.HANDLING, database)
    await write(database, an_entry())
    assert await seal(database) == 4
    events = [(LinkSource.ISSUE_EVENT, f"{issue.number}/{version}") for version in range(3)]
    assert await links(database) == [*events, (LinkSource.ENTRY, "1")]
    found = await verdict(database)
    assert (found.links, found.rows, found.unsealed, found.found) == (4, 4, 0, None)


async def test_what_is_not_chained_yet_is_said(database: Database) -> None:
    await chained(database, 2)
    await write(database, an_entry(9))
    found = await verdict(database)
    assert (found.links, found.unsealed, found.found) == (2, 1, None)
    assert found.oldest_unsealed is not None


async def test_a_row_is_not_passed_by_while_an_earlier_transaction_is_open(
    database: Database,
) -> None:
    async with database.begin() as slow:
        await AuditEntries(slow).add(an_entry(1))
        await write(database, an_entry(2))
        assert await seal(database) == 0
    assert await seal(database) == 2


async def test_of_two_sealers_one_seals(database: Database) -> None:
    await write(database, an_entry(1), an_entry(2))
    async with database.begin() as first, database.begin() as second:
        # Each of the two is a transaction of the other's that began before it.
        sealed = [
            await Sealer(each, KEYS, timedelta(days=-1)).seal(NOON) for each in (first, second)
        ]
    assert sealed == [2, 0]
    assert (await verdict(database)).links == 2


async def test_writers_at_once_make_one_chain(database: Database) -> None:
    await asyncio.gather(*(write(database, an_entry(each)) for each in range(1, 21)))
    await asyncio.gather(*(seal(database) for _ in range(4)))
    await seal(database)
    found = await verdict(database)
    assert (found.links, found.unsealed, found.found) == (20, 0, None)


async def killed_before_the_commit(database: Database) -> None:
    async with database.begin() as session:
        assert await Sealer(session, KEYS, timedelta()).seal(NOON) == 1
        raise RuntimeError


async def test_a_crash_between_writing_and_sealing_loses_nothing(database: Database) -> None:
    await write(database, an_entry(1))
    with pytest.raises(RuntimeError):
        await killed_before_the_commit(database)
    assert (await verdict(database)).unsealed == 1
    assert await seal(database) == 1


async def test_a_clock_put_back_hides_nothing_from_a_sweep(database: Database) -> None:
    await chained(database, 1)
    async with database.begin() as session:
        await session.execute(
            text(
                "INSERT INTO audit_entries (at, recorded_at, act, object_kind, object_id, result,"
                " particulars) VALUES (now(), now() - interval '1 hour', 'refused', 'issue', 'x',"
                " 'forbidden', '{}')"
            )
        )
    assert await seal(database) == 0
    assert await sweep(database) == 1
    assert (await verdict(database)).found is None


@pytest.mark.parametrize("table", ["audit_entries", "audit_links"])
@pytest.mark.parametrize("does", ["UPDATE {} SET {}", "DELETE FROM {}", "TRUNCATE {}"])
async def test_nothing_is_changed_or_taken_away(database: Database, table: str, does: str) -> None:
    await chained(database, 1)
    change = "subject = 'x'" if table == "audit_entries" else "key = 'x'"
    with pytest.raises(Unstorable, match="append-only"):
        async with database.begin() as session:
            await session.execute(text(does.format(table, change)))


async def test_a_lost_mark_chains_nothing_twice(database: Database) -> None:
    await chained(database, 3)
    async with database.begin() as session:
        await session.execute(text("DELETE FROM audit_marks"))
    await write(database, an_entry(4))
    await seal(database)
    assert [key for _, key in await links(database)] == ["1", "2", "3", "4"]
    assert (await verdict(database)).found is None


async def test_many_rows_of_one_instant_are_chained_batch_by_batch(database: Database) -> None:
    async with database.begin() as session:
        for each in range(1, 13):
            await AuditEntries(session).add(an_entry(each))
    sealed = []
    for _ in range(4):
        async with database.begin() as session:
            sealed.append(await Sealer(session, KEYS, timedelta()).seal(NOON, limit=5))
    assert sealed == [5, 5, 2, 0]
    assert (await verdict(database)).links == 12
