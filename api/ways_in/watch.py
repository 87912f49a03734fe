"""Whether the session of a token is still open, kept for a moment: every request asks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.ways_in.ring import KeyRing
from storage.accounts.sessions import SignInSessions
from storage.accounts.views import SignInSession
from storage.session import Database

KEPT_S = 2.0
"""What ends a session is noticed by every process after so many seconds."""
_MOST_KEPT = 10_000


class SessionOver(Exception):
    """The token is right, and its session is not open any more."""


@dataclass(frozen=True, slots=True)
class _Seen:
    until: float
    session: SignInSession


class Watch:
    """Lets in who bears an access token of ours, and only while the session is open."""

    def __init__(
        self,
        ring: KeyRing,
        database: Database,
        now: Callable[[], datetime],
        tick: Callable[[], float],
    ) -> None:
        self._ring = ring
        self._database = database
        self._now = now
        self._tick = tick
        self._kept: dict[str, _Seen] = {}

    def knows(self, token: str) -> bool:
        """Whether a token names a key of ours: then it is ours or nothing."""
        return self._ring.knows(token)

    async def session_of(self, token: str) -> SignInSession:
        """The open session of a token.

        Raises:
            jwt.PyJWTError: the token is not wholly right.
            SessionOver: the token is right, and too late.
            Unreachable: that cannot be told now.
        """
        claims = self._ring.verified(token, self._now())
        session = await self._session(str(claims["sid"]))
        if session is None or not self._is_of(session, claims):
            raise SessionOver
        return session

    def _is_of(self, session: SignInSession, claims: Mapping[str, Any]) -> bool:
        return session.account.subject == claims["sub"] and session.is_open(self._now())

    async def _session(self, id_: str) -> SignInSession | None:
        seen = self._kept.get(id_)
        if seen is not None and self._tick() < seen.until:
            return seen.session
        self._kept.pop(id_, None)
        async with self._database.single() as session:
            found = await SignInSessions(session).by_id(id_)
        if found is not None:
            while len(self._kept) >= _MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[id_] = _Seen(self._tick() + KEPT_S, found)
        return found
