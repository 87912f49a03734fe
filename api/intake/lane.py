"""A shorter way to the door for cameras: past the framework's dependencies and its own layers.

Ids, headers, limits, spans and metrics are those of all requests, as this stands inside of our
layers; the answer is that of the route, whose function is called, and what goes wrong is told by
the application's own handlers. Whatever is not plainly a message takes the usual way.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from api.intake.door import Door
from api.intake.turns import INTAKE

Take = Callable[[str, str, Request, Door], Awaitable[Response]]


class Lane:
    """Asks the route at once."""

    def __init__(
        self,
        app: ASGIApp,
        route: BaseRoute,
        take: Take,
        door: Door,
        handlers: Mapping[Any, Callable[[Request, Any], Response | Awaitable[Response]]],
    ) -> None:
        self._app = app
        self._route = route
        self._take = take
        self._door = door
        self._handlers = handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(INTAKE):
            match, found = self._route.matches(scope)
            if match is Match.FULL:
                scope.update(found)
                response = await self._answer(Request(scope, receive))
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        named = request.path_params
        try:
            return await self._take(named["adapter"], named["source_token"], request, self._door)
        except Exception as error:
            handler = self._handlers.get(type(error))
            if handler is None:
                raise
            answer = handler(request, error)
            return answer if isinstance(answer, Response) else await answer
