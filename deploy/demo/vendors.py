"""Messages of cameras, in the words of those who make them."""

from secrets import token_hex

from deploy.demo.client import Json
from observability.clock import now

CLOUD_EVENTS = "application/cloudevents+json"
CLOUD_EVENT_BATCHES = "application/cloudevents-batch+json"
BEGINS, ENDS = 1, 2
"""As both Dahua and Hikvision count."""
OFFLINE, PARKING = 889196545, 131591
"""Codes of Hikvision."""


def cloud_event(camera: str, what: str, thing: str, **more: object) -> Json:
    """As an AI box says it in CloudEvents."""
    data = {"camera": camera, "event_ref": thing, "confidence": 0.9, "severity": 2, **more}
    return {
        "specversion": "1.0",
        "id": token_hex(8),
        "source": "/fuchun/box/1",
        "type": f"alert.{what}",
        "time": now().isoformat(),
        "data": data,
    }


def dahua_alarm(camera: str, code: str, stands: int) -> Json:
    """As Dahua ICC says it."""
    at = str(int(now().timestamp()))
    info = {"nodeCode": camera, "alarmCode": code, "alarmStat": stands, "alarmType": 780}
    info |= {"alarmTypeName": "非机动车进电梯", "alarmGrade": 3, "alarmDate": at}
    return {"category": "alarm", "method": "alarm.msg", "info": info}


def hik_notification(camera: str, event: str, code: int, status: int) -> Json:
    """As Hikvision iSecure Center says it."""
    at = now().isoformat()
    said = {"eventId": event, "eventType": code, "status": status, "eventLvl": 2}
    said |= {"happenTime": at, "srcIndex": camera, "srcType": "camera"}
    params = {"ability": "event_rule", "sendTime": at, "events": [said]}
    return {"method": "OnEventNotify", "params": params}
