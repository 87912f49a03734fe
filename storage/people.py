"""Personal data: who reported an issue and where, and names of staff."""

from datetime import datetime

from sqlalchemy import literal, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB

from domain.ids import IssueNumber, Subject
from domain.reference import ReferenceKind
from storage.models import PositionRow, ReferenceRow, ReporterRow
from storage.models.issues import LONGEST_ADDRESS, LONGEST_NAME, LONGEST_PHONE
from storage.sealing import seals
from storage.sealing.cipher import Place
from storage.session import Session
from storage.views import Reporter

__all__ = ["LONGEST_ADDRESS", "LONGEST_NAME", "LONGEST_PHONE", "People"]

PARTS = {"name": LONGEST_NAME, "phone": LONGEST_PHONE, "address": LONGEST_ADDRESS}
"""What is known of who reported, and how long it may be."""
_PERSONAL = (*PARTS, *(f"{part}_sealed" for part in PARTS), "phone_hash")
_WHERE = ("lat", "lon", "gcj_lat", "gcj_lon", "exact_sealed")
_REPORTER = (*(getattr(ReporterRow, name) for name in _PERSONAL), ReporterRow.erased_at)


def reporter_place(part: str, number: IssueNumber | str) -> Place:
    return Place("reporters", part, number)


class People:
    """The only way to personal data, and to its end."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def reporter(self, number: IssueNumber) -> Reporter | None:
        """Who reported; None when there is no such issue."""
        found = select(*_REPORTER).where(ReporterRow.issue_number == number)
        row = (await self._session.execute(found)).one_or_none()
        if row is None:
            return None
        if row.erased_at is not None:  # also by a process from before there were seals
            return Reporter(
                number=number, name=None, phone=None, address=None, erased_at=row.erased_at
            )
        sealed = {part: getattr(row, f"{part}_sealed") for part in PARTS}
        opener = await seals.opener(self._session, sealed.values())
        said = {
            part: opener.text(reporter_place(part, number), sealed[part], getattr(row, part))
            for part in PARTS
        }
        is_whole = all(said[part] is not None or sealed[part] is None for part in PARTS)
        return Reporter(number=number, **said, erased_at=None, is_whole=is_whole)

    async def can_be_reached(self, number: IssueNumber) -> bool:
        """Whether who reported left a phone; nothing is opened for it."""
        found = select(ReporterRow.issue_number).where(
            ReporterRow.issue_number == number,
            ReporterRow.erased_at.is_(None),
            or_(ReporterRow.phone_sealed.is_not(None), ReporterRow.phone.is_not(None)),
        )
        return (await self._session.execute(found)).one_or_none() is not None

    async def erase_reporter(self, number: IssueNumber, at: datetime) -> bool:
        """Blanks who reported; False when there was nothing left to blank."""
        erased = await self._session.execute(
            update(ReporterRow)
            .where(ReporterRow.issue_number == number, ReporterRow.erased_at.is_(None))
            .values(**dict.fromkeys(_PERSONAL), erased_at=at)
        )
        return erased.rowcount > 0

    async def erase_position(self, number: IssueNumber, at: datetime) -> bool:
        """Blanks where it was; False when there was nothing left to blank."""
        erased = await self._session.execute(
            update(PositionRow)
            .where(PositionRow.issue_number == number, PositionRow.erased_at.is_(None))
            .values(**dict.fromkeys(_WHERE), erased_at=at)
        )
        return erased.rowcount > 0

    async def erase_staff_name(self, code: Subject) -> int:
        """Blanks a member of staff's name in every version of the entry; how many there were."""
        nameless = literal('{"name": ""}', JSONB)
        named = ReferenceRow.body["name"].astext
        erased = await self._session.execute(
            update(ReferenceRow)
            .where(
                ReferenceRow.kind == ReferenceKind.STAFF,
                ReferenceRow.code == code,
                or_(named != "", ReferenceRow.name_sealed.is_not(None)),
            )
            .values(body=ReferenceRow.body.op("||")(nameless), name_sealed=None)
        )
        return erased.rowcount
