"""CloudEvents 1.0 in JSON, single or as a batch: what AI boxes and scripts should send.

The same over HTTP and MQTT; MQTT 3.1.1 knows only this structured form. The sender speaks our own
words, so what is outside its scale is refused here, where an engineer can mend it.
"""

from collections.abc import Mapping

from domain.alert import Alert, AlertKind, Phase, PictureOf, Seen
from domain.ids import CameraRef
from intake.adapters.contract import Fault, RawMessage, Reading, SourceView, VendorAnswer
from intake.adapters.elements import read_each, unreadable
from intake.adapters.safe_json import LARGEST_WITH_PICTURES, check, read_json
from intake.adapters.times import device_time
from intake.adapters.values import (
    Unreadable,
    attributes_of,
    box_of,
    bytes_of,
    fields,
    fraction,
    key_of,
    listing,
    needed,
    number,
    text,
    web_address,
    whole,
)

PREFIX = "alert."
MOST_PICTURES = 6
LONGEST_TTL_S = 7 * 24 * 3600
SEVERITIES = range(1, 5)
KINDS, PHASES = frozenset(AlertKind), frozenset(Phase)
IDENTITY = ("specversion", "id", "source", "type")


class CloudEvents:
    """Reads what speaks our words."""

    name = "cloudevents"

    def read(self, message: RawMessage, source: SourceView) -> Reading:
        try:
            body = read_json(message.body, message.content_type, LARGEST_WITH_PICTURES)
        except Unreadable as broken:
            return unreadable(broken)
        events = body if isinstance(body, list) else [body]
        return read_each(events, lambda event: _read_event(fields(event), message, source))

    def answer(self, message: RawMessage, source: SourceView) -> VendorAnswer:
        """202 of the CloudEvents webhook specification: accepted, not yet processed."""
        return VendorAnswer(status=202)


def _read_event(event: Mapping[str, object], message: RawMessage, source: SourceView) -> Reading:
    version, name, sender, kind_of_event = (needed(event.get(each), each) for each in IDENTITY)
    if version != "1.0":
        raise Unreadable("specversion_unknown")
    data = _data_of(event)
    code, phase = _code_and_phase(kind_of_event, data)
    when = device_time(event.get("time"), message, source)
    pictures, faults = _pictures(data)
    alert = Alert(
        delivery_key=key_of(sender, name),
        # Not the id instead: each message has another, so no close would end what an open began.
        vendor_event_id=text(data.get("event_ref")),
        vendor_type=code,
        vendor_type_name=kind_of_event,
        kind=AlertKind(code) if code in KINDS else None,
        phase=phase,
        camera=_camera(event, data),
        zone=text(data.get("zone")),
        severity=_severity(data.get("severity")),
        confidence=_confidence(data.get("confidence")),
        seen=_seen(data.get("target")),
        occurred_at=when.occurred_at,
        device_time=when.written,
        time_quality=when.quality,
        is_late=when.is_late,
        ttl_s=_ttl(data.get("ttl_s")),
        pictures=pictures,
        attributes=attributes_of({"source": sender}),
    )
    return Reading(alerts=(alert,), faults=faults)


def _data_of(event: Mapping[str, object]) -> Mapping[str, object]:
    encoded = event.get("data_base64")
    if isinstance(encoded, str):
        data = read_json(bytes_of(encoded), largest=LARGEST_WITH_PICTURES)
        check(data)
        return fields(data)
    return fields(event.get("data"))


def _code_and_phase(kind_of_event: str, data: Mapping[str, object]) -> tuple[str, Phase]:
    """`alert.<kind>.<phase>`; the data may say both itself. Without a phase it is a sighting."""
    code, said = kind_of_event, None
    if kind_of_event.startswith(PREFIX):
        code, _, said = kind_of_event.removeprefix(PREFIX).partition(".")
    phase = text(data.get("phase")) or said or Phase.PULSE
    if phase not in PHASES:
        raise Unreadable("phase_unknown")
    return text(data.get("kind")) or code or kind_of_event, Phase(phase)


def _camera(event: Mapping[str, object], data: Mapping[str, object]) -> CameraRef:
    subject = text(event.get("subject"))
    return CameraRef(needed(data.get("camera") or (subject or "").removeprefix("cam/"), "camera"))


def _severity(value: object) -> int | None:
    severity = whole(value)
    if value is not None and severity not in SEVERITIES:
        raise Unreadable("severity_out_of_range")
    return severity


def _confidence(value: object) -> float | None:
    """Nothing said is not zero."""
    confidence = fraction(value)
    if value is not None and confidence is None:
        raise Unreadable("confidence_out_of_range")
    return confidence


def _ttl(value: object) -> int | None:
    seconds = number(value)
    if value is not None and (seconds is None or not 1 <= seconds <= LONGEST_TTL_S):
        raise Unreadable("ttl_out_of_range")
    return None if seconds is None else int(seconds)


def _seen(value: object) -> Seen | None:
    target = fields(value)
    label = text(target.get("label"))
    if label is None:
        return None
    corners = listing(target.get("box"))
    box = box_of(corners)
    if corners and box is None:
        raise Unreadable("box_out_of_range")
    return Seen(label=label, box=box)


def _pictures(data: Mapping[str, object]) -> tuple[tuple[PictureOf, ...], tuple[Fault, ...]]:
    """A picture that cannot be read costs the picture, never the alert."""
    pictures: list[PictureOf] = []
    faults: list[Fault] = []
    for at, each in enumerate(listing(data.get("media"))[:MOST_PICTURES]):
        try:
            pictures.append(_picture(fields(each)))
        except Unreadable as broken:
            faults.append(Fault(element=f"media[{at}]", rule=broken.rule))
    return tuple(pictures), tuple(faults)


def _picture(media: Mapping[str, object]) -> PictureOf:
    encoded, url = media.get("inline_base64"), web_address(media.get("url"))
    inline = bytes_of(encoded) if isinstance(encoded, str) and encoded else None
    if inline is None and url is None:
        raise Unreadable("picture_missing")
    return PictureOf(
        role=text(media.get("role")) or "scene",
        url=url,
        inline=inline,
        content_type=text(media.get("content_type")),
    )
