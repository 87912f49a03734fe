"""What became of alerts, for who asks why no issue came: conditions, and pictures of events."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, true

from domain.alert import AlertKind
from domain.alerts.words import ConditionState, Decision, Reason
from domain.ids import CameraRef, EvidenceId, GridCode, IssueNumber, SourceCode
from storage.alerts.pictures import PictureState
from storage.alerts.views import Fate
from storage.cursors import cursor_after, id_of
from storage.filters import lies_in_one_of
from storage.models import AlertConditionRow, AlertEventRow, AlertPictureRow
from storage.session import AnyRow, Session
from storage.views import Page

_WAITS_FOR = {
    ConditionState.PENDING: Reason.DEBOUNCE,
    ConditionState.SUPPRESSED: Reason.INHIBITED,
}
"""Why there is no decision yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionLine:
    """A condition as a list shows it."""

    id: int
    source: SourceCode
    camera: CameraRef
    zone: str | None
    kind: AlertKind
    grid: GridCode
    state: ConditionState
    decision: Decision | None
    reason: Reason | None
    """Why it was decided so, or what it waits for."""
    first_seen: datetime
    last_seen: datetime
    alerts: int
    sightings: int
    max_confidence: float | None
    due_at: datetime | None
    """When time alone changes something next."""
    issue: IssueNumber | None
    former: IssueNumber | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureLine:
    """What became of a picture of an event."""

    ordinal: int
    state: PictureState
    error: str | None
    attempts: int
    picture: EvidenceId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventOutcome:
    """What became of an event that was accepted."""

    condition: ConditionLine | None = None
    pictures: tuple[PictureLine, ...] = ()


class Outcomes:
    """Everything lies in the grids of who asks; nothing else is there for them."""

    def __init__(self, session: Session, grids: Sequence[GridCode]) -> None:
        self._session = session
        self._grids = tuple(grids)

    async def conditions(
        self,
        *,
        source: str | None = None,
        camera: str | None = None,
        state: ConditionState | None = None,
        cursor: str | None = None,
        limit: int,
    ) -> Page[ConditionLine]:
        """Newest first.

        Raises:
            BadCursor: the cursor is not from an earlier page.
        """
        found = select(*_COLUMNS).where(lies_in_one_of(AlertConditionRow.place, self._grids))
        if source is not None:
            found = found.where(AlertConditionRow.source == source)
        if camera is not None:
            found = found.where(AlertConditionRow.camera == camera)
        if state is not None:
            found = found.where(AlertConditionRow.state == state)
        if cursor is not None:
            found = found.where(AlertConditionRow.id < id_of(cursor))
        ordered = found.order_by(AlertConditionRow.id.desc()).limit(limit + 1)
        lines = [_line(row) for row in await self._session.execute(ordered)]
        return Page(
            tuple(lines[:limit]), cursor_after(lines[limit - 1].id) if len(lines) > limit else None
        )

    async def of_events(self, events: Collection[int]) -> Mapping[int, EventOutcome]:
        """Of those of them that reached a condition or told of pictures; the rest is left out.

        The events have to be the caller's to see.
        """
        reached = await self._session.execute(_BEHIND.where(AlertEventRow.id.in_(events)))
        conditions = {row.event: _line(row) for row in reached}
        shown = await self._session.execute(_PICTURES.where(AlertPictureRow.event_id.in_(events)))
        pictures: dict[int, tuple[PictureLine, ...]] = {}
        for row in shown:
            pictures[row.event_id] = (*pictures.get(row.event_id, ()), _picture(row))
        return {
            each: EventOutcome(condition=conditions.get(each), pictures=pictures.get(each, ()))
            for each in conditions.keys() | pictures.keys()
        }


_COLUMNS = (
    AlertConditionRow.id,
    AlertConditionRow.source,
    AlertConditionRow.camera,
    AlertConditionRow.zone,
    AlertConditionRow.kind,
    AlertConditionRow.place,
    AlertConditionRow.state,
    AlertConditionRow.decision,
    AlertConditionRow.reason,
    AlertConditionRow.first_seen,
    AlertConditionRow.last_seen,
    AlertConditionRow.alerts,
    AlertConditionRow.sightings,
    AlertConditionRow.max_confidence,
    AlertConditionRow.due_at,
    AlertConditionRow.issue_number,
    AlertConditionRow.former,
)
# Conditions of a key follow one another: an event belongs to the last that had begun by then.
_THEN = (
    select(*_COLUMNS)
    .where(
        AlertConditionRow.source == AlertEventRow.source,
        AlertConditionRow.camera == AlertEventRow.camera,
        AlertConditionRow.zone == func.coalesce(AlertEventRow.zone, ""),
        AlertConditionRow.kind == AlertEventRow.kind,
        AlertConditionRow.first_seen <= AlertEventRow.received_at,
    )
    .order_by(AlertConditionRow.id.desc())
    .limit(1)
    .correlate(AlertEventRow)
    .lateral("condition")
)
_BEHIND = (
    select(AlertEventRow.id.label("event"), *_THEN.c)
    .join_from(AlertEventRow, _THEN, true())
    .where(AlertEventRow.fate == Fate.ACCEPTED)
)
_PICTURES = select(
    AlertPictureRow.event_id,
    AlertPictureRow.ordinal,
    AlertPictureRow.state,
    AlertPictureRow.error,
    AlertPictureRow.attempts,
    AlertPictureRow.picture,
).order_by(AlertPictureRow.event_id, AlertPictureRow.ordinal)


def _line(row: AnyRow) -> ConditionLine:
    state = ConditionState(row.state)
    return ConditionLine(
        id=row.id,
        source=SourceCode(row.source),
        camera=CameraRef(row.camera),
        zone=row.zone or None,
        kind=AlertKind(row.kind),
        grid=GridCode(row.place),
        state=state,
        decision=Decision(row.decision) if row.decision else None,
        reason=_WAITS_FOR.get(state) or (Reason(row.reason) if row.reason else None),
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        alerts=row.alerts,
        sightings=row.sightings,
        max_confidence=row.max_confidence,
        due_at=row.due_at,
        issue=IssueNumber(row.issue_number) if row.issue_number else None,
        former=IssueNumber(row.former) if row.former else None,
    )


def _picture(row: AnyRow) -> PictureLine:
    return PictureLine(
        ordinal=row.ordinal,
        state=PictureState(row.state),
        error=row.error,
        attempts=row.attempts,
        picture=EvidenceId(row.picture) if row.picture else None,
    )
