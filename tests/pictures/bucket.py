"""A very small S3 on loopback: objects by path, for signed requests only."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_SIGNED = "AWS4-HMAC-SHA256 Credential=test-key/"


@dataclass
class TinyS3:
    """Keeps what it is given; `is_ill` answers 500 to everything."""

    objects: dict[str, bytes] = field(default_factory=dict)
    is_ill: bool = False
    endpoint: str = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, path, _ = head[0].split(" ")
        pairs = (line.partition(": ") for line in head)
        headers = {name.lower(): value for name, _, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        status, content = self._does(method, path, headers.get("authorization", ""), body)
        dated = 'Last-Modified: Wed, 25 Nov 2026 09:00:00 GMT\r\nETag: "e"\r\n'
        length = f"Content-Length: {len(content)}\r\nConnection: close\r\n\r\n"
        writer.write(f"HTTP/1.1 {status} S\r\n{dated}{length}".encode() + content)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    def _does(self, method: str, path: str, signed: str, body: bytes) -> tuple[int, bytes]:
        if self.is_ill or not signed.startswith(_SIGNED):
            return (500 if self.is_ill else 403), b""
        match method:
            case "PUT":
                self.objects[path] = body
                return 200, b""
            case "GET":
                return (200, self.objects[path]) if path in self.objects else (404, b"")
            case "POST" if path.endswith("?delete"):
                named = re.findall(rb"<Key>([^<]+)</Key>", body)
                for key in named:
                    self.objects.pop(f"{path.partition('?')[0]}/{key.decode()}", None)
                gone = b"".join(b"<Deleted><Key>%s</Key></Deleted>" % key for key in named)
                return 200, b"<DeleteResult>%s</DeleteResult>" % gone
            case _:
                return 405, b""


@asynccontextmanager
async def a_bucket() -> AsyncIterator[TinyS3]:
    tiny = TinyS3()
    server = await asyncio.start_server(tiny.answer, "127.0.0.1", 0)
    tiny.endpoint = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield tiny
