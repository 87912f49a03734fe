"""What routes ask for by type: the parts, the caller, the key of the request, the language."""

from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import StringConstraints

from api.asking import Asking
from api.auditing import Auditing
from api.auth import unauthenticated
from api.engine import Engine
from api.intake.door import Door
from api.parts import Parts
from api.problems import ApiCode, Problem
from api.schemas.opaque import Opaque
from api.schemas.text import VISIBLE
from domain.actor import Actor
from domain.vocabulary import Role

_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="A JSON Web Token.")

# None of these waits for anything, but FastAPI runs what is not async in a thread, request by
# request, which costs more than all of them together.


async def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


async def _engine(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    return engine


async def _door(request: Request) -> Door:
    door: Door = request.app.state.door
    return door


async def _locale(request: Request) -> str:
    return str(request.state.locale)


PartsOf = Annotated[Parts, Depends(_parts)]
EngineOf = Annotated[Engine, Depends(_engine)]
DoorOf = Annotated[Door, Depends(_door)]
Locale = Annotated[str, Depends(_locale)]


async def _caller(
    request: Request,
    parts: PartsOf,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Actor:
    if bearer is None:
        raise unauthenticated()
    actor = await parts.gate.actor(bearer.credentials)
    request.state.subject = actor.subject
    request.state.department = actor.department
    return actor


Caller = Annotated[Actor, Depends(_caller)]


async def _administrator(caller: Caller) -> Actor:
    if not caller.has(Role.ADMINISTRATOR):
        raise Problem(ApiCode.FORBIDDEN)
    return caller


Administrator = Annotated[Actor, Depends(_administrator)]


async def _asking(
    request: Request,
    caller: Caller,
    key: Annotated[
        str,
        Header(
            alias="Idempotency-Key",
            description="Names this request among yours: repeated with the same key, "
            "it has the same answer.",
            examples=["0b6f4a52-6c1e-4f57-9d6e-5a1d4f2f8c11"],
        ),
        StringConstraints(pattern=VISIBLE),
        Opaque,
    ],
) -> Asking:
    route = f"{request.method} {request.url.path}"
    return Asking(key, caller, route, Auditing(request))


AskingOf = Annotated[Asking, Depends(_asking)]
