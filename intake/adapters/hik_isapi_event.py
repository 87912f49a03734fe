"""One `EventNotificationAlert`, after it was XML or JSON: the same names either way.

Devices repeat an alarm about once a second while it lasts, and often never say that it is over.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from domain.alert import Alert, Phase, Seen, TimeQuality
from domain.ids import CameraRef
from intake.adapters.contract import RawMessage, SourceView
from intake.adapters.pictures import pictures_of
from intake.adapters.times import DeviceTime, device_time
from intake.adapters.values import (
    attributes_of,
    box_of,
    fields,
    key_of,
    listing,
    needed,
    number,
    shortened,
    text,
    whole,
)

ACTIVE, INACTIVE = "active", "inactive"
VIDEO_LOSS, DURATION, TRAFFIC = "videoloss", "duration", "aid"
DEVICE_NAMES = ("macAddress", "deviceID", "ipAddress", "ipv6Address")
CHANNEL_NAMES = ("channelID", "dynChannelID")
NO_MAC = "00:00:00:00:00:00"
MOST_REGIONS = 8
LONG, SHORT, USUAL = 120, 30, 60
TTL_S = {
    "parking": LONG,
    "aid": LONG,
    "unattendedbaggage": LONG,
    "loitering": USUAL,
    "vmd": SHORT,
    "pir": SHORT,
    "linedetection": SHORT,
}
"""How long an alarm that is repeated lasts after the last time; nothing else says that it is over.
One that is said once lives as long as our policy lets it."""


def read_event(
    said: Mapping[str, object], message: RawMessage, source: SourceView
) -> tuple[Alert, ...]:
    """An alert for each region that it names, or one."""
    event = _Event(said, message, source, _when(said, message, source))
    return tuple(event.alert(region) for region in event.regions())


def content_ids(said: Mapping[str, object]) -> Iterator[str]:
    """Of pictures that are parts of the same message."""
    for name, value in _every(said):
        if name.lower() == "contentid" and isinstance(value, str) and value.strip():
            yield value.strip("<> ")


@dataclass(frozen=True, slots=True)
class _Event:
    """What was said once, and when."""

    said: Mapping[str, object]
    message: RawMessage
    source: SourceView
    when: DeviceTime

    def alert(self, region: Mapping[str, object]) -> Alert:
        code, phase, camera = self._code(), self._phase(), self._camera()
        zone = text(region.get("regionID"))
        return Alert(
            delivery_key=self._delivery(camera, code, zone),
            vendor_event_id=text(self.said.get("uuid")),
            vendor_type=code,
            vendor_type_name=shortened(self.said.get("eventDescription")),
            phase=phase,
            camera=camera,
            zone=zone,
            seen=_seen(region),
            occurred_at=self.when.occurred_at,
            device_time=self.when.written,
            time_quality=self.when.quality,
            is_late=self.when.is_late or self._is_sent_again(),
            ttl_s=_ttl(code) if phase is Phase.PULSE else None,
            pictures=pictures_of(self._addresses(), self.source),
            attributes=attributes_of({"channel_name": self.said.get("channelName")}),
        )

    def regions(self) -> list[Mapping[str, object]]:
        entries = listing(fields(self.said.get("DetectionRegionList")).get("DetectionRegionEntry"))
        return [fields(each) for each in entries[:MOST_REGIONS]] or [{}]

    def _code(self) -> str:
        """`duration` only wraps the real type; of traffic events the type is one level deeper."""
        code = needed(self.said.get("eventType"), "eventType")
        if code.lower() == DURATION:
            wrapped = _first(fields(self.said.get("DurationList")).get("Duration"))
            code = text(wrapped.get("relationEvent")) or code
        if code.lower() == TRAFFIC:
            event = text(_first(self.said.get("AID")).get("illegalTrafficEvent"))
            code = f"{code}/{event}" if event else code
        return needed(code, "eventType")

    def _phase(self) -> Phase:
        """A count of 0, and no loss of video, is how devices say that they are alive."""
        count = whole(self.said.get("activePostCount"))
        state = (text(self.said.get("eventState")) or "").lower()
        if count == 0 or (state == INACTIVE and self._code().lower() == VIDEO_LOSS):
            return Phase.HEARTBEAT
        if state == INACTIVE:
            return Phase.CLOSE
        return Phase.OPEN if state == ACTIVE and count == 1 else Phase.PULSE

    def _camera(self) -> CameraRef:
        """The device and its channel: on recorders, channels of IP cameras begin at 33."""
        device = next((each for each in map(self._word, DEVICE_NAMES) if each), None)
        channel = next((each for each in map(self._word, CHANNEL_NAMES) if each), None)
        known = [each for each in (device, channel) if each]
        return CameraRef(needed("/".join(known), "camera"))

    def _word(self, name: str) -> str | None:
        word = (text(self.said.get(name)) or "").lower()
        return None if word == NO_MAC else word

    def _delivery(self, camera: CameraRef, code: str, zone: str | None) -> str:
        """Each repetition is a delivery of its own; without a believable time, by its receipt."""
        state, count = text(self.said.get("eventState")), text(self.said.get("activePostCount"))
        if uuid := text(self.said.get("uuid")):
            return key_of(uuid, zone, state, count)
        is_believed = self.when.quality is TimeQuality.DEVICE
        at = self.when.written if is_believed else self.message.received_at.isoformat()
        return key_of(camera, code.lower(), zone, at, state, count)

    def _is_sent_again(self) -> bool:
        """After a break of the network."""
        said = self.said.get("isDataRetransmission")
        return said is True or (isinstance(said, str) and said.strip().lower() in {"true", "1"})

    def _addresses(self) -> Iterator[object]:
        for name, value in _every(self.said):
            called = name.lower()
            if called.endswith("url") and ("pic" in called or "image" in called):
                yield value


def _when(said: Mapping[str, object], message: RawMessage, source: SourceView) -> DeviceTime:
    return device_time(said.get("dateTime"), message, source)


def _ttl(code: str) -> int:
    return TTL_S.get(code.partition("/")[0].lower(), USUAL)


def _seen(region: Mapping[str, object]) -> Seen | None:
    label = shortened(region.get("detectionTarget"))
    if label is None:
        return None
    rect = {name.lower(): number(value) for name, value in fields(region.get("TargetRect")).items()}
    x, y, wide, high = (rect.get(each) for each in ("x", "y", "width", "height"))
    if x is None or y is None or wide is None or high is None:
        return Seen(label=label)
    return Seen(label=label, box=box_of([x, y, min(1.0, x + wide), min(1.0, y + high)]))


def _first(value: object) -> Mapping[str, object]:
    return fields(next(iter(listing(value)), None))


def _every(said: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Every member at every depth; depth and number were bounded when it was parsed."""
    waiting: list[object] = [said]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield from value.items()
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
