"""What still names an entry of the reference data: it is not retired from under its users."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

from api.entries import REFERS
from api.problems import ApiCode, Problem
from api.references import named_by
from domain.actor import GRID_SEPARATOR
from domain.ids import CategoryCode, DepartmentCode, WhistleKindCode
from domain.reference import ReferenceKind as Kind
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


async def require_unused(session: Session, kind: Kind, code: str) -> None:
    """Returns when nothing in force and no open issue names the entry.

    Raises:
        Problem: `in_use`, with the first that do.
    """
    found: list[str] = []
    async for user in _users(session, kind, code):
        found.append(user if len(found) < MOST else _MORE)
        if len(found) > MOST:
            break
    if found:
        raise Problem(ApiCode.IN_USE, {"used_by": ",".join(found)})


async def _users(session: Session, kind: Kind, code: str) -> AsyncIterator[str]:
    """Each as its kind and its code, parted by a blank."""
    reference = ReferenceRepository(session)
    for user, fields in _LASTING.items():
        mine = [each for each in fields if each[1] is kind]
        for entry in await reference.in_force(user) if mine else ():
            if any(named == code for _, _, named in named_by(entry.body, mine)):
                yield f"{user} {entry.code}"
    if kind is Kind.GRID:
        for entry in await reference.in_force(Kind.GRID):
            if entry.code.startswith(f"{code}{GRID_SEPARATOR}"):
                yield f"{Kind.GRID} {entry.code}"
    for number in await _issues(Queries(session), kind, code):
        yield f"{_ISSUE} {number}"


async def _issues(queries: Queries, kind: Kind, code: str) -> Iterator[str]:
    """Open issues of the category or whistle kind, or that called the department."""
    if kind is Kind.WHISTLE_KIND:
        whistles = await queries.open_issues(whistle_kind=WhistleKindCode(code), limit=MOST + 1)
        return (each.number for each in whistles.items)
    if kind not in {Kind.CATEGORY, Kind.DEPARTMENT}:
        return iter(())
    wanted = IssueFilter(
        states=_OPEN,
        category=CategoryCode(code) if kind is Kind.CATEGORY else None,
        department=DepartmentCode(code) if kind is Kind.DEPARTMENT else None,
    )
    page = await queries.issues(wanted, at=_ANY_TIME, limit=MOST + 1)
    return (each.number for each in page.items)
