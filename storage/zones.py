"""Where wall clocks are: the zone of a district's calendar, in one round trip."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ARRAY, ColumnElement, ScalarSelect, Text, any_, bindparam, select
from sqlalchemy.orm import aliased

from domain.ids import DistrictCode, IssueNumber
from domain.reference import ReferenceKind
from storage.models import IssueRow, ReferenceRow
from storage.session import Session

_DISTRICT, _CALENDAR = aliased(ReferenceRow), aliased(ReferenceRow)


def _zone_of(district: ColumnElement[Any]) -> ScalarSelect[Any]:
    """By the present versions of both, retired or not."""
    calendar = (
        select(_DISTRICT.body["calendar"].astext)
        .where(_DISTRICT.kind == ReferenceKind.DISTRICT, _DISTRICT.code == district)
        .order_by(_DISTRICT.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(_CALENDAR.body["zone"].astext)
        .where(_CALENDAR.kind == ReferenceKind.CALENDAR, _CALENDAR.code == calendar)
        .order_by(_CALENDAR.version.desc())
        .limit(1)
        .scalar_subquery()
    )


# Built once: building a statement costs more than running it.
_OF_DISTRICT = select(_zone_of(bindparam("_district", type_=Text)))
_OF_ISSUES = select(IssueRow.number, _zone_of(IssueRow.district.expression).label("zone")).where(
    IssueRow.number == any_(bindparam("_numbers", type_=ARRAY(Text)))
)


class Zones:
    """Asked by whoever has to know what time it is somewhere; nothing else of a calendar."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def of_district(self, district: DistrictCode) -> ZoneInfo | None:
        """None when there is no such district, or not its calendar."""
        found = await self._session.execute(_OF_DISTRICT, {"_district": district})
        zone = found.scalar_one()
        return ZoneInfo(zone) if zone else None

    async def of_issues(self, numbers: Sequence[IssueNumber]) -> Mapping[str, ZoneInfo]:
        """Without those that do not exist."""
        if not numbers:
            return {}
        rows = await self._session.execute(_OF_ISSUES, {"_numbers": [*numbers]})
        return {row.number: ZoneInfo(row.zone) for row in rows if row.zone}
