"""Conditions: locked by their key, so that two workers never open two of one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, Text, bindparam, func, insert, select, true, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY

from domain.alert import AlertKind
from domain.alerts.condition import Condition, ConditionKey, VendorEvents
from domain.alerts.words import ConditionState, Decision, Reason, Verdict
from domain.ids import CameraRef, GridCode, IssueNumber
from storage.models import AlertConditionRow, Base
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
        said = _said(key)
        await self._session.execute(_LOCK, {"_name": _SEPARATOR.join(said.values())})
        return await self._one(_LATEST, said)

    async def latest_of(self, keys: Collection[ConditionKey]) -> Mapping[ConditionKey, Kept]:
        """The same for many in two round trips; those that there is none of are locked as well.

        Locks are taken in the order of their names, as everybody does who asks for many.
        """
        said = sorted((_said(each) for each in keys), key=lambda each: list(each.values()))
        names = [_SEPARATOR.join(each.values()) for each in said]
        await self._session.execute(_LOCK_ALL, {"_names": names})
        asked = {f"_{name}": [each[f"_{name}"] for each in said] for name in _KEY}
        rows = await self._session.execute(_LATEST_ALL, asked)
        found = (Kept(row.id, _condition(row)) for row in rows)
        return {each.condition.key: each for each in found}

    async def take(self, row: int) -> Kept | None:
        """This row; None when somebody else has it now, who will leave it right."""
        return await self._one(_TAKE, {"_row": row})

    async def due(self, now: datetime, after: Due | None, limit: int) -> Sequence[Due]:
        """Of which time is due, longest first; not locked, `take` does that."""
        found = select(AlertConditionRow.due_at, AlertConditionRow.id).where(
            AlertConditionRow.due_at <= now
        )
        if after is not None:
            found = found.where(
                tuple_(AlertConditionRow.due_at, AlertConditionRow.id) > tuple_(*after)
            )
        ordered = found.order_by(AlertConditionRow.due_at, AlertConditionRow.id).limit(limit)
        rows = (await self._session.execute(ordered)).all()
        return tuple(Due(row.due_at, row.id) for row in rows if row.due_at is not None)

    async def save(self, condition: Condition, row: int | None) -> int:
        """Into its row, or a new one; which that is."""
        if row is not None:
            await self.save_all([Kept(row, condition)])
            return row
        added = await self._session.execute(_INSERT, _values(condition))
        return int(added.scalar_one())

    async def save_all(self, kept: Sequence[Kept]) -> None:
        """Each into its row, in one round trip."""
        if kept:
            values = [{"_row": each.id, **_values(each.condition)} for each in kept]
            await self._session.execute(_UPDATE, values)

    async def locked(self, row: int) -> Kept | None:
        """This row, after whoever has it now."""
        return await self._one(_LOCKED, {"_row": row})

    async def behind(self, number: IssueNumber) -> Condition | None:
        """The condition that an issue was opened for, only to be looked at."""
        row = (await self._session.execute(_BEHIND, {"_issue": number})).one_or_none()
        return _condition(row) if row else None

    async def _one(
        self, found: Select[*tuple[Any, ...]], given: Mapping[str, object]
    ) -> Kept | None:
        row = (await self._session.execute(found, given)).one_or_none()
        return Kept(row.id, _condition(row)) if row else None


def _said(key: ConditionKey) -> dict[str, str]:
    return {
        "_community": key.community,
        "_camera": key.camera,
        "_zone": key.zone or "",
        "_kind": key.kind,
        "_source": key.source,
    }


def _values(condition: Condition) -> dict[str, object]:
    return {
        **_said(condition.key),
        **{f"_{name}": getattr(condition, name) for name in _SAME},
        "_alerts": condition.count,
        "_flips": list(condition.flips),
        "_issue_number": condition.issue,
        "_live_events": list(condition.events.live),
        "_ended_events": list(condition.events.ended),
    }


_KEY = ("community", "camera", "zone", "kind", "source")
_SAME = (
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


# Built once: building a statement costs more than running it, and every alert runs some.
_TABLE = Base.metadata.tables[AlertConditionRow.__tablename__]
_AT_NOW = {"updated_at": func.now()}
_WRITTEN = {
    each.name: bindparam(f"_{each.name}", type_=each.type)
    for each in _TABLE.c
    if each.name not in {"id", *_AT_NOW}
}
_LOCK = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("_name"), _NAMESPACE)))
_FOUND = select(*_TABLE.c)
_LATEST = (
    _FOUND.where(*(_TABLE.c[name] == _WRITTEN[name] for name in _KEY))
    .order_by(_TABLE.c.id.desc())
    .limit(1)
    .with_for_update()
)
_ONE = _FOUND.where(_TABLE.c.id == bindparam("_row"))
_TAKE, _LOCKED = _ONE.with_for_update(skip_locked=True), _ONE.with_for_update()
_NAMES = func.unnest(bindparam("_names", type_=ARRAY(Text))).column_valued("name")
_LOCK_ALL = select(func.pg_advisory_xact_lock(func.hashtextextended(_NAMES, _NAMESPACE)))
_ASKED = (
    func.unnest(*(bindparam(f"_{name}", type_=ARRAY(Text)) for name in _KEY))
    .table_valued(*_KEY, name="asked")
    .render_derived()
)
_EACH = (
    _FOUND.where(*(_TABLE.c[name] == _ASKED.c[name] for name in _KEY))
    .order_by(_TABLE.c.id.desc())
    .limit(1)
    .with_for_update()
    .lateral("latest")
)
_LATEST_ALL = select(*_EACH.c).select_from(_ASKED.join(_EACH, true()))
_BEHIND = _FOUND.where(_TABLE.c.issue_number == bindparam("_issue"))
_INSERT = insert(_TABLE).values(_WRITTEN | _AT_NOW).returning(_TABLE.c.id)
_UPDATE = update(_TABLE).where(_TABLE.c.id == bindparam("_row")).values(_WRITTEN | _AT_NOW)


def _condition(row: AnyRow) -> Condition:
    return Condition(
        key=ConditionKey(
            GridCode(row.community),
            CameraRef(row.camera),
            row.zone or None,
            AlertKind(row.kind),
            row.source,
        ),
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
