"""One good message of each adapter, made up from the vendors' field lists."""

from intake.adapters.cloudevents import CloudEvents

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
SAMPLES: dict[str, object] = {CloudEvents.name: CLOUDEVENT}
