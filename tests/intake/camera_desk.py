"""A sorter's desk: a source with a mapping, an adapter that reads lists, and what was sent."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from domain.alert import Alert, AlertKind, Phase
from domain.alert_mapping import AlertMapping, MappedCode
from domain.alert_source import AlertSource, Camera
from domain.alerts.policy import AlertPolicy
from domain.ids import CameraRef, MappingCode, SourceCode, Subject
from domain.reference import ReferenceKind
from intake.adapters.contract import Fault, RawMessage, Reading, SourceView, VendorAnswer
from intake.sorting import Sorter
from storage.alerts.raw_messages import RawMessages
from storage.alerts.views import Arrival
from storage.reference import ReferenceRepository
from storage.session import AnyRow, Database
from tests.builders import COUNTY, GRID, NOON
from tests.intake.recording import Recording

Element = dict[str, Any]
MAPPING = AlertMapping(
    code=MappingCode("site"),
    name="现场",
    adapter="plain",
    rows=(
        MappedCode(code="PARK", kind=AlertKind.ILLEGAL_PARKING),
        MappedCode(code="PARK", kind=AlertKind.FIRE_LANE_BLOCKED, camera="lane"),
        MappedCode(code="PARK", kind=AlertKind.OBJECT_LEFT, camera="lane", zone="bay"),
    ),
    ignored=("face",),
)
SOURCE = AlertSource(
    code=SourceCode("box"),
    name="盒子",
    adapter="plain",
    grid=COUNTY,
    mapping=MAPPING.code,
    cameras=tuple(Camera(ref=CameraRef(ref), grid=GRID) for ref in ("lane", "gate")),
)


class Plain:
    """Reads a list of elements; breaks on words that ask for it."""

    name = "plain"

    def read(self, message: RawMessage, source: SourceView) -> Reading:
        elements = json.loads(message.body)
        if elements == "break":
            raise RuntimeError("broken")
        alerts = [an_alert(**each) for each in elements if each]
        faults = [Fault(element=str(at), rule="empty") for at, e in enumerate(elements) if not e]
        return Reading(alerts=tuple(alerts), faults=tuple(faults))

    def answer(self, message: RawMessage, source: SourceView) -> VendorAnswer:
        return VendorAnswer()


def an_alert(key: str, **said: Any) -> Alert:  # noqa: ANN401 - any field
    camera = CameraRef(said.pop("camera", "gate"))
    phase = Phase(said.pop("phase", "open"))
    alert = Alert(delivery_key=key, vendor_type="PARK", phase=phase, camera=camera)
    return replace(alert, **said)


@dataclass
class Desk:
    """A sorter and what was sent to it."""

    database: Database
    conditions: Recording = field(default_factory=Recording)
    now: datetime = NOON
    sent: int = 0

    def sorter(self) -> Sorter:
        return Sorter(self.database, {"plain": Plain()}, self.conditions, lambda: self.now)

    async def keep(self, *bodies: object, at: datetime = NOON) -> None:
        async with self.database.begin() as session:
            for body in bodies:
                self.sent += 1
                await RawMessages(session).keep(arrival(self.sent, body, at))

    async def keys(self, **elements: Element) -> None:
        await self.keep(*([{"key": key} | said] for key, said in elements.items()))

    async def rows(self, table: str) -> list[AnyRow]:
        async with self.database.read() as session:
            return list(await session.execute(text(f"SELECT * FROM {table} ORDER BY id")))

    async def states(self) -> list[str]:
        return [row.state for row in await self.rows("raw_messages")]

    async def fates(self) -> dict[str, str]:
        return {row.delivery_key: row.fate for row in await self.rows("alert_events")}

    async def faults(self) -> list[list[dict[str, str]]]:
        return [json.loads(row.faults) for row in await self.rows("raw_messages")]

    async def replay(self) -> None:
        ids = [row.id for row in await self.rows("raw_messages")]
        async with self.database.begin() as session:
            await RawMessages(session).replay(ids, self.now)

    async def write(
        self, kind: ReferenceKind, body: AlertMapping | AlertSource | AlertPolicy, version: int
    ) -> None:
        async with self.database.begin() as session:
            await ReferenceRepository(session).write(
                kind, body.code, body, expected_version=version, actor=Subject("a"), at=NOON
            )


def arrival(number: int, body: object, at: datetime) -> Arrival:
    return Arrival(
        source=SOURCE.code,
        adapter="plain",
        grid=COUNTY,
        fact=f"n:{number}",
        bucket=0,
        repeats_since=NOON - timedelta(days=9),
        body=body if isinstance(body, bytes) else json.dumps(body).encode(),
        sha256=b"0" * 32,
        headers={},
        content_type="application/json",
        received_at=at,
        purge_after=at + timedelta(days=30),
    )
