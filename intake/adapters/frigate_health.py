"""What Frigate says about itself and its cameras: plain words on retained topics.

They carry neither time nor id, so the instant of receipt tells one episode from the next.
"""

from typing import NamedTuple

from domain.alert import Alert, AlertKind, Phase
from domain.ids import CameraRef
from intake.adapters.contract import RawMessage, Reading
from intake.adapters.values import Unreadable, attributes_of, key_of, needed

AVAILABILITY = {"online": Phase.CLOSE, "offline": Phase.OPEN, "stopped": Phase.OPEN}
CAMERA = {"online": Phase.CLOSE, "offline": Phase.OPEN, "disabled": Phase.CLOSE}
"""Switched off on purpose is no fault."""
DETECT = "detect"
"""The role that alerts come from: without it the camera sees nothing."""
LONGEST_WORD = 32


class _Subject(NamedTuple):
    """What is there or is not."""

    camera: str
    kind: AlertKind
    code: str
    zone: str | None = None


def availability(prefix: list[str], message: RawMessage) -> Reading:
    """Of the recorder; it stands as a camera of its prefix's name."""
    said, phase = _word(message, AVAILABILITY)
    camera = needed("/".join(prefix), "topic_prefix")
    recorder = _Subject(camera, AlertKind.DEVICE_FAULT, "frigate_offline")
    return _health(message, recorder, phase, {"said": said})


def camera_status(levels: list[str], message: RawMessage) -> Reading:
    """`<prefix>/<camera>/status/<role>`.

    Roles come and go each by itself, so each is a matter of its own, in a zone of its name. One
    that is not `detect` is no reason to disbelieve what the camera sees; and when all are gone
    at once, the camera that is offline keeps the others quiet.
    """
    said, phase = _word(message, CAMERA)
    camera = needed(levels[-3] if len(levels) > 3 else None, "camera")  # noqa: PLR2004
    role = needed(levels[-1], "role")
    kind, code, zone = AlertKind.CAMERA_OFFLINE, "camera_offline", None
    if role != DETECT:
        kind, code, zone = AlertKind.DEVICE_FAULT, f"{role}_offline", role
    return _health(message, _Subject(camera, kind, code, zone), phase, {"said": said, "role": role})


def _word(message: RawMessage, phases: dict[str, Phase]) -> tuple[str, Phase]:
    said = message.body[:LONGEST_WORD].decode("ascii", "replace").strip().lower()
    if said not in phases:
        raise Unreadable("status_unknown")
    return said, phases[said]


def _health(
    message: RawMessage, subject: _Subject, phase: Phase, said: dict[str, object]
) -> Reading:
    alert = Alert(
        delivery_key=key_of(message.topic, said["said"], message.received_at.isoformat()),
        vendor_type=subject.code,
        kind=subject.kind,
        phase=phase,
        camera=CameraRef(subject.camera),
        zone=subject.zone,
        attributes=attributes_of(said),
    )
    return Reading(alerts=(alert,))
