"""The application, built from its parts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi_offline import FastAPIOffline
from starlette.middleware.cors import CORSMiddleware

from api import errors
from api.documentation import ProblemBody
from api.edge import Edge
from api.engine import Engine
from api.guard import Guard
from api.intake.door import Door
from api.intake.lane import Lane
from api.intake.turns import PeopleFirst
from api.pages.visiting import Reception
from api.parts import Parts
from api.peers import Peers
from api.refusing import Refusals
from api.routes import (
    accounts,
    alerts,
    audit,
    cameras,
    commands,
    health,
    households,
    intake,
    issues,
    me,
    meetings,
    oidc,
    personal,
    persons,
    pictures,
    places,
    reference,
    resident_links,
    resident_pages,
    signing_in,
    sources,
    wechat,
)

_TITLE = "Dispatch"
_VERSION = "1"
_PREFLIGHT_SECONDS = 600
_DESCRIPTION = """\
Raise resident issues, dispatch them, follow every deadline, evaluate the result.

Every POST but a search, the messages of cameras and what gives out tokens carries an
`Idempotency-Key`; repeated with the same key it has the same answer. Keys are their caller's own.
Whatever goes wrong is `application/problem+json` with a stable `code`. Sentences are Chinese, or
English with `Accept-Language: en`.
"""


def build_app(parts: Parts) -> FastAPI:
    """The API over these parts; it starts even while Temporal is down."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.engine = Engine(await parts.connect(), parts.patience)
        try:
            yield
        finally:
            parts.ways_in.passwords.close()
            if parts.wechat is not None:
                await parts.wechat.wechat.close()
            await parts.database.close()

    app = FastAPIOffline(
        title=_TITLE,
        version=_VERSION,
        description=_DESCRIPTION,
        lifespan=lifespan,
        redirect_slashes=False,
        redoc_url=None,
    )
    app.state.parts = parts
    app.state.door = Door(parts)
    app.state.reception = Reception(parts)
    app.state.refusals = Refusals(parts.tick)
    errors.install(app)
    _wrap(app, parts)
    for module in (
        intake,  # first: routes are tried in this order, and cameras ask most
        *(issues, places, pictures, personal, persons, households, reference),
        *(signing_in, oidc, wechat, me, accounts),
        *(commands, meetings, cameras, sources, alerts, audit, health),
        *(resident_links, resident_pages),
    ):
        app.include_router(module.router)
    _document(app)
    return app


def _wrap(app: FastAPI, parts: Parts) -> None:
    """The layers around the routes, the innermost first."""
    (route,) = intake.router.routes
    app.add_middleware(
        Lane,
        route=route,
        take=intake.take_in,
        door=app.state.door,
        handlers=app.exception_handlers,
    )
    if parts.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=parts.origins,
            allow_methods=("GET", "POST", "PUT", "PATCH", "DELETE"),
            allow_headers=("Authorization", "Content-Type", "Idempotency-Key"),
            expose_headers=("X-Request-ID", "Retry-After"),
            max_age=_PREFLIGHT_SECONDS,
        )
    peers = Peers(parts.intake.proxies)
    app.add_middleware(Guard, rates=parts.rates, peers=peers, spans=parts.spans)
    app.add_middleware(Edge, limits=parts.limits)
    app.add_middleware(PeopleFirst)


def _document(app: FastAPI) -> None:
    """Our problem instead of the framework's validation error, and spans as we write them."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
            )
            schemas = document["components"]["schemas"]
            schemas.pop("HTTPValidationError", None)
            schemas.pop("ValidationError", None)
            problem = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(problem.pop("$defs", {}))
            schemas["ProblemBody"] = problem
            _loosen_spans(schemas)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # the framework's own way


def _loosen_spans(schema: object) -> None:
    """Our spans are ISO 8601 with fractions of seconds, which the format `duration` leaves out."""
    if isinstance(schema, list):
        for each in schema:
            _loosen_spans(each)
    if isinstance(schema, dict):
        if schema.get("format") == "duration":
            del schema["format"]
            schema["description"] = "ISO 8601 duration, such as PT4H or PT31.5S."
        for each in schema.values():
            _loosen_spans(each)
