"""Hikvision iSecure Center: the callback of an event subscription.

Nothing documents what it does after an error, and it cannot sign. One event keeps its id through
start, pulses, stop and the picture that comes later.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from domain.alert import Alert, Phase, Seen
from domain.ids import CameraRef
from intake.adapters.contract import RawMessage, Reading, SourceView, VendorAnswer
from intake.adapters.elements import read_each, unreadable
from intake.adapters.pictures import pictures_of
from intake.adapters.safe_json import read_json
from intake.adapters.times import DeviceTime, device_time, of_an_end
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

LINKAGE, PICTURE = 4, 5
PHASES = {
    0: Phase.OPEN,
    1: Phase.OPEN,
    2: Phase.CLOSE,
    3: Phase.PULSE,
    LINKAGE: Phase.MEDIA,
    PICTURE: Phase.MEDIA,
}
ONCE = frozenset({Phase.OPEN, Phase.CLOSE})
"""Said once for each event; pulses and pictures repeat."""
LEVELS = range(1, 4)
LONGEST_TTL_S = 7 * 24 * 3600


class HikISC:
    """Reads `OnEventNotify`."""

    name = "hik_isc"

    def read(self, message: RawMessage, source: SourceView) -> Reading:
        try:
            params = fields(fields(read_json(message.body, message.content_type)).get("params"))
            sent_at = text(params.get("sendTime"))
            events = needed_listing(params.get("events"), "events")
        except Unreadable as broken:
            return unreadable(broken)
        return read_each(
            events,
            lambda event: _Event(fields(event), sent_at, message, source).read(),
        )

    def answer(self, message: RawMessage, source: SourceView) -> VendorAnswer:
        """200; no body is documented, and none that is JSON does harm."""
        return VendorAnswer(body=b"{}")


@dataclass(frozen=True, slots=True)
class _Event:
    """One event of the callback."""

    said: Mapping[str, object]
    sent_at: str | None
    message: RawMessage
    source: SourceView

    def read(self) -> Reading:
        """A linkage result without a picture says nothing."""
        status = whole(self.said.get("status"))
        phase = Phase.PULSE if status is None else PHASES.get(status, Phase.PULSE)
        pictures = pictures_of(self._addresses(), self.source)
        if status == LINKAGE and not pictures:
            return Reading()
        when = self._when(phase)
        event = text(self.said.get("eventId"))
        camera, code = self._camera(), needed(self.said.get("eventType"), "eventType")
        received = self.message.received_at.isoformat()
        repeated = None if phase in ONCE else self.sent_at or received
        level, target = whole(self.said.get("eventLvl")), self._detail("detectionTarget")
        alert = Alert(
            delivery_key=key_of(
                event or key_of(camera, code, when.written or received), status, repeated
            ),
            vendor_event_id=event,
            vendor_type=code,
            vendor_type_name=shortened(self._data().get("eventType")),
            phase=phase,
            camera=CameraRef(camera),
            zone=text(self._detail("regionID")),
            severity=level if level in LEVELS else None,
            seen=Seen(label=target) if (target := shortened(target)) else None,
            occurred_at=when.occurred_at,
            device_time=when.written,
            time_quality=when.quality,
            is_late=when.is_late,
            ttl_s=self._ttl(phase),
            pictures=pictures,
            attributes=attributes_of({"parent": self.said.get("srcParentIndex")}),
        )
        return Reading(alerts=(alert,))

    def _when(self, phase: Phase) -> DeviceTime:
        """`happenTime` is the beginning; what follows happened when it was sent."""
        happened = self.said.get("happenTime")
        said = happened if phase is Phase.OPEN else self.sent_at or happened
        return of_an_end(device_time(said, self.message, self.source), phase)

    def _camera(self) -> str:
        """The source of an event of a rule may be a server; its target names the camera."""
        if text(self.said.get("srcType")) != "camera":
            for detail in self._details():
                target = fields(detail.get("targetAttrs"))
                if camera := text(target.get("cameraIndexCode")):
                    return camera
        return needed(self.said.get("srcIndex"), "srcIndex")

    def _ttl(self, phase: Phase) -> int | None:
        """The vendor's own time to live: no pulse within it after one, and it is over.

        A start may be followed by its stop alone, so how long it lives without is our policy's.
        """
        seconds = whole(self.said.get("timeout"))
        in_bounds = seconds is not None and 1 <= seconds <= LONGEST_TTL_S
        return seconds if phase is Phase.PULSE and in_bounds else None

    def _data(self) -> Mapping[str, object]:
        return fields(self.said.get("data"))

    def _details(self) -> Iterator[Mapping[str, object]]:
        """A list called like the type, whatever the type is called; or the data itself."""
        yield self._data()
        for value in self._data().values():
            if isinstance(value, list | dict):
                yield from (fields(each) for each in listing(value))

    def _detail(self, name: str) -> object:
        return next((each[name] for each in self._details() if each.get(name) is not None), None)

    def _addresses(self) -> Iterator[object]:
        return (each.get("imageUrl") for each in self._details())
