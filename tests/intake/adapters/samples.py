"""One good message of each adapter, made up from the vendors' field lists."""

import json
from pathlib import Path

import deploy

OPTIONS_FOLDER = Path(deploy.__file__).parent / "reference" / "alerts" / "options"

CLOUDEVENT: dict[str, object] = {
    "specversion": "1.0",
    "id": "box7-000182734",
    "source": "/community/yihe/aibox/7",
    "type": "alert.garbage_overflow.open",
    "subject": "cam/b5-bins",
    "time": "2026-11-21T20:15:07+08:00",
    "datacontenttype": "application/json",
    "data": {
        "event_ref": "trk-55120",
        "phase": "open",
        "kind": "garbage_overflow",
        "camera": "b5-bins",
        "zone": "bin-2",
        "confidence": 0.87,
        "severity": 2,
        "target": {"label": "garbage", "box": [0.41, 0.53, 0.59, 0.67]},
        "media": [],
        "ttl_s": 600,
    },
}
EZVIZ: dict[str, object] = {
    "header": {
        "messageId": "5e57f239793f2b00",
        "deviceId": "C12345678",
        "channelNo": 1,
        "messageTime": 1795263309000,
        "type": "ys.alarm",
    },
    "body": {
        "alarmId": "alarm-001",
        "alarmType": "motiondetect",
        "alarmTime": "2026-11-21T20:15:07",
        "crypt": 0,
        "pictureList": [{"id": "1", "url": "https://ezviz.yihe/p/1.jpg"}],
        "picUrl": "https://ezviz.yihe/p/1.jpg",
    },
}
HUAWEI: dict[str, object] = {
    "message_id": "m-1",
    "message_type": "device_alarm",
    "test": False,
    "data": {
        "device_id": "d-7",
        "device_name": "东门",
        "channel_id": 1,
        "alarm_type": "region_intrusion",
        "alarm_status": "start",
        "alarm_time": "2026-11-21T20:15:07+08:00",
        "alarm_uuid": "uuid-1",
    },
}
JFTECH: dict[str, object] = {
    "corpId": "corp",
    "bizType": "ai_alarm",
    "subBizType": "platform_analysis",
    "bizData": {
        "eventId": "e-1",
        "eventName": "PEDESTRIAN",
        "eventTime": 1795263307000,
        "deviceSn": "sn-1",
        "channelNumber": 0,
        "detailData": [
            {
                "image": "https://jf.yihe/1.jpg",
                "objects": [
                    {
                        "label": "person",
                        "confidence": "0.91",
                        "bbox": {"xmin": "0.1", "ymin": "0.2", "xmax": "0.3", "ymax": "0.4"},
                    }
                ],
            },
            {"image": "https://jf.yihe/2.jpg", "objects": []},
        ],
    },
}
AI_BOX: dict[str, object] = {
    "box_id": "box-7",
    "alarms": [
        {
            "alarm_id": "a-1",
            "track_id": "t-1",
            "channel": 3,
            "zone": "lift",
            "alarm_type": {"major_type": "alert_alarm", "minor_type": "ELECTRIC_BIKE_IN_ELEVATOR"},
            "alarm_name": "电动车进电梯",
            "finished": False,
            "level": 3,
            "score": 87,
            "time": "2026-11-21 20:15:07",
            "target": {"label": "ebike", "box": [2500, 5000, 7500, 10000]},
            "image_url": "http://10.20.3.7/a-1.jpg",
        },
        {
            "alarm_id": "a-2",
            "channel": 4,
            "alarm_type": {"major_type": "fire_alarm", "minor_type": "OVERFLOWED_GARBAGE"},
            "finished": True,
            "image": "/9hqcGVn",
        },
    ],
}


def shipped_options(file: str) -> dict[str, object]:
    read: dict[str, object] = json.loads((OPTIONS_FOLDER / f"{file}.json").read_text("utf-8"))
    return read


SAMPLES: dict[str, tuple[object, dict[str, object]]] = {
    "cloudevents": (CLOUDEVENT, {}),
    "mapped_json": (AI_BOX, shipped_options("ai_box")),
}
"""By adapter: a good message, and the options of a source that can read it."""
