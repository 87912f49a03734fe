"""Uploads, and looks at pictures, over HTTP."""

from datetime import timedelta
from http import HTTPStatus

import httpx

from domain.actor import Actor
from domain.ids import GridCode
from domain.vocabulary import Role
from tests.api.town import Json, Town, a_key, a_token
from tests.builders import an_actor
from tests.pictures.album import a_jpeg

ELSEWHERE = an_actor(Role.GRID_WORKER, subject="g.9", grids=(GridCode("yj"),))
MINUTES = timedelta(minutes=1)


async def upload(
    town: Town, who: Actor, content: bytes, key: str | None = None, kind: str = "image/jpeg"
) -> httpx.Response:
    headers = {
        "Authorization": f"Bearer {a_token(who)}",
        "Idempotency-Key": key or a_key(),
        "Content-Type": kind,
    }
    return await town.http.post("/pictures", content=content, headers=headers)


async def uploaded(town: Town, who: Actor, content: bytes | None = None) -> str:
    answer = await upload(town, who, content or a_jpeg())
    assert answer.status_code == HTTPStatus.CREATED, answer.text
    return str(answer.json()["id"])


async def look(town: Town, url: str) -> httpx.Response:
    """As a browser would: without a token."""
    return await town.http.get(f"http://test{url}")


async def shown(town: Town, who: Actor, number: str) -> list[Json]:
    answer = await town.get(who, f"/issues/{number}")
    assert answer.status_code == HTTPStatus.OK, answer.text
    found: list[Json] = answer.json()["pictures"]
    return found
