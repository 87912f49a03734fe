"""Links for one issue: found by the hash of their token, made, revoked."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.events import EventName
from domain.ids import IssueNumber, Subject
from domain.vocabulary import Role
from storage.models import EventRow, IssueRow, ResidentCodeRow, ResidentLinkRow
from storage.residents.views import Link, LinkKind, NewLink
from storage.session import AnyRow, Session

_COLUMNS = (
    ResidentLinkRow.id,
    ResidentLinkRow.issue_number,
    ResidentLinkRow.kind,
    ResidentLinkRow.subject,
    ResidentLinkRow.token_sha256,
    ResidentLinkRow.fact,
    ResidentLinkRow.made_at,
    ResidentLinkRow.made_by,
    ResidentLinkRow.expires_at,
    ResidentLinkRow.revoked_at,
)


class ResidentLinks:
    """Links of issues; an address that leads to one is nowhere."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, link: NewLink, token_sha256: bytes) -> None:
        """Makes it; of two for the same fact the first one stays."""
        await self._session.execute(
            insert(ResidentLinkRow)
            .values(
                id=link.id,
                issue_number=link.number,
                kind=link.kind,
                subject=link.subject,
                token_sha256=token_sha256,
                fact=link.fact,
                made_at=link.made_at,
                made_by=link.made_by,
                expires_at=link.expires_at,
            )
            .on_conflict_do_nothing(index_elements=["issue_number", "fact"])
        )

    async def by_hash(self, token_sha256: bytes) -> Link | None:
        """Also when it is over or revoked: its holder is told so."""
        found = select(*_COLUMNS).where(ResidentLinkRow.token_sha256 == token_sha256)
        row = (await self._session.execute(found)).one_or_none()
        return _link(row) if row else None

    async def one(self, number: IssueNumber, id_: str) -> Link | None:
        found = select(*_COLUMNS).where(
            ResidentLinkRow.issue_number == number, ResidentLinkRow.id == id_
        )
        row = (await self._session.execute(found)).one_or_none()
        return _link(row) if row else None

    async def for_fact(self, number: IssueNumber, fact: str) -> Link | None:
        found = select(*_COLUMNS).where(
            ResidentLinkRow.issue_number == number, ResidentLinkRow.fact == fact
        )
        row = (await self._session.execute(found)).one_or_none()
        return _link(row) if row else None

    async def of(self, number: IssueNumber) -> tuple[Link, ...]:
        """All there ever were, newest first."""
        found = select(*_COLUMNS).where(ResidentLinkRow.issue_number == number)
        ordered = found.order_by(ResidentLinkRow.made_at.desc(), ResidentLinkRow.id)
        return tuple(_link(row) for row in await self._session.execute(ordered))

    async def count_in_force(self, number: IssueNumber, at: datetime) -> int:
        """Counted for one maker at a time, so that a limit holds."""
        lock = func.pg_advisory_xact_lock(func.hashtextextended(f"resident_links:{number}", 0))
        await self._session.execute(select(lock))
        counted = select(func.count()).where(
            ResidentLinkRow.issue_number == number,
            ResidentLinkRow.revoked_at.is_(None),
            ResidentLinkRow.expires_at > at,
        )
        return (await self._session.execute(counted)).scalar_one()

    async def revoke(self, number: IssueNumber, id_: str, at: datetime) -> None:
        """At once and for good."""
        await self._session.execute(
            update(ResidentLinkRow)
            .where(
                ResidentLinkRow.issue_number == number,
                ResidentLinkRow.id == id_,
                ResidentLinkRow.revoked_at.is_(None),
            )
            .values(revoked_at=at)
        )

    async def revoke_all(
        self, which: ColumnElement[bool], issues: Select[str], at: datetime
    ) -> None:
        """At once and for good: those of these issues that meet a condition."""
        await self._session.execute(
            update(ResidentLinkRow)
            .where(
                which,
                ResidentLinkRow.issue_number.in_(issues),
                ResidentLinkRow.revoked_at.is_(None),
            )
            .values(revoked_at=at)
        )

    async def forget(self, before: datetime, limit: int) -> int:
        """Deletes links that ended before an instant, with their codes; how many links."""
        old = (
            select(ResidentLinkRow.id)
            .where(ResidentLinkRow.expires_at < before)
            .order_by(ResidentLinkRow.expires_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        ids = (await self._session.execute(old)).scalars().all()
        if not ids:
            return 0
        codes = delete(ResidentCodeRow).where(ResidentCodeRow.link_id.in_(ids))
        await self._session.execute(codes)
        links = delete(ResidentLinkRow).where(ResidentLinkRow.id.in_(ids))
        return (await self._session.execute(links)).rowcount

    async def was_evaluated(self, link: Link) -> bool:
        """Whether the issue was evaluated since the link was made, by which way ever.

        The record knows it, so no mark on the link can be lost between the two.
        """
        found = select(EventRow.version).where(
            EventRow.issue_number == link.number,
            EventRow.name == EventName.EVALUATED,
            EventRow.at >= link.made_at,
        )
        return (await self._session.execute(found.limit(1))).one_or_none() is not None

    async def person_of(self, number: IssueNumber) -> Subject | None:
        """Who is asked to evaluate: the resident, or who raised it; None when that is a camera."""
        found = select(IssueRow.raised_by, IssueRow.resident, IssueRow.source).where(
            IssueRow.number == number
        )
        row = (await self._session.execute(found)).one_or_none()
        if row is None or (row.source == Role.CAMERA and row.resident is None):
            return None
        return Subject(row.resident or row.raised_by)


def _link(row: AnyRow) -> Link:
    return Link(
        id=row.id,
        number=IssueNumber(row.issue_number),
        kind=LinkKind(row.kind),
        subject=Subject(row.subject),
        token_sha256=row.token_sha256,
        fact=row.fact,
        made_at=row.made_at,
        made_by=Subject(row.made_by),
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
