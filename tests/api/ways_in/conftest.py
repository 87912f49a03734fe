"""The API with a provider, which starts once, and with a mini-program."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from pydantic import SecretStr

from api.app import build_app
from api.ways_in.oidc import Oidc, s256
from api.ways_in.oidc_pending import Seal
from api.ways_in.oidc_provider import Provider
from api.ways_in.oidc_settings import OidcSettings
from api.ways_in.wechat import WeChatWay
from api.ways_in.wechat_client import WeChat
from observability.clock import now
from tests.api.signing_in import RING_KEY, Watchmaker
from tests.api.town import Town
from tests.api.ways_in.certified import CALLBACK, Browser, Certified, certified
from tests.api.ways_in.stand_in_wechat import APPID, StandInWeChat, served
from tests.api.ways_in.stand_in_wechat import SECRET as APP_SECRET
from tests.pictures.album import StoppedClock

PAGE = "http://127.0.0.1/console/"
OTHER_PAGE = "http://127.0.0.1/phone/"
VERIFIER = "what-only-the-page-knows-" + "v" * 30
SECRET = "a secret: of+the/client, odd?"
HERE = "/api/v1/sign-in/oidc"

PEOPLE: dict[str, Any] = {
    "kc-1": {
        "realm_access": {"roles": ["offline_access", "dispatch-staff"]},
        "groups": ["/departments/police", "/grids/qj.bh", "/others"],
    },
    "wx-1": {"userid": "WangWu01", "department": [2, 7], "main_department": 7},
}
CLIENT = {
    "client_id": "dispatch engine",
    "client_secret": SECRET,
    "redirect_uris": [CALLBACK],
    "post_logout_redirect_uris": [PAGE],
}
KEYCLOAK = {
    "readings": [
        {
            "claim": ["realm_access", "roles"],
            "values": {
                "dispatch-staff": {"roles": ["staff"]},
                "dispatch-leader": {"roles": ["leader"]},
            },
        },
        {
            "claim": ["groups"],
            "department_after": "/departments/",
            "grid_after": "/grids/",
        },
    ]
}
WECOM = {
    "external_id": ["userid"],
    "readings": [
        {
            "claim": ["main_department"],
            "values": {"7": {"roles": ["staff"], "department": "water", "grids": ["qj"]}},
        }
    ],
}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def provider() -> AsyncIterator[Certified]:
    async with certified(PEOPLE, CLIENT) as running:
        yield running


@dataclass
class Visit:
    """A browser, the API and the provider."""

    app: FastAPI
    http: httpx.AsyncClient
    browser: Browser
    issuer: str

    def through(self, **said: object) -> Oidc:
        """The API from now on with this provider, as another process would be started."""
        parts = self.app.state.parts
        settings = OidcSettings.model_validate(_SAID | {"issuer": self.issuer} | said)
        oidc = Oidc(
            Provider(settings, parts.now), parts.database, parts.ways_in, Seal.of([RING_KEY])
        )
        self.app.state.parts = replace(parts, oidc=oidc)
        return oidc

    async def began(self, **said: str) -> httpx.Response:
        asked = {"return_to": PAGE, "challenge": s256(VERIFIER)} | said
        return await self.http.get(HERE, params=asked)

    async def went(self, login: str) -> str:
        """The address of our callback, with what the provider says of somebody."""
        answer = await self.began()
        assert answer.status_code == 303, answer.text
        return await self.browser.sign_in(answer.headers["location"], login)

    async def back(self, address: str, accept: str = "application/json") -> httpx.Response:
        split = urlsplit(address)
        return await self.http.get(f"{split.path}?{split.query}", headers={"Accept": accept})

    async def redeemed(self, answer: httpx.Response, verifier: str = VERIFIER) -> httpx.Response:
        code = query_of(answer.headers["location"])["sign_in_code"]
        return await self.http.post(f"{HERE}/session", json={"code": code, "verifier": verifier})

    async def signed_in(self, login: str) -> dict[str, Any]:
        """The tokens of somebody, all the way."""
        answer = await self.redeemed(await self.back(await self.went(login)))
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens


_SAID: dict[str, Any] = {
    "client_id": CLIENT["client_id"],
    "client_secret": SecretStr(SECRET),
    "redirect_uri": CALLBACK,
    "return_to": [PAGE, OTHER_PAGE],
    "policy": "appoint",
    "mapping": KEYCLOAK,
}


def query_of(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


@pytest.fixture
def clock() -> StoppedClock:
    """The provider's clock is the real one."""
    return StoppedClock(now())


@pytest_asyncio.fixture(loop_scope="session")
async def visit(app: FastAPI, provider: Certified) -> AsyncIterator[Visit]:
    transport = httpx.ASGITransport(app)
    browser = Browser()
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        visit = Visit(app, http, browser, provider.issuer)
        visit.through()
        yield visit
    await browser.http.aclose()


@pytest_asyncio.fixture(loop_scope="session")
async def there() -> AsyncIterator[StandInWeChat]:
    async with served() as one:
        yield one


@pytest.fixture
def way(app: FastAPI, there: StandInWeChat) -> WeChatWay:
    parts = app.state.parts
    client = WeChat(there.url, APPID, APP_SECRET, Watchmaker())
    return WeChatWay(wechat=client, database=parts.database, ways_in=parts.ways_in)


@pytest_asyncio.fixture(loop_scope="session")
async def phone(app: FastAPI, way: WeChatWay) -> AsyncIterator[Town]:
    built = build_app(replace(app.state.parts, wechat=way))
    built.state.engine = app.state.engine
    transport = httpx.ASGITransport(built)
    async with httpx.AsyncClient(transport=transport, base_url="http://test/api/v1") as http:
        yield Town(http)
    await way.wechat.close()
