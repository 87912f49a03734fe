"""Messages made to hurt, at every adapter's door: answered as its vendor expects, set aside."""

import gzip
import json
from collections.abc import AsyncIterator

import httpx
import pytest_asyncio
from fastapi import FastAPI
from sqlalchemy import text

from intake.adapters.registry import ADAPTERS
from intake.sorting import Sorter
from storage.session import AnyRow, Database
from tests.api.cameras import Box, source_made, token_of
from tests.api.town import Town
from tests.builders import NOON
from tests.intake.adapters.messages import a_message, a_source
from tests.intake.adapters.samples import SAMPLES, shipped_options
from tests.intake.recording import Recording
from tests.sealing.opened import raw_bodies

ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
BODIES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "application/json"),
    "half_of_it": (b'{"params": {"events": [', "application/json"),
    "nul_bytes": (b'{"events": "\x00"}', "application/json"),
    "noise": (b"\x00\xff" * 50, "application/octet-stream"),
    "deep_list": (b"[" * 16_000, "application/json"),
    "deep_tags": (b"<a>" * 5_000, "application/xml"),
    "entity_bomb": (
        f'<!DOCTYPE r [<!ENTITY e0 "lol">{ENTITIES}]><r>&e9;</r>'.encode(),
        "application/xml",
    ),
    "outer_entity": (
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>',
        "text/xml",
    ),
    "polyglot": (b"\xff\xd8\xff\xe0<script>alert(1)</script>{}", "application/json"),
    "parts_of_nothing": (b"--b\r\n\r\n\r\n--b--\r\n", "multipart/form-data; boundary=b"),
    "path_as_name": (
        b'--b\r\nContent-Disposition: form-data; name="../../x"; filename="../../../etc/cron.d/x"'
        b"\r\n\r\n* * * * * root\r\n--b--\r\n",
        "multipart/form-data; boundary=b",
    ),
}
BOMB = gzip.compress(b"[" + b"0," * 5_000_000 + b"0]")
"""Ten kilobytes that would be ten megabytes."""


@pytest_asyncio.fixture(loop_scope="session")
async def boxes(town: Town, app: FastAPI) -> AsyncIterator[dict[str, Box]]:
    """One for each adapter."""
    made: dict[str, Box] = {}
    for name in ADAPTERS:
        await source_made(town, name, adapter=name, options=SAMPLES[name][1])
        made[name] = Box(app, (await token_of(town, name))["address"])
    yield made


async def sorted_out(database: Database) -> list[AnyRow]:
    law = Recording()
    while await Sorter(database, ADAPTERS, law, lambda: NOON).drain():
        continue
    assert law.asked == []
    async with database.read() as session:
        events = await session.execute(text("SELECT count(*) FROM alert_events"))
        assert events.scalar_one() == 0
        found = await session.execute(text("SELECT * FROM raw_messages ORDER BY id"))
        return list(found.all())


def as_expected(name: str, answer: httpx.Response, body: bytes, kind: str) -> bool:
    wanted = ADAPTERS[name].answer(
        a_message(body, content_type=kind), a_source(options=SAMPLES[name][1])
    )
    said = answer.headers.get("content-type", "").partition(";")[0]
    is_typed = not wanted.body or said == wanted.content_type
    return (answer.status_code, answer.content, is_typed) == (wanted.status, wanted.body, True)


async def test_every_vendor_hears_what_it_expects_and_the_message_is_set_aside(
    boxes: dict[str, Box], database: Database
) -> None:
    for name, box in boxes.items():
        for what, (body, kind) in BODIES.items():
            answer = await box.send(body, kind=kind)
            assert as_expected(name, answer, body, kind), (name, what, answer.text)
    rows = await sorted_out(database)
    assert len(rows) == len(boxes) * len(BODIES)
    assert {row.state for row in rows} == {"quarantined"}
    assert all(json.loads(row.faults) for row in rows)
    rules = {fault["rule"] for row in rows for fault in json.loads(row.faults)}
    assert {"dtd_forbidden", "too_deep", "nul_byte", "empty", "not_json"} <= rules
    assert not [rule for rule in rules if rule.startswith("adapter_broke") or rule == "unsortable"]


async def test_what_is_packed_is_never_unpacked(boxes: dict[str, Box], database: Database) -> None:
    for name, box in boxes.items():
        answer = await box.send(BOMB, {"Content-Encoding": "gzip"}, "application/json")
        assert as_expected(name, answer, BOMB, "application/json"), name
    rows = await sorted_out(database)
    assert {row.state for row in rows} == {"quarantined"}
    assert set(await raw_bodies(database)) == {BOMB}


async def test_ezviz_hears_its_message_id_whatever_else_it_sent(town: Town, app: FastAPI) -> None:
    await source_made(town, "ezviz", adapter="mapped_json", options=shipped_options("ezviz"))
    ezviz = Box(app, (await token_of(town, "ezviz"))["address"])
    answer = await ezviz.send({"header": {"messageId": "m-7", "type": 5}, "body": "?"})
    assert (answer.status_code, answer.json()) == (200, {"messageId": "m-7"})
