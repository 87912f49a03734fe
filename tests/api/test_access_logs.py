"""The server that really answers: no token in its log, and nobody's word about where they are."""

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import httpx

from deploy.local.product import Product
from observability.logging import Masking, masked
from tests.api.cameras import BOX, an_event, source_made, token_of
from tests.api.town import Town

RESIDENT = "r" * 43
ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@asynccontextmanager
async def server(
    url: str, log: Path, port: int | None = None, **more: str
) -> AsyncIterator[httpx.AsyncClient]:
    """The API as `make up` starts it, with everything logged that can be."""
    command = [*Product.at(log.parent).api.command, "--access-log", "--log-level", "trace"]
    port = port or free_port()
    command[command.index("--port") + 1] = str(port)
    ours = {
        "DISPATCH_DATABASE_URL": url,
        "DISPATCH_JWT_SECRET": "x" * 32,
        "DISPATCH_SEAL_KEYS": os.environ["DISPATCH_SEAL_KEYS"],
        "DISPATCH_LOG_LEVEL": "DEBUG",
        "DISPATCH_TEMPORAL_ADDRESS": "127.0.0.1:1",
        **more,
    }
    written = log.open("wb")
    process = await asyncio.create_subprocess_exec(
        *command, env=ours, cwd=ROOT, stderr=written, stdout=written
    )
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            while not await answers(http):
                assert process.returncode is None, "it did not start"
                await asyncio.sleep(0.1)
            yield http
    finally:
        process.terminate()
        await process.wait()
        written.close()


async def answers(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/healthz")).status_code == 200
    except httpx.TransportError:
        return False


async def test_neither_token_nor_borrowed_address(
    town: Town, database_url: str, tmp_path: Path
) -> None:
    log = tmp_path / "api.log"
    await source_made(town)
    await source_made(town, "here", addresses=["127.0.0.0/8"])
    there, here = [(await token_of(town, code))["address"] for code in ("box", "here")]
    async with server(database_url, log) as http:
        borrowed = await http.post(there, json=an_event(), headers={"X-Forwarded-For": BOX})
        own = await http.post(here, json=an_event())
        unknown = await http.post(f"{here}x?token={here}", json=an_event())
        page = await http.get(f"/r/{RESIDENT}?lang=en")
    assert [each.status_code for each in (borrowed, own, unknown, page)] == [404, 202, 404, 404]
    written = await asyncio.to_thread(log.read_text)
    assert written.count("/intake/v1/{adapter}/{source_token}") == 3, written
    assert "/r/{token}" in written
    assert [each for each in (there, here, RESIDENT) if each.rpartition("/")[2] in written] == []


def test_a_line_of_the_server_itself_has_no_token() -> None:
    said = ("127.0.0.1:1", "POST", "/intake/v1/hik_isc/abc-_9?x=1", "1.1", 200)
    record = logging.LogRecord("uvicorn.access", logging.INFO, "", 0, "%s %s %s %s %d", said, None)
    assert Masking().filter(record)
    assert record.getMessage() == "127.0.0.1:1 POST /intake/v1/hik_isc/***?x=1 1.1 200"
    assert masked("GET /r/abc-_9/mine?lang=en") == "GET /r/***/mine?lang=en"


def test_a_line_of_the_server_itself_has_no_code_of_a_provider() -> None:
    address = "/api/v1/sign-in/oidc/callback?code=abc-_~9&state=x%2F&iss=https://idp/?x"
    assert masked(f"GET {address} 1.1") == "GET /api/v1/sign-in/oidc/callback?*** 1.1"
