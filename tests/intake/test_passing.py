"""Time passes for conditions while the worker runs, and their issues take the way of all issues."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime

from temporalio.testing import WorkflowEnvironment

from domain import commands as c
from domain.alert import AlertKind
from domain.alerts.words import ConditionState, Verdict
from domain.reference import District, ReferenceKind
from domain.vocabulary import Outcome
from intake.passing import Passing
from intake.relay import Relay
from observability import clock
from storage.reference import ReferenceRepository
from storage.session import Database
from tests.activities.desk import written
from tests.builders import GRID_WORKER, asked
from tests.domain.alerts.watching import MINUTE
from tests.intake.gate import Gate, gate
from tests.intake.yard import Yard, yard

__all__ = ["gate"]


class Turns(asyncio.Queue[None]):
    """Sees the loop begin its turns, because it looks at the clock then."""

    def __init__(self, gate: Gate) -> None:
        super().__init__()
        self._gate = gate

    def now(self) -> datetime:
        self.put_nowait(None)
        return self._gate.now

    async def whole_one(self) -> None:
        """From now on: the loop begins one, and begins another when that is done."""
        while not self.empty():
            self.get_nowait()
        async with asyncio.timeout(20):
            await self.get()
            await self.get()


@asynccontextmanager
async def a_loop(gate: Gate) -> AsyncIterator[Turns]:
    stopping, turns = asyncio.Event(), Turns(gate)
    running = asyncio.create_task(Passing(gate.database, turns.now).run(stopping, 0.01))
    yield turns
    stopping.set()
    await running


async def test_the_loop_opens_what_lasts_and_clears_what_is_gone(gate: Gate) -> None:
    await gate.alert(kind=AlertKind.CROWD)
    states = []
    async with a_loop(gate) as turns:
        for _ in range(2):
            gate.now += 5 * MINUTE
            await turns.whole_one()
            states.append((await gate.condition(AlertKind.CROWD)).state)
    assert states == [ConditionState.OPEN, ConditionState.CLEARED]
    assert len(await gate.numbers()) == 1


async def camera_alone(one: Yard) -> Gate:
    """A yard's district with a prefix of its own: the Temporal server outlives the test."""
    async with one.database.read() as session:
        (district,) = await ReferenceRepository(session).districts()
        entry = await ReferenceRepository(session).current(ReferenceKind.DISTRICT, district.code)
    assert isinstance(district, District)
    assert entry is not None
    own = replace(district, prefix=one.prefix)
    await written(one.database, ReferenceKind.DISTRICT, own, version=entry.version)
    return Gate(one.database, now=clock.now())


async def test_a_false_alarm_goes_from_the_camera_through_the_workflow_and_back(
    database_url: str, database: Database, temporal_full: WorkflowEnvironment
) -> None:
    async with yard(database_url, database, temporal_full.client) as one:
        gate = await camera_alone(one)
        number = (await gate.alert()).issue
        assert number is not None
        await Relay(database, temporal_full.client, clock.now).drain()
        await one.give(number, asked(c.VerifyIssue, GRID_WORKER, confirmed=False))
        await gate.after(MINUTE)
        assert (await gate.detail(number)).line.outcome is Outcome.FALSE_ALARM
        condition = await gate.condition()
        assert (condition.verdict, condition.issue_ended_at) == (Verdict.FALSE_ALARM, gate.now)
        assert (await gate.standing()).precision == 0.0
