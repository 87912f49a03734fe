"""One person across all issues: what is kept of them, and how it is erased."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from domain.ids import GridCode, IssueNumber, Subject
from domain.vocabulary import IssueState
from storage.blanking import Blanking
from storage.followers import Followers
from storage.models import IssueRow, TextRow
from storage.persons_kept import Keeping, Kept
from storage.persons_traces import Whom, covered, traces_of
from storage.pictures.repository import Pictures
from storage.residents.links import ResidentLinks
from storage.session import Session
from storage.texts import Texts

MOST_ERASED = 200
"""Issues of one person in one request; who has more is told so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """What was erased of a person, and the issues that are still being handled."""

    issues: int
    texts: int
    pictures: int
    still_open: tuple[IssueNumber, ...]
    beyond_scope: int
    """Issues in grids that who erased does not cover."""
    more: int
    """Issues that one request had no room for; the next one has."""
    words_left: int
    """Texts of theirs on issues that are open, or that who erased does not cover."""
    within_scope: int
    """Issues of theirs that who erased covers; by subject also those that were erased before."""


class Persons:
    """One person across all issues."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def kept(self, whom: Whom, grids: Sequence[GridCode] | None) -> Kept:
        """Within these grids; None stands for the person's own question.

        Of a phone: the issues it was left with, what was reported there and shown with it.
        """
        traces = await traces_of(self._session, whom)
        return await Keeping(self._session, traces, covered(grids)).kept()

    async def erase(self, whom: Whom, at: datetime, grids: Sequence[GridCode]) -> Gone:
        """Everything about their closed issues, and whatever else they wrote or showed there.

        Who is still waiting for something has to be reached: what is open is named, not erased.
        """
        where, traces = covered(grids), await traces_of(self._session, whom)
        mine, closed = traces.issues, IssueRow.state == IssueState.CLOSED
        due = (mine, closed, IssueRow.anonymised_at.is_(None), where)
        numbers = await self._held(*due)
        within_scope = await self._count(mine, where)
        elsewhere = select(IssueRow.number).where(closed, where)
        # Before anything is blanked: no issue is found by a phone that is gone.
        await ResidentLinks(self._session).revoke_all(traces.links, elsewhere, at)
        blanked = await Blanking(self._session).blank_for_good(numbers, at, tuple(grids))
        texts = pictures = 0
        if whom.subject is not None:
            texts = await Texts(self._session).erase_of_author(whom.subject, at, elsewhere)
            pictures = await Pictures(self._session).erase_of_uploader(whom.subject, at, elsewhere)
            await self._follows_no_more(whom.subject, where)
        return Gone(
            issues=len(numbers),
            texts=sum(each.texts for each in blanked) + texts,
            pictures=sum(each.pictures for each in blanked) + pictures,
            still_open=tuple(await self._numbers(mine, ~closed, where, most=MOST_ERASED)),
            more=await self._count(*due),
            beyond_scope=await self._count(mine, ~where),
            within_scope=within_scope,
            words_left=await self._words_left(whom.subject),
        )

    async def _follows_no_more(self, subject: Subject, where: ColumnElement[bool]) -> None:
        """What was counted on closed issues stays counted; the open ones they just leave."""
        followers, closed = Followers(self._session), IssueRow.state == IssueState.CLOSED
        await followers.leave_all(subject, select(IssueRow.number).where(~closed, where))
        await followers.unname(subject, select(IssueRow.number).where(closed, where))

    async def _held(self, *which: ColumnElement[bool]) -> list[IssueNumber]:
        """No step with words of its own is recorded meanwhile; housekeeping holds them likewise."""
        found = select(IssueRow.number).where(*which).order_by(IssueRow.id).limit(MOST_ERASED)
        rows = await self._session.execute(found.with_for_update())
        return [IssueNumber(row.number) for row in rows]

    async def _words_left(self, subject: Subject | None) -> int:
        found = select(func.count(TextRow.id)).where(
            TextRow.author == subject, TextRow.erased_at.is_(None)
        )
        return 0 if subject is None else (await self._session.execute(found)).scalar_one()

    async def _numbers(self, *which: ColumnElement[bool], most: int) -> list[IssueNumber]:
        found = select(IssueRow.number).where(*which).order_by(IssueRow.id).limit(most)
        return [IssueNumber(row.number) for row in await self._session.execute(found)]

    async def _count(self, *which: ColumnElement[bool]) -> int:
        found = select(func.count(IssueRow.id)).where(*which)
        return (await self._session.execute(found)).scalar_one()
