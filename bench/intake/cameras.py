"""Two hundred cameras of four platforms, and what they repeat without end."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.town import API, key_of_request
from bench.wire import Line

CAMERAS, SOURCES = 200, 4
ADAPTER, CONTENT_TYPE = "cloudevents", "application/cloudevents+json"
_KINDS = (
    *("falling_object", "fire_lane_blocked", "illegal_parking", "garbage_overflow"),
    *("intrusion", "loitering", "object_left", "ebike_in_elevator"),
)
_BUILDINGS = 7
_MOST_A_MINUTE = 1_000_000
_SURE = (0.62, 0.71, 0.83, 0.97)


@dataclass(frozen=True, slots=True)
class Said:
    """One alert: its name, unlike all others, and the message as its platform sends it."""

    id: str
    source: int
    body: bytes

    @property
    def is_even(self) -> bool:
        """Every other one of a storm."""
        return int(self.id.rpartition("-")[2]) % 2 == 0

    @property
    def topic(self) -> str:
        return f"{code_of(self.source)}/alerts"


def said(tag: str, count: int) -> Iterator[Said]:
    """The cameras take turns, and each of them says the same over and over."""
    for number in range(count):
        yield _alert(tag, number)


def _alert(tag: str, number: int) -> Said:
    camera = number % CAMERAS
    name = f"{tag}-{number}"
    event = {
        "specversion": "1.0",
        "id": name,
        "source": f"/bench/{camera % SOURCES}",
        "type": f"alert.{_KINDS[camera % len(_KINDS)]}.pulse",
        "data": {
            "camera": f"cam-{camera}",
            "zone": "gate",
            "event_ref": f"{tag}-trk-{camera}",
            "confidence": _SURE[number // CAMERAS % len(_SURE)],
            "severity": 2,
            "target": {"label": "thing", "box": [0.41, 0.53, 0.59, 0.67]},
            "media": [],
        },
    }
    return Said(name, camera % SOURCES, json.dumps(event).encode())


def code_of(source: int) -> str:
    return f"bench-{source}"


async def connected(port: int, administrator: str) -> Sequence[str]:
    """Makes the platforms known; the address that each of them sends to."""
    line = Line(port)
    addresses: list[str] = []
    try:
        for source in range(SOURCES):
            where = f"{API}/reference/alert_source/{code_of(source)}"
            entry = {"entry": _source(source)}
            await line.post(where, administrator, key_of_request(), entry)
            tokens = f"{API}/alert-sources/{code_of(source)}/tokens"
            answer = await line.post(tokens, administrator, key_of_request(), {})
            addresses.append(answer["address"])
    finally:
        line.close()
    return addresses


def _source(source: int) -> dict[str, object]:
    estate = "qj.bh.hp.fc"
    return {
        "name": f"平台{source}",
        "adapter": ADAPTER,
        "grid": estate,
        "addresses": ["127.0.0.0/8"],
        "topics": [f"{code_of(source)}/alerts"],
        "per_minute": _MOST_A_MINUTE,
        "cameras": [
            {"ref": f"cam-{each}", "grid": f"{estate}.b{each % _BUILDINGS + 1}"}
            for each in range(source, CAMERAS, SOURCES)
        ],
    }
