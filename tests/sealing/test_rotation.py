"""Other keys while everybody works; what lay open is sealed; what nobody needs is destroyed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from domain.ids import IssueNumber
from storage.filters import IssueFilter
from storage.people import People
from storage.queries import Queries
from storage.resealing.backfill import OPEN, backfill, count_open
from storage.resealing.columns import COLUMNS
from storage.resealing.keys import InUse, TooRecent, destroy, kept_keys, rewrap
from storage.resealing.renewal import reseal
from storage.sealing.ring import KeyRing
from storage.session import Database
from tests.builders import NOON
from tests.sealing.dump import dumped
from tests.sealing.rings import RING
from tests.sealing.test_tables import ADDRESS, NAME, PHONE, PLACE, SAID, WORDS, everything
from tests.storage.stories import born

ENOUGH = 10
OLD, NEW = b"tests" * 6 + b"!!", b"n" * 32
OLD_FIRST = KeyRing({"tests": OLD, "new": NEW})
NEW_FIRST = KeyRing({"new": NEW, "tests": OLD})
NEW_ALONE = KeyRing({"new": NEW})
MUCH_LATER = NOON.replace(year=2031)


@asynccontextmanager
async def opened(url: str, ring: KeyRing, year: int = 2026) -> AsyncIterator[Database]:
    database = Database(url, ring=ring, now=lambda: NOON.replace(year=year))
    yield database
    await database.close()


async def name_of(database: Database, number: IssueNumber) -> str | None:
    async with database.read() as session:
        reporter = await People(session).reporter(number)
    assert reporter is not None
    return reporter.name


async def test_processes_with_the_ring_in_another_order_read_each_other(database_url: str) -> None:
    async with opened(database_url, OLD_FIRST) as one, opened(database_url, NEW_FIRST, 2030) as two:
        mine, theirs = await born(one, reporter_name="甲甲"), await born(two, reporter_name="乙乙")
        assert [await name_of(one, theirs), await name_of(two, mine)] == ["乙乙", "甲甲"]
        async with one.read() as session:
            assert {each.wrapped_by for each in await kept_keys(session)} == {"tests", "new"}


async def turned(database: Database) -> None:
    """As `python -m deploy.seal rotate --reseal` does it."""
    async with database.begin() as session:
        await rewrap(session, NEW_FIRST)
    for column in COLUMNS:
        await reseal(database, column, portion=7)


async def test_keys_change_under_load_and_nobody_notices(database_url: str) -> None:
    async with opened(database_url, OLD_FIRST) as one, opened(database_url, NEW_FIRST, 2030) as two:
        numbers = [await born(one, reporter_name="甲甲", description=WORDS) for _ in range(20)]
        stop, busy = asyncio.Event(), asyncio.Event()
        seen: list[str | None] = []

        async def work(database: Database) -> None:
            while not stop.is_set():
                number = await born(database, reporter_name="甲甲", description=WORDS)
                seen.append(await name_of(two if database is one else one, number))
                seen.append(await name_of(database, numbers[len(seen) % 20]))
                if len(seen) >= ENOUGH:
                    busy.set()

        with capture_logs() as logs:
            working = [asyncio.create_task(work(each)) for each in (one, two, one)]
            await asyncio.wait_for(busy.wait(), 30)
            await turned(two)
            await turned(two)
            stop.set()
            await asyncio.gather(*working)
        assert set(seen) == {"甲甲"}
        assert [each for each in logs if each["log_level"] == "error"] == []
    async with opened(database_url, NEW_ALONE, 2030) as later:
        assert [await name_of(later, each) for each in numbers] == ["甲甲"] * 20
        async with later.read() as session:
            page = await Queries(session).issues(IssueFilter(text=WORDS), at=NOON, limit=100)
            assert len(page.items) == min(100, 20 + len(seen) // 2)


async def test_a_month_is_destroyed_when_nothing_is_sealed_with_it(database_url: str) -> None:
    async with opened(database_url, RING, 2030) as two:
        number = await everything(two)
    async with opened(database_url, RING, 2031) as three:
        async with three.begin() as session:
            backup = (await session.execute(text("SELECT name_sealed FROM reporters"))).scalar_one()
            with pytest.raises(InUse, match=r"2030-11: texts.body_sealed, reporters.name_sealed"):
                await destroy(session, "2031-01", MUCH_LATER)
        assert sum([await reseal(three, column) for column in COLUMNS]) == 8
        async with three.begin() as session:
            assert "2030-11" in await destroy(session, "2031-01", MUCH_LATER)
        assert await name_of(three, number) == NAME
        async with three.begin() as session:
            await session.execute(text("UPDATE reporters SET name_sealed = :it"), {"it": backup})
    async with opened(database_url, RING, 2031) as fresh:
        assert await name_of(fresh, number) is None, "of a backup nothing opens"


@pytest.mark.parametrize(
    ("now", "latest", "refused"),
    [
        (datetime(2026, 11, 30, 23, tzinfo=UTC), "2026-10", "2026-11"),
        (datetime(2026, 3, 31, tzinfo=UTC), "2026-02", "2026-03"),
        (datetime(2027, 1, 1, tzinfo=UTC), "2026-12", "2027-01"),
    ],
)
async def test_this_months_key_and_the_last_ones_stay_though_nothing_is_sealed_with_them(
    database: Database, now: datetime, latest: str, refused: str
) -> None:
    keep = text(
        "INSERT INTO data_keys (purpose, period, wrapped, wrapped_by)"
        " VALUES ('seal', :period, '', 'tests') ON CONFLICT DO NOTHING"
    )
    async with database.begin() as session:
        await session.execute(keep, {"period": latest})
        with pytest.raises(TooRecent, match=f"{refused}: .* ask for {latest} or earlier"):
            await destroy(session, refused, now)
        assert latest not in await destroy(session, latest, now)
        kept = {each.period for each in await kept_keys(session) if not each.destroyed_at}
        assert latest in kept


async def _lays_open(database: Database, number: IssueNumber) -> None:
    """As a process from before there were seals wrote it."""
    lat, lon = PLACE.wgs84.lat, PLACE.wgs84.lon
    statements = (
        f"UPDATE texts SET body = '{WORDS}', body_sealed = NULL, grams = NULL"
        " WHERE kind = 'description'",
        f"UPDATE reporters SET name = '{NAME}', phone = '{PHONE}', address = '{ADDRESS}',"
        " name_sealed = NULL, phone_sealed = NULL, address_sealed = NULL, phone_hash = NULL",
        f"UPDATE positions SET lat = {lat}, lon = {lon}, gcj_lat = {PLACE.gcj02.lat},"
        f" gcj_lon = {PLACE.gcj02.lon}, exact_sealed = NULL",
        "INSERT INTO reference_entries (kind, code, version, body, retired, created_at, created_by)"
        " VALUES ('staff', 's.2', 1,"
        """ '{"code": "s.2", "department": "police", "name": "李四四"}', false, now(), 'a')""",
        """INSERT INTO raw_messages (source, adapter, grid, fingerprint, body, sha256, headers,
               content_type, received_at, next_at, purge_after)
           VALUES ('box', 'plain', 'qj', 'x.1', convert_to('王小明', 'UTF8'), 'x', '{}', '',
               now(), now(), now())""",
        """INSERT INTO alert_events (source, adapter, grid, delivery_key, vendor_type, phase, fate,
               camera, received_at, time_quality, late, pictures, attributes, decided_at)
           VALUES ('box', 'plain', 'qj', 'x.1', 'x', 'open', 'unmapped', 'gate', now(), 'none',
               false, '[]', '{"who": "王小明"}', now())""",
    )
    async with database.begin() as session:
        for statement in statements:
            await session.exec_driver_sql(statement)


async def test_what_lay_open_is_readable_before_and_sealed_after(database: Database) -> None:
    number = await everything(database)
    await _lays_open(database, number)
    lines = await dumped(database)
    assert all(each in lines for each in (NAME, PHONE, ADDRESS, WORDS, "26.901234"))
    for what in (*OPEN, None):
        async with database.read() as session:
            detail = await Queries(session).issue(number)
            reporter = await People(session).reporter(number)
            page = await Queries(session).issues(IssueFilter(text="水管爆"), at=NOON)
        assert detail is not None
        assert (detail.description, detail.position, len(page.items)) == (WORDS, PLACE, 1)
        assert reporter is not None
        assert (reporter.name, reporter.phone, reporter.address) == (NAME, PHONE, ADDRESS)
        if what is not None:
            assert await backfill(database, what, portion=1) == 1
    lines = await dumped(database)
    assert [each for each in SAID if each in lines] == []
    async with database.read() as session:
        assert [await count_open(session, what) for what in OPEN] == [0] * len(OPEN)


async def test_what_an_old_process_erased_loses_its_seals_too(database: Database) -> None:
    number = await everything(database)
    async with database.begin() as session:
        await session.execute(text("UPDATE texts SET body = NULL, erased_at = now()"))
        await session.execute(text("UPDATE reporters SET erased_at = now()"))
    assert await name_of(database, number) is None
    assert [await backfill(database, what) for what in OPEN][:2] == [3, 1]
    async with database.read() as session:
        left = await session.execute(text("SELECT count(body_sealed) FROM texts"))
        assert left.scalar_one() == 0
