"""Signing in and out by an OpenID provider: two redirects and an exchange."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import parse_qs

import structlog
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import StringConstraints

from api.auditing import AuditOf
from api.dependencies import PartsOf
from api.documentation import responses
from api.problems import ApiCode, Problem
from api.refusing import afterwards
from api.routes.signing_in import admit
from api.schemas.accounts import TokensRead
from api.schemas.oidc import Challenge, SignInByCode
from api.ways_in.documentation import FROM_PROVIDER, SIGN_IN_BY_CODE, SIGNED_OUT_THERE, TO_PROVIDER
from api.ways_in.entering import entering
from api.ways_in.oidc import Oidc, Redeemed, Returned, with_query
from api.ways_in.oidc_pending import LASTS, cookie_of
from api.ways_in.showing import tokens_read

log = structlog.get_logger(__name__)
_HERE = "/api/v1/sign-in/oidc"
router = APIRouter(prefix=_HERE, tags=["signing in"])

_FORM = "application/x-www-form-urlencoded"
_LOGOUT_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            _FORM: {
                "schema": {
                    "type": "object",
                    "required": ["logout_token"],
                    "properties": {"logout_token": {"type": "string"}},
                }
            }
        },
    }
}
_Page = Annotated[str, Query(max_length=500, description="A page of ours, as the operator set it.")]
_Said = Annotated[str, StringConstraints(pattern=r"^[ -~]{1,4096}$")]


async def _oidc(parts: PartsOf) -> Oidc:
    """The provider, for whoever has one."""
    if parts.oidc is None:
        raise Problem(ApiCode.NOT_FOUND)
    return parts.oidc


OidcOf = Annotated[Oidc, Depends(_oidc)]


def _redirects(said: str) -> dict[int | str, dict[str, object]]:
    return {int(HTTPStatus.SEE_OTHER): {"description": said, "headers": {"Location": _URI}}}


_URI = {"schema": {"type": "string", "format": "uri"}}


@router.get(
    "",
    summary="Sign in by the provider",
    status_code=HTTPStatus.SEE_OTHER,
    response_class=RedirectResponse,
    responses={**responses(TO_PROVIDER), **_redirects("On to the provider.")},
)
async def go_to_provider(
    request: Request,
    parts: PartsOf,
    oidc: OidcOf,
    return_to: _Page,
    challenge: Annotated[Challenge, Query(description="SHA-256 of a verifier, in base64url.")],
) -> Response:
    """Send the browser here; it ends at `return_to`, with a `sign_in_code` or `sign_in_problem`.

    The page makes a verifier of 43 to 128 letters (RFC 7636), keeps it to itself and sends its hash
    as `challenge`; only with the verifier does `POST /sign-in/oidc/session` take the code.
    """
    admit(request, parts)
    address, state, sealed = await oidc.begin(return_to, challenge, parts.now())
    answer = RedirectResponse(address, HTTPStatus.SEE_OTHER)
    answer.set_cookie(
        cookie_of(state),
        sealed,
        max_age=int(LASTS.total_seconds()),
        path=_HERE,
        secure=oidc.settings.is_secure,
        httponly=True,
        samesite="lax",
    )
    return answer


@router.get(
    "/callback",
    summary="Come back from the provider",
    status_code=HTTPStatus.SEE_OTHER,
    response_class=RedirectResponse,
    responses={**responses(FROM_PROVIDER), **_redirects("Back to the page that began.")},
)
async def come_back(  # noqa: PLR0913, PLR0917 - what providers send
    request: Request,
    parts: PartsOf,
    oidc: OidcOf,
    state: _Said,
    code: _Said | None = None,
    error: _Said | None = None,
    iss: _Said | None = None,
) -> Response:
    """Where the provider sends the browser; nobody else comes here.

    What goes wrong is told to the page that began as `sign_in_problem`, if a browser shows one; the
    provider's own words never are. The code works once, for a minute.
    """
    admit(request, parts)
    name, at = cookie_of(state), parts.now()
    pending = oidc.pending(state, request.cookies.get(name), at)
    returned = Returned(state=state, code=code, error=error, issuer=iss)
    try:
        async with entering(request, oidc.settings.name) as entrance:
            said = {"sign_in_code": await oidc.finish(pending, returned, entrance, at)}
    except Problem as problem:
        if "text/html" not in request.headers.get("accept", ""):
            raise
        log.info("sign_in_problem_told", code=problem.code)
        said = {"sign_in_problem": str(problem.code)}
    back = with_query(pending.return_to, said)
    answer = RedirectResponse(back, HTTPStatus.SEE_OTHER, background=afterwards(request))
    secure = oidc.settings.is_secure
    answer.delete_cookie(name, path=_HERE, secure=secure, httponly=True, samesite="lax")
    return answer


@router.post(
    "/session", summary="Finish a sign-in by the provider", responses=responses(SIGN_IN_BY_CODE)
)
async def finish_sign_in(
    body: SignInByCode, request: Request, parts: PartsOf, oidc: OidcOf
) -> TokensRead:
    """The tokens for the code that the browser came back with; the first attempt uses it up."""
    admit(request, parts)
    redeemed = Redeemed(code=body.code, verifier=body.verifier, appointment=body.appointment)
    async with entering(request, oidc.settings.name) as entrance:
        tokens = await oidc.redeem(redeemed, entrance, parts.now())
    return tokens_read(tokens)


@router.get(
    "/sign-out",
    summary="Sign out at the provider",
    status_code=HTTPStatus.SEE_OTHER,
    response_class=RedirectResponse,
    responses={**responses(TO_PROVIDER), **_redirects("On to the provider, or back.")},
)
async def sign_out_at_provider(
    request: Request, parts: PartsOf, oidc: OidcOf, return_to: _Page
) -> Response:
    """Send the browser here after `POST /sign-out`, which ends our own session.

    A provider that cannot be signed out of sends it straight back.
    """
    admit(request, parts)
    return RedirectResponse(await oidc.sign_out_address(return_to), HTTPStatus.SEE_OTHER)


@router.post(
    "/signed-out",
    summary="Be told by the provider that somebody signed out",
    status_code=HTTPStatus.OK,
    response_class=Response,
    responses=responses(SIGNED_OUT_THERE),
    openapi_extra=_LOGOUT_BODY,
)
async def signed_out_at_provider(
    request: Request, parts: PartsOf, oidc: OidcOf, audit: AuditOf
) -> Response:
    """Back-channel logout: a signed token says who; what they came in with by the provider ends.

    Whatever is wrong with the token is `bad_request`, as the provider expects it. Calls are not
    counted: who ends everybody's sign-in there may send thousands at once.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        raise Problem(ApiCode.UNSUPPORTED_MEDIA_TYPE)
    token = _logout_token(await request.body())
    try:
        await oidc.signed_out(token, audit, parts.now())
    except Problem as problem:
        if problem.code is not ApiCode.PROVIDER_REFUSED:
            raise
        raise Problem(ApiCode.BAD_REQUEST) from problem
    return Response(status_code=HTTPStatus.OK)


def _logout_token(body: bytes) -> str:
    try:
        found = parse_qs(body.decode("ascii"), max_num_fields=10).get("logout_token")
    except ValueError as error:
        raise Problem(ApiCode.BAD_REQUEST) from error
    if not found:
        raise Problem(ApiCode.BAD_REQUEST)
    return found[0]
