"""Kept messages are sorted once, in order, and none holds up the others."""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from domain.alert import Alert, AlertKind, Phase
from domain.alert_mapping import AlertMapping, MappedCode
from domain.alert_source import AlertSource, Camera
from domain.ids import CameraRef, GridCode, MappingCode, SourceCode, Subject
from domain.reference import ReferenceKind
from intake.adapters.contract import Fault, RawMessage, Reading, SourceView, VendorAnswer
from intake.sorting import BATCH, Sorter
from storage.alerts.raw_messages import LEASE, RawMessages
from storage.alerts.views import Arrival
from storage.reference import ReferenceRepository
from storage.session import AnyRow, Database, Unreachable
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
        self, kind: ReferenceKind, body: AlertMapping | AlertSource, version: int
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


@pytest_asyncio.fixture(loop_scope="session")
async def desk(database: Database) -> Desk:
    desk = Desk(database)
    await desk.write(ReferenceKind.ALERT_MAPPING, MAPPING, 0)
    await desk.write(ReferenceKind.ALERT_SOURCE, SOURCE, 0)
    return desk


async def test_an_alert_reaches_its_condition_with_place_and_receipt(desk: Desk) -> None:
    received = NOON - timedelta(minutes=1)
    await desk.keep([{"key": "a", "camera": "lane"}], at=received)
    assert await desk.sorter().drain() == 1
    (asked,) = desk.conditions.asked
    assert (asked.kind, asked.received_at) == (AlertKind.FIRE_LANE_BLOCKED, received)
    assert (asked.source.code, asked.source.community, asked.source.place) == ("box", COUNTY, GRID)
    (row,) = await desk.rows("alert_events")
    assert (row.fate, row.kind, row.grid, row.camera) == ("accepted", asked.kind, GRID, "lane")
    assert (row.mapping_version, row.received_at, row.decided_at) == (1, received, NOON)
    assert await desk.states() == ["sorted"]


async def test_the_most_exact_row_decides(desk: Desk) -> None:
    await desk.keep(
        [
            {"key": "1"},
            {"key": "2", "camera": "lane"},
            {"key": "3", "camera": "lane", "zone": "bay"},
            {"key": "4", "camera": "lane", "zone": "other"},
        ]
    )
    await desk.sorter().drain()
    kinds = {each.alert.delivery_key: each.kind.value for each in desk.conditions.asked}
    lane = "fire_lane_blocked"
    assert kinds == {"1": "illegal_parking", "2": lane, "3": "object_left", "4": lane}


async def test_what_nobody_can_decide_waits_for_a_person(desk: Desk) -> None:
    await desk.keys(
        code={"vendor_type": "WHAT"},
        camera={"camera": "stranger"},
        both={"camera": "stranger", "vendor_type": "WHAT"},
        face={"vendor_type": "FACE"},
        good={},
    )
    await desk.sorter().drain()
    assert await desk.fates() == {
        "code": "unmapped",
        "camera": "unknown_camera",
        "both": "unknown_camera",
        "face": "ignored",
        "good": "accepted",
    }
    assert desk.conditions.names == ["good"]


async def test_what_was_sorted_again_after_the_mending_is_applied_once(desk: Desk) -> None:
    await desk.keys(code={"vendor_type": "WHAT"}, good={}, camera={"camera": "new"})
    await desk.sorter().drain()
    mended = (*MAPPING.rows, MappedCode(code="what", kind=AlertKind.CROWD))
    await desk.write(ReferenceKind.ALERT_MAPPING, replace(MAPPING, rows=mended), 1)
    cameras = (*SOURCE.cameras, Camera(ref=CameraRef("new"), grid=GridCode("qj.bh")))
    await desk.write(ReferenceKind.ALERT_SOURCE, replace(SOURCE, cameras=cameras), 1)
    for _ in range(2):
        await desk.replay()
        await desk.sorter().drain()
    assert desk.conditions.names == ["good", "code", "camera"]
    assert set((await desk.fates()).values()) == {"accepted"}
    versions = {row.delivery_key: row.mapping_version for row in await desk.rows("alert_events")}
    assert versions == {"code": 2, "good": 1, "camera": 2}


async def test_the_same_delivery_is_applied_once(desk: Desk) -> None:
    await desk.keep([{"key": "a"}, {"key": "a", "phase": "close"}], [{"key": "a"}])
    await desk.sorter().drain()
    await desk.keep([{"key": "a"}])
    await desk.sorter().drain()
    assert [each.alert.phase for each in desk.conditions.asked] == [Phase.OPEN]


