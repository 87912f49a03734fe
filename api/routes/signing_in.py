"""Signing in and out, and the tokens between."""

from fastapi import APIRouter, Request

from api.dependencies import PartsOf, SessionOf
from api.documentation import responses
from api.parts import Parts
from api.peers import Peers
from api.schemas.accounts import Refresh, SignedOut, SignIn, TokensRead
from api.ways_in.documentation import REFRESH, SIGN_IN, SIGN_OUT
from api.ways_in.sessions import continue_session
from api.ways_in.showing import tokens_read
from api.ways_in.signing_in import sign_in as by_password
from storage.accounts.sessions import SignInSessions
from storage.accounts.views import Because

router = APIRouter(prefix="/api/v1", tags=["signing in"])


@router.post("/sign-in", summary="Sign in", responses=responses(SIGN_IN))
async def sign_in(body: SignIn, request: Request, parts: PartsOf) -> TokensRead:
    """With login name and password. Whoever has several appointments acts in one at a time.

    After five attempts in vain the name is locked, for 30 seconds at first and twice as long each
    time, up to 15 minutes; whether anybody has the name is not said. `Retry-After` says when.
    """
    admit(request, parts)
    return tokens_read(await by_password(parts.database, parts.ways_in, body, parts.now()))


@router.post("/refresh", summary="Refresh the tokens", responses=responses(REFRESH))
async def refresh(body: Refresh, parts: PartsOf) -> TokensRead:
    """The next access token and the next refresh token; the one that is sent is over.

    A token that is sent twice ends the session, for one of the two who sent it is not its owner: a
    client asks once at a time, and signs in again when it never got the answer.
    """
    tokens = await continue_session(parts.database, parts.ways_in, body.refresh_token, parts.now())
    return tokens_read(tokens)


@router.post("/sign-out", summary="Sign out", responses=responses(SIGN_OUT))
async def sign_out(current: SessionOf, parts: PartsOf) -> SignedOut:
    """Ends the session of the bearer, here at once and everywhere else within two seconds."""
    async with parts.database.begin() as session:
        ended = await SignInSessions(session).revoke(current.id, Because.SIGNED_OUT, parts.now())
    return SignedOut(sessions=int(ended))


@router.post("/sign-out-everywhere", summary="Sign out everywhere", responses=responses(SIGN_OUT))
async def sign_out_everywhere(current: SessionOf, parts: PartsOf) -> SignedOut:
    """Ends all sessions of the bearer, on every device."""
    subject = current.account.subject
    async with parts.database.begin() as session:
        ended = await SignInSessions(session).revoke_all(
            subject, Because.SIGNED_OUT_EVERYWHERE, parts.now()
        )
    return SignedOut(sessions=ended)


def admit(request: Request, parts: Parts) -> None:
    """Returns when the address of a request may try once more.

    Raises:
        Problem: `too_many_attempts`.
    """
    parts.ways_in.addresses.admit(Peers(parts.intake.proxies).of(request.scope))
