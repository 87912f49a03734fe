"""Says in the audit log who saw or did what; one line in a route.

::

    await audit.saw(Deed.REPORTER_READ, About(ObjectKind.ISSUE, number, grid))   # before answering
    await audit.did(session, Deed.ENTRY_WRITTEN, About(ObjectKind.ENTRY, name))  # with the act

`saw` commits an entry of its own; where it cannot, its error goes up and nothing is shown.
`did` stands and falls with the transaction of the act: there is never one without the other.
Whoever is let in by another way than the gate says who it is: `subject=`, and `result=` when it
was not done.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request

from domain.auditing import About, AuditEntry, Deed, Particular, is_code
from domain.ids import Subject
from observability import metrics
from storage.audit.entries import AuditEntries
from storage.session import Database, Session

_HIDDEN = "hidden"
"""Instead of an id that somebody chose and that tells too much."""


class Auditing:
    """Writes entries for one request; who asks is known once the gate has let them in."""

    def __init__(self, request: Request) -> None:
        self._state = request.state
        parts = request.app.state.parts
        self._database: Database = parts.database
        self._now: Callable[[], datetime] = parts.now

    async def saw(self, act: Deed, about: About, **particulars: Particular) -> None:
        """On record before anything is shown.

        Raises:
            Unreachable: it cannot be recorded now, so it must not be shown.
        """
        async with self._database.single() as session:
            await self.did(session, act, about, **particulars)

    async def did(
        self, session: Session, act: Deed, about: About, **particulars: Particular
    ) -> None:
        """On record with the act, in its transaction."""
        await AuditEntries(session).add(self._entry(act, about, particulars))
        metrics.AUDIT_ENTRIES_TOTAL.labels(group=act.group).inc()

    def _entry(self, act: Deed, about: About, particulars: dict[str, Particular]) -> AuditEntry:
        subject = particulars.pop("subject", self._known("subject"))
        return AuditEntry(
            at=self._now(),
            act=act,
            about=about if is_code(about.object) else replace(about, object=_HIDDEN),
            result=str(particulars.pop("result", "done")),
            subject=None if subject is None else Subject(str(subject)),
            session=self._known("session"),
            appointment=self._known("appointment"),
            department=self._known("department"),
            request=self._known("request_id"),
            particulars=particulars,
        )

    def _known(self, name: str) -> Any:  # noqa: ANN401 - what edge and gate have written there
        return getattr(self._state, name, None)


async def _auditing(request: Request) -> Auditing:
    return Auditing(request)


AuditOf = Annotated[Auditing, Depends(_auditing)]
