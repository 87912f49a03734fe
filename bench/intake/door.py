"""The baseline of an accepted alert: a bare endpoint that only inserts the raw body.

Over the same driver, in a transaction of its own, into a table without any index but its key. No
token, no look-up of a source, no rate, no digest, no search for a repeat, no bell, no middleware.
`uvicorn --factory bench.intake.door:create_app` serves it.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from sqlalchemy import text
from starlette.responses import Response

from storage.session import Database

_TABLE = """
CREATE TABLE IF NOT EXISTS bench_bodies (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  body bytea NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now()
)"""
_KEEP = text("INSERT INTO bench_bodies (body) VALUES (:body)")
_ACCEPTED = 202


def create_app() -> FastAPI:
    """The endpoint over the database named in the environment."""
    database = Database(os.environ["DISPATCH_DATABASE_URL"])

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with database.begin() as session:
            await session.execute(text(_TABLE))
        yield
        await database.close()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None)

    @app.post("/raw")
    async def keep(request: Request) -> Response:
        body = await request.body()
        async with database.begin() as session:
            await session.execute(_KEEP, {"body": body})
        return Response(status_code=_ACCEPTED)

    @app.get("/ready")
    async def ready() -> dict[str, bool]:
        await database.ping()
        return {"ready": True}

    return app
