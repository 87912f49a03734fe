"""What Frigate says about itself and its cameras: plain words on retained topics.

They carry neither time nor id, so the instant of receipt tells one episode from the next.
"""

from domain.alert import Alert, AlertKind, Phase
from domain.ids import CameraRef
from intake.adapters.contract import RawMessage, Reading
from intake.adapters.values import Unreadable, attributes_of, key_of, needed

AVAILABILITY = {"online": Phase.CLOSE, "offline": Phase.OPEN, "stopped": Phase.OPEN}
CAMERA = {"online": Phase.CLOSE, "offline": Phase.OPEN, "disabled": Phase.CLOSE}
"""Switched off on purpose is no fault."""
LONGEST_WORD = 32


def availability(prefix: list[str], message: RawMessage) -> Reading:
    """Of the recorder; it stands as a camera of its prefix's name."""
    said, phase = _word(message, AVAILABILITY)
    camera = needed("/".join(prefix), "topic_prefix")
    return _health(message, camera, phase, AlertKind.DEVICE_FAULT, {"said": said})


def camera_status(levels: list[str], message: RawMessage) -> Reading:
    """`<prefix>/<camera>/status/<role>`."""
    said, phase = _word(message, CAMERA)
    camera, role = needed(levels[-3] if len(levels) > 3 else None, "camera"), levels[-1]  # noqa: PLR2004
    return _health(message, camera, phase, AlertKind.CAMERA_OFFLINE, {"said": said, "role": role})


def _word(message: RawMessage, phases: dict[str, Phase]) -> tuple[str, Phase]:
    said = message.body[:LONGEST_WORD].decode("ascii", "replace").strip().lower()
    if said not in phases:
        raise Unreadable("status_unknown")
    return said, phases[said]


def _health(
    message: RawMessage, camera: str, phase: Phase, kind: AlertKind, said: dict[str, object]
) -> Reading:
    alert = Alert(
        delivery_key=key_of(message.topic, said["said"], message.received_at.isoformat()),
        vendor_type="camera_offline" if kind is AlertKind.CAMERA_OFFLINE else "frigate_offline",
        kind=kind,
        phase=phase,
        camera=CameraRef(camera),
        attributes=attributes_of(said),
    )
    return Reading(alerts=(alert,))
