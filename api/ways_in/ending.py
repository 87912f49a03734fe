"""Ends sessions so that nothing goes on: neither what is being opened nor what is yet to be.

Whoever opens a session by what was looked at before locks the account and looks once more. So does
whoever ends sessions: one of the two is first, and the other one sees it.
"""

from datetime import datetime

from api.problems import ApiCode, Problem
from domain.ids import Subject
from storage.accounts.codes import SignInCodes
from storage.accounts.hashing import IdentityHasher
from storage.accounts.repository import Accounts
from storage.accounts.sessions import SignInSessions
from storage.accounts.views import Account, Because, SignInSession
from storage.session import Session


class Ending:
    """What ends at one instant, in one open transaction that can write."""

    def __init__(self, session: Session, hasher: IdentityHasher, at: datetime) -> None:
        self._session = session
        self._accounts = Accounts(session, hasher)
        self._at = at

    async def all_of(self, subject: Subject, because: Because, *, way: str | None = None) -> int:
        """Everything somebody is signed in with, or what came by one way; how many.

        Codes by which they would still come in that way are worth nothing any more.
        """
        await self._accounts.lock(subject)
        await SignInCodes(self._session).withdraw(subject, way)
        return await SignInSessions(self._session).revoke_all(subject, because, self._at, way=way)

    async def own(self, current: SignInSession, because: Because) -> Account:
        """The session of a bearer who goes on in another; the account as it is now.

        The bearer was let in by what was known up to two seconds ago, so it is looked at again: a
        session that was ended meanwhile opens no other.

        Raises:
            Problem: `session_over`.
        """
        await self._accounts.lock(current.account.subject)
        sessions = SignInSessions(self._session)
        found = await sessions.by_id(current.id)
        if found is None or not found.is_open(self._at):
            raise Problem(ApiCode.SESSION_OVER)
        if not await sessions.revoke(current.id, because, self._at):
            raise Problem(ApiCode.SESSION_OVER)
        return found.account
