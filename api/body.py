"""Keeps long bodies out: refused by their announced length, else at the first byte too many."""

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from api.problems import ApiCode, Problem


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
