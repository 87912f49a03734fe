"""A Frigate whose list is asked, and who asks it: on a database of the test's own."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest_asyncio

from domain.alert_mapping import AlertMapping, MappedCode
from domain.alert_source import AlertSource
from domain.ids import MappingCode
from domain.reference import ReferenceKind
from intake.adapters.frigate import Frigate
from intake.catching_up import Bounds, CatchUp
from intake.fetching import Fetcher
from intake.sorting import Sorter
from storage.alerts.hearing import heard_until, is_heard
from storage.alerts.raw_messages import RawMessages
from storage.session import Database
from tests.builders import NOON
from tests.domain.alerts.watching import PARKING
from tests.intake.camera_desk import Desk, arrival
from tests.intake.frigate_api import FrigateApi, a_recorder, frigate_api

TOPIC = "frigate/reviews"
AT = NOON.timestamp()
MINUTE, HOUR = 60.0, 3600.0
CODES = AlertMapping(
    code=MappingCode("nvr"),
    name="Frigate",
    adapter="frigate",
    rows=(MappedCode(code="person", kind=PARKING),),
)
QUICK = Bounds(pauses=(0.0,), mark_every=timedelta(milliseconds=20))


@dataclass
class Recorder:
    """A Frigate, and who asks it."""

    desk: Desk
    api: FrigateApi
    source: AlertSource
    bounds: Bounds = field(default_factory=Bounds)

    def catch_up(self, fetcher: Fetcher | None = None) -> CatchUp:
        fetcher = fetcher or Fetcher(never=(), seconds=2.0)
        keep, bounds = timedelta(days=30), self.bounds
        return CatchUp(self.desk.database, fetcher, lambda: self.desk.now, keep, bounds)

    async def asks(self) -> int:
        return await self.catch_up().ask(self.source)

    async def heard_until(self) -> datetime | None:
        async with self.desk.database.read() as session:
            return await heard_until(session, self.source.code)

    async def was_heard(self, at: datetime) -> None:
        async with self.desk.database.begin() as session:
            await is_heard(session, [self.source.code], at)

    async def sorted_out(self) -> list[str]:
        """What the law was asked, by review and phase."""
        desk = self.desk
        adapters = {"frigate": Frigate()}
        await Sorter(desk.database, adapters, desk.conditions, lambda: desk.now).drain()
        asked = [each.alert for each in desk.conditions.asked]
        return sorted(f"{each.vendor_event_id} {each.phase}" for each in asked)

    async def says(self, kind: str, review: dict[str, object]) -> None:
        """Over MQTT."""
        self.desk.sent += 1
        body = json.dumps({"type": kind, "before": None, "after": review}).encode()
        message = arrival(self.desk.sent, body, self.desk.now)
        async with self.desk.database.begin() as session:
            await RawMessages(session).keep(replace(message, adapter="frigate", topic=TOPIC))


@pytest_asyncio.fixture(loop_scope="session")
async def recorder(database: Database) -> AsyncIterator[Recorder]:
    async with frigate_api() as api:
        desk = Desk(database)
        source = a_recorder(api.port, mapping=CODES.code)
        await desk.write(ReferenceKind.ALERT_MAPPING, CODES, 0)
        await desk.write(ReferenceKind.ALERT_SOURCE, source, 0)
        yield Recorder(desk, api, source)
