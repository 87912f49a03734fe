"""The record of an issue as people read it: what happened, who did it, what was said."""

from typing import Any

from sqlalchemy import select

from domain.events import EventName
from domain.ids import DepartmentCode, IssueNumber, Subject
from domain.vocabulary import IssueState, Role
from storage import codec
from storage.models import EventRow, TextRow
from storage.said import SAID, said
from storage.session import AnyRow, Session
from storage.views import TimelineEntry

BEGINNING = -1
"""Before the birth, which is version 0."""
NO_DETAIL = frozenset({"actor", "id", "text", "position", "place", "asked_at"})


async def timeline(
    session: Session, number: IssueNumber, after_version: int, limit: int
) -> tuple[TimelineEntry, ...]:
    found = (
        select(
            EventRow.version,
            EventRow.name,
            EventRow.at,
            EventRow.actor,
            EventRow.department,
            EventRow.state,
            EventRow.payload,
            *SAID,
        )
        .outerjoin(TextRow, TextRow.id == EventRow.text_id)
        .where(EventRow.issue_number == number, EventRow.version > after_version)
        .order_by(EventRow.version)
        .limit(limit)
    )
    rows = (await session.execute(found)).all()
    words = await said(session, rows)
    return tuple(_entry(row, text) for row, text in zip(rows, words, strict=True))


def _entry(row: AnyRow, text: str | None) -> TimelineEntry:
    payload: dict[str, Any] = codec.ANYTHING.validate_json(row.payload)
    return TimelineEntry(
        version=row.version,
        name=EventName(row.name),
        at=row.at,
        actor=Subject(row.actor),
        roles=tuple(Role(each) for each in payload.get("actor", {}).get("roles", ())),
        department=DepartmentCode(row.department) if row.department else None,
        state=IssueState(row.state),
        text=text,
        text_erased_at=row.erased_at,
        details={name: value for name, value in payload.items() if name not in NO_DETAIL},
    )
