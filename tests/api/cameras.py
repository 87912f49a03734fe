"""Sources of alerts as an administrator makes them, and what their cameras send."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count

import httpx
from fastapi import FastAPI

from api.intake.signing import sign
from tests.api.town import ADMINISTRATOR, Json, Town
from tests.builders import GRID, NOON

SIGNING_KEY = b"a-key-for-tests-that-is-long-enough"
PROXY = "10.9.0.0/24"
BOX, STRANGER_BOX = "10.20.0.7", "192.0.2.1"
_ids = count(1)


def a_source(**changes: object) -> Json:
    source: Json = {
        "name": "广场盒子",
        "adapter": "cloudevents",
        "grid": "qj",
        "addresses": ["10.20.0.0/16"],
        "cameras": [{"ref": "b5-bins", "grid": GRID, "name": "5号楼垃圾房"}],
    }
    return source | changes


async def source_made(town: Town, code: str = "box", **changes: object) -> None:
    body = {"entry": a_source(**changes)}
    answer = await town.post(ADMINISTRATOR, f"/reference/alert_source/{code}", body)
    assert answer.status_code == 200, answer.text


async def token_of(town: Town, code: str = "box", **body: object) -> Json:
    answer = await town.post(ADMINISTRATOR, f"/alert-sources/{code}/tokens", body)
    assert answer.status_code == 201, answer.text
    issued: Json = answer.json()
    return issued


def an_event(**changes: object) -> Json:
    data = {"camera": "b5-bins", "zone": "bin-2", "confidence": 0.87}
    data |= changes.pop("data", {})  # type: ignore[call-overload]
    event: Json = {
        "specversion": "1.0",
        "id": f"event-{next(_ids)}",
        "source": "/box/7",
        "type": "alert.garbage_overflow.open",
        "time": NOON.isoformat(),
        "data": data,
    }
    return event | changes


@dataclass
class Box:
    """Sends to the door from its own address."""

    app: FastAPI
    path: str
    peer: str = BOX

    async def send(
        self,
        body: object,
        headers: Mapping[str, str] | None = None,
        kind: str = "application/cloudevents+json",
    ) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        transport = httpx.ASGITransport(self.app, client=(self.peer, 40_000))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            sent = {"Content-Type": kind, **(headers or {})}
            return await http.post(self.path, content=content, headers=sent)


def signed(secret: bytes, body: bytes, message_id: str = "m-1", at: datetime = NOON) -> Json:
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": sign(secret, message_id, at, body),
    }
