"""Stands in for WeChat's server: its documented fields, errors and limits, over real HTTP.

`python -m tests.api.ways_in.stand_in_wechat PORT` serves a few people by hand: every code
`login-<openid>` is good once, `phone-<number>` likewise.
"""

import asyncio
import json
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

APPID, SECRET = "wx0123456789abcdef", "b7c1f0de-the-secret-of-the-app"
LOOPBACK = "127.0.0.1"
Said = dict[str, Any]


def refused(code: int, words: str) -> Said:
    return {"errcode": code, "errmsg": f"{words} rid: {secrets.token_hex(4)}"}


@dataclass
class StandInWeChat:
    """`instead` are answers given first, by path; `lasts` is how long a new token is said to."""

    port: int = 0
    lasts: int = 7200
    used: set[str] = field(default_factory=set)
    tokens: list[str] = field(default_factory=list)
    """All that were ever given; the last two are good."""
    asked: list[str] = field(default_factory=list)
    instead: dict[str, list[bytes | Said]] = field(default_factory=dict)

    gate: asyncio.Event | None = None
    """Answers wait for it."""
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    """Somebody asked something."""
    per_minute: int = 100
    tried: dict[str, int] = field(default_factory=dict)
    """How often somebody came in within this minute, which is over when this is cleared."""

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                method, target, _ = head.split(" ", 2)
                length = [
                    int(line.partition(":")[2])
                    for line in head.split("\r\n")
                    if line.lower().startswith("content-length:")
                ]
                body = json.loads(await reader.readexactly(length[0])) if length else {}
                writer.write(await self._answer(method, urlsplit(target), body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, method: str, url: Any, body: Said) -> bytes:  # noqa: ANN401 - SplitResult
        self.asked.append(url.path)
        self.reached.set()
        if self.gate is not None:
            await self.gate.wait()
        if waiting := self.instead.get(url.path):
            said = waiting.pop(0)
            return said if isinstance(said, bytes) else written(said)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        match method, url.path:
            case "GET", "/sns/jscode2session":
                return written(self._session(query))
            case "POST", "/cgi-bin/stable_token":
                return written(self._token(body))
            case "POST", "/wxa/business/getuserphonenumber":
                return written(self._phone(query, body))
            case _:
                return written({}, "404 Not Found")

    def _session(self, query: dict[str, str]) -> Said:
        if query["appid"] != APPID:
            return refused(40013, "invalid appid")
        if query["secret"] != SECRET:
            return refused(40125, "invalid appsecret")
        openid = self._once(query["js_code"], "login-")
        if openid is None:
            return refused(40029, "invalid code")
        self.tried[openid] = self.tried.get(openid, 0) + 1
        if self.tried[openid] > self.per_minute:
            return refused(45011, "api minute-quota reach limit")
        # No `errcode` where all is well.
        return {"openid": openid, "session_key": secrets.token_urlsafe(18), "unionid": f"u{openid}"}

    def _token(self, body: Said) -> Said:
        if (body["appid"], body["secret"]) != (APPID, SECRET):
            return refused(40125, "invalid appsecret")
        if not self.tokens or body.get("force_refresh"):
            self.renew()
        return {"access_token": self.tokens[-1], "expires_in": self.lasts}

    def renew(self) -> None:
        """As the platform does some minutes before the end: the former is good for a while yet."""
        self.tokens.append(secrets.token_urlsafe(96))

    def _phone(self, query: dict[str, str], body: Said) -> Said:
        if query.get("access_token") not in self.tokens[-2:]:
            return refused(40001, "invalid credential, access_token is invalid or not latest")
        number = self._once(body["code"], "phone-")
        if number is None:
            return refused(40029, "invalid code")
        info = {"phoneNumber": number, "purePhoneNumber": number, "countryCode": "86"}
        return {"errcode": 0, "errmsg": "ok", "phone_info": info}

    def _once(self, code: str, kind: str) -> str | None:
        """What is behind the code; the same kind of another button, and a used one, are none."""
        if code in self.used or not code.startswith(kind):
            return None
        self.used.add(code)
        return code.removeprefix(kind).partition("_")[0]


def written(said: Said, status: str = "200 OK") -> bytes:
    body = json.dumps(said).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


@asynccontextmanager
async def served(port: int = 0) -> AsyncIterator[StandInWeChat]:
    """A stand-in that answers, on a free port unless one is named."""
    one = StandInWeChat()
    server = await asyncio.start_server(one.serve, LOOPBACK, port)
    one.port = server.sockets[0].getsockname()[1]
    try:
        yield one
    finally:
        server.close()


async def _by_hand(port: int) -> None:
    async with served(port):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_by_hand(int(sys.argv[1])))
