"""A notice is put once, sent by one relay at a time, and its end is recorded."""

from dataclasses import replace
from datetime import timedelta

from domain.ids import IssueNumber
from domain.vocabulary import Level
from storage.notices import DueNotice, NoticeRow
from storage.outbox import LEASE, Outbox
from storage.session import Database
from tests.builders import NOON
from tests.storage.stories import born

HOUR = timedelta(hours=1)


def a_notice(number: IssueNumber, key: str = "k1", **changes: object) -> NoticeRow:
    notice = NoticeRow(
        dedupe_key=key,
        issue_number=number,
        recipient="department:police",
        channel="log",
        template="assignment_lead",
        stage="dispatched:1",
        level=Level.COMMUNITY,
        created_at=NOON,
        not_before=NOON,
        about="assignment:1",
        params={"state": "dispatched"},
    )
    fields: dict[str, object] = {**changes}
    return replace(notice, **fields)  # type: ignore[arg-type]  # the class checks the names


async def put(database: Database, *notices: NoticeRow) -> int:
    async with database.begin() as session:
        return await Outbox(session).put(notices)


async def everything_of(database: Database, number: IssueNumber) -> tuple[DueNotice, ...]:
    async with database.read() as session:
        return await Outbox(session).for_issue(number)


async def test_a_fact_is_told_once(database: Database) -> None:
    number = await born(database)
    twice = a_notice(number), a_notice(number)
    assert [await put(database, *twice), await put(database, *twice)] == [1, 0]
    assert len(await everything_of(database, number)) == 1


async def test_nothing_to_put_puts_nothing(database: Database) -> None:
    assert await put(database) == 0


async def test_what_is_due_comes_urgent_first_and_comes_back_as_it_was_put(
    database: Database,
) -> None:
    number = await born(database)
    plain, urgent = a_notice(number), a_notice(number, "k2", urgent=True)
    await put(database, plain, urgent)
    async with database.begin() as session:
        due = await Outbox(session).due(NOON, 10)
    assert [each.dedupe_key for each in due] == ["k2", "k1"]
    assert (due[1].params, due[1].level, due[1].attempts) == (plain.params, plain.level, 1)


async def test_a_notice_waits_for_its_hour(database: Database) -> None:
    number = await born(database)
    await put(database, a_notice(number, not_before=NOON + HOUR))
    async with database.begin() as session:
        assert await Outbox(session).due(NOON, 10) == ()
        assert len(await Outbox(session).due(NOON + HOUR, 10)) == 1


async def test_two_relays_take_different_notices(database: Database) -> None:
    number = await born(database)
    await put(database, *(a_notice(number, f"k{each}") for each in range(6)))
    async with database.begin() as one, database.begin() as other:
        first = await Outbox(one).due(NOON, 3)
        second = await Outbox(other).due(NOON, 10)
    assert (len(first), len(second)) == (3, 3)
    assert not {each.id for each in first} & {each.id for each in second}


async def test_a_notice_whose_relay_died_is_due_again_after_the_lease(database: Database) -> None:
    number = await born(database)
    await put(database, a_notice(number))
    async with database.begin() as session:
        assert len(await Outbox(session).due(NOON, 10)) == 1
    async with database.begin() as session:
        assert await Outbox(session).due(NOON + LEASE - HOUR / 3600, 10) == ()
        (again,) = await Outbox(session).due(NOON + LEASE, 10)
    assert again.attempts == 2


async def test_a_delivered_notice_is_never_due_again(database: Database) -> None:
    number = await born(database)
    await put(database, a_notice(number))
    async with database.begin() as session:
        (due,) = await Outbox(session).due(NOON, 10)
        await Outbox(session).delivered([due.id], NOON)
        await Outbox(session).failed(due.id, "late echo", at=NOON, next_at=NOON)
        assert await Outbox(session).due(NOON + 99 * HOUR, 10) == ()
    (notice,) = await everything_of(database, number)
    assert (notice.delivered_at, notice.undelivered_at, notice.last_error) == (NOON, None, None)


async def test_a_failed_notice_is_tried_again_and_then_given_up(database: Database) -> None:
    number = await born(database)
    await put(database, a_notice(number))
    async with database.begin() as session:
        outbox = Outbox(session)
        (due,) = await outbox.due(NOON, 10)
        await outbox.failed(due.id, "503", at=NOON, next_at=NOON + HOUR)
        (due,) = await outbox.due(NOON + HOUR, 10)
        await outbox.failed(due.id, "x\x00" * 5_000, at=NOON + HOUR, next_at=None)
        assert await outbox.due(NOON + 99 * HOUR, 10) == ()
    (notice,) = await everything_of(database, number)
    assert (notice.undelivered_at, notice.last_error) == (NOON + HOUR, "x" * 1000)


async def test_what_is_about_something_settled_is_dropped(database: Database) -> None:
    number, other = await born(database), await born(database)
    await put(database, a_notice(number), a_notice(number, "k2", about="deadline"))
    await put(database, a_notice(other, "k3"))
    async with database.begin() as session:
        assert await Outbox(session).drop_about(number, ["assignment:1"], NOON) == 1
        due = await Outbox(session).due(NOON, 10)
    assert {each.dedupe_key for each in due} == {"k2", "k3"}


async def test_the_backlog_is_what_is_due_and_since_when(database: Database) -> None:
    number = await born(database)
    await put(database, a_notice(number), a_notice(number, "k2", not_before=NOON + HOUR))
    async with database.read() as session:
        backlog = await Outbox(session).backlog(NOON)
    assert (backlog.due, backlog.oldest) == (1, NOON)