async def test_one_bad_element_never_rejects_the_others(desk: Desk) -> None:
    spoilt: Iterable[dict[str, Any]] = (
        {"key": "k" * 201},
        {"key": "nul", "zone": "a\x00b"},
        {"key": "half", "vendor_type": "\ud800"},
        {"key": "sure", "confidence": 7.0},
        {"key": "much", "attributes": {"a": "x" * 20_000}},
        {"key": "deep", "attributes": {"a": "\x00"}},
        {"key": "many", "ttl_s": 2**40},
        {"key": "", "zone": "z"},
        {},
    )
    await desk.keep([{"key": "first"}, *spoilt, {"key": "last"}])
    await desk.sorter().drain()
    assert desk.conditions.names == ["first", "last"]
    assert await desk.states() == ["quarantined"]
    assert len((await desk.faults())[0]) == 9


@pytest.mark.parametrize("body", [b"", b"{", "break", b"\x00", 7])
async def test_what_cannot_be_read_is_set_aside_with_its_fault(desk: Desk, body: object) -> None:
    await desk.keep(body)
    await desk.keys(good={})
    await desk.sorter().drain()
    assert await desk.states() == ["quarantined", "sorted"]
    ((fault,), none) = await desk.faults()
    assert (fault["element"], none) == ("message", [])
    assert fault["rule"].startswith("adapter_broke")


async def test_one_that_cannot_be_applied_holds_up_no_other(desk: Desk) -> None:
    desk.conditions.trouble = lambda alert: KeyError("no") if alert.delivery_key == "bad" else None
    await desk.keys(before={}, bad={}, after={})
    await desk.sorter().drain()
    assert await desk.states() == ["sorted", "quarantined", "sorted"]
    assert await desk.fates() == {"before": "accepted", "after": "accepted"}


async def test_nothing_is_half_done_when_the_database_goes(desk: Desk) -> None:
    desk.conditions.trouble = lambda _: Unreachable("gone")
    await desk.keys(a={}, b={})
    with pytest.raises(Unreachable):
        await desk.sorter().drain()
    assert (await desk.states(), await desk.fates()) == (["waiting"] * 2, {})
    desk.conditions.trouble = lambda _: None
    assert await desk.sorter().drain() == 2
    assert desk.conditions.names == ["a", "b"]


async def test_what_fails_for_ever_is_set_aside_in_the_end(desk: Desk) -> None:
    desk.conditions.trouble = lambda alert: (
        Unreachable("slow") if alert.delivery_key == "bad" else None
    )
    await desk.keys(bad={})
    for _ in range(20):
        if await desk.states() == ["quarantined"]:
            break
        try:
            await desk.sorter().drain()
        except Unreachable:
            continue
    assert await desk.faults() == [[{"element": "message", "rule": "given_up"}]]


async def test_a_message_whose_sorter_died_is_sorted_by_another(desk: Desk) -> None:
    await desk.keys(a={})
    async with desk.database.begin() as session:
        assert len(await RawMessages(session).take(BATCH, NOON)) == 1
    assert await desk.sorter().drain() == 0
    desk.now = NOON + LEASE
    assert await desk.sorter().drain() == 1
    assert await desk.states() == ["sorted"]


async def test_many_sorters_apply_everything_once(desk: Desk) -> None:
    keys: dict[str, Element] = {f"k{number}": {} for number in range(3 * BATCH)}
    await desk.keys(**keys)
    while sum(await asyncio.gather(*(desk.sorter().drain() for _ in range(4)))):
        continue
    assert sorted(desk.conditions.names) == sorted(keys)


async def test_within_a_camera_alerts_keep_their_order(desk: Desk) -> None:
    await desk.keys(
        a={"camera": "lane"}, b={}, c={"camera": "lane"}, d={"phase": "heartbeat"}, e={}
    )
    await desk.sorter().drain()
    assert desk.conditions.names == ["b", "e", "a", "c"]
    assert "d" not in await desk.fates()


async def test_it_looks_again_whenever_it_was_woken(desk: Desk) -> None:
    stopping, heard = asyncio.Event(), 0

    async def wait(_: float) -> None:
        nonlocal heard
        heard += 1
        if heard > 1:
            stopping.set()
        await desk.keys(**{f"late{heard}": {}})

    await desk.sorter().run(wait, stopping)
    assert desk.conditions.names == ["late1"]
