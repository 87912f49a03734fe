"""All that is kept of one person, as it is handed over."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from domain.ids import EvidenceId, GridCode, IssueNumber, TextId
from domain.vocabulary import IssueState
from storage.models import (
    FollowerRow,
    IssueRow,
    PictureRow,
    PositionRow,
    ResidentLinkRow,
    TextRow,
)
from storage.nearby import PLACE_COLUMNS, position_of
from storage.people import People
from storage.persons_traces import Traces
from storage.residents.views import LinkKind
from storage.session import Session
from storage.texts import Text, Texts
from storage.views import Reporter

MOST_ISSUES = 1_000
MOST_WORDS = 10_000
"""Of one person in one answer; who has more is told so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnIssue:
    """An issue that the person raised for themself, or that was raised for them."""

    number: IssueNumber
    grid: GridCode
    category: str
    state: IssueState
    raised_at: datetime
    closed_at: datetime | None
    satisfaction: str | None
    reporter: Reporter | None
    lat: float | None
    lon: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPicture:
    """A picture that the person uploaded."""

    id: EvidenceId
    number: IssueNumber | None
    uploaded_at: datetime
    sha256: str
    is_stored: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLink:
    """A link that acts in the person's name."""

    id: str
    number: IssueNumber
    kind: LinkKind
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """All that is kept of a person.

    `is_whole` is False where a limit cut it off, or something sealed could not be opened.
    """

    issues: tuple[OwnIssue, ...]
    texts: tuple[Text, ...]
    pictures: tuple[OwnPicture, ...]
    follows: tuple[IssueNumber, ...]
    links: tuple[OwnLink, ...]
    is_whole: bool


class Keeping:
    """Reads what is kept of somebody, within some grids."""

    def __init__(self, session: Session, traces: Traces, where: ColumnElement[bool]) -> None:
        self._session, self._traces, self._where = session, traces, where

    async def kept(self) -> Kept:
        issues, texts = await self._issues(), await self._texts()
        pictures = await self._pictures()
        limited = ((issues, MOST_ISSUES), (texts, MOST_WORDS), (pictures, MOST_WORDS))
        is_open = all(each.body is not None for each in texts) and all(
            each.reporter is None or each.reporter.is_whole for each in issues
        )
        return Kept(
            issues=issues[:MOST_ISSUES],
            texts=texts[:MOST_WORDS],
            pictures=pictures[:MOST_WORDS],
            follows=await self._follows(),
            links=await self._links(),
            is_whole=is_open and all(len(found) <= most for found, most in limited),
        )

    async def _issues(self) -> tuple[OwnIssue, ...]:
        found = (
            select(
                IssueRow.number,
                IssueRow.grid,
                IssueRow.category,
                IssueRow.state,
                IssueRow.raised_at,
                IssueRow.closed_at,
                IssueRow.satisfaction,
                *PLACE_COLUMNS,
            )
            .outerjoin(PositionRow, PositionRow.issue_number == IssueRow.number)
            .where(self._traces.issues, self._where)
            .order_by(IssueRow.id)
            .limit(MOST_ISSUES + 1)
        )
        rows = (await self._session.execute(found)).all()
        people = People(self._session)
        return tuple(
            [
                OwnIssue(
                    number=IssueNumber(row.number),
                    grid=GridCode(row.grid),
                    category=row.category,
                    state=IssueState(row.state),
                    raised_at=row.raised_at,
                    closed_at=row.closed_at,
                    satisfaction=row.satisfaction,
                    reporter=await people.reporter(IssueNumber(row.number)),
                    lat=place.wgs84.lat if place else None,
                    lon=place.wgs84.lon if place else None,
                )
                for row in rows
                for place in [await position_of(self._session, row)]
            ]
        )

    async def _texts(self) -> tuple[Text, ...]:
        found = (
            select(TextRow.id)
            .join(IssueRow, IssueRow.number == TextRow.issue_number)
            .where(self._traces.texts, TextRow.erased_at.is_(None), self._where)
            .order_by(TextRow.at, TextRow.id)
            .limit(MOST_WORDS + 1)
        )
        ids = [TextId(row.id) for row in await self._session.execute(found)]
        texts = await Texts(self._session).many(ids)
        return tuple(texts[each] for each in ids)

    async def _pictures(self) -> tuple[OwnPicture, ...]:
        """Those that hang on no issue yet are the person's own affair alone."""
        found = (
            select(
                PictureRow.id,
                PictureRow.issue_number,
                PictureRow.uploaded_at,
                PictureRow.sha256,
                PictureRow.stored_at,
            )
            .outerjoin(IssueRow, IssueRow.number == PictureRow.issue_number)
            .where(
                self._traces.pictures,
                PictureRow.erased_at.is_(None),
                or_(PictureRow.issue_number.is_(None), self._where),
            )
            .order_by(PictureRow.uploaded_at, PictureRow.id)
            .limit(MOST_WORDS + 1)
        )
        return tuple(
            OwnPicture(
                id=EvidenceId(row.id),
                number=IssueNumber(row.issue_number) if row.issue_number else None,
                uploaded_at=row.uploaded_at,
                sha256=row.sha256,
                is_stored=row.stored_at is not None,
            )
            for row in await self._session.execute(found)
        )

    async def _follows(self) -> tuple[IssueNumber, ...]:
        found = (
            select(FollowerRow.issue_number)
            .join(IssueRow, IssueRow.number == FollowerRow.issue_number)
            .where(self._traces.follows, self._where)
            .order_by(FollowerRow.issue_number)
        )
        return tuple(IssueNumber(row.issue_number) for row in await self._session.execute(found))

    async def _links(self) -> tuple[OwnLink, ...]:
        """Those that nobody revoked."""
        found = (
            select(
                ResidentLinkRow.id,
                ResidentLinkRow.issue_number,
                ResidentLinkRow.kind,
                ResidentLinkRow.made_at,
                ResidentLinkRow.expires_at,
            )
            .join(IssueRow, IssueRow.number == ResidentLinkRow.issue_number)
            .where(self._traces.links, ResidentLinkRow.revoked_at.is_(None), self._where)
            .order_by(ResidentLinkRow.made_at, ResidentLinkRow.id)
        )
        return tuple(
            OwnLink(
                id=row.id,
                number=IssueNumber(row.issue_number),
                kind=LinkKind(row.kind),
                made_at=row.made_at,
                expires_at=row.expires_at,
            )
            for row in await self._session.execute(found)
        )
