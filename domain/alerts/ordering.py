"""In which order the alerts of a message are applied."""

from collections.abc import Sequence
from datetime import datetime

from domain.alert import Alert, Phase

_RANK = {
    Phase.HEARTBEAT: 0,
    Phase.OPEN: 1,
    Phase.UPDATE: 2,
    Phase.PULSE: 2,
    Phase.MEDIA: 3,
    Phase.CLOSE: 4,
}


def in_order(alerts: Sequence[Alert]) -> tuple[Alert, ...]:
    """As they came, except that within one event of the vendor each phase waits for its turn."""
    first: dict[tuple[str, str], int] = {}
    for place, alert in enumerate(alerts):
        if alert.vendor_event_id is not None:
            first.setdefault((alert.camera, alert.vendor_event_id), place)

    def turn(numbered: tuple[int, Alert]) -> tuple[int, int, float, int]:
        place, alert = numbered
        if alert.vendor_event_id is None:
            return place, 0, 0.0, place
        at = _instant(alert.occurred_at)
        return first[alert.camera, alert.vendor_event_id], _RANK[alert.phase], at, place

    return tuple(alert for _, alert in sorted(enumerate(alerts), key=turn))


def _instant(at: datetime | None) -> float:
    return at.timestamp() if at is not None else 0.0
