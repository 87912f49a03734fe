"""A certified OpenID provider (npm `oidc-provider`), and a browser that goes there and back."""

import asyncio
import json
import os
import re
import shutil
import subprocess  # nosec - our own program, without a shell
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urljoin

import httpx
import pytest

from tests.intake.mosquitto import free_port

_SOURCE = Path(__file__).parent / "provider"
_FILES = ("package.json", "package-lock.json", "provider.mjs")
_INSTALLED = Path(__file__).parents[3] / ".local" / "test-provider"
_PATIENCE = 40.0
_INSTALL_SECONDS = 110
_ACTION = re.compile(r'<form[^>]* action="([^"]+)"')
CALLBACK = "http://127.0.0.1/api/v1/sign-in/oidc/callback"


def missing(what: str) -> NoReturn:
    """Said aloud; where everything has to be tried, it is a failure."""
    said = f"{what}, signing in by a provider was not tried: apt-get install nodejs npm"
    if os.environ.get("MISS_NOTHING"):
        pytest.fail(said, pytrace=False)
    pytest.skip(said)


def installed() -> Path:
    """The folder of the provider with what it needs, as its lock says; made once."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        missing("node or npm is missing")
    contents = b"".join((_SOURCE / name).read_bytes() for name in _FILES)
    folder = _INSTALLED / sha256(contents).hexdigest()[:16]
    if not folder.exists():
        _install(npm, folder)
    return folder


def _install(npm: str, folder: Path) -> None:
    """Beside, then moved as a whole: of several sessions that begin at once, each is content."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=folder.parent))
    for name in _FILES:
        shutil.copy(_SOURCE / name, made / name)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    try:
        subprocess.run(command, cwd=made, check=True, capture_output=True, timeout=_INSTALL_SECONDS)
        if not folder.exists():
            made.rename(folder)
    except (OSError, subprocess.SubprocessError) as error:
        if not folder.exists():
            missing(f"npm ci failed ({type(error).__name__})")
    finally:
        shutil.rmtree(made, ignore_errors=True)


@dataclass
class Certified:
    """The running provider."""

    issuer: str
    process: asyncio.subprocess.Process

    async def rotate(self) -> None:
        """From now on it signs with another key, and shows only that one."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(b"rotate\n")
        async with asyncio.timeout(_PATIENCE):
            answer = await self.process.stdout.readline()
        assert answer == b"rotated\n", answer


@asynccontextmanager
async def certified(
    people: Mapping[str, Any], client: Mapping[str, Any], id_token_seconds: int = 120
) -> AsyncIterator[Certified]:
    """A provider with one client, to which everybody is who they say; ends with the block."""
    folder = await asyncio.to_thread(installed)
    said = {
        "port": free_port(),
        "people": people,
        "clients": [client],
        "idTokenSeconds": id_token_seconds,
    }
    process = await asyncio.create_subprocess_exec(
        *("node", "provider.mjs", json.dumps(said)),
        cwd=folder,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(_PATIENCE):
            issuer = (await process.stdout.readline()).decode().strip()
        assert issuer, "the provider did not start"
        yield Certified(issuer, process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@dataclass
class Browser:
    """One browser's memory: cookies of the provider, by real HTTP. Ours lie in the API's client."""

    http: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(verify=False))

    async def sign_in(self, address: str, login: str) -> str:
        """The address that the provider sends the browser back to."""
        answer = await self.http.get(address)
        while True:
            if answer.is_redirect:
                following = urljoin(str(answer.url), answer.headers["location"])
                if "/sign-in/oidc/callback?" in following:
                    return following
                answer = await self.http.get(following)
            else:
                answer = await self._fill_in(answer, login)

    async def _fill_in(self, page: httpx.Response, login: str) -> httpx.Response:
        found = _ACTION.search(page.text)
        assert found, page.text
        is_login = 'value="login"' in page.text
        said = {"prompt": "login", "login": login, "password": "any"}
        form = said if is_login else {"prompt": "consent"}
        return await self.http.post(urljoin(str(page.url), found[1]), data=form)
