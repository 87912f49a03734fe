"""A raw message becomes alerts and faults; whatever an adapter does, nothing else comes of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import structlog
from pydantic_core import to_json

from domain.alert import LONGEST_KEY, LONGEST_TEXT, MOST_ATTRIBUTES_BYTES, Alert, PictureOf
from domain.alert_mapping import AlertMapping
from domain.alert_source import AlertSource
from domain.alerts.ordering import in_order
from intake.adapters.contract import (
    Adapter,
    Fault,
    RawMessage,
    Reading,
    SourceView,
    VendorVerdict,
)
from intake.mapping import CodeMapping, MappingRow
from storage.alerts.pictures import LONGEST_URL
from storage.alerts.views import Raw

log = structlog.get_logger(__name__)

_WHOLE = "message"
_LARGEST_WHOLE = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """A source and its mapping as they are in force now."""

    source: AlertSource
    mapping: AlertMapping | None = None
    mapping_version: int | None = None

    def codes(self) -> CodeMapping:
        """For all alerts of one message."""
        rows = self.mapping.rows if self.mapping else ()
        adapter = self.source.adapter
        return CodeMapping.of(
            (
                MappingRow(
                    adapter=adapter,
                    code=row.code,
                    kind=row.kind,
                    camera=row.camera,
                    zone=row.zone,
                    name=row.name,
                )
                for row in rows
            ),
            adapter,
        )

    def ignores(self, code: str) -> bool:
        return self.mapping is not None and self.mapping.ignores(code)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMessage:
    """A message, what could be read of it and what could not."""

    raw: Raw
    tables: Tables | None
    alerts: tuple[Alert, ...] = ()
    faults: tuple[Fault, ...] = ()
    verdicts: tuple[VendorVerdict, ...] = ()


def read(raw: Raw, tables: Tables | None, adapters: Mapping[str, Adapter]) -> ReadMessage:
    """All that can be said of a message; every trouble is a fault of it."""
    adapter = adapters.get(raw.adapter)
    if tables is None or adapter is None:
        rule = "source_missing" if tables is None else "adapter_missing"
        return ReadMessage(raw=raw, tables=None, faults=(Fault(element=_WHOLE, rule=rule),))
    reading = _reading(raw, tables.source, adapter)
    flaws = {at: flaw for at, each in enumerate(reading.alerts) if (flaw := flaw_of(each))}
    sound = tuple(
        replace(each, pictures=tuple(filter(_is_sound, each.pictures)))
        for at, each in enumerate(reading.alerts)
        if at not in flaws
    )
    found = tuple(Fault(element=f"alert[{at}]", rule=flaw) for at, flaw in flaws.items())
    return ReadMessage(
        raw=raw,
        tables=tables,
        alerts=in_order(sound),
        faults=(*reading.faults, *found),
        verdicts=reading.verdicts,
    )


def _reading(raw: Raw, source: AlertSource, adapter: Adapter) -> Reading:
    message = RawMessage(
        body=raw.body,
        received_at=raw.received_at,
        content_type=raw.content_type,
        headers=raw.headers,
        topic=raw.topic,
    )
    try:
        return adapter.read(message, view_of(source))
    except Exception as error:
        log.exception("adapter_broke", adapter=raw.adapter, source=raw.source, raw_message=raw.id)
        rule = f"adapter_broke: {type(error).__name__}"
        return Reading(faults=(Fault(element=_WHOLE, rule=rule),))


def view_of(source: AlertSource) -> SourceView:
    """What an adapter may know of a source."""
    return SourceView(
        code=source.code,
        zone=source.zone,
        clock_offset_s=source.clock_offset_s,
        options=source.options,
    )


def flaw_of(alert: Alert) -> str | None:
    """Why an alert could not be stored, so that it does not take others along."""
    return next(_flaws(alert), None)


def _flaws(alert: Alert) -> Iterator[str]:
    texts: tuple[str | None, ...] = (
        alert.vendor_type,
        alert.vendor_type_name,
        alert.vendor_event_id,
        alert.camera,
        alert.zone,
        alert.device_time,
    )
    if not 0 < len(alert.delivery_key) <= LONGEST_KEY:
        yield "delivery_key_size"
    if not alert.camera:
        yield "camera_missing"
    if any(len(text or "") > LONGEST_TEXT for text in texts):
        yield "text_too_long"
    if any(_is_unstorable(text or "") for text in (*texts, alert.delivery_key)):
        yield "text_unstorable"
    if alert.confidence is not None and not 0 <= alert.confidence <= 1:
        yield "confidence_out_of_range"
    if any(each and each.tzinfo is None for each in (alert.occurred_at, alert.ended_at)):
        yield "time_without_zone"
    if any(abs(each or 0) > _LARGEST_WHOLE for each in (alert.severity, alert.ttl_s)):
        yield "number_too_large"
    yield from _flaws_of_attributes(alert)


def _is_sound(picture: PictureOf) -> bool:
    """A picture with an address that nobody could fetch costs the picture, not the alert."""
    if picture.url is None:
        return picture.inline is not None
    return len(picture.url) <= LONGEST_URL and not _is_unstorable(picture.url)


def _flaws_of_attributes(alert: Alert) -> Iterator[str]:
    try:
        attributes = to_json(dict(alert.attributes))
    except ValueError:
        yield "attributes_unstorable"
        return
    if len(attributes) > MOST_ATTRIBUTES_BYTES:
        yield "attributes_too_large"
    if b"\\u0000" in attributes:
        yield "attributes_unstorable"


def _is_unstorable(text: str) -> bool:
    """NUL, or half of a character."""
    return "\x00" in text or any("\ud800" <= each <= "\udfff" for each in text)
