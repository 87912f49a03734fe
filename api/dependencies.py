"""What routes ask for by type: the parts, the caller, the key of the request, the language."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import StringConstraints

from api.asking import Asking
from api.auditing import Auditing
from api.auth import Presence, unauthenticated
from api.engine import Engine
from api.intake.door import Door
from api.parts import Parts
from api.problems import ApiCode, Problem
from api.schemas.opaque import Opaque
from api.schemas.text import VISIBLE
from domain.actor import Actor
from domain.rights import Act, may
from storage.accounts.views import SignInSession

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


BearerOf = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


async def _presence(request: Request, parts: PartsOf, bearer: BearerOf) -> Presence:
    """Whoever comes in, should they have to change the password first, too."""
    if bearer is None:
        raise unauthenticated()
    presence = await parts.gate.presence(bearer.credentials)
    request.state.subject = presence.actor.subject
    parts.rates.of_actors.require_room(presence.actor.subject)
    return presence


async def _caller(request: Request, parts: PartsOf, bearer: BearerOf) -> Actor:
    if bearer is None:
        raise unauthenticated()
    actor = await parts.gate.actor(bearer.credentials)
    request.state.subject = actor.subject
    request.state.department = actor.department
    parts.rates.of_actors.require_room(actor.subject)
    return actor


async def _session(presence: Annotated[Presence, Depends(_presence)]) -> SignInSession:
    if presence.session is None:
        raise Problem(ApiCode.NO_SESSION)
    return presence.session


PresenceOf = Annotated[Presence, Depends(_presence)]
SessionOf = Annotated[SignInSession, Depends(_session)]
Caller = Annotated[Actor, Depends(_caller)]


def who_may(act: Act) -> Callable[[Actor], Awaitable[Actor]]:
    """The caller, if the table of rights gives their roles the act at all.

    With what it may be done is another question, put where that is read.
    """

    async def _allowed(caller: Caller) -> Actor:
        require_right(caller, act)
        return caller

    return _allowed


def require_right(actor: Actor, act: Act) -> None:
    """Returns when the actor's roles have the right to something.

    Raises:
        Problem: `forbidden`.
    """
    if not may(actor, act):
        raise Problem(ApiCode.FORBIDDEN)


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
