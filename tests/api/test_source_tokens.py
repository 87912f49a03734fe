"""Tokens of sources: shown once, hashed, rotated with an overlap, revoked; signatures beside."""

import asyncio
import hashlib
import json
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from api.intake.admission import Admission, Admitted
from api.intake.signing import secret_of
from domain.ids import GridCode
from domain.vocabulary import Role
from storage.session import Database
from tests.api.cameras import SIGNING_KEY, Box, an_event, signed, source_made, token_of
from tests.api.town import ADMINISTRATOR, Json, Town
from tests.builders import DISPATCHER, NOON, an_actor

TOKENS = "/alert-sources/box/tokens"


async def rows_of(database: Database, table: str) -> str:
    async with database.read() as session:
        found = await session.execute(text(f"SELECT * FROM {table}"))
        return str([tuple(row) for row in found])


async def status_of(app: FastAPI, issued: Json) -> int:
    return (await Box(app, issued["address"]).send(an_event())).status_code


async def test_a_token_is_long_and_only_its_hash_is_kept(town: Town, database: Database) -> None:
    await source_made(town)
    issued = await token_of(town)
    assert len(issued["token"]) >= 43
    assert issued["address"] == f"/intake/v1/cloudevents/{issued['token']}"
    kept = [await rows_of(database, table) for table in ("alert_credentials", "idempotency_keys")]
    assert issued["token"] not in "".join(kept)
    assert repr(hashlib.sha256(issued["token"].encode()).digest()) in kept[0]


async def test_a_token_is_shown_once(town: Town, database: Database) -> None:
    await source_made(town)
    first, second = [(await town.post(ADMINISTRATOR, TOKENS, {}, key="k")).json() for _ in "12"]
    assert first["id"] == second["id"]
    assert (second["token"], second["address"]) == (None, None)
    listed = (await town.get(ADMINISTRATOR, TOKENS)).json()["items"]
    assert [each["id"] for each in listed] == [first["id"]]
    assert first["token"] not in str(listed)


async def test_tokens_overlap_while_they_rotate(town: Town, app: FastAPI) -> None:
    await source_made(town)
    old = await token_of(town)
    new = await token_of(town, others_end_after_hours=24)
    assert [await status_of(app, each) for each in (old, new)] == [202, 202]
    items = (await town.get(ADMINISTRATOR, TOKENS)).json()["items"]
    ends = {each["id"]: each["expires_at"] for each in items}
    assert ends[new["id"]] is None
    assert ends[old["id"]] == (NOON + timedelta(days=1)).isoformat().replace("+00:00", "Z")


async def test_a_token_that_is_over_opens_nothing(town: Town, app: FastAPI) -> None:
    await source_made(town)
    old = await token_of(town)
    new = await token_of(town, others_end_after_hours=0)
    assert [await status_of(app, each) for each in (old, new)] == [404, 202]


async def test_a_revoked_token_opens_nothing(town: Town, app: FastAPI) -> None:
    await source_made(town)
    issued = await token_of(town)
    revoked = await town.post(ADMINISTRATOR, f"{TOKENS}/{issued['id']}/revoke", {})
    assert (revoked.status_code, revoked.json()["revoked_at"] is None) == (200, False)
    assert await status_of(app, issued) == 404


async def test_a_token_in_use_is_forgotten_soon_after_it_was_revoked(
    town: Town, database: Database
) -> None:
    await source_made(town)
    issued = await token_of(town)
    ticks = iter([0.0, 1.0, 2.5])
    admission = Admission(database, lambda: NOON, lambda: next(ticks))
    assert await admission.of(issued["token"]) is not None
    await town.post(ADMINISTRATOR, f"{TOKENS}/{issued['id']}/revoke", {})
    assert await admission.of(issued["token"]) is not None
    assert await admission.of(issued["token"]) is None


async def test_tokens_are_an_administrators_of_the_place(town: Town) -> None:
    await source_made(town)
    elsewhere = an_actor(Role.ADMINISTRATOR, subject="a.2", grids=(GridCode("yj"),))
    answers = [await town.post(who, TOKENS, {}) for who in (DISPATCHER, elsewhere)]
    assert [each.json()["code"] for each in answers] == ["forbidden", "not_found"]
    unknown = await town.post(ADMINISTRATOR, "/alert-sources/nobody/tokens", {})
    strange = await town.post(ADMINISTRATOR, f"{TOKENS}/abcdef/revoke", {})
    assert (unknown.status_code, strange.status_code) == (404, 404)


