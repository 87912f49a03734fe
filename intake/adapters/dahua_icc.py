"""Dahua ICC: alarms, pictures that follow them, and what its own people made of them.

Numbers come as numbers and as strings. `alarmStat` is contradictory between its integrations: 1 is
raised, 0 and 2 are gone, anything else is a sighting.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.alert import OF_ITS_EVENT, Alert, Phase
from domain.ids import CameraRef
from intake.adapters.contract import (
    RawMessage,
    Reading,
    SourceView,
    VendorAnswer,
    VendorVerdict,
)
from intake.adapters.elements import read_each, unreadable
from intake.adapters.pictures import pictures_of
from intake.adapters.safe_json import read_json
from intake.adapters.times import device_time, of_an_end
from intake.adapters.values import (
    Unreadable,
    attributes_of,
    fields,
    key_of,
    needed,
    shortened,
    text,
    whole,
)

ALARM, ALARM_METHOD = "alarm", "alarm.msg"
PICTURE = "vms.notifyAlarmPicture"
HANDLED = "vms.handleAlarm"
PHASES = {1: Phase.OPEN, 0: Phase.CLOSE, 2: Phase.CLOSE}
DONE, FALSE_ALARM = 2, 3
LONGEST_PATHS = 8000


class DahuaICC:
    """Reads messages of an event subscription (`mqinfo`, `monitorType` url)."""

    name = "dahua_icc"

    def read(self, message: RawMessage, source: SourceView) -> Reading:
        try:
            body = read_json(message.body, message.content_type)
        except Unreadable as broken:
            return unreadable(broken)
        messages = body if isinstance(body, list) else [body]
        return read_each(messages, lambda each: _Message(fields(each), message, source).read())

    def answer(self, message: RawMessage, source: SourceView) -> VendorAnswer:
        """Its content type has to be JSON."""
        return VendorAnswer(body=b"{}", content_type="application/json")


@dataclass(frozen=True, slots=True)
class _Message:
    """One message; what is about no alarm says nothing."""

    said: Mapping[str, object]
    message: RawMessage
    source: SourceView

    def read(self) -> Reading:
        method = text(self.said.get("method"))
        if not self._info():
            raise Unreadable("info_missing")
        if method == PICTURE:
            return self._picture()
        if method == HANDLED:
            return self._verdict()
        if method == ALARM_METHOD or text(self.said.get("category")) == ALARM:
            return self._alarm()
        return Reading()

    def _info(self) -> Mapping[str, object]:
        return fields(self.said.get("info"))

    def _alarm(self) -> Reading:
        info = self._info()
        stat = whole(info.get("alarmStat"))
        phase = Phase.PULSE if stat is None else PHASES.get(stat, Phase.PULSE)
        camera, code = self._camera(), needed(info.get("alarmType"), "alarmType")
        when = of_an_end(device_time(info.get("alarmDate"), self.message, self.source), phase)
        event = text(info.get("alarmCode"))
        at = when.written or self.message.received_at.isoformat()
        pulse = at if phase is Phase.PULSE else None
        alert = Alert(
            delivery_key=key_of(event or key_of(camera, code, at), phase, pulse),
            vendor_event_id=event,
            vendor_type=code,
            vendor_type_name=shortened(info.get("alarmTypeName")),
            phase=phase,
            camera=camera,
            occurred_at=when.occurred_at,
            device_time=when.written,
            time_quality=when.quality,
            is_late=when.is_late,
            pictures=pictures_of(_paths(info.get("alarmPicture")), self.source),
            attributes=attributes_of(
                {"grade": info.get("alarmGrade"), "device": info.get("deviceCode")}
            ),
        )
        return Reading(alerts=(alert,))

    def _camera(self) -> CameraRef:
        """The channel; devices without one are known by their code and number of channel."""
        info = self._info()
        if node := text(info.get("nodeCode")):
            return CameraRef(node)
        device, channel = needed(info.get("deviceCode"), "nodeCode"), text(info.get("channelSeq"))
        return CameraRef(needed(f"{device}${channel}" if channel else device, "nodeCode"))

    def _picture(self) -> Reading:
        """Names its alarm and nothing else."""
        event, paths = self._event(), _paths(self._info().get("picture"))
        pictures = pictures_of(paths, self.source)
        if not pictures:
            raise Unreadable("picture_missing")
        alert = Alert(
            delivery_key=key_of(event, Phase.MEDIA, *(each.url for each in pictures)),
            vendor_event_id=event,
            vendor_type=PICTURE,
            phase=Phase.MEDIA,
            camera=OF_ITS_EVENT,
            pictures=pictures,
        )
        return Reading(alerts=(alert,))

    def _verdict(self) -> Reading:
        """Untouched and in progress are no verdicts yet; ignored says nothing of the camera."""
        stat = whole(self._info().get("handleStat"))
        if stat not in {DONE, FALSE_ALARM}:
            return Reading()
        event = self._event()
        verdict = VendorVerdict(
            delivery_key=key_of(event, HANDLED, stat),
            vendor_event_id=event,
            is_false_alarm=stat == FALSE_ALARM,
        )
        return Reading(verdicts=(verdict,))

    def _event(self) -> str:
        return needed(self._info().get("alarmCode"), "alarmCode")


def _paths(value: object) -> list[str]:
    """Several paths stand in one string with commas between."""
    written = value if isinstance(value, str) and len(value) <= LONGEST_PATHS else ""
    return written.split(",")
