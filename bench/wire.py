"""A caller that costs little: HTTP/1.1 over kept connections, so that servers are what is measured.

A full HTTP client takes about as much processor as the endpoint it asks; on two cores it would
hide the very difference that a ratio is meant to show.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
_GOOD = range(200, 300)
_LATER = 503
_MOMENT_S = 0.02
_PATIENCE_S = 120.0


class Refused(Exception):
    """The answer was a no; a benchmark has no use for one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body of one response, and when to ask again."""

    status: int
    body: Json


class Line:
    """One connection: a request at a time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, token: str, key: str, body: Mapping[str, object]) -> Json:
        """The JSON of a yes; asked again, under the same key, as long as the answer is 503.

        Raises:
            Refused: any other answer.
            TimeoutError: it never came.
        """
        headers = {
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": key,
            "Content-Type": "application/json",
        }
        return await self._asked(path, _request(path, headers, json.dumps(body).encode()))

    async def tell(self, path: str, content_type: str, body: bytes) -> None:
        """As a camera does, whose address is all it has; said again until somebody has heard it.

        Raises:
            Refused: any answer but a yes and 503.
            TimeoutError: it never came.
        """
        await self._asked(path, _request(path, {"Content-Type": content_type}, body))

    async def _asked(self, path: str, request: bytes) -> Json:
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                answer = await self._tried(request)
                if answer.status in _GOOD:
                    return answer.body
                if answer.status != _LATER:
                    raise Refused(f"{path}: {answer.status} {answer.body}")
                await asyncio.sleep(_MOMENT_S)

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _tried(self, request: bytes) -> Answer:
        try:
            return await self._exchange(request)
        except (OSError, asyncio.IncompleteReadError) as broken:
            self.close()
            return Answer(_LATER, {"detail": type(broken).__name__})

    async def _exchange(self, request: bytes) -> Answer:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.split("content-length:", 1)[1].split("\r\n", 1)[0])
        said = await reader.readexactly(length)
        if "connection: close" in head:
            self.close()
        return Answer(int(head.split(" ", 2)[1]), json.loads(said) if said else {})


def _request(path: str, headers: Mapping[str, str], content: bytes) -> bytes:
    said = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\n{said}Content-Length: {len(content)}\r\n\r\n"
    return head.encode() + content
