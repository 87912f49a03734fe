"""Whoever is touched by a change of reference data is asked to reckon again, nobody else."""

from datetime import timedelta

from domain import commands as c
from domain.ids import CalendarCode
from domain.vocabulary import IssueState
from storage.rechecks import Rechecks
from storage.session import Database
from tests.builders import DISPATCHER, NOON, POLICE, WATER, asked
from tests.storage.stories import born, born_in, recorded

CHINA = CalendarCode("cn")
LATE_IN_DECEMBER = NOON + timedelta(days=36)


async def test_a_calendar_touches_what_was_reckoned_past_its_end(database: Database) -> None:
    await born_in(IssueState.HANDLING, database)
    number = await born(database)
    call = asked(c.DispatchIssue, DISPATCHER, lead=POLICE)
    await recorded(database, number, [call], LATE_IN_DECEMBER)
    async with database.begin() as session:
        rechecks = Rechecks(session)
        assert await rechecks.ask_for_calendar(CalendarCode("other"), "2027") == 0
        assert await rechecks.ask_for_calendar(CHINA, "2027") == 1
        (asked_for,) = await rechecks.pending(10)
    assert (asked_for.number, asked_for.reason) == (number, "2027")


async def test_a_department_touches_what_it_has_not_claimed(database: Database) -> None:
    waiting = await born_in(IssueState.DISPATCHED, database)
    await born_in(IssueState.HANDLING, database)
    async with database.begin() as session:
        rechecks = Rechecks(session)
        assert await rechecks.ask_for_department(WATER, "absence") == 0
        assert await rechecks.ask_for_department(POLICE, "absence") == 1
        assert [each.number for each in await rechecks.pending(10)] == [waiting.number]


async def test_what_is_done_is_not_pending(database: Database) -> None:
    await born_in(IssueState.DISPATCHED, database)
    async with database.begin() as session:
        rechecks = Rechecks(session)
        await rechecks.ask_for_department(POLICE, "absence")
        (asked_for,) = await rechecks.pending(10)
        await rechecks.done([asked_for.id], NOON)
        assert await rechecks.pending(10) == ()


async def test_two_relays_take_different_rechecks(database: Database) -> None:
    for _ in range(2):
        await born_in(IssueState.DISPATCHED, database)
    async with database.begin() as session:
        await Rechecks(session).ask_for_department(POLICE, "absence")
    async with database.begin() as one, database.begin() as other:
        first = await Rechecks(one).pending(1)
        second = await Rechecks(other).pending(10)
    assert (len(first), len(second)) == (1, 1)
    assert first[0].number != second[0].number
