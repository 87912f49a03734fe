"""The door for cameras: kept once, answered at once, and nothing said to strangers."""

import json
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from sqlalchemy import text
from structlog.testing import capture_logs

from domain.ids import GridCode
from domain.vocabulary import Role
from storage.session import AnyRow, Database
from tests.api.cameras import (
    BOX,
    STRANGER_BOX,
    Box,
    a_source,
    an_event,
    source_made,
    token_of,
)
from tests.api.town import ADMINISTRATOR, Town, fields_of
from tests.builders import DISPATCHER, NOON, RESIDENT, an_actor
from tests.sealing.opened import raw_bodies


async def kept(database: Database) -> list[AnyRow]:
    async with database.read() as session:
        found = await session.execute(text("SELECT * FROM raw_messages ORDER BY id"))
        return list(found.all())


@pytest_asyncio.fixture(loop_scope="session")
async def box(town: Town, app: FastAPI) -> Box:
    await source_made(town)
    return Box(app, (await token_of(town))["address"])


async def test_a_message_is_kept_as_it_came_before_it_is_answered(
    box: Box, database: Database
) -> None:
    body = json.dumps(an_event()).encode() + b"  \n"
    answer = await box.send(body, {"Authorization": "Basic c2VjcmV0", "ce-id": "7"})
    assert answer.status_code == 202
    (row,) = await kept(database)
    assert (await raw_bodies(database), bytes(row.body)) == ([body], b"")
    assert (row.source, row.adapter, row.peer) == ("box", "cloudevents", BOX)
    assert (row.state, row.received_at, row.next_at) == ("waiting", NOON, NOON)
    assert row.purge_after == NOON + timedelta(days=30)
    assert "Basic" not in row.headers
    assert json.loads(row.headers)["ce-id"] == "7"


async def test_a_message_sent_again_has_the_same_answer_and_no_effect(
    box: Box, database: Database
) -> None:
    event = an_event()
    answers = [await box.send(event) for _ in range(3)]
    assert {(each.status_code, each.content) for each in answers} == {(202, b"")}
    assert len(await kept(database)) == 1


async def test_what_cannot_be_read_is_kept_and_answered_all_the_same(
    box: Box, database: Database
) -> None:
    for broken in (b"", b"{", b"\x00\xff" * 10, b"[" * 5000):
        assert (await box.send(broken)).status_code == 202
    assert len(await kept(database)) == 4


async def refused(town: Town, box: Box, app: FastAPI) -> list[httpx.Response]:
    """Everybody who may not send, and somebody who asks for what never was."""
    token = box.path.rpartition("/")[2]
    await source_made(town, "silent", addresses=[])
    silent = (await token_of(town, "silent"))["address"]
    return [
        await Box(app, f"/intake/v1/cloudevents/{token[:-1]}x").send({}),
        await Box(app, f"/intake/v1/nobody/{token}").send({}),
        await Box(app, f"/intake/v1/nobody/{'x' * 3000}").send(b"x" * 20_000),
        await Box(app, box.path, STRANGER_BOX).send({}),
        await Box(app, box.path, "testclient").send({}),
        await Box(app, silent).send({}),
        await Box(app, "/api/v1/nothing/here").send({}),
    ]


async def test_nobody_learns_why_they_are_not_let_in(
    town: Town, box: Box, app: FastAPI, database: Database
) -> None:
    seen = set()
    for answer in await refused(town, box, app):
        body = answer.json()
        body.pop("request_id")
        seen.add((answer.status_code, json.dumps(body), answer.headers["Content-Type"]))
    assert len(seen) == 1
    assert next(iter(seen))[0] == 404
    assert await kept(database) == []


async def test_only_a_trusted_proxy_says_who_the_peer_is(box: Box, app: FastAPI) -> None:
    def as_from(peer: str, said: str) -> object:
        return Box(app, box.path, peer).send(an_event(), {"X-Forwarded-For": said})

    statuses = [
        (await each).status_code  # type: ignore[misc]
        for each in (
            as_from(STRANGER_BOX, BOX),
            as_from("127.0.0.1", BOX),
            as_from("10.9.0.1", BOX),
            as_from("10.9.0.1", f"{BOX}, {STRANGER_BOX}"),
            as_from("10.9.0.1", f"{STRANGER_BOX}, {BOX}, 10.9.0.2"),
            as_from("10.9.0.1", ""),
            as_from("::ffff:10.20.0.7", ""),
        )
    ]
    assert statuses == [404, 404, 202, 404, 202, 404, 202]


