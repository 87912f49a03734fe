"""An OpenID provider as its relying party sees it: found by discovery, asked over HTTP.

Whatever it says in its errors stays here: callers get `provider_unavailable` or `provider_refused`.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import httpx
import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from api.key_sets import KeySet, tls
from api.problems import ApiCode, Problem
from api.ways_in.oidc_settings import OidcSettings

log = structlog.get_logger(__name__)

_FRESH = timedelta(hours=1)
_PAUSE = timedelta(seconds=2)
_SECONDS = 5.0
_LONGEST_ANSWER = 512 * 1024
_OUR_FAULT = 400
_THEIR_FAULT = 500
_Model = TypeVar("_Model", bound=BaseModel)


class Metadata(BaseModel):
    """What the provider says of itself; all its addresses are as safe as its own."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False

    def is_of(self, issuer: str) -> bool:
        asked = (
            self.authorization_endpoint,
            self.token_endpoint,
            self.jwks_uri,
            *((self.userinfo_endpoint,) if self.userinfo_endpoint else ()),
            *((self.end_session_endpoint,) if self.end_session_endpoint else ()),
        )
        safe = {"https", urlsplit(issuer).scheme}
        return self.issuer == issuer and all(urlsplit(each).scheme in safe for each in asked)


class Granted(BaseModel):
    """What a code was exchanged for; neither token is kept."""

    model_config = ConfigDict(strict=True, frozen=True, hide_input_in_errors=True)

    id_token: str
    access_token: str


class Provider:
    """One provider. What it says of itself is believed for an hour, and longer while it is away."""

    def __init__(
        self,
        settings: OidcSettings,
        now: Callable[[], datetime],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.settings = settings
        self._now = now
        self._transport = transport
        self._known: Metadata | None = None
        self._keys: KeySet | None = None
        self._fetched_at: datetime | None = None
        self._tried_at: datetime | None = None
        self._fetching = asyncio.Lock()

    async def metadata(self) -> Metadata:
        """What the provider says of itself.

        Raises:
            Problem: `provider_unavailable` when it never said so yet, and does not now.
        """
        async with self._fetching:
            if self._is_over(_FRESH, self._fetched_at) and self._is_over(_PAUSE, self._tried_at):
                await self._discover()
        if self._known is None:
            raise Problem(ApiCode.PROVIDER_UNAVAILABLE)
        return self._known

    async def keys(self) -> KeySet:
        """The key set that it says is its own.

        Raises:
            Problem: as `metadata`.
        """
        await self.metadata()
        assert self._keys is not None
        return self._keys

    async def exchange(self, code: str, verifier: str) -> Granted:
        """The tokens that a code stands for.

        Raises:
            Problem: `provider_unavailable`, or `provider_refused` for a code that it does not take.
        """
        metadata = await self.metadata()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.settings.redirect_uri,
            "code_verifier": verifier,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        auth = self._sign(form, metadata)
        request = httpx.Request(
            "POST", metadata.token_endpoint, content=urlencode(form), headers=headers
        )
        return _read(Granted, await self._ask(request, auth))

    async def userinfo(self, access_token: str) -> Mapping[str, Any]:
        """What it says at its userinfo endpoint of the bearer of a token.

        Raises:
            Problem: as `exchange`.
        """
        address = (await self.metadata()).userinfo_endpoint
        if address is None:
            return {}
        headers = {"Authorization": f"Bearer {access_token}"}
        return await self._ask(httpx.Request("GET", address, headers=headers))

    def _sign(self, form: dict[str, str], metadata: Metadata) -> httpx.BasicAuth | None:
        """Says who asks, in the form or by the answer, as RFC 6749 2.3.1 spells it."""
        secret = self.settings.client_secret
        if secret and "client_secret_basic" in metadata.token_endpoint_auth_methods_supported:
            user = quote(self.settings.client_id, safe="")
            return httpx.BasicAuth(user, quote(secret.get_secret_value(), safe=""))
        form["client_id"] = self.settings.client_id
        if secret:
            form["client_secret"] = secret.get_secret_value()
        return None

    def _is_over(self, span: timedelta, since: datetime | None) -> bool:
        return since is None or self._now() - since > span

    async def _discover(self) -> None:
        self._tried_at = self._now()
        issuer = self.settings.issuer
        address = issuer.rstrip("/") + "/.well-known/openid-configuration"
        try:
            found = _read(Metadata, await self._ask(httpx.Request("GET", address)))
        except Problem:
            return
        if not found.is_of(issuer):
            log.error("provider_is_another", provider=self.settings.name)
            return
        if self._keys is None or self._known is None or self._known.jwks_uri != found.jwks_uri:
            self._keys = KeySet(found.jwks_uri, self._now, self._transport)
        self._known, self._fetched_at = found, self._tried_at

    async def _ask(
        self, request: httpx.Request, auth: httpx.BasicAuth | None = None
    ) -> Mapping[str, Any]:
        try:
            async with (
                asyncio.timeout(_SECONDS),
                httpx.AsyncClient(
                    transport=self._transport, timeout=_SECONDS, verify=tls()
                ) as client,
            ):
                answer = await client.send(request, auth=auth, stream=True)
                async with aclosing(answer):
                    body = await _within_bounds(answer)
        except (httpx.HTTPError, TimeoutError) as error:
            log.warning("provider_unreachable", error=type(error).__name__)
            raise Problem(ApiCode.PROVIDER_UNAVAILABLE) from error
        if _OUR_FAULT <= answer.status_code < _THEIR_FAULT:
            log.warning("provider_refused", status=answer.status_code)
            raise Problem(ApiCode.PROVIDER_REFUSED)
        return _object(answer, body)


async def _within_bounds(answer: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in answer.aiter_bytes():
        body += chunk
        if len(body) > _LONGEST_ANSWER:
            raise httpx.ReadError("too long")
    return bytes(body)


def _object(answer: httpx.Response, body: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    if not answer.is_success or not isinstance(said, dict):
        log.warning("provider_unusable", status=answer.status_code)
        raise Problem(ApiCode.PROVIDER_UNAVAILABLE)
    return said


def _read(model: type[_Model], said: Mapping[str, Any]) -> _Model:
    try:
        return model.model_validate(said)
    except ValidationError as error:
        log.warning("provider_unusable", model=model.__name__)
        raise Problem(ApiCode.PROVIDER_UNAVAILABLE) from error
