"""WeChat's server, as far as signing in needs it: who a code stands for, and their phone.

Fields and error codes are those of its own documentation. `errcode` may be missing where all is
well. The secret travels in an address once (`jscode2session` knows no other way), so nothing of a
request is ever logged or put into an exception: neither the address nor the answer.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import structlog

log = structlog.get_logger(__name__)

_SECONDS = 5.0
_EARLY = 300.0
"""Seconds before its end in which a token is renewed; WeChat keeps both valid for as long."""
_LONGEST_TOKEN = 512
_BUSY, _USED, _TOO_OFTEN, _RISKY = -1, {40029, 40163}, {45011}, 40226
_STALE_TOKEN = {40001, 40014, 42001}


class CodeRefused(Exception):
    """The code was used before, is too old, or was never given: whoever has it gets a new one."""


class TooOften(Exception):
    """This person tries too often, by WeChat's own count."""


class RiskyPerson(Exception):
    """WeChat itself holds this person's account for dangerous, and names nobody."""


class WeChatUnavailable(Exception):
    """No answer, a busy one, or one that says that we are not set up as we should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChatPerson:
    """Whom WeChat knows: by app, and where it is bound to a platform, across its apps."""

    openid: str = field(repr=False)
    unionid: str | None = field(default=None, repr=False)


class WeChat:
    """A client for one mini-program. Call `close` when the process ends."""

    def __init__(
        self,
        base_url: str,
        appid: str,
        secret: str,
        tick: Callable[[], float],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._http = httpx.AsyncClient(base_url=base_url, timeout=_SECONDS, transport=transport)
        self._appid = appid
        self._secret = secret
        self._tick = tick
        self._token, self._token_ends = "", float("-inf")
        self._renewal: asyncio.Task[None] | None = None

    async def person(self, code: str) -> WeChatPerson:
        """Whom a code of `wx.login` stands for. A code works once.

        Raises:
            CodeRefused: it is no good.
            TooOften: whoever has it tries too often.
            RiskyPerson: WeChat lets them in nowhere.
            WeChatUnavailable: nobody can tell now.
        """
        said = await self._ask(
            "GET",
            "/sns/jscode2session",
            params={
                "appid": self._appid,
                "secret": self._secret,
                "js_code": code,
                "grant_type": "authorization_code",
            },
        )
        _require_good(said, "code2session")
        openid, unionid = said.get("openid"), said.get("unionid")
        if not isinstance(openid, str) or not openid:
            raise WeChatUnavailable
        return WeChatPerson(openid=openid, unionid=unionid if isinstance(unionid, str) else None)

    async def phone(self, code: str) -> str:
        """The phone that somebody has shown by the button, with its country. A code works once.

        Raises:
            CodeRefused: it is no good; the code of `wx.login` is none of these.
            TooOften: the quota is used up.
            WeChatUnavailable: nobody can tell now.
        """
        said = await self._with_token("/wxa/business/getuserphonenumber", {"code": code})
        _require_good(said, "getuserphonenumber")
        info = said.get("phone_info")
        number = info.get("phoneNumber") if isinstance(info, dict) else None
        if not isinstance(number, str) or not number:
            raise WeChatUnavailable
        return number

    async def close(self) -> None:
        if self._renewal is not None:
            self._renewal.cancel()
        await self._http.aclose()

    async def _with_token(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer; a token that WeChat takes for stale is renewed once."""
        token = await self._fresh_token()
        said = await self._ask("POST", path, params={"access_token": token}, json=body)
        if _errcode(said) in _STALE_TOKEN:
            token = await self._fresh_token(instead_of=token)
            said = await self._ask("POST", path, params={"access_token": token}, json=body)
        return said

    async def _fresh_token(self, instead_of: str | None = None) -> str:
        """Who comes while a new one is asked for waits for it, and shares what comes of it.

        So an outage costs everybody one wait, however many are in line; and the renewal goes on
        for the others when who began it is gone.
        """
        if self._renewal is None and (
            self._token == instead_of or self._tick() >= self._token_ends
        ):
            self._renewal = asyncio.create_task(self._renew())
            self._renewal.add_done_callback(self._renewed)
        if self._renewal is not None:
            await asyncio.shield(self._renewal)
        return self._token

    def _renewed(self, renewal: asyncio.Task[None]) -> None:
        self._renewal = None
        if not renewal.cancelled():
            renewal.exception()  # who waited has it; nobody may be left to

    async def _renew(self) -> None:
        """A stable token: asked again before its end, it is the same, so two processes agree.

        One that was refused is not asked for by force: that is allowed twenty times a day.
        """
        said = await self._ask(
            "POST",
            "/cgi-bin/stable_token",
            json={
                "grant_type": "client_credential",
                "appid": self._appid,
                "secret": self._secret,
            },
        )
        _require_good(said, "stable_token")
        token, lasts = said.get("access_token"), said.get("expires_in")
        if not isinstance(token, str) or not isinstance(lasts, int) or len(token) > _LONGEST_TOKEN:
            raise WeChatUnavailable
        self._token = token
        self._token_ends = self._tick() + max(lasts - _EARLY, min(lasts, _EARLY) / 2)

    async def _ask(self, method: str, path: str, **request: Any) -> Mapping[str, Any]:  # noqa: ANN401 - httpx's own
        try:
            async with asyncio.timeout(_SECONDS):
                answer = await self._http.request(method, path, **request)
                answer.raise_for_status()
                said = answer.json()
        except (httpx.HTTPError, TimeoutError, ValueError) as error:
            log.warning("wechat_unavailable", path=path, error=type(error).__name__)
            raise WeChatUnavailable from None  # not chained: its text has the address
        if not isinstance(said, dict):
            raise WeChatUnavailable
        return said


def _require_good(said: Mapping[str, Any], call: str) -> None:
    """Returns when `errcode` is 0 or missing."""
    code = _errcode(said)
    if code == 0:
        return
    log.warning("wechat_refused", call=call, errcode=code)
    if code in _USED:
        raise CodeRefused
    if code in _TOO_OFTEN:
        raise TooOften
    if code == _RISKY:
        raise RiskyPerson
    if code != _BUSY:
        log.error("wechat_is_not_set_up", call=call, errcode=code)
    raise WeChatUnavailable


def _errcode(said: Mapping[str, Any]) -> int:
    """Whatever is no number is as good as no answer, and is not written down either."""
    code = said.get("errcode", 0)
    return code if isinstance(code, int) else _BUSY
