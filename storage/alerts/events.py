"""Elements of messages in our words: written once each, decided once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.dialects.postgresql import insert

from domain.alert import Alert, AlertKind
from domain.ids import GridCode, SourceCode
from storage import codec
from storage.alerts.views import Fate
from storage.models import AlertEventRow
from storage.sealing import seals
from storage.sealing.cipher import Place
from storage.sealing.seals import Sealer
from storage.session import Session

Key = tuple[str, str]
"""A source and what it calls the delivery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """An element that was read, and what is to become of it."""

    source: SourceCode
    adapter: str
    raw_id: int
    grid: GridCode
    community: GridCode
    """Of the source, however exactly the camera's place is known."""
    alert: Alert
    fate: Fate
    kind: AlertKind | None
    received_at: datetime
    decided_at: datetime
    mapping_version: int | None = None

    @property
    def key(self) -> Key:
        return self.source, self.alert.delivery_key


class Written(NamedTuple):
    """An event that is new, or was decided now."""

    id: int
    fate: Fate


class AlertEvents:
    """One row for each delivery of a source; what is accepted stays so."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def put(self, events: Sequence[NewEvent]) -> Mapping[Key, Written]:
        """What is new, or was waiting for a decision and has one now; the rest was known before.

        Of two with one key the first counts.
        """
        rows = {event.key: event for event in reversed(events)}
        if not rows:
            return {}
        sealer = await seals.sealer(self._session)
        ordered = [
            _values(rows[key], sealer) for key in sorted(rows)
        ]  # two writers wait in one order
        written = await self._session.execute(_PUT, ordered)
        return {(row.source, row.delivery_key): Written(row.id, Fate(row.fate)) for row in written}


_INSERT = insert(AlertEventRow)
_DECIDED = ("fate", "kind", "grid", "mapping_version", "decided_at")
_PUT = _INSERT.on_conflict_do_update(
    index_elements=["source", "delivery_key"],
    set_={name: _INSERT.excluded[name] for name in _DECIDED},
    where=AlertEventRow.fate != Fate.ACCEPTED,
).returning(AlertEventRow.id, AlertEventRow.source, AlertEventRow.delivery_key, AlertEventRow.fate)


def _values(event: NewEvent, sealer: Sealer) -> dict[str, object]:
    alert = event.alert
    seen = alert.seen and {"label": alert.seen.label, "box": alert.seen.box}
    pictures = [
        {"role": each.role, "url": each.url, "content_type": each.content_type}
        for each in alert.pictures
    ]
    return {
        "source": event.source,
        "adapter": event.adapter,
        "raw_id": event.raw_id,
        "grid": event.grid,
        "delivery_key": alert.delivery_key,
        "vendor_event_id": alert.vendor_event_id,
        "vendor_type": alert.vendor_type,
        "vendor_type_name": alert.vendor_type_name,
        "phase": alert.phase,
        "kind": event.kind,
        "fate": event.fate,
        "camera": alert.camera,
        "zone": alert.zone,
        "severity": alert.severity,
        "confidence": alert.confidence,
        "seen": codec.text(codec.ANYTHING, seen) if seen else None,
        "occurred_at": alert.occurred_at,
        "ended_at": alert.ended_at,
        "device_time": alert.device_time,
        "received_at": event.received_at,
        "skew_ms": _skew_ms(event),
        "time_quality": alert.time_quality,
        "late": alert.is_late,
        "ttl_s": alert.ttl_s,
        "pictures": codec.text(codec.ANYTHING, pictures),
        "attributes": "{}",
        "attributes_sealed": _attributes(event, sealer),
        "mapping_version": event.mapping_version,
        "decided_at": event.decided_at,
    }


def _attributes(event: NewEvent, sealer: Sealer) -> bytes | None:
    """What the vendor said besides; nobody asks for it but who looks into a complaint."""
    if not event.alert.attributes:
        return None
    return sealer.text(
        attributes_place(*event.key), codec.text(codec.ANYTHING, dict(event.alert.attributes))
    )


def attributes_place(source: str, delivery_key: str) -> Place:
    """By its name, as it is sealed before it has a number."""
    return Place("alert_events", "attributes", f"{source}/{delivery_key}")


def _skew_ms(event: NewEvent) -> int | None:
    if event.alert.occurred_at is None:
        return None
    return round((event.received_at - event.alert.occurred_at).total_seconds() * 1000)