@pytest.mark.parametrize(
    ("adapter", "kind", "lengths"),
    [
        ("hik_isapi", "application/xml", {16_384: 200, 16_385: 413}),
        ("hik_isapi", "application/json", {16_384: 200, 16_385: 413}),
        ("hik_isapi", "multipart/form-data; boundary=x", {16_385: 200, 65_536: 200, 65_537: 413}),
        ("cloudevents", "application/cloudevents+json", {32_768: 202, 32_769: 413}),
        ("mapped_json", "application/json", {65_536: 200, 65_537: 413}),
    ],
)
async def test_a_message_may_be_as_long_as_its_adapter_reads(
    town: Town, box: Box, adapter: str, kind: str, lengths: dict[int, int]
) -> None:
    await source_made(town, "other", adapter=adapter)
    other = Box(box.app, (await token_of(town, "other"))["address"])
    for length, status in lengths.items():
        assert (await other.send(b"x" * length, kind=kind)).status_code == status


async def test_an_endless_message_is_refused_before_it_is_read(box: Box) -> None:
    sent = 0

    async def endless() -> object:
        nonlocal sent
        while sent < 10_000_000:
            sent += 4096
            yield b"x" * 4096

    transport = httpx.ASGITransport(box.app, client=(BOX, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        answer = await http.post(box.path, content=endless())  # type: ignore[arg-type]
    assert answer.status_code == 413
    assert sent < 60_000


async def test_a_source_that_sends_too_often_is_told_to_wait(town: Town, app: FastAPI) -> None:
    await source_made(town, "loud", per_minute=12)
    loud = Box(app, (await token_of(town, "loud"))["address"])
    answers = [await loud.send(an_event()) for _ in range(4)]
    assert [each.status_code for each in answers] == [202, 202, 503, 503]
    assert int(answers[2].headers["Retry-After"]) in range(1, 6)


async def test_our_own_format_is_told_by_429(town: Town, app: FastAPI) -> None:
    await source_made(town, "loud", per_minute=1, auth="standard_webhooks")
    issued = await token_of(town, "loud")
    loud = Box(app, issued["address"])
    await loud.send(an_event())
    answer = await loud.send(an_event())
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_messages")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


async def test_a_source_that_must_be_heard_again_is_heard_after_the_change(
    town: Town, box: Box, app: FastAPI
) -> None:
    body = {"expected_version": 1}
    await town.post(ADMINISTRATOR, "/reference/alert_source/box/retire", body)
    assert (await box.send(an_event())).status_code == 404


@pytest.mark.parametrize("level", ["debug", "info"])
async def test_no_token_is_ever_logged(box: Box, level: str) -> None:
    token = box.path.rpartition("/")[2]
    with capture_logs() as logs:
        await box.send(an_event())
        await Box(box.app, box.path, STRANGER_BOX).send(an_event())
        await Box(box.app, f"/intake/v1/nobody/{token}").send(an_event())
    lines = [line for line in logs if line["event"] == "request_answered"]
    assert {line["route"] for line in lines} == {"/intake/v1/{adapter}/{source_token}"}
    assert token not in str(logs)


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({"addresses": ["10.20.0.1/16"]}, "entry", "value_error"),
        ({"addresses": ["everywhere"]}, "entry", "value_error"),
        ({"per_minute": 0}, "entry", "value_error"),
        ({"clock_offset_s": 1e9}, "entry", "value_error"),
        ({"topics": ["a/#/b"]}, "entry", "value_error"),
        ({"topics": ["$SYS/#"]}, "entry", "value_error"),
        ({"cameras": [{"ref": "a", "grid": "yj"}]}, "entry", "value_error"),
        ({"cameras": [{"ref": "a", "grid": "qj"}] * 2}, "entry", "value_error"),
        ({"cameras": [{"ref": "a", "grid": "qj.no"}]}, "entry.cameras.0.grid", "unknown_code"),
        ({"grid": "nowhere", "cameras": []}, "entry.grid", "unknown_code"),
        ({"zone": "Mars/Base"}, "entry.zone", "unknown_code"),
        ({"auth": "none"}, "entry.auth", "enum"),
    ],
)
async def test_a_source_that_makes_no_sense_is_not_written(
    town: Town, changes: dict[str, object], field: str, rule: str
) -> None:
    body = {"entry": a_source(**changes)}
    answer = await town.post(ADMINISTRATOR, "/reference/alert_source/box", body)
    assert answer.status_code == 422, answer.text
    assert fields_of(answer) == {field: rule}


async def test_what_a_source_may_is_not_for_everybody(town: Town) -> None:
    await source_made(town)
    path = "/reference/alert_source/box"
    statuses = [(await town.get(who, path)).status_code for who in (RESIDENT, DISPATCHER)]
    assert statuses == [403, 200]


async def test_a_source_is_made_where_its_administrator_is(town: Town) -> None:
    elsewhere = an_actor(Role.ADMINISTRATOR, subject="a.2", grids=(GridCode("yj"),))
    body = {"entry": a_source()}
    answer = await town.post(elsewhere, "/reference/alert_source/box", body)
    assert (answer.status_code, answer.json()["code"]) == (403, "out_of_scope")
