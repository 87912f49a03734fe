"""A process with a ring that is not the database's says so, and spoils no month for the others."""

import asyncio
from typing import Any

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

import worker
from settings import Settings
from storage.resealing.keys import kept_keys
from storage.sealing.cipher import Unopenable
from storage.sealing.ring import KeyRing, new_key
from storage.session import Database, Unreachable, WrongRing
from storage.starting import require_ring
from tests.sealing.rings import RING
from tests.sealing.test_rotation import NEW_ALONE, name_of, opened
from tests.storage.stories import born

STRAY = KeyRing({"tests": b"x" * 32})
"""Under the right name; what it lacks is the key."""
NOWHERE = "postgresql+asyncpg://nobody@127.0.0.1:1/none"


async def periods(database: Database) -> list[tuple[str, str]]:
    async with database.read() as session:
        return [(each.purpose, each.period) for each in await kept_keys(session)]


@pytest.mark.parametrize("ring", [STRAY, NEW_ALONE])
async def test_a_stray_ring_makes_no_key_of_a_new_month(database_url: str, ring: KeyRing) -> None:
    async with opened(database_url, RING) as ours:
        await born(ours, reporter_name="甲甲")
        before = await periods(ours)
        async with opened(database_url, ring, 2090) as stray:
            with pytest.raises(Unopenable):
                await born(stray, reporter_name="乙乙")
        assert await periods(ours) == before
    async with opened(database_url, RING, 2090) as ours:
        assert await name_of(ours, await born(ours, reporter_name="丙丙")) == "丙丙"


async def test_a_stray_ring_makes_no_index_beside_others_seals(database_url: str) -> None:
    async with opened(database_url, RING) as ours, opened(database_url, STRAY) as stray:
        await born(ours, reporter_name="甲甲")
        async with ours.begin() as session:
            await session.exec_driver_sql("DELETE FROM data_keys WHERE purpose = 'index'")
        with pytest.raises(Unopenable):
            await born(stray, reporter_name="乙乙", reporter_phone="13812345678")
        assert {purpose for purpose, _ in await periods(ours)} == {"seal"}


async def test_a_ring_is_checked_until_it_was_found_good(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(database_url, RING) as ours, opened(database_url, STRAY) as stray:
        await born(ours, reporter_name="甲甲")
        with capture_logs() as logs:
            for _ in range(2):
                with pytest.raises(WrongRing, match="DISPATCH_SEAL_KEYS"):
                    await stray.check_ring()
        told = [each["data_key"] for each in logs if each["event"] == "data_key_unopenable"]
        assert len(told) == len(set(told)) >= 2, "each key once"
        await ours.check_ring()

        def gone(_: Database) -> None:
            raise Unreachable("gone")

        monkeypatch.setattr(Database, "read", gone)
        await ours.check_ring()
        with pytest.raises(Unreachable):
            await stray.check_ring()


async def test_a_worker_with_a_stray_ring_does_not_start(database_url: str) -> None:
    async with opened(database_url, RING) as ours:
        await born(ours, reporter_name="甲甲")
    given: dict[str, Any] = {"database_url": database_url, "jwt_secret": "s" * 32}
    ring = SecretStr(f'{{"tests": "{new_key()}"}}')
    settings = Settings(**given, seal_keys=ring, temporal_address="127.0.0.1:1")
    with capture_logs() as logs, pytest.raises(WrongRing):
        await worker.run(settings, asyncio.Event())
    assert "seal_keys_wrong" in [each["event"] for each in logs]


async def test_a_database_that_is_down_keeps_no_worker_from_starting() -> None:
    lost = Database(NOWHERE, ring=RING)
    with capture_logs() as logs:
        await require_ring(lost)
    await lost.close()
    assert [each["event"] for each in logs] == ["seal_keys_not_checked"]
