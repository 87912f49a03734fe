"""One good message of each adapter, made up from the vendors' field lists."""

import json
from pathlib import Path

import deploy

OPTIONS_FOLDER = Path(deploy.__file__).parent / "alerts" / "options"

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
HIK_ISC: dict[str, object] = {
    "method": "OnEventNotify",
    "params": {
        "ability": "event_rule",
        "sendTime": "2026-11-21T20:15:09.120+08:00",
        "events": [
            {
                "eventId": "7C1F5E0A-55B2-4C5E-9A0D-2B6C0D9E41F7",
                "eventType": 131591,
                "status": 1,
                "eventLvl": 2,
                "timeout": 30,
                "happenTime": "2026-11-21T20:15:07.000+08:00",
                "srcIndex": "6f0d0c1a9be24d7b8d7e3a5c2b1f0e44",
                "srcName": "3栋消防通道",
                "srcType": "camera",
                "srcParentIndex": "a1b2c3d4e5f60718293a4b5c6d7e8f90",
                "data": {
                    "dataType": "behavioralAnalysis",
                    "dateTime": "2026-11-21T20:15:07+08:00",
                    "channelID": 1,
                    "eventType": "parking",
                    "parking": [
                        {
                            "targetAttrs": {"cameraIndexCode": "6f0d0c1a9be24d7b8d7e3a5c2b1f0e44"},
                            "imageUrl": "http://10.20.0.5:6120/pic?x=1",
                            "duration": 60,
                            "detectionTarget": "vehicle",
                        }
                    ],
                },
            }
        ],
    },
}
DAHUA_ICC: dict[str, object] = {
    "id": 90218,
    "category": "alarm",
    "method": "alarm.msg",
    "subsystem": "evo-event",
    "domainId": "",
    "info": {
        "deviceCode": "1000145",
        "deviceName": "2栋电梯IVSS",
        "channelSeq": 3,
        "channelName": "2栋1单元1号梯",
        "unitType": 1,
        "unitSeq": 0,
        "nodeType": 2,
        "nodeCode": "1000145$1$0$3",
        "alarmCode": "0E5D7A92-30B4-4C1A-8E2F-5B7719C0A6D1",
        "alarmStat": 1,
        "alarmType": 10780,
        "alarmTypeName": "非机动车进电梯",
        "alarmGrade": 3,
        "alarmDate": "1795263307",
        "alarmPicture": "",
        "alarmPictureSize": 0,
        "memo": "",
        "orgCode": "001001",
        "orgName": "一期",
        "extend": {},
    },
}
FRIGATE: dict[str, object] = {
    "type": "update",
    "before": {
        "id": "1795263307.120344-k3v9qd",
        "camera": "b3_fire_lane",
        "start_time": 1795263307.120344,
        "end_time": None,
        "severity": "detection",
        "thumb_path": "/media/frigate/clips/review/thumb-b3_fire_lane.webp",
        "data": {
            "detections": ["1795263306.880121-w0f2ra"],
            "objects": ["car"],
            "sub_labels": [],
            "zones": [],
            "audio": [],
        },
    },
    "after": {
        "id": "1795263307.120344-k3v9qd",
        "camera": "b3_fire_lane",
        "start_time": 1795263307.120344,
        "end_time": None,
        "severity": "alert",
        "thumb_path": "/media/frigate/clips/review/thumb-b3_fire_lane.webp",
        "data": {
            "detections": ["1795263306.880121-w0f2ra"],
            "objects": ["car"],
            "verified_objects": [],
            "sub_labels": [],
            "zones": ["fire_lane"],
            "audio": [],
            "thumb_time": 1795263311.5,
            "metadata": None,
        },
    },
}
HIK_ISAPI: dict[str, object] = {
    "ipAddress": "10.20.3.64",
    "portNo": 80,
    "protocol": "HTTP",
    "macAddress": "aa:bb:cc:00:11:22",
    "channelID": 3,
    "dateTime": "2026-11-21T20:15:07+08:00",
    "activePostCount": 1,
    "eventType": "parking",
    "eventState": "active",
    "eventDescription": "parking alarm",
    "channelName": "3栋消防通道",
    "DetectionRegionList": {
        "DetectionRegionEntry": [
            {
                "regionID": 1,
                "detectionTarget": "vehicle",
                "TargetRect": {"X": 0.412, "Y": 0.53, "width": 0.18, "height": 0.14},
            }
        ]
    },
    "isDataRetransmission": False,
}
ALERTMANAGER: dict[str, object] = {
    "version": "4",
    "groupKey": '{}:{alertname="CameraDown"}',
    "truncatedAlerts": 0,
    "status": "firing",
    "receiver": "dispatch",
    "groupLabels": {"alertname": "CameraDown"},
    "alerts": [
        {
            "status": "firing",
            "labels": {
                "alertname": "CameraDown",
                "camera": "b3-gate",
                "instance": "10.20.3.64:80",
                "severity": "critical",
                "job": "icmp",
            },
            "annotations": {"summary": "3栋门口摄像机离线"},
            "startsAt": "2026-11-21T12:10:07.123456789Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "fingerprint": "c2b0a3d4e5f60718",
        }
    ],
}


def shipped_options(file: str) -> dict[str, object]:
    read: dict[str, object] = json.loads((OPTIONS_FOLDER / f"{file}.json").read_text("utf-8"))
    return read


SAMPLES: dict[str, tuple[object, dict[str, object]]] = {
    "alertmanager": (ALERTMANAGER, {}),
    "cloudevents": (CLOUDEVENT, {}),
    "dahua_icc": (DAHUA_ICC, {"picture_base": "http://10.20.0.6:8925/evo-pic"}),
    "frigate": (FRIGATE, {"api": "https://frigate.yihe:8971", "detections": True}),
    "hik_isc": (HIK_ISC, {"picture_base": "http://10.20.0.5:6120"}),
    "hik_isapi": (HIK_ISAPI, {}),
    "mapped_json": (AI_BOX, shipped_options("ai_box")),
}
"""By adapter: a good message, and the options of a source that can read it."""
