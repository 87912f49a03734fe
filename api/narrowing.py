"""From what a list is asked for to the question storage understands: codes that exist, instants."""

from datetime import datetime
from zoneinfo import ZoneInfo

from api.problems import FieldError, Problem
from api.schemas.filters import Filters
from api.wording import HOME
from domain.actor import Actor, lies_in
from domain.ids import GridCode
from domain.reference import ReferenceKind
from domain.visibility import scope_of
from storage.queries import IssueFilter
from storage.reference import ReferenceRepository, UnknownReference
from storage.session import Session

_CODES = (
    ("department", ReferenceKind.DEPARTMENT),
    ("grid", ReferenceKind.GRID),
    ("category", ReferenceKind.CATEGORY),
)


async def narrowed(session: Session, wanted: Filters, caller: Actor) -> IssueFilter:
    """The question, within what the caller may see.

    Raises:
        Problem: `invalid_input`; a code never existed, or the span ends before it begins.
    """
    reference = ReferenceRepository(session)
    await _require_known(reference, wanted)
    since, to = wanted.raised_from, wanted.raised_to
    if any(each is not None and each.tzinfo is None for each in (since, to)):
        zone = await _zone(reference, wanted.grid)
        since, to = _in(since, zone), _in(to, zone)
    if since and to and to <= since:
        raise Problem.invalid(FieldError.of("raised_to", "out_of_order"))
    return wanted.filter(scope_of(caller), since, to)


async def _require_known(reference: ReferenceRepository, wanted: Filters) -> None:
    """What is retired still has its issues; what never was is a mistake."""
    unknown = []
    for field, kind in _CODES:
        code: str | None = getattr(wanted, field)
        if code is not None and await reference.current(kind, code) is None:
            unknown.append(FieldError.of(field, "unknown_code"))
    if unknown:
        raise Problem.invalid(*unknown)


def _in(instant: datetime | None, zone: ZoneInfo) -> datetime | None:
    """A day is read by the clock of the place."""
    if instant is None or instant.tzinfo is not None:
        return instant
    return instant.replace(tzinfo=zone)


async def _zone(reference: ReferenceRepository, grid: str | None) -> ZoneInfo:
    """Of the districts around the grid, or of all; where they differ, that of Shanghai."""
    found = [each.body for each in await reference.in_force(ReferenceKind.DISTRICT)]
    around = [each for each in found if grid is None or lies_in(GridCode(grid), each.grid)]
    try:
        zones = {await reference.zone(each.code) for each in around}
    except UnknownReference:
        return HOME
    return zones.pop() if len(zones) == 1 else HOME
