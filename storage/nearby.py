"""Where issues are, and which open ones of a category are near a point."""

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from domain.ids import CategoryCode, IssueNumber, Subject
from domain.position import EARTH_M, METRES_OF_A_DEGREE, Point, Position, System
from domain.reference import Category
from domain.vocabulary import IssueState
from storage.models import FollowerRow, IssueRow, PositionRow
from storage.sealing import seals
from storage.sealing.cipher import Place
from storage.session import AnyRow, Session

OPEN_STATES = tuple(
    state for state in IssueState if state not in {IssueState.RESOLVED, IssueState.CLOSED}
)
"""What may be joined: once work is said to be done, another whistle is news."""
MOST_OFFERED = 5
_CELL = 10_000.0
"""Parts of a degree: what a stranger can find out of a place is a cell of about ten metres."""
_CELL_M, _ROUNDED_M = 12.0, 10
_NARROWEST = 0.01
_EXACT = struct.Struct(">4d")

PLACE_COLUMNS = (
    PositionRow.exact_sealed,
    PositionRow.lat,
    PositionRow.lon,
    PositionRow.gcj_lat,
    PositionRow.gcj_lon,
    PositionRow.said_in,
    PositionRow.away_m,
)
FOLLOWED = (
    select(func.count())
    .select_from(FollowerRow)
    .where(FollowerRow.issue_number == IssueRow.number)
    .correlate(IssueRow)
    .scalar_subquery()
)
"""How many follow the issue of the row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearIssue:
    """What a stranger may know of an issue that may be theirs too; `distance_m` is rounded."""

    number: IssueNumber
    category: CategoryCode
    state: IssueState
    raised_at: datetime
    distance_m: int
    followers: int
    is_mine: bool


async def position_of(session: Session, row: AnyRow) -> Position | None:
    """Where it is; to the cell only if nothing more is known or can be opened."""
    if row.lat is None:
        return None
    degrees = (row.lat, row.lon, row.gcj_lat, row.gcj_lon)
    if row.exact_sealed is not None:
        opener = await seals.opener(session, [row.exact_sealed])
        exact = opener.data(place_of(row.number), row.exact_sealed)
        degrees = _EXACT.unpack(exact) if exact is not None else degrees
    lat, lon, gcj_lat, gcj_lon = degrees
    return Position(
        wgs84=Point(lat=lat, lon=lon),
        gcj02=Point(lat=gcj_lat, lon=gcj_lon),
        said_in=System(row.said_in),
    )


def place_of(number: IssueNumber | str) -> Place:
    return Place("positions", "exact", number)


def exact(position: Position) -> bytes:
    """What is sealed of a position."""
    here, drawn = position.wgs84, position.gcj02
    return _EXACT.pack(here.lat, here.lon, drawn.lat, drawn.lon)


def in_cell(degrees: float) -> float:
    """The middle of the cell: as exactly as anybody is told, and as exactly as it lies open."""
    return round(degrees * _CELL) / _CELL


class Nearby:
    """Searches by position; the caller's own issues are among what is found."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def issues(
        self,
        wgs84: Point,
        category: Category,
        asker: Subject,
        at: datetime,
        among: Sequence[IssueNumber] = (),
    ) -> tuple[NearIssue, ...]:
        """Open issues as near and as young as the category says, nearest first.

        Of `among` only, if any are named.
        """
        found = _near(wgs84, category, at)
        if among:
            found = found.where(IssueRow.number.in_(among))
        rows = await self._session.execute(found.limit(MOST_OFFERED))
        return tuple(_shown(row, asker) for row in rows)


def _near(wgs84: Point, category: Category, at: datetime) -> Select[*tuple[Any, ...]]:
    lat = (category.near_m + _CELL_M) / METRES_OF_A_DEGREE
    lon = lat / max(_NARROWEST, math.cos(math.radians(wgs84.lat)))
    distance = _distance(wgs84)
    return (
        select(
            IssueRow.number,
            IssueRow.category,
            IssueRow.state,
            IssueRow.raised_at,
            IssueRow.raised_by,
            IssueRow.resident,
            distance.label("distance"),
            FOLLOWED.label("followers"),
        )
        .join(PositionRow, PositionRow.issue_number == IssueRow.number)
        .where(
            PositionRow.category == category.code,
            PositionRow.lat.is_not(None),
            PositionRow.lat.between(wgs84.lat - lat, wgs84.lat + lat),
            PositionRow.lon.between(wgs84.lon - lon, wgs84.lon + lon),
            PositionRow.raised_at >= at - timedelta(hours=category.near_hours),
            distance <= category.near_m,
            IssueRow.state.in_(OPEN_STATES),
        )
        .order_by(distance, IssueRow.id)
    )


def _distance(wgs84: Point) -> ColumnElement[float]:
    """Metres by the haversine formula, to the middle of the cell that the issue lies in."""
    lat, lon = (func.round(each * _CELL) / _CELL for each in (PositionRow.lat, PositionRow.lon))
    north, east = func.radians(lat - wgs84.lat), func.radians(lon - wgs84.lon)
    across = math.cos(math.radians(wgs84.lat)) * func.cos(func.radians(lat))
    half = func.pow(func.sin(north / 2), 2) + across * func.pow(func.sin(east / 2), 2)
    return 2 * EARTH_M * func.asin(func.sqrt(func.least(1.0, half)))


def _shown(row: AnyRow, asker: Subject) -> NearIssue:
    return NearIssue(
        number=IssueNumber(row.number),
        category=CategoryCode(row.category),
        state=IssueState(row.state),
        raised_at=row.raised_at,
        distance_m=round(row.distance / _ROUNDED_M) * _ROUNDED_M,
        followers=row.followers,
        is_mine=asker in (row.raised_by, row.resident),
    )
