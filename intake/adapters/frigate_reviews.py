"""Frigate's reviews: one alert for each thing that was seen, over all phases of the review."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from domain.alert import Alert, Phase, PictureOf, Seen
from domain.ids import CameraRef
from intake.adapters.contract import RawMessage, Reading, SourceView
from intake.adapters.times import DeviceTime, device_time, of_an_end, parsed
from intake.adapters.values import (
    LONGEST_URL,
    Unreadable,
    attributes_of,
    fields,
    key_of,
    listing,
    needed,
    number,
    text,
    web_address,
)

ALERT = "alert"
SEVERITIES = frozenset({ALERT, "detection"})
TYPES = frozenset({"new", "update", "end"})
VERIFIED = "-verified"
NOTHING_NAMED = "review"
TTL_S = 15 * 60
EVENT = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,9})?)-[a-z0-9]{1,16}")
STAYS_STILL = ("car", "truck", "bus", "van", "motorcycle", "bicycle", "package")
"""Frigate ends the review of what stands still; that it ended does not say that it went away."""
API, ZONES, DETECTIONS, STAYS = "api", "zones", "detections", "stays"
"""Options: the address of the REST API, the zones that matter in their order, whether what Frigate
calls a detection counts as well, and the labels of things that stay when they stand still."""
MOST_LABELS = 8


@dataclass(frozen=True, slots=True)
class FrigateReviews:
    """Reads messages of `frigate/reviews` and items of `/api/review`."""

    message: RawMessage
    source: SourceView

    def read(self, element: object) -> Reading:
        """An item of the list is a review that is new, and over if it has an end."""
        said = fields(element)
        if "after" not in said:
            return self._listed(said)
        kind, before, after = (
            text(said.get("type")),
            fields(said.get("before")),
            fields(said["after"]),
        )
        if kind not in TYPES:
            raise Unreadable("type_unknown")
        if not self._counts(after):
            return Reading()
        known = _labels(before) if kind == "update" and self._counts(before) else ()
        return Reading(
            alerts=tuple(
                self._alert(after, label, _turn(kind, is_known=label in known))
                for label in _labels(after)
            )
        )

    def _listed(self, item: Mapping[str, object]) -> Reading:
        """What has no end goes on while it is listed, however long ago it began."""
        if not self._counts(item):
            return Reading()
        goes_on = item.get("end_time") is None
        return Reading(
            alerts=tuple(
                self._alert(item, label, turn, goes_on=goes_on)
                for label in _labels(item)
                for turn in (("new",) if goes_on else ("new", "end"))
            )
        )

    def _counts(self, review: Mapping[str, object]) -> bool:
        severity = text(review.get("severity"))
        if review and severity not in SEVERITIES:
            raise Unreadable("severity_unknown")
        return severity == ALERT or (bool(review) and self.source.options.get(DETECTIONS) is True)

    def _alert(
        self, review: Mapping[str, object], label: str, turn: str, *, goes_on: bool = False
    ) -> Alert:
        """Begun and ended once each; of updates there may be many."""
        name, phase = needed(review.get("id"), "id"), self._phase(label, turn)
        said_at = _said_at(review, is_end=turn == "end")
        when = of_an_end(device_time(said_at, self.message, self.source), phase)
        if goes_on and when.is_late:
            when = DeviceTime(written=when.written)
        version = _digest(review) if turn == "update" else None
        return Alert(
            delivery_key=key_of(name, label, turn, version),
            vendor_event_id=name,
            vendor_type=label,
            phase=phase,
            camera=CameraRef(needed(review.get("camera"), "camera")),
            zone=self._zone(review),
            seen=Seen(label=label),
            occurred_at=when.occurred_at,
            ended_at=when.occurred_at if turn == "end" else None,
            device_time=when.written,
            time_quality=when.quality,
            is_late=when.is_late,
            ttl_s=TTL_S,
            pictures=self._pictures(review),
            attributes=attributes_of({"severity": review.get("severity")}),
        )

    def _phase(self, label: str, turn: str) -> Phase:
        if turn != "end":
            return Phase.OPEN if turn == "new" else Phase.UPDATE
        own = self.source.options.get(STAYS)
        stays = STAYS_STILL if own is None else listing(own)
        return Phase.UPDATE if label in stays else Phase.CLOSE

    def _zone(self, review: Mapping[str, object]) -> str | None:
        """Frigate does not say which thing is in which zone; the site says which zone matters."""
        named = [text(each) for each in listing(_data(review).get("zones"))]
        matter = [text(each) for each in listing(self.source.options.get(ZONES))]
        return next((each for each in (*matter, *named) if each and each in named), None)

    def _pictures(self, review: Mapping[str, object]) -> tuple[PictureOf, ...]:
        """`thumb_path` lies on the recorder; the snapshot of the first event can be fetched."""
        api = web_address(text(self.source.options.get(API), LONGEST_URL))
        first = next(iter(_events(review)), None)
        if api is None or first is None:
            return ()
        return (PictureOf(url=f"{api.rstrip('/')}/api/events/{first}/snapshot.jpg"),)


def _turn(kind: str, *, is_known: bool) -> str:
    """Severity rises, and things join, in the middle of a review: for them it is new there."""
    return "new" if kind == "update" and not is_known else kind


def _data(review: Mapping[str, object]) -> Mapping[str, object]:
    return fields(review.get("data"))


def _labels(review: Mapping[str, object]) -> tuple[str, ...]:
    """Things and sounds; recognised faces and plates are never taken."""
    data = _data(review)
    named = [text(each) for each in (*listing(data.get("objects")), *listing(data.get("audio")))]
    plain = dict.fromkeys(each.removesuffix(VERIFIED) for each in named if each)
    return tuple(each for each in plain if each)[:MOST_LABELS] or (NOTHING_NAMED,)


def _events(review: Mapping[str, object]) -> Iterator[str]:
    """Ids that look like ids: they become parts of an address."""
    for each in listing(_data(review).get("detections")):
        if isinstance(each, str) and EVENT.fullmatch(each):
            yield each


def _said_at(review: Mapping[str, object], *, is_end: bool) -> float | None:
    """Messages carry no time of their own: the newest that they name, or where it ended."""
    if is_end:
        return seconds_of(review.get("end_time"))
    named = [review.get("start_time"), _data(review).get("thumb_time")]
    named += [each.partition("-")[0] for each in _events(review)]
    return max((at for each in named if (at := seconds_of(each)) is not None), default=None)


def seconds_of(value: object) -> float | None:
    """Since the epoch; the list's own documentation says that it writes dates."""
    if (plain := number(value)) is not None or not isinstance(value, str):
        return plain
    try:
        written = parsed(value, "UTC")
    except (ValueError, OverflowError):
        return None
    return written.timestamp() if written else None


def _digest(review: Mapping[str, object]) -> str:
    written = json.dumps(review, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:16]
