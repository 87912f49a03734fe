"""Writes entries of the audit log, in whatever transaction the act itself is in."""

import json

from sqlalchemy import insert

from domain.auditing import AuditEntry
from storage.models import AuditEntryRow
from storage.session import Session

_PUT = insert(AuditEntryRow)


class AuditEntries:
    """Who saw or did what. Never changed, and nothing here chains: the sealer does."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, entry: AuditEntry) -> None:
        await self._session.execute(
            _PUT,
            {
                "at": entry.at,
                "subject": entry.subject,
                "session": entry.session,
                "appointment": entry.appointment,
                "department": entry.department,
                "grid": entry.about.grid,
                "act": entry.act,
                "object_kind": entry.about.kind,
                "object_id": entry.about.object,
                "result": entry.result,
                "request": entry.request,
                "particulars": json.dumps(dict(entry.particulars)),
            },
        )
