"""Free text, kept apart from everything else so that it can be erased."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.ids import IssueNumber, Subject, TextId
from domain.meeting.words import MeetingEvent
from storage.models import EventRow, MeetingEventRow, MeetingItemRow, TextRow
from storage.models.issues import LONGEST_TEXT
from storage.session import Session

__all__ = ["LONGEST_TEXT", "Text", "Texts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Free text; `body` is None once erased."""

    id: TextId
    number: IssueNumber
    author: Subject
    body: str | None
    at: datetime


class Texts:
    """What people said about an issue: its description and the remarks of commands."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def put(
        self, text_id: TextId, number: IssueNumber, author: Subject, body: str, at: datetime
    ) -> None:
        """Keeps a remark; one that is there already stays as it is."""
        await self._session.execute(
            insert(TextRow)
            .values(
                id=text_id,
                issue_number=number,
                kind="remark",
                author=author,
                body=body,
                at=at,
            )
            .on_conflict_do_nothing(index_elements=["id"])
        )

    async def remove_unused(self, text_id: TextId) -> bool:
        """Deletes a remark that no event refers to, as after a refused command."""
        gone = await self._session.execute(
            delete(TextRow).where(
                TextRow.id == text_id,
                ~exists().where(EventRow.text_id == TextRow.id),
                ~exists().where(MeetingEventRow.text_id == TextRow.id),
            )
        )
        return gone.rowcount > 0

    async def many(self, ids: Iterable[TextId]) -> Mapping[TextId, Text]:
        found = select(
            TextRow.id, TextRow.issue_number, TextRow.author, TextRow.body, TextRow.at
        ).where(TextRow.id.in_(list(ids)))
        rows = (await self._session.execute(found)).all()
        texts = (
            Text(
                id=TextId(row.id),
                number=IssueNumber(row.issue_number),
                author=Subject(row.author),
                body=row.body,
                at=row.at,
            )
            for row in rows
        )
        return {each.id: each for each in texts}

    async def erase(self, number: IssueNumber, at: datetime) -> int:
        """Blanks everything said about the issue; how many texts. The timeline stays.

        What was said in a meeting about no issue in particular, its minutes above all, may be
        about any on the agenda, and goes with each of them.
        """
        about = or_(TextRow.issue_number == number, TextRow.id.in_(_said_in_meetings(number)))
        erased = await self._session.execute(
            update(TextRow)
            .where(about, TextRow.erased_at.is_(None))
            .values(body=None, erased_at=at)
        )
        return erased.rowcount


def _said_in_meetings(number: IssueNumber) -> Select[str | None]:
    of_all = (MeetingEvent.MINUTES_ADDED, MeetingEvent.POSTPONED, MeetingEvent.ADJOURNED)
    return select(MeetingEventRow.text_id).where(
        MeetingEventRow.text_id.is_not(None),
        MeetingEventRow.name.in_(of_all),
        exists().where(
            MeetingItemRow.meeting_number == MeetingEventRow.meeting_number,
            MeetingItemRow.issue_number == number,
        ),
    )
