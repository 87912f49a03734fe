"""The loop of the worker, and what its check says of a chain that was tampered with."""

import asyncio
from datetime import datetime, timedelta

from structlog.testing import capture_logs

from intake.sealing import CHECK_EVERY, Sealing
from observability import metrics
from storage.audit.verdicts import Fault
from storage.session import Database
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
