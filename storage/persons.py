"""All that is kept of one person: to be handed over, or to be erased."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from domain.ids import EvidenceId, GridCode, IssueNumber, Subject, TextId
from domain.vocabulary import IssueState, Role
from storage.blanking import Blanking
from storage.filters import in_subtree
from storage.models import FollowerRow, IssueRow, PictureRow, PositionRow, ReporterRow, TextRow
from storage.nearby import PLACE_COLUMNS, position_of
from storage.people import People
from storage.pictures.repository import Pictures
from storage.pictures.views import PictureRole
from storage.sealing import seals
from storage.session import Session
from storage.texts import Text, Texts
from storage.views import Reporter

MOST_ISSUES = 1_000
MOST_WORDS = 10_000
MOST_ERASED = 200
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
class Kept:
    """All that is kept of a person; `is_whole` is False where a limit cut it off."""

    issues: tuple[OwnIssue, ...]
    texts: tuple[Text, ...]
    pictures: tuple[OwnPicture, ...]
    follows: tuple[IssueNumber, ...]
    is_whole: bool


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Somebody by their subject or, who has none here, by the phone they left with an issue."""

    subject: Subject | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Traces:
    """What is somebody's, as conditions on the rows of each table."""

    issues: ColumnElement[bool]
    texts: ColumnElement[bool]
    pictures: ColumnElement[bool]
    follows: ColumnElement[bool]


class Persons:
    """One person across all issues."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def kept(self, whom: Whom, grids: Sequence[GridCode] | None) -> Kept:
        """Within these grids; None stands for the person's own question.

        Of a phone: the issues it was left with, what was reported there and shown with it.
        """
        where, traces = _covered(grids), await self._traces(whom)
        issues = await self._issues(traces, where)
        texts = await self._texts(traces, where)
        pictures = await self._pictures(traces, where)
        return Kept(
            issues=issues[:MOST_ISSUES],
            texts=texts[:MOST_WORDS],
            pictures=pictures[:MOST_WORDS],
            follows=await self._follows(traces, where),
            is_whole=len(issues) <= MOST_ISSUES
            and len(texts) <= MOST_WORDS
            and len(pictures) <= MOST_WORDS,
        )

    async def erase(self, whom: Whom, at: datetime, grids: Sequence[GridCode]) -> Gone:
        """Everything about their closed issues, and whatever else they wrote or showed there.

        Who is still waiting for something has to be reached: what is open is named, not erased.
        """
        where, traces = _covered(grids), await self._traces(whom)
        mine, closed = traces.issues, IssueRow.state == IssueState.CLOSED
        due = (mine, closed, IssueRow.anonymised_at.is_(None), where)
        numbers = await self._numbers(*due, most=MOST_ERASED)
        blanked = await Blanking(self._session).blank_for_good(numbers, at, tuple(grids))
        elsewhere = select(IssueRow.number).where(closed, where)
        texts = pictures = 0
        if whom.subject is not None:
            texts = await Texts(self._session).erase_of_author(whom.subject, at, elsewhere)
            pictures = await Pictures(self._session).erase_of_uploader(whom.subject, at, elsewhere)
        return Gone(
            issues=len(numbers),
            texts=sum(each.texts for each in blanked) + texts,
            pictures=sum(each.pictures for each in blanked) + pictures,
            still_open=tuple(await self._numbers(mine, ~closed, where, most=MOST_ERASED)),
            more=await self._count(*due),
            beyond_scope=await self._count(mine, ~where),
        )

    async def _traces(self, whom: Whom) -> _Traces:
        if whom.subject is not None:
            return _Traces(
                issues=_is_of(whom.subject),
                texts=TextRow.author == whom.subject,
                pictures=PictureRow.uploaded_by == whom.subject,
                follows=FollowerRow.subject == whom.subject,
            )
        hashed = (await seals.index(self._session)).phone(whom.phone or "")
        left_with = select(ReporterRow.issue_number).where(ReporterRow.phone_hash == hashed)
        return _Traces(
            issues=IssueRow.number.in_(left_with),
            texts=and_(TextRow.kind == "description", TextRow.issue_number.in_(left_with)),
            pictures=and_(
                PictureRow.role == PictureRole.BEFORE, PictureRow.issue_number.in_(left_with)
            ),
            follows=false(),
        )

    async def _issues(self, traces: _Traces, where: ColumnElement[bool]) -> tuple[OwnIssue, ...]:
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
            .where(traces.issues, where)
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

    async def _texts(self, traces: _Traces, where: ColumnElement[bool]) -> tuple[Text, ...]:
        found = (
            select(TextRow.id)
            .join(IssueRow, IssueRow.number == TextRow.issue_number)
            .where(traces.texts, TextRow.erased_at.is_(None), where)
            .order_by(TextRow.at, TextRow.id)
            .limit(MOST_WORDS + 1)
        )
        ids = [TextId(row.id) for row in await self._session.execute(found)]
        texts = await Texts(self._session).many(ids)
        return tuple(texts[each] for each in ids)

    async def _pictures(
        self, traces: _Traces, where: ColumnElement[bool]
    ) -> tuple[OwnPicture, ...]:
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
                traces.pictures,
                PictureRow.erased_at.is_(None),
                or_(PictureRow.issue_number.is_(None), where),
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

    async def _follows(
        self, traces: _Traces, where: ColumnElement[bool]
    ) -> tuple[IssueNumber, ...]:
        found = (
            select(FollowerRow.issue_number)
            .join(IssueRow, IssueRow.number == FollowerRow.issue_number)
            .where(traces.follows, where)
            .order_by(FollowerRow.issue_number)
        )
        return tuple(IssueNumber(row.issue_number) for row in await self._session.execute(found))

    async def _numbers(self, *which: ColumnElement[bool], most: int) -> list[IssueNumber]:
        found = select(IssueRow.number).where(*which).order_by(IssueRow.id).limit(most)
        return [IssueNumber(row.number) for row in await self._session.execute(found)]

    async def _count(self, *which: ColumnElement[bool]) -> int:
        found = select(func.count(IssueRow.id)).where(*which)
        return (await self._session.execute(found)).scalar_one()


def _is_of(subject: Subject) -> ColumnElement[bool]:
    """Raised for them; or by them, and for nobody else, as a resident."""
    by_themself = and_(
        IssueRow.raised_by == subject,
        IssueRow.resident.is_(None),
        IssueRow.source == Role.RESIDENT,
    )
    return or_(IssueRow.resident == subject, by_themself)


def _covered(grids: Sequence[GridCode] | None) -> ColumnElement[bool]:
    if grids is None:
        return IssueRow.number.is_not(None)
    return or_(false(), *(in_subtree(IssueRow.grid, grid) for grid in grids))
