"""Signing in by an OpenID provider: to it, back with its code, and on to a session of our own.

Tokens never travel in an address. The page that begins makes a verifier and sends its hash; it gets
a code back that works once, within a minute, and only together with the verifier.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import structlog

from api.auditing import Auditing
from api.problems import ApiCode, FieldError, Problem
from api.ways_in.ending import Ending
from api.ways_in.entering import Entrance, of_account
from api.ways_in.oidc_accounts import Arrivals
from api.ways_in.oidc_pending import Pending, Seal
from api.ways_in.oidc_provider import Provider
from api.ways_in.oidc_settings import OidcSettings
from api.ways_in.oidc_tokens import Judge
from api.ways_in.sessions import Tokens, WaysIn, open_session
from domain.auditing import Deed
from storage.accounts.codes import SignInCode, SignInCodes
from storage.accounts.repository import Accounts, Taken
from storage.accounts.views import Because
from storage.session import Database, Session
from storage.token_hash import hash_of

log = structlog.get_logger(__name__)

CODE_LASTS = timedelta(seconds=60)
_BYTES = 32
_AWAY = frozenset({"server_error", "temporarily_unavailable"})
_SAID = _AWAY | {
    *("access_denied", "login_required", "interaction_required", "consent_required"),
    *("invalid_request", "unauthorized_client", "unsupported_response_type", "invalid_scope"),
}
"""What providers may say (RFC 6749 4.1.2.1, OpenID Connect 3.1.2.6); the rest is not logged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What the browser brings back from the provider."""

    state: str
    code: str | None = None
    error: str | None = None
    issuer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeemed:
    """What our page brings: the code of the address, and what only the page itself knows."""

    code: str
    verifier: str
    appointment: str | None = None


class Oidc:
    """The way in by one provider. Holds nothing that another process would have to know."""

    def __init__(self, provider: Provider, database: Database, ways_in: WaysIn, seal: Seal) -> None:
        self._provider = provider
        self._database = database
        self._ways_in = ways_in
        self._seal = seal

    @property
    def settings(self) -> OidcSettings:
        return self._provider.settings

    async def begin(self, return_to: str, challenge: str, at: datetime) -> tuple[str, str, str]:
        """Where to send the browser, the state, and what it is to keep sealed in a cookie.

        Raises:
            Problem: `invalid_input` for a page that is not ours, or `provider_unavailable`.
        """
        self._require_ours(return_to)
        metadata = await self._provider.metadata()
        pending = Pending.new(challenge, return_to, at)
        asked = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": self.settings.redirect_uri,
            "scope": self.settings.scope,
            "state": pending.state,
            "nonce": pending.nonce,
            "code_challenge": s256(pending.verifier),
            "code_challenge_method": "S256",
        }
        address = with_query(metadata.authorization_endpoint, asked)
        return address, pending.state, self._seal.close(pending)

    def pending(self, state: str, sealed: str | None, at: datetime) -> Pending:
        """What this browser began.

        Raises:
            Problem: `sign_in_stale` when it began nothing, something else, or too long ago.
        """
        found = self._seal.open(sealed, state, at) if sealed else None
        if found is None:
            log.warning("sign_in_state_refused", has_cookie=sealed is not None)
            raise Problem(ApiCode.SIGN_IN_STALE)
        return found

    async def finish(
        self, pending: Pending, returned: Returned, entrance: Entrance, at: datetime
    ) -> str:
        """The code that our page exchanges for its tokens.

        Raises:
            Problem: `provider_refused`, `provider_unavailable` or `not_linked`.
        """
        claims = await self._claims(pending, returned, at)
        try:
            return await self._code(pending, claims, entrance, at)
        except Taken:  # in another tab at the same instant, so now there is an account
            return await self._code(pending, claims, entrance, at)

    async def redeem(self, redeemed: Redeemed, entrance: Entrance, at: datetime) -> Tokens:
        """A session for the page that began.

        Raises:
            Problem: `sign_in_stale` for a code that was used, is too old or another page's; else as
                `open_session`.
        """
        async with self._database.begin() as session:
            try:
                return await self._opened(session, redeemed, entrance, at)
            except Problem as problem:
                refused = problem
        raise refused  # outside: the code stays used up

    async def sign_out_address(self, return_to: str) -> str:
        """Where the browser signs out at the provider, and comes back from; else our own page.

        Raises:
            Problem: as `begin`.
        """
        self._require_ours(return_to)
        address = (await self._provider.metadata()).end_session_endpoint
        if address is None:
            return return_to
        asked = {"client_id": self.settings.client_id, "post_logout_redirect_uri": return_to}
        return with_query(address, asked)

    async def signed_out(self, token: str, audit: Auditing, at: datetime) -> int:
        """Ends what somebody came in with by this provider, which says that they left; how many.

        Raises:
            Problem: as `Judge.logout_token`.
        """
        judge = Judge(self.settings, await self._provider.keys(), at)
        claims = await judge.logout_token(token)
        async with self._database.begin() as session:
            arrivals = self._arrivals(session, audit, at)
            account = await arrivals.signed_out(str(claims["sub"]))
            if account is None:
                return 0
            because, who, way = Because.SIGNED_OUT_AT_PROVIDER, account.subject, self.settings.name
            ended = await Ending(session, self._ways_in.hasher, at).all_of(who, because, way=way)
            about = of_account(who)
            await audit.did(
                session, Deed.SIGNED_OUT, about, subject=who, because=because, sessions=ended
            )
        log.info("signed_out_at_provider", subject=account.subject, sessions=ended)
        return ended

    async def _opened(
        self, session: Session, redeemed: Redeemed, entrance: Entrance, at: datetime
    ) -> Tokens:
        """Locks the account before the code is used, as who withdraws it does, and then looks."""
        accounts, codes = Accounts(session, self._ways_in.hasher), SignInCodes(session)
        code = hash_of(redeemed.code)
        whose = await codes.whose(code)
        if whose is not None:
            await accounts.lock(whose)
        found = await codes.use(code)
        if found is None or found.way != self.settings.name or at >= found.expires_at:
            raise Problem(ApiCode.SIGN_IN_STALE)
        entrance.whose, challenge = found.subject, found.challenge or ""
        if not hmac.compare_digest(challenge, s256(redeemed.verifier)):
            log.warning("sign_in_code_of_another_page", subject=found.subject)
            raise Problem(ApiCode.SIGN_IN_STALE)
        account = await accounts.by_subject(found.subject)
        assert account is not None
        named = redeemed.appointment
        return await open_session(
            session, self._ways_in, account, entrance, at=at, appointment=named
        )

    async def _claims(
        self, pending: Pending, returned: Returned, at: datetime
    ) -> Mapping[str, Any]:
        await self._require_answer(returned)
        granted = await self._provider.exchange(returned.code or "", pending.verifier)
        judge = Judge(self.settings, await self._provider.keys(), at)
        claims = await judge.id_token(granted.id_token, pending.nonce, granted.access_token)
        if not self.settings.ask_userinfo:
            return claims
        more = await self._provider.userinfo(granted.access_token)
        if more.get("sub") != claims["sub"]:
            log.warning("userinfo_of_another", provider=self.settings.name)
            raise Problem(ApiCode.PROVIDER_REFUSED)
        return {**more, **claims}

    async def _require_answer(self, returned: Returned) -> None:
        """Returns when the provider that was asked gave a code (RFC 9207 for which one it was)."""
        metadata = await self._provider.metadata()
        is_told = metadata.authorization_response_iss_parameter_supported
        if (is_told or returned.issuer is not None) and returned.issuer != self.settings.issuer:
            log.warning("answer_of_another_provider", provider=self.settings.name)
            raise Problem(ApiCode.PROVIDER_REFUSED)
        if returned.error or not returned.code:
            error = returned.error if returned.error in _SAID else "other"
            log.warning("provider_said_no", error=error, provider=self.settings.name)
            away = returned.error in _AWAY
            raise Problem(ApiCode.PROVIDER_UNAVAILABLE if away else ApiCode.PROVIDER_REFUSED)

    async def _code(
        self, pending: Pending, claims: Mapping[str, Any], entrance: Entrance, at: datetime
    ) -> str:
        code = secrets.token_urlsafe(_BYTES)
        async with self._database.begin() as session:
            account = await self._arrivals(session, entrance.audit, at).account_of(claims)
            kept = SignInCode(
                subject=account.subject,
                way=self.settings.name,
                challenge=pending.challenge,
                expires_at=at + CODE_LASTS,
            )
            await SignInCodes(session).add(hash_of(code), kept, at)
        return code

    def _arrivals(self, session: Session, audit: Auditing, at: datetime) -> Arrivals:
        hasher, settings = self._ways_in.hasher, self.settings
        return Arrivals(session=session, hasher=hasher, settings=settings, audit=audit, at=at)

    def _require_ours(self, return_to: str) -> None:
        if return_to not in self.settings.return_to:
            raise Problem.invalid(FieldError.of("return_to", "other"))


def s256(verifier: str) -> str:
    """RFC 7636 4.2."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def with_query(address: str, asked: Mapping[str, str]) -> str:
    return address + ("&" if "?" in address else "?") + urlencode(asked)
