"""Hikvision devices that push (`httpHosts`): XML, JSON, or multipart with pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from domain.alert import Alert, PictureOf
from intake.adapters.contract import Fault, RawMessage, Reading, SourceView, VendorAnswer
from intake.adapters.elements import unreadable
from intake.adapters.hik_isapi_event import content_ids, read_event
from intake.adapters.multipart import Part, is_multipart, read_multipart
from intake.adapters.pictures import MOST_PICTURES
from intake.adapters.safe_json import check, read_json
from intake.adapters.safe_xml import LARGEST, read_xml
from intake.adapters.values import Unreadable, fields

ROOT = "EventNotificationAlert"
LARGEST_TEXT_PART = 64 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
PNG = b"\x89PNG"
PICTURES = (b"\xff\xd8\xff", PNG)
DOCUMENTS = (b"<", b"{")


class HikISAPI:
    """Reads `EventNotificationAlert`, whatever its namespace, encoding and wrapping."""

    name = "hik_isapi"

    def read(self, message: RawMessage, source: SourceView) -> Reading:
        try:
            if is_multipart(message.body, message.content_type):
                parts = read_multipart(message.body, message.content_type)
                return _read_parts(parts, message, source)
            event = _document(message.body, message.content_type, LARGEST)
            return Reading(alerts=read_event(event, message, source))
        except Unreadable as broken:
            return unreadable(broken)

    def answer(self, message: RawMessage, source: SourceView) -> VendorAnswer:
        """200 without a body; after anything else some firmware marks the host as broken."""
        return VendorAnswer(content_type="text/plain")


def _document(body: bytes, content_type: str, largest: int) -> Mapping[str, object]:
    """By how it begins: devices call XML a form, and JSON a text."""
    if body.removeprefix(BYTE_ORDER_MARK).lstrip().startswith(b"{"):
        said = fields(read_json(body, content_type, largest))
        check(said)
        return fields(said.get(ROOT)) or said
    root = read_xml(body, content_type, largest)
    if ROOT not in root:
        raise Unreadable("root_unknown")
    return fields(root[ROOT])


def _read_parts(parts: Sequence[Part], message: RawMessage, source: SourceView) -> Reading:
    """An unreadable part is a fault beside the others."""
    events: list[_Event] = []
    faults: list[Fault] = []
    for at, part in enumerate(parts):
        if not _is_document(part):
            continue
        try:
            said = _document(part.body, part.content_type, LARGEST_TEXT_PART)
            events.append(_Event(at, said, read_event(said, message, source)))
        except Unreadable as broken:
            faults.append(Fault(element=f"part[{at}]", rule=broken.rule))
    if not events and not faults:
        raise Unreadable("event_missing")
    owned = _owned(events, parts)
    alerts = tuple(
        replace(alert, pictures=(*owned[event.at], *alert.pictures)[:MOST_PICTURES])
        for event in events
        for alert in event.alerts
    )
    return Reading(alerts=alerts, faults=tuple(faults))


@dataclass(frozen=True, slots=True)
class _Event:
    """An event, and which part it was."""

    at: int
    said: Mapping[str, object]
    alerts: tuple[Alert, ...]


def _owned(events: Sequence[_Event], parts: Sequence[Part]) -> dict[int, list[PictureOf]]:
    """Pictures by the part of their event: the one that names them, else the one before them."""
    named = {name: event.at for event in events for name in content_ids(event.said)}
    owned: dict[int, list[PictureOf]] = {event.at: [] for event in events}
    for at, part in enumerate(parts):
        if not events or not _is_picture(part):
            continue
        before = [event.at for event in events if event.at < at] or [events[0].at]
        owner = named.get(part.headers.get("content-id", "").strip("<> "), before[-1])
        owned[owner].append(PictureOf(inline=part.body, content_type=_type_of(part)))
    return owned


def _is_document(part: Part) -> bool:
    if _is_picture(part):
        return False
    start = part.body.removeprefix(BYTE_ORDER_MARK).lstrip()[:1]
    said = part.content_type.lower()
    return start in DOCUMENTS or "xml" in said or "json" in said


def _is_picture(part: Part) -> bool:
    return part.body.startswith(PICTURES)


def _type_of(part: Part) -> str:
    """By the bytes; what the device says of them is not asked."""
    return "image/png" if part.body.startswith(PNG) else "image/jpeg"
