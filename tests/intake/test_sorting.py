"""Kept messages are sorted once, in order, and none holds up the others."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from domain.alert import AlertKind, Phase
from domain.alert_mapping import MappedCode
from domain.alert_source import Camera
from domain.ids import CameraRef, GridCode
from domain.reference import ReferenceKind
from intake.sorting import BATCH
from storage.alerts.raw_messages import LEASE, RawMessages
from storage.session import Database, Unreachable
from tests.builders import COUNTY, GRID, NOON
from tests.intake.camera_desk import MAPPING, SOURCE, Desk, Element


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


async def test_a_trouble_of_the_database_is_no_fault_of_a_message(desk: Desk) -> None:
    desk.conditions.trouble = lambda _: Unreachable("lock_timeout")
    await desk.keys(**{f"k{number}": {} for number in range(5)})
    for _ in range(40):
        with suppress(Unreachable):
            await desk.sorter().drain()
        desk.now += timedelta(seconds=1)
    desk.conditions.trouble = lambda _: None
    desk.now += timedelta(minutes=10)
    await desk.sorter().drain()
    assert sorted(desk.conditions.names) == [f"k{number}" for number in range(5)]
    assert set(await desk.states()) == {"sorted"}


async def test_one_that_the_database_never_takes_holds_up_no_other_and_is_given_up(
    desk: Desk,
) -> None:
    desk.conditions.trouble = lambda alert: (
        Unreachable("slow") if alert.delivery_key == "bad" else None
    )
    await desk.keys(bad={}, good={})
    for _ in range(5):
        with suppress(Unreachable):
            await desk.sorter().drain()
    assert (desk.conditions.names, await desk.states()) == (["good"], ["waiting", "sorted"])
    for _ in range(10):
        desk.now += timedelta(minutes=10)
        with suppress(Unreachable):
            await desk.sorter().drain()
    assert (await desk.faults())[0] == [{"element": "message", "rule": "given_up"}]


async def test_what_kills_its_sorter_each_time_is_set_aside_in_the_end(desk: Desk) -> None:
    await desk.keys(bad={})
    for _ in range(12):
        async with desk.database.begin() as session:
            assert len(await RawMessages(session).take(BATCH, desk.now)) == 1
        desk.now += LEASE
    await desk.sorter().drain()
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


async def test_within_a_message_alerts_keep_their_order(desk: Desk) -> None:
    await desk.keep([{"key": key} for key in ("z", "m", "a")], [{"key": "b"}])
    await desk.sorter().drain()
    assert desk.conditions.names == ["z", "m", "a", "b"]


async def test_within_an_event_of_the_vendor_the_end_comes_last(desk: Desk) -> None:
    elements = [{"key": p, "phase": p, "vendor_event_id": "e"} for p in ("close", "update", "open")]
    await desk.keep(elements)
    await desk.sorter().drain()
    assert desk.conditions.names == ["open", "update", "close"]


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
