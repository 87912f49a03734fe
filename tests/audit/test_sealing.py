"""The loop of the worker, and what its check says of a chain that was tampered with."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from intake.sealing import CHECK_EVERY, Sealing
from observability import metrics
from storage.audit.sealing import Sealer
from storage.audit.verdicts import Fault
from storage.session import Database, Faulty, Unreachable, Unstorable
from tests.audit.chains import KEYS, an_entry, chained, tamper, verdict, write
from tests.builders import NOON


class Turning:
    """A clock that a test sets."""

    at = NOON

    def __call__(self) -> datetime:
        return self.at


def faults(fault: Fault) -> float:
    found = metrics.REGISTRY.get_sample_value("dispatch_audit_faults_total", {"fault": fault})
    return found or 0.0


async def a_moment() -> None:
    """What another transaction commits tells nobody: it has to be asked for."""
    await asyncio.sleep(0.01)


async def test_a_worker_seals_what_is_recorded_while_it_runs(database: Database) -> None:
    stopping = asyncio.Event()
    sealing = Sealing(database, KEYS, lambda: NOON, timedelta())
    running = asyncio.create_task(sealing.run(stopping, 0.01))
    await write(database, an_entry(1), an_entry(2))
    async with asyncio.timeout(10):
        while (await verdict(database)).links < 2:
            await a_moment()
    stopping.set()
    await asyncio.wait_for(running, 5)
    await sealing.once()
    assert metrics.REGISTRY.get_sample_value("dispatch_audit_unsealed") == 0


async def test_a_worker_notices_tampering_within_the_hour(database: Database) -> None:
    await chained(database)
    clock, before = Turning(), faults(Fault.ROW_CHANGED)
    sealing = Sealing(database, KEYS, clock, timedelta())
    await sealing.once()
    await tamper(database, "UPDATE audit_entries SET subject = 'p.2' WHERE id = 3")
    with capture_logs() as logs:
        await sealing.once()
        assert faults(Fault.ROW_CHANGED) == before
        clock.at += CHECK_EVERY
        await sealing.once()
    assert faults(Fault.ROW_CHANGED) == before + 1
    (line,) = [each for each in logs if each["event"] == "audit_log_faulty"]
    assert (line["fault"], line["link"], line["log_level"]) == ("row_changed", 3, "error")


def failures(step: str) -> float:
    name = "dispatch_audit_sealing_failed_total"
    return metrics.REGISTRY.get_sample_value(name, {"step": step}) or 0.0


async def _renamed(database: Database, old: str, new: str) -> None:
    async with database.begin() as session:
        await session.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


async def test_a_worker_outlives_a_schema_that_is_not_there_yet(database: Database) -> None:
    """As when workers are rolled out before the migration."""
    before, stopping = failures("seal"), asyncio.Event()
    await _renamed(database, "audit_marks", "not_yet")
    running = asyncio.create_task(
        Sealing(database, KEYS, lambda: NOON, timedelta()).run(stopping, 0.01)
    )
    async with asyncio.timeout(10):
        while failures("seal") < before + 2:
            await a_moment()
    await _renamed(database, "not_yet", "audit_marks")
    await write(database, an_entry())
    async with asyncio.timeout(10):
        while (await verdict(database)).links < 1:
            await a_moment()
    stopping.set()
    await asyncio.wait_for(running, 5)


@pytest.mark.parametrize(
    ("trouble", "level"), [(Unreachable, "warning"), (Faulty, "error"), (Unstorable, "error")]
)
async def test_the_newest_part_is_looked_at_though_the_sweep_failed(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    trouble: type[Exception],
    level: str,
) -> None:
    async def fail(*_: object) -> int:
        raise trouble("no")

    await chained(database)
    await tamper(database, "UPDATE audit_entries SET subject = 'p.2' WHERE id = 3")
    monkeypatch.setattr(Sealer, "sweep", fail)
    found, failed = faults(Fault.ROW_CHANGED), failures("sweep")
    with capture_logs() as logs:
        await Sealing(database, KEYS, lambda: NOON, timedelta()).once()
    assert (faults(Fault.ROW_CHANGED), failures("sweep")) == (found + 1, failed + 1)
    (line,) = [each for each in logs if each["event"] == "audit_not_sealed"]
    assert (line["step"], line["log_level"]) == ("sweep", level)
