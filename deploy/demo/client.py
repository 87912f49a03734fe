"""A small client of the public API, as any caller would write it: one key for each wish."""

import asyncio
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx

from api.tokens import mint
from domain.actor import Actor
from observability.clock import now

Json = dict[str, Any]

PATIENCE = 60.0
_PAUSE = 0.5
_LIFETIME = timedelta(hours=12)
_UNAVAILABLE = 503


class Refused(Exception):
    """The API said no; `code` is the stable reason, `params` its particulars."""

    def __init__(self, status: int, problem: Json) -> None:
        self.status = status
        self.code: str = problem.get("code", "")
        self.params: Mapping[str, str] = problem.get("params", {})
        self.problem = problem
        errors = "; ".join(f"{e['field']}: {e['message']}" for e in problem.get("errors", []))
        super().__init__(f"{status} {self.code}: {problem.get('detail', '')} {errors}".strip())


class Unanswered(Exception):
    """Nobody answered, however often it was asked."""


class Api:
    """Speaks for one person after the other; asks again, with the same key, after a 503."""

    def __init__(
        self,
        url: str,
        secret: str,
        patience: float = PATIENCE,
        logged_in: timedelta = timedelta(0),
    ) -> None:
        """People logged in so long ago; a clock of the API that is further behind refuses them."""
        limits = httpx.Limits(max_connections=16)
        self._http = httpx.AsyncClient(base_url=f"{url}/api/v1", timeout=15.0, limits=limits)
        self._secret = secret
        self._patience = patience
        self._logged_in = logged_in
        self._tokens: dict[str, str] = {}

    async def get(self, actor: Actor, path: str, **params: str | int) -> Json:
        """The JSON at `path`, as this actor sees it.

        Raises:
            Refused: the API said no.
            Unanswered: it said nothing for all our patience.
        """
        return await self._ask(self._http.build_request("GET", path, params=params), actor)

    async def post(self, actor: Actor, path: str, body: Json, key: str | None = None) -> Json:
        """What became of a wish; asked again under the same key, it is the same wish.

        Raises:
            Refused: the API said no.
            Unanswered: it said nothing for all our patience.
        """
        headers = {"Idempotency-Key": key or secrets.token_hex(16)}
        request = self._http.build_request("POST", path, json=body, headers=headers)
        return await self._ask(request, actor)

    async def upload(self, actor: Actor, picture: bytes) -> Json:
        """What became of a picture; likewise.

        Raises:
            Refused: the API said no.
            Unanswered: it said nothing for all our patience.
        """
        headers = {"Idempotency-Key": secrets.token_hex(16), "Content-Type": "image/jpeg"}
        request = self._http.build_request("POST", "/pictures", content=picture, headers=headers)
        return await self._ask(request, actor)

    async def send(self, address: str, message: bytes, content_type: str) -> None:
        """A message of a camera; its address holds the token, and sent again it is the same.

        Raises:
            Refused: nobody is let in with it.
            Unanswered: it said nothing for all our patience.
        """
        request = self._http.build_request(
            "POST",
            self._http.base_url.join(address),
            content=message,
            headers={"Content-Type": content_type},
        )
        _require_success(await self._patiently(request))

    async def look(self, url: str) -> bytes:
        """What is behind a link; it needs no token.

        Raises:
            Refused: the API said no.
        """
        answer = await self._http.get(self._http.base_url.join(url))
        _require_success(answer)
        return answer.content

    async def close(self) -> None:
        await self._http.aclose()

    async def _ask(self, request: httpx.Request, actor: Actor) -> Json:
        request.headers["Authorization"] = f"Bearer {self._token(actor)}"
        answer = await self._patiently(request)
        _require_success(answer)
        found: Json = answer.json()
        return found

    async def _patiently(self, request: httpx.Request) -> httpx.Response:
        try:
            async with asyncio.timeout(self._patience):
                return await self._answer(request)
        except TimeoutError as late:
            raise Unanswered(f"{request.method} {request.url.path}") from late

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        while True:
            try:
                answer = await self._http.send(request)
            except httpx.TransportError:
                await asyncio.sleep(_PAUSE)
                continue
            if answer.status_code != _UNAVAILABLE:
                return answer
            await asyncio.sleep(float(answer.headers.get("Retry-After", _PAUSE)))

    def _token(self, actor: Actor) -> str:
        token = self._tokens.get(actor.subject)
        if token is None:
            claims: dict[str, object] = {
                "sub": actor.subject,
                "roles": [role.value for role in actor.roles],
                "grids": list(actor.grids),
                **({"department": actor.department} if actor.department else {}),
            }
            token = mint(self._secret, claims, at=now() - self._logged_in, lifetime=_LIFETIME)
            self._tokens[actor.subject] = token
        return token


def _require_success(answer: httpx.Response) -> None:
    if answer.is_success:
        return
    try:
        problem = answer.json()
    except ValueError:
        problem = {"detail": answer.text}
    raise Refused(answer.status_code, problem if isinstance(problem, dict) else {})