async def a_signer(town: Town) -> Json:
    await source_made(town, auth="standard_webhooks")
    issued = await token_of(town)
    assert issued["signing_secret"].startswith("whsec_")
    return issued


async def sent(app: FastAPI, issued: Json, body: bytes, headers: Json) -> int:
    return (await Box(app, issued["address"]).send(body, headers)).status_code


async def test_a_signed_message_comes_in_once(town: Town, app: FastAPI, database: Database) -> None:
    issued = await a_signer(town)
    secret, body = secret_of(SIGNING_KEY, issued["id"]), json.dumps(an_event()).encode()
    headers = signed(secret, body)
    assert [await sent(app, issued, body, headers) for _ in "12"] == [202, 202]
    other = json.dumps(an_event()).encode()
    assert await sent(app, issued, other, signed(secret, other, "m-2")) == 202
    assert (await rows_of(database, "raw_messages")).count("'waiting'") == 2


@pytest.mark.parametrize(
    "spoilt",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1,bm8="},
        {"webhook-signature": "v1,%%%"},
        {"webhook-signature": "v2," + "A" * 44},
        {"webhook-id": ""},
        {"webhook-id": "m-2"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "nan"},
        {"webhook-timestamp": "9" * 12},
        {"webhook-timestamp": "9" * 400},
    ],
)
async def test_a_spoilt_signature_is_refused(
    town: Town, app: FastAPI, database: Database, spoilt: Json
) -> None:
    issued = await a_signer(town)
    body = b"{}"
    headers = signed(secret_of(SIGNING_KEY, issued["id"]), body) | spoilt
    assert await sent(app, issued, body, headers) == 401
    assert await rows_of(database, "raw_messages") == "[]"


@pytest.mark.parametrize(("seconds", "status"), [(-301, 401), (-300, 202), (300, 202), (301, 401)])
async def test_a_signature_holds_for_five_minutes(
    town: Town, app: FastAPI, seconds: int, status: int
) -> None:
    issued = await a_signer(town)
    at = NOON + timedelta(seconds=seconds)
    headers = signed(secret_of(SIGNING_KEY, issued["id"]), b"{}", at=at)
    assert await sent(app, issued, b"{}", headers) == status


async def test_the_bytes_are_signed_and_not_what_they_mean(town: Town, app: FastAPI) -> None:
    issued = await a_signer(town)
    headers = signed(secret_of(SIGNING_KEY, issued["id"]), b'{"a": 1}')
    assert await sent(app, issued, b'{"a":1}', headers) == 401


async def test_every_secret_in_force_signs_and_one_of_many_signatures_is_enough(
    town: Town, app: FastAPI
) -> None:
    old = await a_signer(town)
    new = await token_of(town, others_end_after_hours=1)
    headers = signed(secret_of(SIGNING_KEY, old["id"]), b"{}")
    headers["webhook-signature"] = f"v1,bm8= v1a,x {headers['webhook-signature']}"
    assert await sent(app, new, b"{}", headers) == 202


async def test_a_secret_that_is_over_signs_nothing(town: Town, app: FastAPI) -> None:
    old = await a_signer(town)
    new = await token_of(town, others_end_after_hours=0)
    headers = signed(secret_of(SIGNING_KEY, old["id"]), b"{}")
    assert await sent(app, new, b"{}", headers) == 401


async def test_a_storm_looks_a_token_up_once(
    town: Town, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await source_made(town)
    token = (await token_of(town))["token"]
    admission, looked = Admission(database, lambda: NOON, lambda: 1.0), []
    read = admission._read

    async def counted(digest: bytes) -> Admitted | None:
        looked.append(digest)
        return await read(digest)

    monkeypatch.setattr(admission, "_read", counted)
    asked = [asyncio.create_task(admission.of(token)) for _ in range(20)]
    await asyncio.sleep(0)
    asked[0].cancel()  # whoever hangs up takes no other along
    found = await asyncio.gather(*asked[1:])
    assert {each.source.code for each in found if each} == {"box"}
    assert (len(looked), None in found) == (1, False)
