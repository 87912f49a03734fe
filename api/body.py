"""Keeps long bodies out: refused by their announced length, else at the first byte too many."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from api.links import PICTURES
from api.problems import ApiCode, Problem
from storage.residents.making import PAGES

_INTAKE = "/intake/"
_MULTIPART = "multipart/"
_PAGES = f"{PAGES}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long bodies may be, in bytes: of requests, pictures, cameras' messages, residents' forms.

    An adapter named in `longer` reads so much outside parts; parts' own limit bounds that too.
    """

    requests: int = 256 * 1024
    pictures: int = 10_000_000
    messages: int = 256 * 1024
    multipart: int = 8 * 1024 * 1024
    forms: int = 31_000_000
    longer: Mapping[str, int] = field(default_factory=dict)

    def of(self, scope: Scope) -> int:
        if scope["path"] == PICTURES:
            return self.pictures
        if scope["path"].startswith(_PAGES):
            return self.forms
        if not scope["path"].startswith(_INTAKE):
            return self.requests
        kind = Headers(scope=scope).get("content-type", "").lstrip().lower()
        if kind.startswith(_MULTIPART):
            return self.multipart
        adapter = scope["path"].removeprefix(_INTAKE).partition("/")[2].partition("/")[0]
        return max(self.messages, min(self.longer.get(adapter, 0), self.multipart))


def limited(receive: Receive, scope: Scope, most: int) -> Receive:
    """`receive`, that raises `too_large` instead of reading on."""
    announced = Headers(scope=scope).get("content-length", "")
    left = -1 if announced.isdecimal() and int(announced[:20]) > most else most

    async def receive_limited() -> Message:
        nonlocal left
        if left < 0:
            raise Problem(ApiCode.TOO_LARGE)
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise Problem(ApiCode.TOO_LARGE)
        return message

    return receive_limited
