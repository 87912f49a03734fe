"""The reconciler's questions to the record: what there is, whether it is whole, what waits."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from domain.ids import IssueNumber
from domain.issue import Issue
from domain.vocabulary import IssueState
from storage import codec
from storage.events import EVENT_COLUMNS, event_of
from storage.models import EventRow, IssueRow, OutboxRow, RecheckRow
from storage.session import AnyRow, Session
from storage.views import RecordedEvent

_EVENTS_AT_ONCE = 500
_COLUMNS = (
    IssueRow.id,
    IssueRow.number,
    IssueRow.version,
    IssueRow.snapshot,
    IssueRow.next_due_by,
    IssueRow.workflow_started_at,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueOnRecord:
    """An issue as the record has it."""

    id: int
    number: IssueNumber
    version: int
    snapshot: Issue | None
    next_due_by: datetime | None
    has_started: bool

    @property
    def is_over(self) -> bool:
        """Nobody can or must act on it any more."""
        return self.snapshot is not None and self.snapshot.is_finished


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableIssue:
    """An issue whose snapshot no code of today understands."""

    id: int
    number: IssueNumber


class Checks:
    """Reads; changes nothing."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def quiet(
        self, *, is_open: bool, after: int, limit: int, before: datetime
    ) -> tuple[IssueOnRecord | UnreadableIssue, ...]:
        """Issues in order of their ordinals whose last step was written before an instant.

        One whose newest event is missing goes by the instant of its last step.
        """
        newest = (EventRow.issue_number == IssueRow.number) & (EventRow.version == IssueRow.version)
        closed = IssueRow.state == IssueState.CLOSED
        recorded_at = func.coalesce(EventRow.recorded_at, IssueRow.updated_at)
        found = (
            select(*_COLUMNS)
            .outerjoin(EventRow, newest)
            .where(IssueRow.id > after, ~closed if is_open else closed, recorded_at < before)
            .order_by(IssueRow.id)
            .limit(limit)
        )
        return tuple(_if_readable(row) for row in await self._session.execute(found))

    async def issue(self, number: IssueNumber) -> IssueOnRecord | None:
        """One issue, as it is now."""
        found = select(*_COLUMNS).where(IssueRow.number == number)
        row = (await self._session.execute(found)).one_or_none()
        return _on_record(row) if row else None

    async def events(self, number: IssueNumber, after: int = 0) -> tuple[RecordedEvent, ...]:
        """Some hundred events after a version, in order; the birth, version 0, is none."""
        found = (
            select(*EVENT_COLUMNS)
            .where(EventRow.issue_number == number, EventRow.version > after)
            .order_by(EventRow.version)
            .limit(_EVENTS_AT_ONCE)
        )
        return tuple(event_of(row) for row in await self._session.execute(found))

    async def last_events(self, number: IssueNumber, count: int) -> tuple[RecordedEvent, ...]:
        """The newest events, oldest of them first."""
        found = (
            select(*EVENT_COLUMNS)
            .where(EventRow.issue_number == number, EventRow.version > 0)
            .order_by(EventRow.version.desc())
            .limit(count)
        )
        rows = (await self._session.execute(found)).all()
        return tuple(event_of(row) for row in reversed(rows))

    async def gaps(self, number: IssueNumber, version: int) -> int:
        """How many versions from the birth to this one have no event."""
        counted = select(func.count()).where(
            EventRow.issue_number == number, EventRow.version <= version
        )
        present: int = (await self._session.execute(counted)).scalar_one()
        return version + 1 - present

    async def late_duties(self, before: datetime, limit: int) -> tuple[IssueNumber, ...]:
        """Issues whose earliest duty was due before an instant and is neither met nor breached."""
        found = (
            select(IssueRow.number)
            .where(IssueRow.next_due_by < before)
            .order_by(IssueRow.next_due_by)
            .limit(limit)
        )
        return tuple(IssueNumber(row.number) for row in await self._session.execute(found))

    async def stuck_notices(
        self, before: datetime, limit: int
    ) -> tuple[tuple[IssueNumber, int], ...]:
        """Issue and id of notices that nobody took since an instant."""
        found = (
            select(OutboxRow.issue_number, OutboxRow.id)
            .where(OutboxRow.next_at < before)
            .order_by(OutboxRow.next_at)
            .limit(limit)
        )
        rows = await self._session.execute(found)
        return tuple((IssueNumber(row.issue_number), row.id) for row in rows)

    async def stuck_rechecks(
        self, before: datetime, limit: int
    ) -> tuple[tuple[IssueNumber, int], ...]:
        """Issue and id of rechecks that were asked for before an instant and not done."""
        found = (
            select(RecheckRow.issue_number, RecheckRow.id)
            .where(RecheckRow.done_at.is_(None), RecheckRow.created_at < before)
            .order_by(RecheckRow.id)
            .limit(limit)
        )
        rows = await self._session.execute(found)
        return tuple((IssueNumber(row.issue_number), row.id) for row in rows)


def _if_readable(row: AnyRow) -> IssueOnRecord | UnreadableIssue:
    """One row that cannot be read leaves the rest of its page readable."""
    try:
        return _on_record(row)
    except ValueError:
        return UnreadableIssue(id=row.id, number=IssueNumber(row.number))


def _on_record(row: AnyRow) -> IssueOnRecord:
    return IssueOnRecord(
        id=row.id,
        number=IssueNumber(row.number),
        version=row.version,
        snapshot=codec.ISSUE.validate_json(row.snapshot) if row.snapshot else None,
        next_due_by=row.next_due_by,
        has_started=row.workflow_started_at is not None,
    )
