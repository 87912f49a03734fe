"""What a camera says, after an adapter has read it and before anybody has judged it.

One alert for each element of a message. Device time is data and not truth: it is kept as it was
written, and everything that counts time counts from `received_at`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.ids import CameraRef

OF_ITS_EVENT = CameraRef("*")
"""The camera of a picture that came later: that of the event it names."""
LONGEST_KEY = 200
LONGEST_TEXT = 200
MOST_ATTRIBUTES_BYTES = 16 * 1024


class AlertKind(StrEnum):
    """What cameras see; every vendor's codes are mapped onto these."""

    ILLEGAL_PARKING = "illegal_parking"
    FIRE_LANE_BLOCKED = "fire_lane_blocked"
    EBIKE_IN_ELEVATOR = "ebike_in_elevator"
    GARBAGE_OVERFLOW = "garbage_overflow"
    GARBAGE_EXPOSED = "garbage_exposed"
    FALLING_OBJECT = "falling_object"
    INTRUSION = "intrusion"
    LINE_CROSSING = "line_crossing"
    LOITERING = "loitering"
    CROWD = "crowd"
    OBJECT_LEFT = "object_left"
    OBJECT_REMOVED = "object_removed"
    FIRE_SMOKE = "fire_smoke"
    PERSON_FALL = "person_fall"
    FIGHT = "fight"
    CLIMBING = "climbing"
    CAMERA_OFFLINE = "camera_offline"
    CAMERA_TAMPERED = "camera_tampered"
    DEVICE_FAULT = "device_fault"
    CAMERA_NOISY = "camera_noisy"
    """Said by the engine itself: more than a camera can be believed to see."""
    SOURCE_NOISY = "source_noisy"
    COMMUNITY_NOISY = "community_noisy"


class Phase(StrEnum):
    """Where in the life of what it saw an alert stands."""

    OPEN = "open"
    UPDATE = "update"
    PULSE = "pulse"
    CLOSE = "close"
    MEDIA = "media"
    HEARTBEAT = "heartbeat"


class TimeQuality(StrEnum):
    """How far the device's own time can be believed."""

    DEVICE = "device"
    RECEIVED = "received"
    SKEWED = "skewed"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen, where in the picture: corners from 0 to 1, x0 y0 x1 y1."""

    label: str
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureOf:
    """A picture that came with an alert, or can be fetched for it."""

    role: str = "scene"
    url: str | None = None
    inline: bytes | None = field(default=None, repr=False)
    content_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One element of a message, in our words.

    `delivery_key` names the delivery within its source: the same words sent again have the same
    key. `vendor_event_id` names what the vendor calls one event, over all its phases. `kind` is
    given only by senders that speak our words; else the source's mapping decides it from
    `vendor_type`, `camera` and `zone`. `confidence` is from 0 to 1, None when nothing was said,
    which is not 0. `severity` is from 1, the least, to 4.
    """

    delivery_key: str
    vendor_type: str
    phase: Phase
    camera: CameraRef
    vendor_event_id: str | None = None
    vendor_type_name: str | None = None
    kind: AlertKind | None = None
    zone: str | None = None
    severity: int | None = None
    confidence: float | None = None
    seen: Seen | None = None
    occurred_at: datetime | None = None
    ended_at: datetime | None = None
    device_time: str | None = None
    time_quality: TimeQuality = TimeQuality.RECEIVED
    is_late: bool = False
    ttl_s: int | None = None
    pictures: tuple[PictureOf, ...] = ()
    attributes: Mapping[str, object] = field(default_factory=dict)
