"""Which issues a list shows: what is asked for, within what the asker may see."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, false, or_
from sqlalchemy.orm import InstrumentedAttribute

from domain.actor import GRID_SEPARATOR
from domain.ids import CategoryCode, DepartmentCode, GridCode
from domain.visibility import Scope
from domain.vocabulary import IssueState, ItemOutcome, Level, Role
from storage.models import IssueRow, MeetingItemRow, MeetingRow

_PAST_SEPARATOR = chr(ord(GRID_SEPARATOR) + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueFilter:
    """What is asked for; what is left out does not matter.

    `department` was ever called; `grid` is a whole subtree; `text` is looked for in descriptions;
    `raised_from` belongs to the span, `raised_to` does not. `scope` is who asks: None sees all.
    """

    states: tuple[IssueState, ...] = ()
    department: DepartmentCode | None = None
    grid: GridCode | None = None
    category: CategoryCode | None = None
    overdue: bool | None = None
    warned: bool | None = None
    level: Level | None = None
    beyond_county: bool | None = None
    source: Role | None = None
    text: str | None = None
    raised_from: datetime | None = None
    raised_to: datetime | None = None
    scope: Scope | None = None


def conditions(wanted: IssueFilter, at: datetime) -> Iterator[ColumnElement[bool]]:
    """What an issue has to fulfil, as of `at`; but for its words, see `storage.searching`."""
    yield from _equal(wanted)
    if wanted.states:
        yield IssueRow.state.in_(wanted.states)
    if wanted.department is not None:
        yield was_called(wanted.department)
    if wanted.grid is not None:
        yield lies_in(wanted.grid)
    if wanted.overdue is not None:
        late = is_overdue(at)
        yield late if wanted.overdue else ~late
    if wanted.scope is not None:
        yield is_seen_by(wanted.scope)


def _equal(wanted: IssueFilter) -> Iterator[ColumnElement[bool]]:
    pairs = (
        (IssueRow.category, wanted.category),
        (IssueRow.level, wanted.level),
        (IssueRow.beyond_county, wanted.beyond_county),
        (IssueRow.source, wanted.source),
        (IssueRow.warned, wanted.warned),
    )
    for column, value in pairs:
        if value is not None:
            yield column == value
    if wanted.raised_from is not None:
        yield IssueRow.raised_at >= wanted.raised_from
    if wanted.raised_to is not None:
        yield IssueRow.raised_at < wanted.raised_to


def is_overdue(at: datetime) -> ColumnElement[bool]:
    """`IssueLine.is_overdue` in SQL; never null, so that its negation holds too."""
    return or_(
        IssueRow.overdue_since.is_not(None),
        and_(IssueRow.next_due_by.is_not(None), IssueRow.next_due_by < at),
    )


def was_called(department: DepartmentCode) -> ColumnElement[bool]:
    return IssueRow.departments.contains([department])


def lies_in(grid: GridCode) -> ColumnElement[bool]:
    return in_subtree(IssueRow.grid, grid)


def in_subtree(
    column: ColumnElement[str] | InstrumentedAttribute[str], grid: GridCode
) -> ColumnElement[bool]:
    """The grid or what is below it: one range of an index, without patterns to escape."""
    below = and_(column >= f"{grid}{GRID_SEPARATOR}", column < f"{grid}{_PAST_SEPARATOR}")
    return or_(column == grid, below)


def lies_in_one_of(
    column: ColumnElement[str] | InstrumentedAttribute[str], grids: Sequence[GridCode]
) -> ColumnElement[bool]:
    """Who has no grids finds nothing."""
    return or_(false(), *(in_subtree(column, grid) for grid in grids))


def is_seen_by(scope: Scope) -> ColumnElement[bool]:
    seen = [IssueRow.raised_by == scope.subject, IssueRow.resident == scope.subject]
    seen.append(lies_in_one_of(IssueRow.grid, scope.grids))
    if scope.department is not None:
        seen.append(was_called(scope.department))
    if scope.attends:
        seen.append(_is_talked_about_by(scope.attends))
    return or_(*seen)


def _is_talked_about_by(members: tuple[str, ...]) -> ColumnElement[bool]:
    """Of meetings that are over too; what was taken off an agenda is none of theirs any more."""
    return exists().where(
        MeetingItemRow.issue_number == IssueRow.number,
        MeetingItemRow.outcome.is_distinct_from(ItemOutcome.TAKEN_OFF),
        MeetingRow.number == MeetingItemRow.meeting_number,
        MeetingRow.members.overlap(list(members)),
    )
