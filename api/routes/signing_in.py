"""Signing in and out, and the tokens between."""

from fastapi import APIRouter, Request

from api.auditing import AuditOf
from api.dependencies import PartsOf, SessionOf
from api.documentation import responses
from api.parts import Parts
from api.peers import Peers
from api.schemas.accounts import Refresh, SignedOut, SignIn, TokensRead
from api.ways_in.documentation import REFRESH, SIGN_IN, SIGN_OUT
from api.ways_in.ending import Ending
from api.ways_in.entering import entering, of_account
from api.ways_in.sessions import continue_session
from api.ways_in.showing import tokens_read
from api.ways_in.signing_in import BY_PASSWORD
from api.ways_in.signing_in import sign_in as by_password
from domain.auditing import About, Deed, ObjectKind
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
    async with entering(request, BY_PASSWORD) as entrance:
        tokens = await by_password(parts.database, parts.ways_in, entrance, body, parts.now())
    return tokens_read(tokens)


@router.post("/refresh", summary="Refresh the tokens", responses=responses(REFRESH))
async def refresh(body: Refresh, parts: PartsOf, audit: AuditOf) -> TokensRead:
    """The next access token and the next refresh token; the one that is sent is over.

    A token that is sent twice ends the session, for one of the two who sent it is not its owner: a
    client asks once at a time, and signs in again when it never got the answer.
    """
    token, at = body.refresh_token, parts.now()
    return tokens_read(await continue_session(parts.database, parts.ways_in, token, audit, at))


@router.post("/sign-out", summary="Sign out", responses=responses(SIGN_OUT))
async def sign_out(current: SessionOf, parts: PartsOf, audit: AuditOf) -> SignedOut:
    """Ends the session of the bearer, everywhere within two seconds; it is continued no more."""
    async with parts.database.begin() as session:
        ended = await SignInSessions(session).revoke(current.id, Because.SIGNED_OUT, parts.now())
        await audit.did(session, Deed.SIGNED_OUT, About(ObjectKind.SESSION, current.id))
    return SignedOut(sessions=int(ended))


@router.post("/sign-out-everywhere", summary="Sign out everywhere", responses=responses(SIGN_OUT))
async def sign_out_everywhere(current: SessionOf, parts: PartsOf, audit: AuditOf) -> SignedOut:
    """Ends all sessions of the bearer, on every device."""
    subject = current.account.subject
    async with parts.database.begin() as session:
        ending = Ending(session, parts.ways_in.hasher, parts.now())
        ended = await ending.all_of(subject, Because.SIGNED_OUT_EVERYWHERE)
        await audit.did(session, Deed.SIGNED_OUT, of_account(subject), sessions=ended)
    return SignedOut(sessions=ended)


def admit(request: Request, parts: Parts) -> None:
    """Returns when the address of a request may try once more.

    Raises:
        Problem: `too_many_attempts`.
    """
    parts.ways_in.addresses.admit(Peers(parts.intake.proxies).of(request.scope))
