"""A search asks in a body what a list asks in its address."""

import re

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from domain.actor import Actor
from domain.vocabulary import IssueState
from storage.session import Database
from tests.api.town import STRANGER, Json, Town, a_token, fields_of
from tests.builders import DISPATCHER, NOON
from tests.storage.stories import born, born_in

_OF_WAYS_IN = re.compile(r"/api/v1/(sign-(in|out).*|refresh|me/.*)")


async def search(town: Town, wanted: Json, who: Actor = DISPATCHER) -> httpx.Response:
    headers = {"Authorization": f"Bearer {a_token(who)}"}
    return await town.http.post("/issues/search", json=wanted, headers=headers)


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"q": "井盖"},
        {"q": "王女士"},
        {"state": ["handling", "reported"]},
        {"grid": "qj.bh", "limit": 1},
        {"raised_from": NOON.isoformat(), "overdue": False},
    ],
)
async def test_a_search_finds_what_the_list_finds(
    town: Town, database: Database, wanted: Json
) -> None:
    await born(database)
    await born_in(IssueState.HANDLING, database, description="井盖丢失，找王女士")
    found = await search(town, wanted)
    assert found.status_code == 200
    assert found.json() == (await town.get(DISPATCHER, "/issues", **wanted)).json()


async def test_a_search_goes_on_with_its_cursor(town: Town, database: Database) -> None:
    numbers = [str(await born(database)) for _ in range(3)]
    first = (await search(town, {"limit": 2})).json()
    rest = (await search(town, {"limit": 2, "cursor": first["next"]})).json()
    assert [each["number"] for each in first["items"] + rest["items"]] == numbers[::-1]


async def test_a_search_shows_no_more_than_its_reader_may_see(
    town: Town, database: Database
) -> None:
    await born_in(IssueState.HANDLING, database)
    assert (await search(town, {}, STRANGER)).json() == {"items": [], "next": None}
    assert (await town.http.post("/issues/search", json={})).status_code == 401


@pytest.mark.parametrize(
    ("wanted", "broken"),
    [
        ({"colour": "red"}, {"colour": "extra_forbidden"}),
        ({"q": "a\x00"}, {"q": "nul_character"}),
        ({"limit": 101}, {"limit": "less_than_equal"}),
        ({"cursor": "bad"}, {"cursor": "bad_cursor"}),
    ],
)
async def test_a_search_that_cannot_be_made_names_its_field(
    town: Town, wanted: Json, broken: dict[str, str]
) -> None:
    answer = await search(town, wanted)
    assert (answer.status_code, fields_of(answer)) == (422, broken)


async def test_a_search_writes_nothing_not_even_a_key(town: Town, database: Database) -> None:
    await search(town, {"q": "井盖"})
    async with database.read() as session:
        kept = await session.execute(text("SELECT count(*) FROM idempotency_keys"))
    assert kept.scalar_one() == 0


async def test_every_other_post_takes_a_key(app: FastAPI) -> None:
    without = {
        path
        for path, operations in app.openapi()["paths"].items()
        if "post" in operations
        and "Idempotency-Key"
        not in {each["name"] for each in operations["post"].get("parameters", [])}
    }
    asked = {"/api/v1/issues/search", "/api/v1/issues/near", "/api/v1/persons/export"}
    # Nobody is known yet whose key it could be, or what is sent works but once.
    ways = {each for each in without if _OF_WAYS_IN.fullmatch(each)}
    # Cameras know no such header; their messages are known by what is in them.
    assert without - ways == {*asked, "/intake/v1/{adapter}/{source_token}"}
