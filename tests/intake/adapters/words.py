"""What the property tests make messages of: the vendors' own words, and values that hurt."""

from tests.intake.adapters.samples import shipped_options

WORDS = (
    *("specversion", "id", "source", "type", "subject", "time", "data", "data_base64", "camera"),
    *("kind", "phase", "zone", "severity", "confidence", "target", "label", "box", "media", "url"),
    *("inline_base64", "role", "ttl_s", "event_ref", "alarms", "channel", "alarm_type", "score"),
    *("method", "params", "events", "sendTime", "eventId", "eventType", "status", "eventLvl"),
    *("timeout", "happenTime", "srcIndex", "srcType", "targetAttrs", "cameraIndexCode", "imageUrl"),
    *("category", "info", "alarmCode", "alarmStat", "alarmDate", "alarmPicture", "nodeCode"),
    *("deviceCode", "channelSeq", "picture", "handleStat"),
    *("before", "after", "start_time", "end_time", "detections", "objects", "zones", "audio"),
    *("eventState", "activePostCount", "dateTime", "channelID", "macAddress", "DurationList"),
    *("DetectionRegionList", "DetectionRegionEntry", "regionID", "detectionTarget", "TargetRect"),
    *("alerts", "labels", "alertname", "fingerprint", "startsAt", "annotations", "summary"),
    *("major_type", "minor_type", "box_id", "finished", "image", "image_url"),
)
JUNK = (
    *("new", "update", "end", "alert", "detection", "1.5-a", "../x"),
    *("vms.handleAlarm", "vms.notifyAlarmPicture", "alarm.msg", "alarm", "a,b,,/c", 1, 3),
    *("1.0", "alert.crowd.open", "0000-00-00T00:00:00", "1900-01-01T00:00:00.000+08:00", "0"),
    *("20171220204451", "9" * 40, "\0", "\ud800", "x" * 300, "é|%7C", "http://a/b", "cam/1"),
    *(10**400, -1, 1e308, float("nan"), float("inf"), 1795263307, 1795263307000),
)
CONTENT_TYPES = (
    *("multipart/form-data; boundary=b", "multipart/mixed", "application/xml; charset=gb2312"),
    *("", "application/json", "application/json; charset=GB2312"),
)
TOPICS = (
    *("a/b", "", "/", "frigate/reviews", "frigate/available", "available", "/available"),
    *("frigate/gate/status/detect", "status/detect", "a/status/b"),
)
OPTIONS: tuple[dict[str, object], ...] = (
    {},
    shipped_options("ai_box"),
    {"picture_base": "http://10.20.0.5/oss", "detections": True, "api": "http://nvr:8971"},
    {"fields": {"camera": ["camera"], "code": ["type"], "time": ["time"], "picture": ["url"]}},
)
