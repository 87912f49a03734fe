"""Free text, kept apart from everything else so that it can be erased."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    delete,
    exists,
    func,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from domain.ids import CommandId, GridCode, IssueNumber, Subject, TextId
from domain.meeting.words import MeetingEvent
from storage.filters import lies_in_one_of
from storage.models import EventRow, IssueRow, MeetingEventRow, MeetingItemRow, MeetingRow, TextRow
from storage.models.issues import LONGEST_TEXT
from storage.said import SAID, place_of, said, storable
from storage.sealing import seals
from storage.session import Session

__all__ = ["LONGEST_TEXT", "Text", "Texts"]

_OF_A_WHOLE_AGENDA = (
    MeetingEvent.INVITATION_ACKNOWLEDGED,
    MeetingEvent.PARTY_REPORTED_IN,
    MeetingEvent.SITTING_OPENED,
    MeetingEvent.DEPARTMENTS_INVITED,
    MeetingEvent.POSTPONED,
    MeetingEvent.ADJOURNED,
    MeetingEvent.MINUTES_ADDED,
    MeetingEvent.ITEM_ADDED,
)
"""Whose words hang on the first issue of the agenda, which need not be what they are about."""
_ALL_DONE = ~(
    exists()
    .where(
        MeetingItemRow.meeting_number == MeetingEventRow.meeting_number,
        MeetingItemRow.issue_number == IssueRow.number,
        IssueRow.anonymised_at.is_(None),
    )
    .correlate(MeetingEventRow)
)
_PUT = insert(TextRow).on_conflict_do_nothing(index_elements=["id"])


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
        """Keeps a remark, sealed; one that is there already stays as it is."""
        sealer = await seals.sealer(self._session)
        await self._session.execute(
            _PUT,
            {
                "id": text_id,
                "issue_number": number,
                "kind": "remark",
                "author": author,
                "body": "",
                "body_sealed": sealer.text(place_of(text_id), storable("body", body, LONGEST_TEXT)),
                "at": at,
            },
        )

    async def remove_unused(self, ids: Iterable[TextId], number: str, command: CommandId) -> int:
        """Deletes what a refused command to an issue or meeting said; nothing, if it was accepted.

        Only its remark stands in a column of its event. Places, positions and tasks stand in the
        payload, where no index finds them: they are known by the command they came with.
        """
        accepted = exists().where(EventRow.issue_number == number, EventRow.command_id == command)
        in_meeting = exists().where(
            MeetingEventRow.meeting_number == number, MeetingEventRow.command_id == command
        )
        gone = await self._session.execute(
            delete(TextRow).where(
                TextRow.id.in_(list(ids)),
                ~accepted,
                ~in_meeting,
                ~exists().where(EventRow.text_id == TextRow.id),
                ~exists().where(MeetingEventRow.text_id == TextRow.id),
            )
        )
        return gone.rowcount

    async def many(self, ids: Iterable[TextId]) -> Mapping[TextId, Text]:
        found = select(*SAID, TextRow.issue_number, TextRow.author, TextRow.at).where(
            TextRow.id.in_(list(ids))
        )
        rows = (await self._session.execute(found)).all()
        texts = (
            Text(
                id=TextId(row.said_id),
                number=IssueNumber(row.issue_number),
                author=Subject(row.author),
                body=body,
                at=row.at,
            )
            for row, body in zip(rows, await said(self._session, rows), strict=True)
        )
        return {each.id: each for each in texts}

    async def erase(self, number: IssueNumber, at: datetime) -> int:
        """Blanks everything said about the issue alone; how many texts. The timeline stays."""
        alone = TextRow.id.not_in(_shared_with(number))
        return await self._blank(at, TextRow.issue_number == number, alone)

    async def erase_shared(
        self, number: IssueNumber, at: datetime, grids: tuple[GridCode, ...]
    ) -> int:
        """Blanks what meetings of these grids said about no issue in particular; how many texts.

        Minutes above all, but also what a party said when it reported in, and from where: it may
        be about any issue on the agenda, and goes with each of them.
        """
        return await self._blank(at, TextRow.id.in_(_shared_with(number, grids)))

    async def erase_done_with(self, number: IssueNumber, at: datetime) -> int:
        """Blanks what meetings said about a whole agenda with the issue on it, if all are done.

        That is when nothing personal is left of any other issue there; how many texts.
        """
        return await self._blank(at, TextRow.id.in_(_shared_with(number, only_done=True)))

    async def erase_of_author(self, author: Subject, at: datetime, issues: Select[str]) -> int:
        """Blanks what somebody wrote on these issues; how many texts."""
        return await self._blank(at, TextRow.author == author, TextRow.issue_number.in_(issues))

    async def count_shared(self, number: IssueNumber) -> int:
        """How many texts that all issues of an agenda share, this one too, are not erased."""
        found = select(func.count(TextRow.id)).where(
            TextRow.id.in_(_shared_with(number)), TextRow.erased_at.is_(None)
        )
        return (await self._session.execute(found)).scalar_one()

    async def _blank(self, at: datetime, *which: ColumnElement[bool]) -> int:
        """One condition a statement: joined by OR they would be beyond every index."""
        erased = await self._session.execute(
            update(TextRow)
            .where(*which, TextRow.erased_at.is_(None))
            .values(body=None, body_sealed=None, grams=None, erased_at=at)
        )
        return erased.rowcount


def _shared_with(
    number: IssueNumber, grids: tuple[GridCode, ...] | None = None, *, only_done: bool = False
) -> CompoundSelect[str]:
    """Ids of what meetings said about a whole agenda with the issue on it."""
    position = func.jsonb_extract_path_text(MeetingEventRow.payload, "position")
    ids: tuple[ColumnElement[Any], ...] = (MeetingEventRow.text_id.expression, position)
    found = [_of_agendas(each, number, grids) for each in ids]
    return union_all(*(each.where(_ALL_DONE) if only_done else each for each in found))


def _of_agendas(
    text_id: ColumnElement[Any], number: IssueNumber, grids: tuple[GridCode, ...] | None
) -> Select[str]:
    found = (
        select(text_id)
        .join(MeetingRow, MeetingRow.number == MeetingEventRow.meeting_number)
        .where(
            text_id.is_not(None),
            MeetingEventRow.name.in_(_OF_A_WHOLE_AGENDA),
            MeetingEventRow.meeting_number.in_(
                select(MeetingItemRow.meeting_number).where(MeetingItemRow.issue_number == number)
            ),
        )
    )
    if grids is None:
        return found
    return found.where(lies_in_one_of(MeetingRow.grid, grids))
