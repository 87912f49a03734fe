"""What still names an entry of the reference data: it is not retired from under its users."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from api.entries import REFERS
from api.problems import ApiCode, Problem
from api.references import named_by
from domain.actor import GRID_SEPARATOR, lies_in
from domain.ids import CategoryCode, DepartmentCode, GridCode, IssueNumber, WhistleKindCode
from domain.reference import ReferenceKind as Kind
from domain.visibility import GUARDED
from domain.vocabulary import IssueState
from storage.queries import IssueFilter, Queries
from storage.reference import ReferenceRepository
from storage.session import Session

MOST = 5
"""How many users are named."""
_MORE = "…"
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
"""What is overdue is not asked for."""
_ISSUE = "issue"
_OPEN = tuple(state for state in IssueState if state is not IssueState.CLOSED)
_LASTING = {kind: fields for kind, fields in REFERS.items() if kind is not Kind.ABSENCE}
"""An absence is over some day, and holds nobody."""


class User(NamedTuple):
    """What names the entry, as its kind and its code, parted by a blank."""

    name: str
    grid: GridCode | None = None
    """Where it is, if not everybody may know of it."""


async def require_unused(
    session: Session, kind: Kind, code: str, grids: Sequence[GridCode]
) -> None:
    """Returns when nothing in force and no open issue names the entry.

    Raises:
        Problem: `in_use`, with the first that do; of issues outside these grids only that there
            are some.
    """
    found: list[str] = []
    async for user in _users(session, kind, code):
        is_known = user.grid is None or any(lies_in(user.grid, each) for each in grids)
        found.append(user.name if is_known and len(found) < MOST else _MORE)
        if len(found) > MOST:
            break
    if found:
        raise Problem(ApiCode.IN_USE, {"used_by": ",".join(dict.fromkeys(found))})


async def _users(session: Session, kind: Kind, code: str) -> AsyncIterator[User]:
    reference = ReferenceRepository(session)
    for user, fields in _LASTING.items():
        mine = [each for each in fields if each[1] is kind]
        for entry in await reference.in_force(user) if mine else ():
            if any(named == code for _, _, named in named_by(entry.body, mine)):
                grid = entry.body.grid if user in GUARDED else None
                yield User(f"{user} {entry.code}", grid)
    if kind is Kind.GRID:
        for entry in await reference.in_force(Kind.GRID):
            if entry.code.startswith(f"{code}{GRID_SEPARATOR}"):
                yield User(f"{Kind.GRID} {entry.code}")
    for number, grid in await _issues(Queries(session), kind, code):
        yield User(f"{_ISSUE} {number}", grid)


async def _issues(
    queries: Queries, kind: Kind, code: str
) -> Iterator[tuple[IssueNumber, GridCode]]:
    """Open issues of the category or whistle kind, or that called the department."""
    if kind is Kind.WHISTLE_KIND:
        whistles = await queries.open_issues(whistle_kind=WhistleKindCode(code), limit=MOST + 1)
        return ((each.number, each.origin.grid) for each in whistles.items)
    if kind not in {Kind.CATEGORY, Kind.DEPARTMENT}:
        return iter(())
    wanted = IssueFilter(
        states=_OPEN,
        category=CategoryCode(code) if kind is Kind.CATEGORY else None,
        department=DepartmentCode(code) if kind is Kind.DEPARTMENT else None,
    )
    page = await queries.issues(wanted, at=_ANY_TIME, limit=MOST + 1)
    return ((each.number, each.grid) for each in page.items)
