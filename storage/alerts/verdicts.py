"""What became of the issues that cameras opened, as far as their conditions have not heard."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import exists, or_, select

from domain.alerts.words import Verdict
from domain.events import EventName
from domain.vocabulary import IssueState, Outcome
from storage.alerts.withdrawals import COMMAND
from storage.models import AlertConditionRow, EventRow, IssueRow
from storage.session import Session

_SAYS: dict[str, Verdict] = {
    Outcome.SOLVED: Verdict.TRUE,
    Outcome.UNSOLVED: Verdict.TRUE,
    Outcome.DUPLICATE: Verdict.TRUE,
    Outcome.FALSE_ALARM: Verdict.FALSE_ALARM,
    Outcome.NOT_ACCEPTED: Verdict.FALSE_ALARM,
}
"""A withdrawn issue says nothing about the camera."""
_CLOSED = IssueRow.state == IssueState.CLOSED


class News(NamedTuple):
    """A condition whose issue was judged, or ended, or both."""

    condition: int
    verdict: Verdict | None
    has_ended: bool
    taken_back: bool = False
    """By the engine, because it was seen no more."""


async def news(session: Session, after: int, limit: int) -> Sequence[News]:
    """By the order of the conditions' rows, each until it has heard that its issue ended."""
    verified = exists().where(
        EventRow.issue_number == IssueRow.number, EventRow.name == EventName.VERIFIED
    )
    unheard = or_(_CLOSED, AlertConditionRow.verdict.is_(None) & verified)
    taken_back = exists().where(
        EventRow.issue_number == IssueRow.number,
        EventRow.name == EventName.WITHDRAWN,
        EventRow.command_id.startswith(COMMAND),
    )
    found = (
        select(AlertConditionRow.id, IssueRow.state, IssueRow.outcome, taken_back.label("back"))
        .join(IssueRow, IssueRow.number == AlertConditionRow.issue_number)
        .where(
            AlertConditionRow.issue_number.is_not(None),
            AlertConditionRow.issue_ended_at.is_(None),
            AlertConditionRow.id > after,
            unheard,
        )
        .order_by(AlertConditionRow.id)
        .limit(limit)
    )
    rows = (await session.execute(found)).all()
    return tuple(_news(row.id, row.state, row.outcome, taken_back=row.back) for row in rows)


def _news(condition: int, state: str, outcome: str | None, *, taken_back: bool) -> News:
    """One that was verified and goes on was right."""
    if state != IssueState.CLOSED:
        return News(condition, Verdict.TRUE, has_ended=False)
    verdict = _SAYS.get(outcome or "")
    return News(condition, verdict, has_ended=True, taken_back=taken_back)
