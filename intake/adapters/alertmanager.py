"""Alertmanager's webhook, version 4: the health of cameras and recorders that Prometheus watches.

It repeats what still fires every few hours and retries only after 5xx, so a sender that is told
429 loses its message. What fires may have begun days ago; that is neither late nor a wrong clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.alert import Alert, AlertKind, Phase
from domain.ids import CameraRef
from intake.adapters.contract import Fault, RawMessage, Reading, SourceView, VendorAnswer
from intake.adapters.elements import joined, read_each, unreadable
from intake.adapters.safe_json import LARGEST, read_json
from intake.adapters.values import (
    Unreadable,
    attributes_of,
    fields,
    key_of,
    listing,
    needed,
    needed_listing,
    shortened,
    text,
    whole,
)

PHASES = {"firing": Phase.OPEN, "resolved": Phase.CLOSE}
KINDS = frozenset(AlertKind)
CAMERA_LABELS = ("camera", "instance", "device")
CAMERA_OPTION = "camera_labels"
SEVERITIES = {
    "critical": 4,
    "page": 4,
    "error": 3,
    "major": 3,
    "warning": 2,
    "minor": 2,
    "info": 1,
}
TTL_S = 5 * 3600
"""A little more than its `repeat_interval` of four hours."""


class Alertmanager:
    """Reads groups of alerts, each alert by itself."""

    name = "alertmanager"

    def read(self, message: RawMessage, source: SourceView) -> Reading:
        try:
            body = fields(read_json(message.body, message.content_type, 4 * LARGEST))
            alerts = needed_listing(body.get("alerts"), "alerts")
        except Unreadable as broken:
            return unreadable(broken)
        reading = read_each(alerts, lambda each: _Alert(fields(each), message, source).read())
        if whole(body.get("truncatedAlerts")):
            left_out = Fault(element="message", rule="alerts_truncated")
            return joined((reading, Reading(faults=(left_out,))))
        return reading

    def answer(self, message: RawMessage, source: SourceView) -> VendorAnswer:
        """Any 2xx will do."""
        return VendorAnswer(body=b"{}")


@dataclass(frozen=True, slots=True)
class _Alert:
    """One member of a group."""

    said: Mapping[str, object]
    message: RawMessage
    source: SourceView

    def read(self) -> Reading:
        """A repetition is told from a retry by the minute; both are one event since it began."""
        status, began = text(self.said.get("status")) or "", shortened(self.said.get("startsAt"))
        if status not in PHASES:
            raise Unreadable("status_unknown")
        camera, code = self._camera(), needed(self._labels().get("alertname"), "alertname")
        event = key_of(text(self.said.get("fingerprint")) or key_of(camera, code), began)
        minute = self.message.received_at.replace(second=0, microsecond=0)
        kind = text(self._labels().get("kind"))
        alert = Alert(
            delivery_key=key_of(event, status, minute.isoformat()),
            vendor_event_id=event,
            vendor_type=code,
            vendor_type_name=shortened(fields(self.said.get("annotations")).get("summary")),
            kind=AlertKind(kind) if kind in KINDS else None,
            phase=PHASES[status],
            camera=CameraRef(camera),
            severity=SEVERITIES.get((text(self._labels().get("severity")) or "").lower()),
            device_time=began,
            ttl_s=TTL_S,
            attributes=attributes_of({"began": began, "job": self._labels().get("job")}),
        )
        return Reading(alerts=(alert,))

    def _labels(self) -> Mapping[str, object]:
        return fields(self.said.get("labels"))

    def _camera(self) -> str:
        """By the first label that is there; the source may name its own."""
        own = [text(each) for each in listing(self.source.options.get(CAMERA_OPTION))]
        named = (self._labels().get(each) for each in (*own, *CAMERA_LABELS) if each)
        return needed(next((each for each in named if text(each)), None), "camera")
