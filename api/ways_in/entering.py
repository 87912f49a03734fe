"""Every attempt to come in goes on record: by which way, as whom, and how it ended.

Who is let in is on record in the transaction that opens the session. Who is not is put on record
after the answer, as every refusal: else how long it takes would tell whether anybody has a name.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from fastapi import Request
from starlette.background import BackgroundTask

from api.auditing import Auditing
from api.problems import ApiCode, Problem
from api.refusing import MOST_A_MINUTE, Refusals, noted
from domain.auditing import About, Deed, ObjectKind
from domain.ids import Subject
from observability import metrics
from storage.accounts.views import SignInSession
from storage.session import Session

_FAILED = frozenset(
    {
        *(ApiCode.SIGN_IN_FAILED, ApiCode.SIGN_IN_STALE, ApiCode.NOT_LINKED),
        *(ApiCode.NO_APPOINTMENT, ApiCode.PROVIDER_REFUSED, ApiCode.ACCOUNT_TAKEN),
    }
)
"""What is held against who tries; a provider that is away, or a bad body, is not."""


@dataclass(slots=True, kw_only=True)
class Entrance:
    """One attempt to come in, and whose account it turned out to be about."""

    way: str
    """`password`, or the provider's name."""
    audit: Auditing
    whose: Subject | None = None

    async def opened(self, session: Session, opened: SignInSession) -> None:
        """Somebody is in, in the transaction that let them in."""
        await self.audit.did(
            session,
            Deed.SIGNED_IN,
            of_account(opened.account.subject),
            subject=opened.account.subject,
            session=opened.id,
            appointment=opened.appointment.id,
            department=opened.appointment.department,
            way=self.way,
        )

    async def failed(self, act: Deed, problem: Problem, refusals: Refusals) -> None:
        """Who was not let in; of one account, or of none, so many a minute as of refusals."""
        count = refusals.count(f"{self.way} {self.whose or ''}")
        if count > MOST_A_MINUTE:
            metrics.AUDIT_REFUSALS_DROPPED_TOTAL.labels(why="too_many").inc()
            return
        about = of_account(self.whose) if self.whose else About(ObjectKind.ROUTE, "sign_in")
        more = count == MOST_A_MINUTE
        code = str(problem.code)
        await self.audit.saw(act, about, result=code, way=self.way, more_not_noted=more)


@asynccontextmanager
async def entering(request: Request, way: str) -> AsyncIterator[Entrance]:
    """What is refused inside goes on record once it was said."""
    entrance = Entrance(way=way, audit=Auditing(request))
    try:
        yield entrance
    except Problem as problem:
        act = _act(problem)
        if act is not None:
            failed = partial(entrance.failed, act, problem, request.app.state.refusals)
            request.state.afterwards = BackgroundTask(noted, failed, problem)
        raise


def of_account(subject: Subject) -> About:
    """An account lies in no single grid."""
    return About(ObjectKind.ACCOUNT, subject)


def _act(problem: Problem) -> Deed | None:
    if problem.code is ApiCode.SIGN_IN_LOCKED:
        return Deed.LOCKED_OUT
    return Deed.SIGN_IN_FAILED if problem.code in _FAILED else None
