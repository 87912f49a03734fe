"""Fetches what a source has to show, pictures above all: from where it may, and no further.

The address of a picture was given by an unsigned message. The name is resolved once and the
connection goes to that address, no redirect is followed, no proxy or cookie of ours goes along,
and whatever answers may take only so long and send only so much. Cameras stand in private
networks, so those cannot be refused; this machine itself, the addresses of clouds' own services
and our own servers always are.
"""

import asyncio
import socket
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, unquote, urlsplit

import httpx

from domain.alert_source import PictureHost

SECONDS, MOST_BYTES = 5.0, 8 * 1024 * 1024
NEVER: tuple[IPv4Network | IPv6Network, ...] = tuple(
    ip_network(each)
    for each in (
        "0.0.0.0/8",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/127",
        "64:ff9b::/96",
        "fe80::/10",
        "ff00::/8",
        # Clouds' own services outside link-local: Alibaba, Azure, AWS and Google over IPv6.
        "100.100.100.200/32",
        "168.63.129.16/32",
        "fd00:ec2::/32",
        "fd20:ce::254/128",
    )
)
_PORTS = {"http": 80, "https": 443}
_OK, _BUSY = 200, 500
_TOO_MANY, _TIMEOUT, _NOT_THERE = 429, 408, 404
_ANYTHING = "application/octet-stream"
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_RIFF, _WEBP = b"RIFF", b"WEBP"


class Refused(Exception):
    """Not what was wanted, or not from there: never to be fetched. The text is a rule's name."""


class Failed(Exception):
    """Not now; perhaps later."""


Address = tuple[str, int]
"""An IP address and a port."""


def _looks_like_a_picture(body: bytes) -> bool:
    return body.startswith(_MAGIC) or (body.startswith(_RIFF) and body[8:12] == _WEBP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an answer has to be; else it is refused as `otherwise`."""

    accept: str
    types: tuple[str, ...]
    looks_right: Callable[[bytes], bool]
    otherwise: str


PICTURE = Wanted(
    accept="image/*",
    types=("image/", _ANYTHING, "binary/octet-stream"),
    looks_right=_looks_like_a_picture,
    otherwise="not_a_picture",
)
JSON = Wanted(
    accept="application/json",
    types=("application/json",),
    looks_right=lambda body: bool(body.strip()),
    otherwise="not_json",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """`ours` are addresses of our own servers; `never` are networks nothing is fetched from."""

    ours: Collection[Address] = field(default_factory=frozenset)
    never: Sequence[IPv4Network | IPv6Network] = NEVER
    seconds: float = SECONDS
    most_bytes: int = MOST_BYTES

    async def fetch(
        self, url: str, allowed: Sequence[PictureHost], wanted: Wanted = PICTURE
    ) -> bytes:
        """The bytes behind the address, which look like what was wanted.

        Raises:
            Refused: they may not be fetched, or are none.
            Failed: nothing answered in time, or it answered that it cannot now.
        """
        parts = _allowed(url, allowed)
        try:
            async with asyncio.timeout(self.seconds):
                address = await self._resolve(parts)
                return await self._read(parts, address, wanted)
        except TimeoutError as error:
            raise Failed("timeout") from error
        except httpx.HTTPError as error:
            raise Failed(type(error).__name__) from error

    async def _resolve(self, parts: SplitResult) -> str:
        """One address for the name; when any of them is forbidden, none is taken."""
        assert parts.hostname is not None
        port = _port(parts)
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise Failed("unresolvable") from error
        addresses = [_plain(str(each[4][0]).partition("%")[0]) for each in found]
        if not addresses:
            raise Failed("unresolvable")
        for address in addresses:
            is_ours = (str(address), port) in self.ours
            if is_ours or any(address in network for network in self.never):
                raise Refused("address_forbidden")
        return str(addresses[0])

    async def _read(self, parts: SplitResult, address: str, wanted: Wanted) -> bytes:
        host = f"[{address}]" if ":" in address else address
        path = parts.path or "/"
        target = f"{parts.scheme}://{host}:{_port(parts)}{path}"
        request = httpx.Request(
            "GET",
            f"{target}?{parts.query}" if parts.query else target,
            headers={
                "Host": parts.netloc,
                "Accept": wanted.accept,
                "Accept-Encoding": "identity",
            },
            extensions={"sni_hostname": parts.hostname} if parts.scheme == "https" else {},
        )
        async with httpx.AsyncClient(trust_env=False, timeout=self.seconds) as client:
            response = await client.send(request, stream=True, follow_redirects=False)
            try:
                _check(response, wanted)
                return await self._body(response, wanted)
            finally:
                await response.aclose()

    async def _body(self, response: httpx.Response, wanted: Wanted) -> bytes:
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > self.most_bytes:
                raise Refused("too_large")
        if not wanted.looks_right(bytes(body)):
            raise Refused(wanted.otherwise)
        return bytes(body)


async def addresses_of(servers: Iterable[tuple[str, int]]) -> frozenset[Address]:
    """Where our own servers are; a name that nothing is behind adds nothing."""
    loop = asyncio.get_running_loop()
    found: set[Address] = set()
    for host, port in servers:
        try:
            answers = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            continue
        found |= {(str(each[4][0]), port) for each in answers}
    return frozenset(found)


def _allowed(url: str, allowed: Sequence[PictureHost]) -> SplitResult:
    """The parts of the address, all of which fit one entry of the list."""
    if not url.isascii() or not url.isprintable() or {" ", "\\"} & set(url):
        raise Refused("address_malformed")
    try:
        parts = urlsplit(url)
        where = parts.scheme, parts.hostname, _port(parts)
    except ValueError as error:
        raise Refused("address_malformed") from error
    if "@" in parts.netloc or _climbs(parts.path):
        raise Refused("address_malformed")
    for each in allowed:
        if (each.scheme, each.host, each.port) == where and _lies_below(each, parts.path or "/"):
            return parts
    raise Refused("address_not_allowed")


def _climbs(path: str) -> bool:
    """Whether a server might read it as another path than we do."""
    once = unquote(path)
    is_hidden = "%" in once or "\\" in once or once.count("/") != path.count("/")
    return is_hidden or ".." in once.split("/")


def _lies_below(host: PictureHost, path: str) -> bool:
    prefix = host.path_prefix
    return path == prefix or path.startswith(prefix if prefix.endswith("/") else f"{prefix}/")


def _port(parts: SplitResult) -> int:
    return parts.port or _PORTS.get(parts.scheme, 0)


def _plain(address: str) -> IPv4Address | IPv6Address:
    """IPv4 within IPv6 is IPv4, whichever way it is wrapped."""
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        return found.ipv4_mapped or found.sixtofour or found
    return found


def _check(response: httpx.Response, wanted: Wanted) -> None:
    status = response.status_code
    if status >= _BUSY or status in {_TOO_MANY, _TIMEOUT, _NOT_THERE}:
        raise Failed(f"status_{status}")
    if status != _OK:
        raise Refused(f"status_{status}")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise Refused("encoded")
    kind = response.headers.get("content-type", _ANYTHING).lower()
    if not kind.startswith(wanted.types):
        raise Refused(wanted.otherwise)
