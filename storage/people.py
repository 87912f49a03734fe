"""Personal data: who reported an issue and where, and names of staff."""

from datetime import datetime

from sqlalchemy import literal, select, update
from sqlalchemy.dialects.postgresql import JSONB

from domain.ids import IssueNumber, Subject
from domain.reference import ReferenceKind
from storage.models import PositionRow, ReferenceRow, ReporterRow
from storage.models.issues import LONGEST_ADDRESS, LONGEST_NAME, LONGEST_PHONE
from storage.session import Session
from storage.views import Reporter

__all__ = ["LONGEST_ADDRESS", "LONGEST_NAME", "LONGEST_PHONE", "People"]


class People:
    """The only way to personal data, and to its end."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def reporter(self, number: IssueNumber) -> Reporter | None:
        """Who reported; None when there is no such issue."""
        found = select(
            ReporterRow.name, ReporterRow.phone, ReporterRow.address, ReporterRow.erased_at
        ).where(ReporterRow.issue_number == number)
        row = (await self._session.execute(found)).one_or_none()
        if row is None:
            return None
        return Reporter(
            number=number,
            name=row.name,
            phone=row.phone,
            address=row.address,
            erased_at=row.erased_at,
        )

    async def erase_reporter(self, number: IssueNumber, at: datetime) -> bool:
        """Blanks who reported; False when there was nothing left to blank."""
        erased = await self._session.execute(
            update(ReporterRow)
            .where(ReporterRow.issue_number == number, ReporterRow.erased_at.is_(None))
            .values(name=None, phone=None, address=None, erased_at=at)
        )
        return erased.rowcount > 0

    async def erase_position(self, number: IssueNumber, at: datetime) -> bool:
        """Blanks where it was; False when there was nothing left to blank."""
        erased = await self._session.execute(
            update(PositionRow)
            .where(PositionRow.issue_number == number, PositionRow.erased_at.is_(None))
            .values(lat=None, lon=None, gcj_lat=None, gcj_lon=None, erased_at=at)
        )
        return erased.rowcount > 0

    async def erase_staff_name(self, code: Subject) -> int:
        """Blanks a member of staff's name in every version of the entry; how many there were."""
        nameless = literal('{"name": ""}', JSONB)
        named = ReferenceRow.body["name"].astext
        erased = await self._session.execute(
            update(ReferenceRow)
            .where(ReferenceRow.kind == ReferenceKind.STAFF, ReferenceRow.code == code, named != "")
            .values(body=ReferenceRow.body.op("||")(nameless))
        )
        return erased.rowcount
