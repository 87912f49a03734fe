"""What routes ask for by type: the parts, the caller, the key of the request, the language."""

import hashlib
import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import AfterValidator, BaseModel, StringConstraints
from pydantic_core import PydanticCustomError

from api.auth import unauthenticated
from api.engine import Engine
from api.parts import Parts
from api.problems import ApiCode, Problem
from domain.actor import Actor
from domain.ids import CommandId
from domain.vocabulary import Role

_RESERVED = re.compile(r"engine:.*|birth")
_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="A JSON Web Token.")


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


def _engine(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    return engine


def _locale(request: Request) -> str:
    return str(request.state.locale)


PartsOf = Annotated[Parts, Depends(_parts)]
EngineOf = Annotated[Engine, Depends(_engine)]
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
    return actor


Caller = Annotated[Actor, Depends(_caller)]


async def _administrator(caller: Caller) -> Actor:
    if not caller.has(Role.ADMINISTRATOR):
        raise Problem(ApiCode.FORBIDDEN)
    return caller


Administrator = Annotated[Actor, Depends(_administrator)]


def _not_reserved(key: str) -> str:
    """The engine names its own facts in the same column."""
    if _RESERVED.fullmatch(key):
        raise PydanticCustomError("reserved", "reserved for the engine")
    return key


@dataclass(frozen=True, slots=True)
class Asking:
    """One request under its idempotency key."""

    key: CommandId
    actor: Actor
    route: str

    def fingerprint(self, body: BaseModel | None) -> str:
        """Of what the body means, not of how it was spelt."""
        said = body.model_dump_json() if body else ""
        return hashlib.sha256(said.encode()).hexdigest()


async def _asking(
    request: Request,
    caller: Caller,
    key: Annotated[
        str,
        Header(
            alias="Idempotency-Key",
            description="Names this request: repeated with the same key, it has the same answer.",
            examples=["0b6f4a52-6c1e-4f57-9d6e-5a1d4f2f8c11"],
        ),
        StringConstraints(pattern=r"^[!-~]{1,128}$"),
        AfterValidator(_not_reserved),
    ],
) -> Asking:
    return Asking(CommandId(key), caller, f"{request.method} {request.url.path}")


AskingOf = Annotated[Asking, Depends(_asking)]
