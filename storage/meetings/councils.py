"""Which issues of a community belong before its council: old, unsatisfied or repeated ones."""

from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, Subquery, and_, case, exists, func, or_, select

from domain.acts.convening import CONVENABLE
from domain.ids import CategoryCode, GridCode, IssueNumber
from domain.meeting.convening import SummonedItem
from domain.meeting.council import Wanted
from domain.meeting.words import MeetingKind
from storage.filters import lies_in
from storage.models import IssueRow, MeetingItemRow, MeetingRow
from storage.session import Session


class CouncilMatters:
    """What there is to talk about."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def items(self, wanted: Wanted) -> tuple[SummonedItem, ...]:
        """At most as many as the plan allows, and not the same every month.

        First what never was before a council or the longest ago; of those the unsatisfied, then
        the oldest. What a meeting is busy with is left to that meeting, and what not even the
        county settled to its leader.
        """
        lately = _lately(wanted)
        unsatisfied = or_(IssueRow.reopened > 0, IssueRow.awaits_meeting)
        repeated = and_(lately.c.count.is_not(None), lately.c.count >= wanted.repeats)
        same = and_(lately.c.grid == IssueRow.grid, lately.c.category == IssueRow.category)
        found = (
            select(IssueRow.number, IssueRow.grid, IssueRow.category)
            .outerjoin(lately, same)
            .where(
                lies_in(wanted.community),
                IssueRow.state.in_(CONVENABLE),
                or_(unsatisfied, repeated, IssueRow.raised_at <= wanted.raised_before),
                ~IssueRow.beyond_county,
                ~_is_before_a_meeting(),
            )
            .order_by(
                _last_before_a_council().asc().nulls_first(),
                case((unsatisfied, 0), else_=1),
                IssueRow.raised_at,
                IssueRow.id,
            )
            .limit(wanted.limit)
        )
        rows = await self._session.execute(found)
        return tuple(
            SummonedItem(
                issue=IssueNumber(row.number),
                grid=GridCode(row.grid),
                category=CategoryCode(row.category),
            )
            for row in rows
        )


def _lately(wanted: Wanted) -> Subquery:
    """How many of a category a grid has had; what became of them does not matter."""
    return (
        select(IssueRow.grid, IssueRow.category, func.count().label("count"))
        .where(lies_in(wanted.community), IssueRow.raised_at >= wanted.repeated_since)
        .group_by(IssueRow.grid, IssueRow.category)
        .subquery()
    )


def _last_before_a_council() -> ScalarSelect[datetime]:
    return (
        select(func.max(MeetingItemRow.added_at))
        .join(MeetingRow, MeetingRow.number == MeetingItemRow.meeting_number)
        .where(
            MeetingItemRow.issue_number == IssueRow.number, MeetingRow.kind == MeetingKind.COUNCIL
        )
        .scalar_subquery()
    )


def _is_before_a_meeting() -> ColumnElement[bool]:
    return exists().where(
        MeetingItemRow.issue_number == IssueRow.number, MeetingItemRow.ended_at.is_(None)
    )
