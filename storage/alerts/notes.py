"""What is noted on an issue about its condition; bounded, however long a camera goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, insert, literal, select

from domain.ids import IssueNumber
from storage.models import AlertNoteRow as Row
from storage.session import Session

MOST_NOTES = 50
"""Of one condition on one issue."""


class NoteWord(StrEnum):
    """What can be noted."""

    OPENED = "opened"
    LINKED = "linked"
    SEEN_AGAIN = "seen_again"
    REPEATED = "repeated"
    """So many alerts by now; noted at every power of ten."""
    CLEARED = "cleared"
    FLAPPING = "flapping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One line; what it says in a language stands in the catalogue."""

    issue: IssueNumber
    word: NoteWord
    alerts: int
    """Alerts of the condition by then."""
    at: datetime
    former: IssueNumber | None = None


class Notes:
    """Lines that are added and never changed."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def put(self, condition: int, note: Note) -> None:
        """Unless the condition has said enough on this issue."""
        said = (
            select(func.count())
            .where(Row.condition_id == condition, Row.issue_number == note.issue)
            .scalar_subquery()
        )
        values = {
            "condition_id": condition,
            "issue_number": note.issue,
            "word": note.word,
            "alerts": note.alerts,
            "former": note.former,
            "at": note.at,
        }
        columns = [Row.__table__.c[name].type for name in values]
        line = select(
            *(literal(value, of) for value, of in zip(values.values(), columns, strict=True))
        ).where(said < MOST_NOTES)
        await self._session.execute(insert(Row).from_select(list(values), line))

    async def of_issue(self, number: IssueNumber) -> Sequence[Note]:
        """In order."""
        found = (
            select(Row.issue_number, Row.word, Row.alerts, Row.at, Row.former)
            .where(Row.issue_number == number)
            .order_by(Row.id)
        )
        rows = await self._session.execute(found)
        return tuple(
            Note(
                issue=IssueNumber(row.issue_number),
                word=NoteWord(row.word),
                alerts=row.alerts,
                at=row.at,
                former=IssueNumber(row.former) if row.former else None,
            )
            for row in rows
        )
