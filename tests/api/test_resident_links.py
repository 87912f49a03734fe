"""Making, listing, revoking and drawing links: who may, and what they are shown."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi import FastAPI
from PIL import Image
from pydantic import SecretStr, ValidationError
from sqlalchemy import text

from domain.actor import Actor
from domain.ids import IssueNumber, Subject
from domain.vocabulary import IssueState, Role
from settings import Settings
from storage.outbox import Outbox
from storage.session import Database
from tests.api.residents import Phone, html
from tests.api.town import STRANGER, Json, Town
from tests.builders import (
    DISPATCHER,
    GRID_WORKER,
    NOON,
    OFFICER,
    PLUMBER,
    RESIDENT,
    SUPERVISOR,
    an_actor,
)
from tests.pictures.album import StoppedClock
from tests.storage.stories import born_in

STAFF = (DISPATCHER, GRID_WORKER, OFFICER)
OF_OTHERS = (PLUMBER, STRANGER, an_actor(Role.GRID_WORKER, subject="g.9"))


async def handled(database: Database) -> str:
    return f"/issues/{(await born_in(IssueState.HANDLING, database)).number}/links"


async def made(town: Town, who: Actor, path: str, kind: str, key: str | None = None) -> Json:
    answer = await town.post(who, path, {"kind": kind}, key=key)
    assert answer.status_code == 201, answer.text
    link: Json = answer.json()
    return link


async def test_who_deals_with_an_issue_makes_links_and_nobody_else(
    town: Town, database: Database
) -> None:
    path = await handled(database)
    for who in STAFF:
        assert (await made(town, who, path, "board"))["url"].startswith(
            "https://dispatch.example/r/"
        )
    assert (await made(town, RESIDENT, path, "own"))["url"]
    board = await town.post(RESIDENT, path, {"kind": "board"})
    assert (board.status_code, board.json()["code"]) == (403, "forbidden")
    assert (await town.post(SUPERVISOR, path, {})).status_code == 403
    for who in OF_OTHERS:
        answers = [await town.post(who, path, {}), await town.get(who, path)]
        assert [each.status_code for each in answers] == [404, 404]


async def test_an_own_link_by_staff_is_sent_and_shown_to_nobody_else(
    town: Town, database: Database
) -> None:
    path = await handled(database)
    link = await made(town, DISPATCHER, path, "own")
    assert (link["url"], link["label"]) == (None, "反映人本人")
    number = IssueNumber(path.split("/")[2])
    async with database.read() as session:
        notices = await Outbox(session).for_issue(number)
    sent = [each for each in notices if each.template == "link_sent"]
    assert [(each.recipient, dict(each.params)) for each in sent] == [
        (f"subject:{RESIDENT.subject}", {"link_id": link["id"]})
    ]
    by_whom = {
        who.subject: (await town.get(who, path)).json()["items"][0]["url"] is not None
        for who in (*STAFF, RESIDENT)
    }
    assert by_whom == {"d.1": False, "g.1": False, "p.1": False, "r.1": True}
    for who, status in ((OFFICER, 403), (RESIDENT, 200)):
        assert (await town.get(who, f"{path}/{link['id']}/qr.svg")).status_code == status


async def test_the_same_request_makes_one_link(town: Town, database: Database) -> None:
    path = await handled(database)
    first, again = [await made(town, DISPATCHER, path, "board", key="k") for _ in "12"]
    assert first == again
    assert len((await town.get(DISPATCHER, path)).json()["items"]) == 1
    async with database.read() as session:
        kept = str((await session.execute(text("SELECT answer FROM idempotency_keys"))).all())
    assert first["id"] in kept
    assert first["url"].rpartition("/")[2] not in kept


async def test_a_revoked_link_opens_nothing(town: Town, database: Database) -> None:
    path = await handled(database)
    link = await made(town, DISPATCHER, path, "board")
    page, phone = link["url"].removeprefix("https://dispatch.example"), Phone(town)
    assert (await phone.open(page)).status_code == 200
    one = f"{path}/{link['id']}"
    assert (await town.delete(PLUMBER, one)).status_code == 404
    answers = [await town.delete(GRID_WORKER, one, key=key) for key in ("a", "a", "b")]
    assert [each.status_code for each in answers] == [204, 204, 204]
    revoked = await phone.open(page)
    assert (revoked.status_code, "已停用" in html(revoked).text) == (410, True)
    [shown] = (await town.get(DISPATCHER, path)).json()["items"]
    assert (shown["url"], shown["revoked_at"] is not None) == (None, True)
    assert (await town.get(DISPATCHER, f"{one}/qr.png")).status_code == 404
    assert (await town.delete(DISPATCHER, f"{path}/{'0' * 32}")).status_code == 404


async def test_a_code_for_the_board_is_drawn(town: Town, database: Database) -> None:
    path = await handled(database)
    link = await made(town, GRID_WORKER, path, "board")
    png = await town.get(GRID_WORKER, f"{path}/{link['id']}/qr.png")
    svg = await town.get(OFFICER, f"{path}/{link['id']}/qr.svg")
    assert (png.headers["content-type"], svg.headers["content-type"]) == (
        "image/png",
        "image/svg+xml",
    )
    picture = Image.open(io.BytesIO(png.content)).convert("L")
    assert picture.width == picture.height
    assert {picture.getpixel(each) for each in ((0, 0), (47, 47))} == {255}
    assert picture.getpixel((50, 50)) == 0, "the finder begins after four modules of nothing"
    assert b"<svg" in svg.content
    assert b"<script" not in svg.content
    assert (await town.get(DISPATCHER, f"{path}/{link['id']}/qr.gif")).status_code == 422


async def test_without_an_address_there_are_no_links(
    town: Town, database: Database, app: FastAPI
) -> None:
    path = await handled(database)
    link = await made(town, DISPATCHER, path, "board")
    app.state.parts = replace(app.state.parts, link_maker=None)
    answer = await town.post(DISPATCHER, path, {"kind": "board"})
    assert (answer.status_code, answer.json()["code"]) == (409, "cannot_link")
    drawn = await town.get(DISPATCHER, f"{path}/{link['id']}/qr.png")
    assert (drawn.status_code, drawn.json()["code"]) == (409, "cannot_link")
    assert (await town.get(DISPATCHER, path)).json()["items"][0]["url"] is None
    page = await Phone(town).open(link["url"].removeprefix("https://dispatch.example"))
    assert page.status_code == 200, "what was handed out goes on working"


def test_settings_make_links_from_a_key_and_an_address() -> None:
    long, short = SecretStr("k" * 32), SecretStr("k")
    plain = Settings(database_url="x", jwt_secret=long)
    assert plain.link_maker is None
    maker = Settings(database_url="x", jwt_secret=long, public_url="https://a.example").link_maker
    assert maker is not None
    assert "kkkk" not in repr(maker)
    with pytest.raises(ValidationError, match="resident_link_secret is shorter"):
        Settings(database_url="x", jwt_secret=long, resident_link_secret=short)


async def test_links_have_a_limit_and_an_end(
    town: Town, database: Database, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.linking.MOST_LINKS", 1)
    path = await handled(database)
    link = await made(town, DISPATCHER, path, "board")
    assert link["expires_at"] == "2026-12-07T04:00:00Z"
    over = await town.post(DISPATCHER, path, {"kind": "board"})
    assert (over.status_code, over.json()["code"]) == (409, "limit_reached")
    clock.at = NOON + timedelta(days=14)
    assert (await made(town, DISPATCHER, path, "board"))["id"] != link["id"]


async def test_an_evaluation_is_the_resident_s_also_when_staff_raised_it(
    town: Town, database: Database
) -> None:
    issue = await born_in(
        IssueState.HANDLING, database, raised_by=Subject("g.1"), resident=RESIDENT.subject
    )
    path = f"/issues/{issue.number}/links"
    assert (await made(town, GRID_WORKER, path, "own"))["url"] is None
    assert (await town.get(RESIDENT, path)).json()["items"][0]["url"] is not None
