"""Every route of the application, asked in every role and standing, answers as the table says."""

import asyncio
import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from domain.rights import Act
from domain.vocabulary import Role
from tests.api.rights.ask import Ask, Verdict, asked
from tests.api.rights.asks import ASKS, BY_LINK, BY_SOURCE_TOKEN, OPEN
from tests.api.rights.people import ABOUT_ONESELF, BY_RESIDENT_LINK, INWARDS, OWN_SESSION
from tests.api.rights.standings import OWN, ROLES, Cell, cells
from tests.api.rights.world import World, follow
from tests.api.town import Json, a_token

_AT_ONCE = 8
_NOT_SIGNED_IN = {"unauthenticated"}
_FORBIDDEN = {"forbidden", "out_of_scope", "not_allowed"}


def routes_of(app: FastAPI) -> Iterator[str]:
    """All that can be asked for, hidden from the documentation or not."""
    return _routes(app.routes, "")


def _routes(routes: Any, prefix: str) -> Iterator[str]:  # noqa: ANN401 - routes of any kind
    for route in routes:
        if (router := getattr(route, "original_router", None)) is not None:
            yield from _routes(router.routes, prefix + route.include_context.prefix)
        for method in getattr(route, "methods", None) or ():
            yield f"{method} {prefix}{route.path}"


def test_every_route_has_its_row(world: World) -> None:
    asked = {each.route for each in ASKS}
    others = {
        *OPEN,
        BY_LINK,
        BY_SOURCE_TOKEN,
        ABOUT_ONESELF,
        *OWN_SESSION,
        *INWARDS,
        *BY_RESIDENT_LINK,
    }
    assert asked & others == set()
    assert {*routes_of(world.app)} == asked | others


def test_every_act_of_the_table_is_asked_by_some_route() -> None:
    asked = {row for ask in ASKS for row in (*ask.rows, ask.sight)}
    of_fields = {
        Act.SEE_PRIORITY_OF_BIRTH,
        Act.SEE_MASKED_REPORTER,
        Act.READ_STAFF_NAMES,
    }  # not of whole answers
    assert {*Act} - asked == of_fields


@pytest.mark.parametrize("ask", ASKS, ids=lambda ask: ask.name)
async def test_a_route_answers_as_the_table_says(world: World, ask: Ask) -> None:
    await follow(world)
    gate = asyncio.Semaphore(_AT_ONCE)

    async def answered(cell: Cell | None) -> tuple[str, Verdict]:
        async with gate:
            answer = await asked(world, ask, cell)
        return cell.name if cell else "not signed in", _verdict(world, ask, answer)

    everybody = (*cells(), None)
    said = dict(await asyncio.gather(*map(answered, everybody)))
    wanted = {cell.name if cell else "not signed in": ask.expected(cell) for cell in everybody}
    assert said == wanted


def _verdict(world: World, ask: Ask, answer: httpx.Response) -> Verdict:
    """What was said; what was not understood says nothing about rights.

    Raises:
        AssertionError: the question was a bad one, or something broke.
    """
    code = answer.json()["code"] if answer.status_code >= 400 else ""
    if code in _NOT_SIGNED_IN:
        return Verdict.UNAUTHENTICATED
    if code in _FORBIDDEN:
        return Verdict.FORBIDDEN
    if code == "not_found":
        return Verdict.NOT_FOUND
    assert answer.status_code < 500, answer.text
    assert answer.status_code != 422, answer.text
    if ask.marker is not None and ask.marker(world) not in answer.text:
        return Verdict.EMPTY
    return Verdict.ALLOWED


@pytest.mark.parametrize("route", OPEN)
async def test_what_is_open_is_open_to_all(world: World, route: str) -> None:
    method, _, path = route.partition(" ")
    answer = await world.town.http.request(method, f"http://test{path}")
    assert answer.status_code == 200


async def test_a_link_to_a_picture_opens_by_its_signature_and_by_no_role(world: World) -> None:
    path = BY_LINK.partition(" ")[2].format(picture="0" * 32, variant="full")
    for roles, expires in product(ROLES, ("0", "99999999999")):
        headers = {"Authorization": f"Bearer {a_token(OWN.actor(roles))}"}
        address = f"http://test{path}?expires={expires}&signature=forged"
        answer = await world.town.http.get(address, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_the_door_of_cameras_opens_by_its_token_and_by_no_role(world: World) -> None:
    for roles in ROLES:
        headers = {"Authorization": f"Bearer {a_token(OWN.actor(roles))}"}
        path = re.sub(r"\{.*\}", "cloudevents/unknown", BY_SOURCE_TOKEN.partition(" ")[2])
        answer = await world.town.http.post(f"http://test{path}", json={}, headers=headers)
        assert answer.status_code == 404


@pytest.mark.parametrize("route", OWN_SESSION)
async def test_a_session_is_ended_and_changed_by_who_has_it_alone(world: World, route: str) -> None:
    for roles in ROLES:
        answer = await _bearing(world, route, OWN_SESSION[route], roles)
        assert (answer.status_code, answer.json()["code"]) == (409, "no_session")
    nobody = await _bearing(world, route, OWN_SESSION[route], None)
    assert (nobody.status_code, nobody.json()["code"]) == (401, "unauthenticated")


async def test_everybody_is_told_who_they_are_themselves(world: World) -> None:
    for roles in ROLES:
        answer = await _bearing(world, ABOUT_ONESELF, {}, roles)
        assert answer.json()["subject"] == OWN.subject
    assert (await _bearing(world, ABOUT_ONESELF, {}, None)).status_code == 401


@pytest.mark.parametrize("route", INWARDS)
async def test_a_way_in_asks_for_no_role_and_a_token_changes_nothing(
    world: World, route: str
) -> None:
    nobody = await _bearing(world, route, INWARDS[route], None)
    assert 400 <= nobody.status_code < 500
    for roles in ROLES:
        answer = await _bearing(world, route, INWARDS[route], roles)
        assert (answer.status_code, answer.json()["code"]) == (
            nobody.status_code,
            nobody.json()["code"],
        )


@pytest.mark.parametrize("route", BY_RESIDENT_LINK)
async def test_a_page_of_a_resident_opens_by_its_link_and_by_no_role(
    world: World, route: str
) -> None:
    path = route.replace("{token}", "x" * 43)
    nobody = await _bearing(world, path, {}, None)
    assert 400 <= nobody.status_code < 500
    all_roles = tuple(role for roles in ROLES for role in roles)  # at once: attempts are counted
    assert (await _bearing(world, path, {}, all_roles)).status_code == nobody.status_code


async def _bearing(
    world: World, route: str, body: Json, roles: tuple[Role, ...] | None
) -> httpx.Response:
    method, _, path = route.partition(" ")
    bearer = {"Authorization": f"Bearer {a_token(OWN.actor(roles))}"} if roles else {}
    sent = body if method == "POST" else None
    return await world.town.http.request(method, f"http://test{path}", headers=bearer, json=sent)
