"""Accounts: found by what only hashes are kept of, locked out by SQL, listed by grids."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from domain.ids import GridCode, Subject
from storage.accounts.appointments import Appointments
from storage.accounts.attempts import FORGOTTEN_AFTER, FREE, Attempts
from storage.accounts.hashing import IdentityHasher, plain_login, plain_phone
from storage.accounts.listing import accounts_in
from storage.accounts.repository import Accounts, Taken
from storage.accounts.sessions import SignInSessions
from storage.accounts.views import Account, Because, SignInSession, Use
from storage.session import Database
from tests.builders import COUNTY, GRID, NOON
from tests.domain.test_appointment import HOUR, an_appointment

HASHER = IdentityHasher([b"k" * 32])
SHE, HE = Subject("s.1"), Subject("s.2")


def an_account(subject: Subject = SHE, **changes: object) -> Account:
    facts: dict[str, Any] = {"subject": subject, "login": f"login-{subject}"}
    facts |= {"created_at": NOON, "created_by": Subject("a.1")}
    facts.update(changes)
    return Account(**facts)


@pytest_asyncio.fixture(loop_scope="session")
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    async with opened.begin() as session:
        for subject in (SHE, HE):
            await Accounts(session, HASHER).add(an_account(subject))
    yield opened
    await opened.close()


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("138 0013-8000", "13800138000"),
        ("+86 13800138000", "13800138000"),
        ("008613800138000", "13800138000"),
        ("0870-1234567", "08701234567"),
        ("8612345", "8612345"),
    ],
)
def test_a_phone_is_one_however_it_is_written(said: str, plain: str) -> None:
    assert plain_phone(said) == plain


def test_login_names_are_one_whatever_their_case_and_width() -> None:
    assert {plain_login(each) for each in ("Lin.W", " lin.w ", "ＬＩＮ.w")} == {"lin.w"}


def test_kinds_of_hashes_have_nothing_in_common() -> None:
    same = "13800138000"
    hashes = {
        HASHER.phone(same),
        HASHER.login(same),
        HASHER.identity("p", same),
        HASHER.identity("p1", same[1:]),
        HASHER.seal(same),
        IdentityHasher([b"j" * 32]).phone(same),
    }
    assert len(hashes) == 6


async def test_an_account_is_found_by_every_way_and_keeps_only_hashes(database: Database) -> None:
    async with database.begin() as session:
        accounts = Accounts(session, HASHER)
        await accounts.set_phone(SHE, "13800138000")
        await accounts.link_identity(SHE, "wechat", "open-id-7", at=NOON, by=HE)
        await accounts.link_identity(SHE, "wechat", "open-id-7", at=NOON, by=HE)
        found = [
            await accounts.by_subject(SHE),
            await accounts.by_login("LOGIN-s.1"),
            await accounts.by_phone("+86 138 0013 8000"),
            await accounts.by_identity("wechat", "open-id-7"),
        ]
        assert {each and each.subject for each in found} == {SHE}
        assert await accounts.by_identity("wecom", "open-id-7") is None
        rows = [
            str(row)
            for table in ("accounts", "identities")
            for row in await session.execute(text(f"SELECT * FROM {table}"))
        ]
    assert "13800138000" not in "".join(rows)
    assert "open-id-7" not in "".join(rows)


async def test_what_is_somebodys_is_not_given_to_another(database: Database) -> None:
    async with database.begin() as session:
        accounts = Accounts(session, HASHER)
        await accounts.set_phone(SHE, "13800138000")
        await accounts.link_identity(SHE, "wechat", "open-id-7", at=NOON, by=HE)
        for taking in (
            accounts.set_phone(HE, "13800138000"),
            accounts.set_login(HE, "Login-S.1"),
            accounts.link_identity(HE, "wechat", "open-id-7", at=NOON, by=HE),
            accounts.add(an_account(Subject("s.3"), login="login-s.1")),
            accounts.add(an_account(SHE, login=None)),
        ):
            with pytest.raises(Taken):
                await taking


async def test_an_unlinked_identity_finds_nobody(database: Database) -> None:
    async with database.begin() as session:
        accounts = Accounts(session, HASHER)
        for which in ("one", "two"):
            await accounts.link_identity(SHE, "wechat", which, at=NOON, by=HE)
        assert [each.provider for each in await accounts.identities_of(SHE)] == ["wechat"] * 2
        assert await accounts.unlink(SHE, "wechat") == 2
        assert await accounts.by_identity("wechat", "one") is None
        assert await accounts.unlink(SHE, "wechat") == 0


async def test_a_key_that_was_first_still_finds_what_it_hashed(database: Database) -> None:
    rotated = IdentityHasher([b"n" * 32, *HASHER.keys])
    async with database.begin() as session:
        await Accounts(session, HASHER).set_phone(SHE, "13800138000")
        await Accounts(session, HASHER).link_identity(SHE, "wechat", "x", at=NOON, by=HE)
        accounts = Accounts(session, rotated)
        assert await accounts.by_phone("13800138000") is not None
        assert await accounts.by_identity("wechat", "x") is not None
        with pytest.raises(Taken):
            await accounts.set_phone(HE, "13800138000")


async def test_an_appointment_ends_and_its_history_stays(database: Database) -> None:
    async with database.begin() as session:
        appointments = Appointments(session)
        now, later = an_appointment(), an_appointment(id="b" * 32, since=NOON + HOUR)
        for each in (later, now):
            await appointments.add(each, NOON)
        assert await appointments.in_force(SHE, NOON) == (now,)
        await appointments.end(now.id, NOON + HOUR, HE)
        await appointments.end(now.id, NOON + 2 * HOUR, HE)
        await appointments.end(later.id, NOON, HE)
        ever = await appointments.of(SHE)
    assert [each.until for each in ever] == [NOON + HOUR, NOON + HOUR]
    assert not any(each.is_in_force(NOON + HOUR) for each in ever)


@pytest.mark.parametrize(
    ("grids", "seen"),
    [
        ((COUNTY,), (SHE, HE)),
        ((GridCode("qj.bh"),), (SHE,)),
        ((GridCode("qj.b"),), ()),
        ((GridCode("yj"),), (HE,)),
        ((), ()),
    ],
)
async def test_a_list_shows_what_reaches_into_the_grids(
    database: Database, grids: tuple[GridCode, ...], seen: tuple[Subject, ...]
) -> None:
    async with database.begin() as session:
        hers = an_appointment(places=(GRID,), until=NOON + HOUR)
        his = an_appointment(id="b" * 32, subject=HE, places=(GridCode("yj"), COUNTY))
        for each in (hers, his):
            await Appointments(session).add(each, NOON)
        found = await accounts_in(session, grids, after="", limit=10)
        assert tuple(each.subject for each in found) == seen
        paged = await accounts_in(session, grids, after=SHE, limit=10)
        assert tuple(each.subject for each in paged) == tuple(s for s in seen if s != SHE)


async def tried(database: Database, at: datetime) -> datetime | None:
    async with database.begin() as session:
        return await Attempts(session).begin(HASHER.login("x"), at)


async def test_locks_begin_after_the_free_attempts_and_grow_to_their_longest(
    database: Database,
) -> None:
    at, waits = NOON, []
    for _ in range(FREE):
        assert await tried(database, at) is None
    for _ in range(7):
        until = await tried(database, at)
        assert until is not None
        waits.append((until - at).total_seconds())
        at = until
        assert await tried(database, at) is None
    assert waits == [30, 60, 120, 240, 480, 900, 900]


async def test_many_at_once_get_no_more_attempts_than_one_by_one(database: Database) -> None:
    many = await asyncio.gather(*(tried(database, NOON) for _ in range(20)))
    assert many.count(None) == FREE


async def test_failures_are_forgotten_by_success_and_by_time(database: Database) -> None:
    for at in (NOON, NOON + FORGOTTEN_AFTER + HOUR):
        assert [await tried(database, at) for _ in range(FREE)] == [None] * FREE
        assert await tried(database, at) is not None
    async with database.begin() as session:
        await Attempts(session).succeed(HASHER.login("x"))
    assert await tried(database, at) is None
    async with database.begin() as session:
        assert await Attempts(session).forget(at, 10) == 0
        assert await Attempts(session).forget(at + HOUR, 10) == 1


async def test_what_was_no_attempt_is_taken_back_with_the_lock_it_brought(
    database: Database,
) -> None:
    for _ in range(2 * FREE):
        assert await tried(database, NOON) is None
        async with database.begin() as session:
            await Attempts(session).take_back(HASHER.login("x"), NOON)
    assert [await tried(database, NOON) for _ in range(FREE)] == [None] * FREE
    assert await tried(database, NOON) is not None, "those that were attempts still count"


async def test_the_lock_of_a_later_attempt_stays_when_an_earlier_one_is_taken_back(
    database: Database,
) -> None:
    for turn in range(FREE):
        assert await tried(database, NOON + timedelta(seconds=turn)) is None
    async with database.begin() as session:
        await Attempts(session).take_back(HASHER.login("x"), NOON)
    assert await tried(database, NOON + timedelta(seconds=FREE)) is not None


async def opened(database: Database, id_: str = "s") -> SignInSession:
    async with database.begin() as session:
        account = await Accounts(session, HASHER).by_subject(SHE)
        appointment = an_appointment(id=id_ * 32)
        assert account is not None
        await Appointments(session).add(appointment, NOON)
        found = SignInSession(
            id=id_,
            account=account,
            appointment=appointment,
            way="password",
            opened_at=NOON,
            ends_at=NOON + 24 * HOUR,
        )
        await SignInSessions(session).add(found)
        await SignInSessions(session).add_token(id_, b"1" * 32, at=NOON, expires_at=NOON + HOUR)
    return found


async def test_a_session_is_read_with_its_account_and_appointment(database: Database) -> None:
    kept = await opened(database)
    async with database.read() as session:
        assert await SignInSessions(session).by_id(kept.id) == kept
        assert await SignInSessions(session).by_id("none") is None
    assert kept.is_open(NOON)
    assert not kept.is_open(kept.ends_at)


async def test_a_refresh_token_is_used_once_even_by_two_at_once(database: Database) -> None:
    await opened(database)

    async def used() -> tuple[str, Use] | None:
        async with database.begin() as session:
            return await SignInSessions(session).use_token(b"1" * 32, NOON)

    both = await asyncio.gather(used(), used())
    assert sorted(str(each and each[1]) for each in both) == ["again", "first"]


async def test_a_token_that_comes_late_was_not_used_again(database: Database) -> None:
    await opened(database)
    async with database.begin() as session:
        sessions = SignInSessions(session)
        assert await sessions.use_token(b"1" * 32, NOON + HOUR) == ("s", Use.LATE)
        assert await sessions.use_token(b"2" * 32, NOON) is None
        await sessions.add_token("s", b"3" * 32, at=NOON + HOUR, expires_at=NOON + 2 * HOUR)
        assert await sessions.use_token(b"1" * 32, NOON + HOUR) is None, "it is forgotten"


async def test_sessions_end_once_and_are_forgotten_with_their_tokens(database: Database) -> None:
    await opened(database, "s")
    async with database.begin() as session:
        sessions = SignInSessions(session)
        assert await sessions.revoke_all(SHE, Because.DISABLED, NOON, way="wecom") == 0
        assert await sessions.revoke_all(SHE, Because.DISABLED, NOON) == 1
        assert not await sessions.revoke("s", Because.SIGNED_OUT, NOON)
        ended = await sessions.by_id("s")
        assert ended is not None
        assert not ended.is_open(NOON)
        assert await sessions.forget(NOON + 24 * HOUR, 10) == 0
        assert await sessions.forget(NOON + 25 * HOUR, 10) == 1
        left = await session.execute(text("SELECT count(*) FROM refresh_tokens"))
        assert left.scalar_one() == 0
