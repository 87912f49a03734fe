"""The baseline of a raise: a bare endpoint that makes the same inserts in one transaction.

The same statements over the same driver: the key, the number, the issue with its text, reporter
and event, the answer under the key. No token, no look-up of what the body names, no fingerprint
of the body, no middleware. `uvicorn --factory bench.endpoint:create_app` serves it.
"""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from pydantic import BaseModel

from domain.ids import CategoryCode, DistrictCode, GridCode, Subject, WhistleKindCode
from domain.vocabulary import Role
from observability.clock import now
from storage.births import Birth, Births
from storage.idempotency import Idempotency
from storage.sealing.ring import KeyRing
from storage.session import Database

_RESIDENT = Subject("bench")
_CREATED = 201


class Whistle(BaseModel):
    """What the body of a raise says."""

    category: str
    description: str
    grid: str


def create_app() -> FastAPI:
    """The endpoint over the database named in the environment."""
    ring = KeyRing.parse(os.environ["DISPATCH_SEAL_KEYS"])
    database = Database(os.environ["DISPATCH_DATABASE_URL"], ring=ring)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await database.close()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None)

    @app.post("/raise", status_code=_CREATED)
    async def raise_issue(whistle: Whistle) -> dict[str, str]:
        at, key = now(), secrets.token_hex(16)
        async with database.begin() as session:
            keys = Idempotency(session)
            await keys.claim(_RESIDENT, key, "POST /raise", "0" * 64, at)
            number = await Births(session).raise_issue(_birth(whistle))
            await keys.correct(_RESIDENT, key, _CREATED, {"body": {"number": number}})
        return {"number": number}

    @app.get("/ready")
    async def ready() -> dict[str, bool]:
        await database.ping()
        return {"ready": True}

    return app


def _birth(whistle: Whistle) -> Birth:
    at = now()
    return Birth(
        prefix="QJ",
        year=at.year,
        district=DistrictCode("qj"),
        grid=GridCode(whistle.grid),
        category=CategoryCode(whistle.category),
        whistle_kind=WhistleKindCode("ordinary"),
        source=Role.RESIDENT,
        raised_by=_RESIDENT,
        raised_at=at,
        description=whistle.description,
    )
