"""What cameras sent is found again: by who looks after the place, page by page, and replayed."""

import base64

import pytest_asyncio
from fastapi import FastAPI

from domain.ids import GridCode
from domain.vocabulary import Role
from intake.adapters.registry import ADAPTERS
from intake.sorting import Sorter
from storage.session import Database
from tests.api.cameras import Box, a_source, an_event, source_made, token_of
from tests.api.town import ADMINISTRATOR, Json, Town
from tests.builders import DISPATCHER, GRID, GRID_WORKER, NOON, RESIDENT, an_actor
from tests.intake.recording import Recording

YJ = GridCode("yj")
ELSEWHERE = an_actor(Role.ADMINISTRATOR, Role.DISPATCHER, subject="a.2", grids=(YJ,))


@pytest_asyncio.fixture(loop_scope="session")
async def box(town: Town, app: FastAPI) -> Box:
    await source_made(town)
    return Box(app, (await token_of(town))["address"])


@pytest_asyncio.fixture(loop_scope="session")
async def law(database: Database) -> Recording:
    return Recording()


async def sort(database: Database, law: Recording) -> None:
    await Sorter(database, ADAPTERS, law, lambda: NOON).drain()


async def items(town: Town, path: str, **wanted: str | int) -> list[Json]:
    answer = await town.get(DISPATCHER, path, **wanted)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["items"]
    return found


async def test_what_could_not_be_read_is_listed_with_its_fault(
    town: Town, box: Box, database: Database, law: Recording
) -> None:
    await box.send(b"{")
    await box.send([an_event(), {"specversion": "0.3"}])
    await sort(database, law)
    both = await items(town, "/raw-messages", state="quarantined")
    assert [len(each["faults"]) for each in both] == [1, 1]
    assert [each["size"] for each in both][1] == 1
    assert len(law.asked) == 1
    assert [each["fate"] for each in await items(town, "/alert-events")] == ["accepted"]


async def test_a_message_is_shown_as_it_came_to_administrators(
    town: Town, box: Box, database: Database
) -> None:
    await box.send(b"\x00not json")
    (line,) = await items(town, "/raw-messages", state="waiting")
    path = f"/raw-messages/{line['id']}"
    shown = (await town.get(ADMINISTRATOR, path)).json()
    assert base64.b64decode(shown["body_base64"]) == b"\x00not json"
    assert (shown["message"], shown["truncated"]) == (line, False)
    statuses = [(await town.get(who, path)).status_code for who in (DISPATCHER, ELSEWHERE)]
    assert statuses == [403, 404]


async def test_lists_are_for_who_looks_after_the_place(
    town: Town, box: Box, database: Database, law: Recording
) -> None:
    await box.send(an_event())
    await sort(database, law)
    for path in ("/raw-messages", "/alert-events"):
        refused = [(await town.get(who, path)).status_code for who in (RESIDENT, GRID_WORKER)]
        assert refused == [403, 403]
        assert (await town.get(ELSEWHERE, path)).json() == {"items": [], "next": None}
        nowhere = an_actor(Role.DISPATCHER, subject="d.2")
        assert (await town.get(nowhere, path)).json()["items"] == []
        assert len(await items(town, path)) == 1


async def test_lists_go_on_page_by_page(
    town: Town, box: Box, database: Database, law: Recording
) -> None:
    for _ in range(5):
        await box.send(an_event())
    await sort(database, law)
    for path in ("/raw-messages", "/alert-events"):
        seen: list[int] = []
        cursor: dict[str, str] = {}
        while True:
            page = (await town.get(DISPATCHER, path, limit=2, **cursor)).json()
            seen += [each["id"] for each in page["items"]]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        assert seen == sorted(seen, reverse=True)
        assert len(seen) == 5


async def test_a_list_is_narrowed(town: Town, box: Box, database: Database, law: Recording) -> None:
    await box.send([an_event(), an_event(data={"camera": "stranger"})])
    await sort(database, law)
    assert len(await items(town, "/alert-events", camera="stranger")) == 1
    assert len(await items(town, "/alert-events", fate="accepted", source="box")) == 1
    assert await items(town, "/alert-events", source="other") == []
    assert await items(town, "/raw-messages", source="other") == []
    bad = await town.get(DISPATCHER, "/alert-events", cursor="zz")
    assert (bad.status_code, bad.json()["errors"][0]["rule"]) == (422, "bad_cursor")


async def test_an_unknown_camera_is_heard_after_it_was_added(
    town: Town, box: Box, database: Database, law: Recording
) -> None:
    await box.send(an_event(data={"camera": "new"}))
    await sort(database, law)
    assert [each["camera"] for each in await items(town, "/alert-events", fate="unknown_camera")]
    cameras = [{"ref": "new", "grid": GRID}]
    mended = {"entry": a_source(cameras=cameras), "expected_version": 1}
    await town.post(ADMINISTRATOR, "/reference/alert_source/box", mended)
    again = await town.post(ADMINISTRATOR, "/alert-sources/box/replay", {"of": "unknown_camera"})
    assert again.json() == {"messages": 1}
    await sort(database, law)
    assert [each.source.place for each in law.asked] == [GRID]
    assert await items(town, "/alert-events", fate="unknown_camera") == []


async def test_an_unmapped_code_is_heard_after_it_was_mapped(
    town: Town, box: Box, database: Database, law: Recording
) -> None:
    await box.send(an_event(type="alert.wet_floor.open"))
    await sort(database, law)
    (event,) = await items(town, "/alert-events", fate="unmapped")
    assert (event["vendor_type"], event["kind"]) == ("wet_floor", None)
    rows = [{"code": "wet_floor", "kind": "person_fall"}]
    mapping = {"entry": {"name": "现场", "adapter": "cloudevents", "rows": rows, "grid": "qj"}}
    await town.post(ADMINISTRATOR, "/reference/alert_mapping/site", mapping)
    mended = {"entry": a_source(mapping="site"), "expected_version": 1}
    answer = await town.post(ADMINISTRATOR, "/reference/alert_source/box", mended)
    assert answer.status_code == 200, answer.text
    path, body = "/alert-sources/box/replay", {"of": "unmapped"}
    replayed = [(await town.post(ADMINISTRATOR, path, body)).json() for _ in "12"]
    assert replayed == [{"messages": 1}, {"messages": 0}]
    await sort(database, law)
    assert [each.kind for each in law.asked] == ["person_fall"]


async def test_what_could_not_be_read_may_be_tried_again(
    town: Town, box: Box, database: Database, law: Recording
) -> None:
    await box.send(b"{")
    await sort(database, law)
    path, body = "/alert-sources/box/replay", {"of": "unreadable"}
    assert (await town.post(ADMINISTRATOR, path, body)).json() == {"messages": 1}
    assert len(await items(town, "/raw-messages", state="waiting")) == 1
    refused = [(await town.post(who, path, body)).status_code for who in (DISPATCHER, ELSEWHERE)]
    assert refused == [403, 404]
