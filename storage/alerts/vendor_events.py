"""What an event of a vendor was about: for pictures and verdicts that name it and nothing else."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on

from domain.alert import AlertKind, Phase
from domain.ids import CameraRef, GridCode, SourceCode
from storage.alerts.views import Fate
from storage.models import AlertConditionRow, AlertEventRow
from storage.session import AnyRow, Session

Name = tuple[SourceCode, str]
"""A source and what it calls the event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEvent:
    """As it was first told; an alert of it that was accepted goes before one that was not."""

    source: SourceCode
    event: str
    camera: CameraRef
    zone: str | None
    kind: AlertKind | None
    fate: Fate
    grid: GridCode
    received_at: datetime
    mapping_version: int | None


async def known_events(session: Session, names: Collection[Name]) -> Mapping[Name, KnownEvent]:
    """Those of them of which there was an alert."""
    if not names:
        return {}
    found = (
        select(*_COLUMNS)
        .ext(distinct_on(AlertEventRow.source, AlertEventRow.vendor_event_id))
        .where(
            tuple_(AlertEventRow.source, AlertEventRow.vendor_event_id).in_(sorted(names)),
            AlertEventRow.phase != Phase.MEDIA,
        )
        .order_by(
            AlertEventRow.source,
            AlertEventRow.vendor_event_id,
            (AlertEventRow.fate == Fate.ACCEPTED).desc(),
            AlertEventRow.id,
        )
    )
    known = [_known(row) for row in await session.execute(found)]
    return {(each.source, each.event): each for each in known}


async def condition_of(session: Session, known: KnownEvent, community: GridCode) -> int | None:
    """The row of the condition it was counted on; conditions of one key follow one another."""
    given = {
        "_community": community,
        "_source": known.source,
        "_camera": known.camera,
        "_zone": known.zone or "",
        "_kind": known.kind,
        "_event": known.event,
        "_at": known.received_at,
    }
    return (await session.execute(_CONDITION, given)).scalar_one_or_none()


_COLUMNS = (
    AlertEventRow.source,
    AlertEventRow.vendor_event_id,
    AlertEventRow.camera,
    AlertEventRow.zone,
    AlertEventRow.kind,
    AlertEventRow.fate,
    AlertEventRow.grid,
    AlertEventRow.received_at,
    AlertEventRow.mapping_version,
)


def _is_named() -> ColumnElement[bool]:
    event = bindparam("_event", type_=AlertEventRow.vendor_type.type)
    live, ended = AlertConditionRow.live_events, AlertConditionRow.ended_events
    return (event == live.any_()) | (event == ended.any_())


_CONDITION = (
    select(AlertConditionRow.id)
    .where(
        AlertConditionRow.community == bindparam("_community"),
        AlertConditionRow.camera == bindparam("_camera"),
        AlertConditionRow.zone == bindparam("_zone"),
        AlertConditionRow.kind == bindparam("_kind"),
        AlertConditionRow.source == bindparam("_source"),
    )
    .order_by(
        _is_named().desc(),
        (
            AlertConditionRow.first_seen
            <= bindparam("_at", type_=AlertConditionRow.first_seen.type)
        ).desc(),
        AlertConditionRow.id.desc(),
    )
    .limit(1)
)


def _known(row: AnyRow) -> KnownEvent:
    return KnownEvent(
        source=SourceCode(row.source),
        event=row.vendor_event_id,
        camera=CameraRef(row.camera),
        zone=row.zone,
        kind=AlertKind(row.kind) if row.kind else None,
        fate=Fate(row.fate),
        grid=GridCode(row.grid),
        received_at=row.received_at,
        mapping_version=row.mapping_version,
    )
