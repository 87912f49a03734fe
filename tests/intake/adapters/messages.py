"""Messages and sources with defaults, for all adapters' tests."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from domain.alert import Alert
from intake.adapters.contract import Adapter, RawMessage, Reading, SourceView

NOON = datetime(2026, 11, 21, 12, 15, 30, tzinfo=UTC)
"""20:15:30 in Shanghai."""


def a_source(
    *,
    zone: str = "Asia/Shanghai",
    clock_offset_s: float = 0,
    options: Mapping[str, object] | None = None,
) -> SourceView:
    return SourceView(
        code="yihe-gate", zone=zone, clock_offset_s=clock_offset_s, options=options or {}
    )


def a_message(body: object, *, content_type: str = "", topic: str | None = None) -> RawMessage:
    """Bytes stay as they are, all else becomes JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return RawMessage(body=raw, received_at=NOON, content_type=content_type, topic=topic)


def reading_of(
    adapter: Adapter, body: object, options: Mapping[str, object] | None = None
) -> Reading:
    return adapter.read(a_message(body), a_source(options=options))


def only_alert(reading: Reading) -> Alert:
    assert reading.faults == ()
    (alert,) = reading.alerts
    return alert


def rules(reading: Reading) -> list[tuple[str, str]]:
    return [(each.element, each.rule) for each in reading.faults]
