"""Conditions: locked by their key, so that two workers never open two of one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, insert, select, tuple_, update

from domain.alert import AlertKind
from domain.alerts.condition import Condition, ConditionKey, VendorEvents
from domain.alerts.words import ConditionState, Decision, Reason, Verdict
from domain.ids import CameraRef, GridCode, IssueNumber
from storage.models import AlertConditionRow as Row
from storage.session import AnyRow, Session

_NAMESPACE = 7_305_002
"""Seeds the hash that names the advisory lock of a key; any number nothing else uses."""
_SEPARATOR = "\x1f"


class Kept(NamedTuple):
    """A condition and the row it is kept in."""

    id: int
    condition: Condition


class Due(NamedTuple):
    """A row of which time is due, and its place in the line."""

    due_at: datetime
    id: int


class ConditionRepository:
    """Reads lock what they read until the transaction ends."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def latest(self, key: ConditionKey) -> Kept | None:
        """The one that is open, else the one that was closed last.

        Whoever asks for the same key waits until this transaction ends, even if there is none:
        a row that is not there cannot be locked, so its name is.
        """
        name = func.hashtextextended(_SEPARATOR.join(_said(key)), _NAMESPACE)
        await self._session.execute(select(func.pg_advisory_xact_lock(name)))
        found = (
            select(*_COLUMNS)
            .where(tuple_(Row.community, Row.camera, Row.zone, Row.kind) == _said(key))
            .order_by(Row.id.desc())
            .limit(1)
        )
        return await self._one(found.with_for_update())

    async def take(self, row: int) -> Kept | None:
        """This row; None when somebody else has it now, who will leave it right."""
        return await self._one(
            select(*_COLUMNS).where(Row.id == row).with_for_update(skip_locked=True)
        )

    async def due(self, now: datetime, after: Due | None, limit: int) -> Sequence[Due]:
        """Of which time is due, longest first; not locked, `take` does that."""
        found = select(Row.due_at, Row.id).where(Row.due_at <= now)
        if after is not None:
            found = found.where(tuple_(Row.due_at, Row.id) > tuple_(*after))
        ordered = found.order_by(Row.due_at, Row.id).limit(limit)
        rows = (await self._session.execute(ordered)).all()
        return tuple(Due(row.due_at, row.id) for row in rows if row.due_at is not None)

    async def save(self, condition: Condition, row: int | None) -> int:
        """Into its row, or a new one; which that is."""
        values = _values(condition)
        if row is not None:
            await self._session.execute(update(Row).where(Row.id == row).values(values))
            return row
        added = await self._session.execute(insert(Row).values(values).returning(Row.id))
        return added.scalar_one()

    async def of_issue(self, number: IssueNumber) -> Kept | None:
        """The condition that an issue was opened for."""
        found = select(*_COLUMNS).where(Row.issue_number == number)
        return await self._one(found.with_for_update())

    async def _one(self, found: Select[*tuple[Any, ...]]) -> Kept | None:
        row = (await self._session.execute(found)).one_or_none()
        return Kept(row.id, _condition(row)) if row else None


def _said(key: ConditionKey) -> tuple[str, str, str, str]:
    return key.community, key.camera, key.zone or "", key.kind


def _values(condition: Condition) -> dict[str, object]:
    community, camera, zone, kind = _said(condition.key)
    return {
        "community": community,
        "camera": camera,
        "zone": zone,
        "kind": kind,
        **{name: getattr(condition, name) for name in _SAME},
        "alerts": condition.count,
        "flips": list(condition.flips),
        "issue_number": condition.issue,
        "live_events": list(condition.events.live),
        "ended_events": list(condition.events.ended),
        "updated_at": func.now(),
    }


_COLUMNS = tuple(Row.__table__.c)
_SAME = (
    "source",
    "place",
    "state",
    "first_seen",
    "last_seen",
    "sightings",
    "transitions",
    "is_seen",
    "max_confidence",
    "opens_at",
    "expires_at",
    "cooldown_until",
    "due_at",
    "issue_ended_at",
    "former",
    "decision",
    "reason",
    "verdict",
)
"""Fields that are columns of the same name."""


def _condition(row: AnyRow) -> Condition:
    return Condition(
        key=ConditionKey(
            GridCode(row.community), CameraRef(row.camera), row.zone or None, AlertKind(row.kind)
        ),
        source=row.source,
        place=GridCode(row.place),
        state=ConditionState(row.state),
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        count=row.alerts,
        sightings=row.sightings,
        transitions=row.transitions,
        flips=tuple(row.flips),
        is_seen=row.is_seen,
        max_confidence=row.max_confidence,
        opens_at=row.opens_at,
        expires_at=row.expires_at,
        cooldown_until=row.cooldown_until,
        issue=IssueNumber(row.issue_number) if row.issue_number else None,
        issue_ended_at=row.issue_ended_at,
        former=IssueNumber(row.former) if row.former else None,
        decision=Decision(row.decision) if row.decision else None,
        reason=Reason(row.reason) if row.reason else None,
        verdict=Verdict(row.verdict) if row.verdict else None,
        events=VendorEvents(live=tuple(row.live_events), ended=tuple(row.ended_events)),
    )
