"""Codes that a resident asks for and says back; of their digits nothing is kept."""

from datetime import datetime, timedelta

from sqlalchemy import func, insert, select, update

from domain.ids import IssueNumber
from storage.models import ResidentCodeRow
from storage.residents.views import Code
from storage.session import AnyRow, Session

MOST_TRIES = 5
LIFETIME = timedelta(minutes=10)
PAUSE = timedelta(minutes=1)
"""Between two codes for the same issue, whoever asks."""
MOST_A_DAY = 5
"""Codes for one issue: each costs somebody a message, and may be unwanted."""
_DAY = timedelta(days=1)

_COLUMNS = (
    ResidentCodeRow.id,
    ResidentCodeRow.issue_number,
    ResidentCodeRow.link_id,
    ResidentCodeRow.asked_at,
    ResidentCodeRow.expires_at,
    ResidentCodeRow.tries,
    ResidentCodeRow.used_at,
)


class ResidentCodes:
    """The latest code of a link is the one that counts."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def may_ask(self, number: IssueNumber, at: datetime) -> bool:
        """Whether another one may be sent; until the transaction ends nobody else is told so."""
        lock = func.pg_advisory_xact_lock(func.hashtextextended(f"resident_codes:{number}", 0))
        await self._session.execute(select(lock))
        found = select(func.count(), func.max(ResidentCodeRow.asked_at)).where(
            ResidentCodeRow.issue_number == number, ResidentCodeRow.asked_at > at - _DAY
        )
        count, latest = (await self._session.execute(found)).one()
        return count == 0 or (count < MOST_A_DAY and latest <= at - PAUSE)

    async def add(self, id_: str, number: IssueNumber, link: str, at: datetime) -> None:
        await self._session.execute(
            insert(ResidentCodeRow).values(
                id=id_,
                issue_number=number,
                link_id=link,
                asked_at=at,
                expires_at=at + LIFETIME,
            )
        )

    async def one(self, id_: str) -> Code | None:
        found = select(*_COLUMNS).where(ResidentCodeRow.id == id_)
        row = (await self._session.execute(found)).one_or_none()
        return _code(row) if row else None

    async def try_latest(self, link: str, at: datetime) -> Code | None:
        """The code that is to be said, with this try counted; None when there is none to try.

        Counted before anybody compares: of many tries at once no more than five are let through.
        """
        latest = (
            select(ResidentCodeRow.id)
            .where(ResidentCodeRow.link_id == link)
            .order_by(ResidentCodeRow.asked_at.desc(), ResidentCodeRow.id)
            .limit(1)
            .scalar_subquery()
        )
        tried = (
            update(ResidentCodeRow)
            .where(
                ResidentCodeRow.id == latest,
                ResidentCodeRow.used_at.is_(None),
                ResidentCodeRow.expires_at > at,
                ResidentCodeRow.tries < MOST_TRIES,
            )
            .values(tries=ResidentCodeRow.tries + 1)
            .returning(*_COLUMNS)
        )
        row = (await self._session.execute(tried)).one_or_none()
        return _code(row) if row else None

    async def use(self, id_: str, at: datetime) -> None:
        await self._session.execute(
            update(ResidentCodeRow)
            .where(ResidentCodeRow.id == id_, ResidentCodeRow.used_at.is_(None))
            .values(used_at=at)
        )


def _code(row: AnyRow) -> Code:
    return Code(
        id=row.id,
        number=IssueNumber(row.issue_number),
        link=row.link_id,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        tries=row.tries,
        used_at=row.used_at,
    )
