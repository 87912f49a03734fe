"""A picture is fetched from where its source may, and nothing else is ever asked for it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from domain.alert_source import PictureHost
from intake.fetching import NEVER, Failed, Fetcher, Refused

JPEG = b"\xff\xd8\xff\xe0" + b"x" * 200


@dataclass
class Nvr:
    """A server on this machine that answers with what the test wants, and remembers requests."""

    answer: bytes = b""
    port: int = 0
    asked: list[str] = field(default_factory=list)
    silent: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(self.answer)
        if not self.answer.endswith(b"..."):
            writer.close()
        else:
            await self.silent.wait()
            writer.close()

    def says(self, status: str, body: bytes = JPEG, kind: str = "image/jpeg", **more: str) -> None:
        headers = {"Content-Type": kind, "Content-Length": str(len(body)), **more}
        lines = "".join(f"{name.replace('_', '-')}: {each}\r\n" for name, each in headers.items())
        self.answer = f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body

    def allowed(self, host: str = "127.0.0.1", prefix: str = "/pic") -> list[PictureHost]:
        return [PictureHost(scheme="http", host=host, port=self.port, path_prefix=prefix)]

    async def fetch(self, path: str, fetcher: Fetcher | None = None) -> bytes:
        url = f"http://127.0.0.1:{self.port}{path}"
        return await (fetcher or Fetcher(never=())).fetch(url, self.allowed())


@pytest_asyncio.fixture(loop_scope="session")
async def nvr() -> AsyncIterator[Nvr]:
    one = Nvr()
    one.says("200 OK")
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.port = server.sockets[0].getsockname()[1]
    yield one
    one.silent.set()
    server.close()
    await server.wait_closed()


async def test_a_picture_comes_as_it_is_and_nothing_of_ours_goes_along(
    nvr: Nvr, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert await nvr.fetch("/pic?did=7&pid=a%20b") == JPEG
    (asked,) = nvr.asked
    assert asked.startswith("GET /pic?did=7&pid=a%20b HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{nvr.port}\r\n" in asked
    assert "authorization" not in asked.lower()
    assert "cookie" not in asked.lower()


async def test_the_name_is_kept_for_the_server_while_the_address_is_pinned(nvr: Nvr) -> None:
    url = f"http://localhost:{nvr.port}/pic/1.jpg"
    fetched = await Fetcher(never=()).fetch(url, nvr.allowed(host="localhost"))
    assert fetched == JPEG
    assert f"Host: localhost:{nvr.port}\r\n" in nvr.asked[0]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/picture",
        "/pics/1.jpg",
        "/pic/../admin",
        "/pic/%2e%2e/admin",
        "/pic/%252e%252e/admin",
        "/pic%2f..%2fadmin",
        "/pic/..\\admin",
        "/pic/%5c..%5cadmin",
        "/pic/\r\nX: y",
        "/pic/ 1",
        "/pic/图.jpg",
    ],
)
async def test_another_path_is_never_asked_for(nvr: Nvr, path: str) -> None:
    with pytest.raises(Refused, match="address"):
        await nvr.fetch(path)
    assert nvr.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/pic/1.jpg",
        "https://127.0.0.1:{port}/pic/1.jpg",
        "ftp://127.0.0.1:{port}/pic/1.jpg",
        "file:///pic/1.jpg",
        "http://user:word@127.0.0.1:{port}/pic/1.jpg",
        "http://127.0.0.1:{port}@elsewhere/pic/1.jpg",
        "http://localhost:{port}/pic/1.jpg",
        "http://2130706433:{port}/pic/1.jpg",
        "http://[::1]:{port}/pic/1.jpg",
        "http://127.0.0.1:99999/pic/1.jpg",
        "http://[/pic",
        "//127.0.0.1:{port}/pic/1.jpg",
        "/pic/1.jpg",
        "",
    ],
)
async def test_another_server_is_never_asked(nvr: Nvr, url: str) -> None:
    with pytest.raises(Refused, match="address"):
        await Fetcher(never=()).fetch(url.format(port=nvr.port), nvr.allowed())
    assert nvr.asked == []


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.9.9.9",
        "localhost",
        "169.254.169.254",
        "100.100.100.200",
        "168.63.129.16",
        "0.0.0.0",
        "::1",
        "fe80::1",
        "fd00:ec2::254",
        "fd20:ce::254",
        "::ffff:100.100.100.200",
    ],
)
async def test_this_machine_and_clouds_are_never_asked_whatever_the_list_says(
    nvr: Nvr, host: str
) -> None:
    allowed = nvr.allowed(host=host)
    spelt = f"[{host}]" if ":" in host else host
    with pytest.raises(Refused, match="address_forbidden"):
        await Fetcher().fetch(f"http://{spelt}:{nvr.port}/pic/1", allowed)
    assert nvr.asked == []


@pytest.mark.parametrize("host", ["::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1"])
async def test_ipv4_within_ipv6_is_no_way_round(host: str) -> None:
    allowed = [PictureHost(scheme="http", host=host, port=80)]
    with pytest.raises(Refused, match="address_forbidden"):
        await Fetcher().fetch(f"http://[{host}]/", allowed)


async def test_our_own_servers_are_never_asked(nvr: Nvr) -> None:
    ours = Fetcher(never=(), ours=frozenset({("127.0.0.1", nvr.port)}))
    with pytest.raises(Refused, match="address_forbidden"):
        await nvr.fetch("/pic/1", ours)
    assert nvr.asked == []
    assert NEVER


async def test_no_redirect_is_followed(nvr: Nvr) -> None:
    nvr.says("302 Found", b"", Location=f"http://127.0.0.1:{nvr.port}/pic/2")
    with pytest.raises(Refused, match="status_302"):
        await nvr.fetch("/pic/1")
    assert len(nvr.asked) == 1


@pytest.mark.parametrize("status", ["500 Oh", "503 Busy", "404 Not yet", "429 Slowly"])
async def test_what_may_be_there_later_is_tried_later(nvr: Nvr, status: str) -> None:
    nvr.says(status)
    with pytest.raises(Failed, match=status[:3]):
        await nvr.fetch("/pic/1")


@pytest.mark.parametrize(
    ("body", "kind", "more"),
    [
        (b"<html>", "text/html", {}),
        (b"<html>", "image/jpeg", {}),
        (b"<svg xmlns=", "image/svg+xml", {}),
        (b"", "image/jpeg", {}),
        (b"RIFF____AVI LIST", "image/webp", {}),
        (JPEG, "image/jpeg", {"Content_Encoding": "gzip"}),
        (JPEG + b"x" * 5_000, "image/jpeg", {}),
    ],
)
async def test_what_is_no_picture_is_refused(
    nvr: Nvr, body: bytes, kind: str, more: dict[str, str]
) -> None:
    nvr.says("200 OK", body, kind, **more)
    with pytest.raises(Refused):
        await nvr.fetch("/pic/1", Fetcher(never=(), most_bytes=4_000))


async def test_an_endless_answer_is_cut_off(nvr: Nvr) -> None:
    nvr.answer = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n" + JPEG * 1_000
    with pytest.raises(Refused, match="too_large"):
        await nvr.fetch("/pic/1", Fetcher(never=(), most_bytes=4_000))


@pytest.mark.parametrize(
    "begun", [b"...", b"HTTP/1.1 200 OK\r\n...", b"HTTP/1.1 200 OK\r\n\r\n\xff\xd8\xff..."]
)
async def test_whoever_takes_too_long_is_left(nvr: Nvr, begun: bytes) -> None:
    nvr.answer = begun
    with pytest.raises(Failed):
        await nvr.fetch("/pic/1", Fetcher(never=(), seconds=0.3))


async def test_nobody_there_is_a_failure(nvr: Nvr) -> None:
    allowed = [PictureHost(scheme="http", host="127.0.0.1", port=1)]
    with pytest.raises(Failed):
        await Fetcher(never=()).fetch("http://127.0.0.1:1/a.jpg", allowed)
    gone = [PictureHost(scheme="http", host="nowhere.invalid", port=80)]
    with pytest.raises(Failed, match="unresolvable"):
        await Fetcher().fetch("http://nowhere.invalid/a.jpg", gone)
