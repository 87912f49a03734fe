"""Stands in for Frigate's REST API: `GET /api/review` with the filters its documentation has."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from domain.alert_source import AlertSource, Camera, PictureHost
from domain.ids import CameraRef
from tests.builders import GRID
from tests.intake.camera_desk import SOURCE

CAMERAS = ("lane", "gate")
Review = dict[str, Any]


def a_review(start: float, end: float | None, camera: str = "lane", **changes: object) -> Review:
    review = {
        "id": f"{start:.6f}-k3v9qd",
        "camera": camera,
        "start_time": start,
        "end_time": end,
        "has_been_reviewed": False,
        "severity": "alert",
        "thumb_path": "/media/frigate/clips/review/thumb.webp",
        "data": {
            "detections": [f"{start:.6f}-w0f2ra"],
            "objects": ["person"],
            "sub_labels": [],
            "zones": ["fire_lane"],
            "audio": [],
        },
    }
    return review | changes


@dataclass
class FrigateApi:
    """`lists_all_with`: what `reviewed` has to be for a release to list what was seen as well."""

    port: int = 0
    reviews: list[Review] = field(default_factory=list)
    lists_all_with: int = 1
    asked: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    instead: list[bytes] = field(default_factory=list)
    """Answers that are given first, as they are."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = (await reader.readuntil(b"\r\n\r\n")).decode().split(" ")[1]
        url = urlsplit(line)
        self.paths.append(url.path)
        asked = {name: values[-1] for name, values in parse_qs(url.query).items()}
        self.asked.append(asked)
        writer.write(self.instead.pop(0) if self.instead else answer(self._found(asked)))
        writer.close()

    def _found(self, asked: dict[str, str]) -> list[Review]:
        found = [each for each in self.reviews if self._fits(each, asked)]
        found.sort(key=lambda each: -float(each["start_time"]))
        return found[: int(asked["limit"])]

    def _fits(self, review: Review, asked: dict[str, str]) -> bool:
        return all(self._rules(review, asked))

    def _rules(self, review: Review, asked: dict[str, str]) -> Iterator[bool]:
        end = review["end_time"]
        yield review["start_time"] > float(asked["after"])
        yield end is None or end < float(asked["before"])
        yield review["camera"] in asked["cameras"].split(",")
        yield "severity" not in asked or review["severity"] == asked["severity"]
        seen, reviewed = review["has_been_reviewed"], int(asked["reviewed"])
        yield not seen if reviewed == 0 else (seen or reviewed == self.lists_all_with)


def answer(body: object, status: str = "200 OK", kind: str = "application/json") -> bytes:
    written = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = f"Content-Type: {kind}\r\nContent-Length: {len(written)}\r\n"
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + written


@asynccontextmanager
async def frigate_api() -> AsyncIterator[FrigateApi]:
    one = FrigateApi()
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.port = server.sockets[0].getsockname()[1]
    try:
        yield one
    finally:
        server.close()
        await server.wait_closed()


def a_recorder(port: int, **changes: Any) -> AlertSource:  # noqa: ANN401 - any field
    """A source whose REST API is the stand-in."""
    recorder = replace(
        SOURCE,
        adapter="frigate",
        mapping=None,
        topics=("frigate/reviews", "frigate/available"),
        cameras=tuple(Camera(ref=CameraRef(each), grid=GRID) for each in CAMERAS),
        pictures_from=(
            PictureHost(scheme="http", host="127.0.0.1", port=port, path_prefix="/api"),
        ),
        options={"api": f"http://127.0.0.1:{port}"},
    )
    return replace(recorder, **changes)
