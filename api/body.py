"""Keeps long bodies out: refused by their announced length, else at the first byte too many."""

from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from api.links import PICTURES
from api.problems import ApiCode, Problem

_INTAKE = "/intake/"
_MULTIPART = "multipart/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long bodies may be, in bytes: of requests, of pictures, and of what cameras send."""

    requests: int = 256 * 1024
    pictures: int = 10_000_000
    messages: int = 256 * 1024
    multipart: int = 8 * 1024 * 1024

    def of(self, scope: Scope) -> int:
        if scope["path"] == PICTURES:
            return self.pictures
        if not scope["path"].startswith(_INTAKE):
            return self.requests
        kind = Headers(scope=scope).get("content-type", "").lstrip().lower()
        return self.multipart if kind.startswith(_MULTIPART) else self.messages


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
