"""What is personal about an issue goes; what happened stays, so that figures stay right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from domain.ids import GridCode, IssueNumber
from storage.alerts.blanking import blank_attributes
from storage.models import IssueRow
from storage.people import People
from storage.pictures.repository import Pictures
from storage.session import Session
from storage.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Blanked:
    """How many texts and pictures, and whether there was a reporter and a position."""

    texts: int
    reporter: bool
    pictures: int
    position: bool


class Blanking:
    """The same for one issue that somebody asks for and for all whose time has come.

    Nobody sees an erased picture any more; its pixels are deleted by housekeeping, or at once by
    who erased it.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    async def blank(
        self, number: IssueNumber, at: datetime, grids: tuple[GridCode, ...] = ()
    ) -> Blanked:
        """Everything of the issue alone, and what meetings of these grids said with others."""
        await blank_attributes(self._session, number)
        texts, people = Texts(self._session), People(self._session)
        own = await texts.erase(number, at)
        shared = await texts.erase_shared(number, at, grids)
        return Blanked(
            texts=own + shared,
            reporter=await people.erase_reporter(number, at),
            pictures=await Pictures(self._session).erase(number, at),
            position=await people.erase_position(number, at),
        )

    async def anonymise_some(self, before: datetime, at: datetime, limit: int) -> int:
        """Those closed before, the longest closed first; how many.

        What a meeting said about a whole agenda goes with the last issue of that agenda.
        """
        due = (
            select(IssueRow.number)
            .where(IssueRow.closed_at < before, IssueRow.anonymised_at.is_(None))
            .order_by(IssueRow.closed_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        numbers = [IssueNumber(row.number) for row in await self._session.execute(due)]
        await self.blank_for_good(numbers, at)
        return len(numbers)

    async def blank_for_good(
        self, numbers: Sequence[IssueNumber], at: datetime, grids: tuple[GridCode, ...] = ()
    ) -> tuple[Blanked, ...]:
        """The same as `blank` for closed issues, of which nothing personal will ever come again."""
        blanked = tuple([await self.blank(each, at, grids) for each in numbers])
        await self._session.execute(
            update(IssueRow).where(IssueRow.number.in_(numbers)).values(anonymised_at=at)
        )
        for number in numbers:
            await Texts(self._session).erase_done_with(number, at)
        return blanked
