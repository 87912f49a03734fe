"""Frigate: reviews that grow, ends that are not said, words on retained topics, the REST list."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.alert import Alert, AlertKind, Phase, TimeQuality
from domain.alerts.consequences import NoteCleared
from intake.adapters.frigate import Frigate
from tests.domain.alerts.watching import MINUTE, Watch, a_policy
from tests.intake.adapters.messages import NOON, a_message, a_source, only_alert, reading_of, rules
from tests.intake.adapters.samples import FRIGATE

ADAPTER = Frigate()
REVIEW = "1795263307.120344-k3v9qd"


def a_review(
    kind: str = "update", after: Mapping[str, object] | None = None, **data: object
) -> dict[str, Any]:
    said: dict[str, Any] = deepcopy(FRIGATE) | {"type": kind}
    said["after"] |= after or {}
    said["after"]["data"] |= data
    return said


def heard(body: object, topic: str = "frigate/reviews", **options: object) -> list[Alert]:
    reading = ADAPTER.read(a_message(body, topic=topic), a_source(options=options))
    assert reading.faults == ()
    return list(reading.alerts)


def word(said: bytes, topic: str) -> Alert:
    (alert,) = heard(said, topic)
    return alert


def test_review_is_read_whole() -> None:
    (alert,) = heard(FRIGATE, api="https://frigate.yihe:8971/")
    assert (alert.vendor_type, alert.camera, alert.zone) == ("car", "b3_fire_lane", "fire_lane")
    assert (alert.vendor_event_id, alert.ttl_s, alert.kind) == (REVIEW, 900, None)
    assert (alert.time_quality, alert.is_late) == (TimeQuality.DEVICE, False)
    (picture,) = alert.pictures
    assert picture.url == (
        "https://frigate.yihe:8971/api/events/1795263306.880121-w0f2ra/snapshot.jpg"
    )


def test_severity_that_rises_on_an_update_begins_there() -> None:
    assert [each.phase for each in heard(FRIGATE)] == [Phase.OPEN]


def test_update_of_an_alert_is_an_update() -> None:
    body = a_review()
    body["before"] = body["after"]
    assert [each.phase for each in heard(body)] == [Phase.UPDATE]


def test_thing_that_joins_begins_there() -> None:
    body = a_review()
    body["before"] = deepcopy(body["after"])
    body["after"]["data"]["objects"] = ["car", "person-verified"]
    assert [(each.vendor_type, each.phase) for each in heard(body)] == [
        ("car", Phase.UPDATE),
        ("person", Phase.OPEN),
    ]


@pytest.mark.parametrize("kind", ["new", "update", "end"])
def test_detection_is_no_alert(kind: str) -> None:
    body = a_review(kind, {"severity": "detection"})
    assert heard(body) == []
    assert len(heard(body, detections=True)) == 1


def test_end_is_the_end_of_activity() -> None:
    (alert,) = heard(a_review("end", {"end_time": 1795263320.5}, objects=["person"]))
    assert alert.phase is Phase.CLOSE
    assert alert.ended_at == datetime(2026, 11, 21, 12, 15, 20, 500000, tzinfo=UTC)


def test_car_that_stands_still_has_not_gone() -> None:
    body = a_review("end", {"end_time": 1795263320.5}, objects=["car", "person"])
    assert [(each.vendor_type, each.phase) for each in heard(body)] == [
        ("car", Phase.UPDATE),
        ("person", Phase.CLOSE),
    ]
    assert [each.phase for each in heard(body, stays=["person"])] == [Phase.CLOSE, Phase.UPDATE]
    assert [each.phase for each in heard(body, stays=[])] == [Phase.CLOSE, Phase.CLOSE]


def test_end_of_a_long_review_is_not_late() -> None:
    began = {"start_time": 1795263307.0 - 7200, "end_time": 1795263320.0}
    (alert,) = heard(a_review("end", began, detections=[], objects=["person"]))
    assert (alert.is_late, alert.time_quality) == (False, TimeQuality.DEVICE)


def test_new_thing_in_a_long_review_is_not_late() -> None:
    began = {"start_time": 1795263307.0 - 7200}
    detections = ["1795256106.880121-w0f2ra", "1795263325.1-abcdef"]
    (alert,) = heard(a_review("update", began, detections=detections, thumb_time=None))
    assert (alert.phase, alert.is_late) == (Phase.OPEN, False)


def test_review_that_waited_in_the_broker_for_hours_is_late() -> None:
    began = {"start_time": 1795263307.0 - 7200}
    (alert,) = heard(a_review("new", began, detections=[], thumb_time=None))
    assert alert.is_late


def test_each_phase_is_one_delivery_however_often_it_comes() -> None:
    opened, again = heard(FRIGATE)[0], heard(deepcopy(FRIGATE))[0]
    other = heard(a_review("new", zones=["other"]))[0]
    assert opened.delivery_key == again.delivery_key == other.delivery_key
    updates = []
    for thumb in (1795263312.0, 1795263312.0, 1795263313.0):
        body = a_review(thumb_time=thumb)
        body["before"] = body["after"]
        updates.append(heard(body)[0].delivery_key)
    assert updates[0] == updates[1] != updates[2]


def test_review_of_nothing_named_is_still_an_alert() -> None:
    assert [each.vendor_type for each in heard(a_review(objects=[]))] == ["review"]
    assert [each.vendor_type for each in heard(a_review(objects=[], audio=["scream"]))] == [
        "scream"
    ]


def test_faces_and_plates_are_never_taken() -> None:
    (alert,) = heard(a_review(sub_labels=["Zhang San"], recognized_license_plate="浙A00000"))
    assert "Zhang" not in repr(alert)
    assert "浙A" not in repr(alert)


def test_zone_is_the_one_that_matters() -> None:
    body = a_review(zones=["street", "fire_lane"])
    assert heard(body)[0].zone == "street"
    assert heard(body, zones=["fire_lane", "gate"])[0].zone == "fire_lane"
    assert heard(a_review(zones=[]), zones=["fire_lane"])[0].zone is None


@pytest.mark.parametrize("event", ["../../config", "a/b", "1-x?y", "", 7])
def test_id_that_is_none_never_enters_an_address(event: object) -> None:
    assert heard(a_review(detections=[event]), api="https://f")[0].pictures == ()


def test_path_on_the_recorder_is_no_picture() -> None:
    assert heard(FRIGATE)[0].pictures == ()


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (a_review("begun"), "type_unknown"),
        (a_review("new", {"severity": "high"}), "severity_unknown"),
        (a_review("new", {"id": None}), "id_missing"),
        (a_review("new", {"camera": ""}), "camera_missing"),
        ({"type": "new", "before": None, "after": []}, None),
        ({"after": None}, "type_unknown"),
    ],
)
def test_broken_review_is_a_fault(body: object, rule: str | None) -> None:
    reading = reading_of(ADAPTER, body)
    assert reading.alerts == ()
    assert rules(reading) == ([("[0]", rule)] if rule else [])


def test_list_of_the_api_gives_what_is_missing_and_nothing_else() -> None:
    running = a_review()["after"]
    ended = running | {"id": "1795263000.5-zzzzzz", "end_time": 1795263100.0}
    began, first, last = heard([running, ended, running | {"severity": "detection"}])
    assert began.delivery_key == heard(FRIGATE)[0].delivery_key
    assert (first.phase, last.phase) == (Phase.OPEN, Phase.UPDATE)
    over = heard(a_review("end", ended))[0]
    assert last.delivery_key == over.delivery_key


def test_what_still_goes_on_in_the_list_is_seen_now_however_long_ago_it_began() -> None:
    """A car that has stood since before an outage stands there still."""
    began: dict[str, Any] = {"start_time": 1795263307.0 - 7200, "end_time": None}
    item = a_review("new", began, detections=[], thumb_time=None)["after"]
    (going_on,) = heard([item])
    assert (going_on.is_late, going_on.occurred_at, going_on.phase) == (False, None, Phase.OPEN)
    over = heard([item | {"end_time": 1795263307.0 - 3600}])
    assert [each.is_late for each in over] == [True, True]


def test_list_may_write_dates_as_its_documentation_says() -> None:
    dates = {"start_time": "2026-11-21T12:15:07.120Z", "end_time": "2026-11-21T12:15:20.500Z"}
    item = a_review("new", dates, detections=[], thumb_time=None, objects=["person"])["after"]
    began, over = heard([item])
    assert began.occurred_at == datetime(2026, 11, 21, 12, 15, 7, 120000, tzinfo=UTC)
    assert over.ended_at == datetime(2026, 11, 21, 12, 15, 20, 500000, tzinfo=UTC)


@pytest.mark.parametrize("written", ["soon", "2026-02-30T00:00:00Z", {}, True])
def test_date_that_is_none_costs_nothing_but_the_date(written: object) -> None:
    item = a_review("new", {"start_time": written}, detections=[], thumb_time=None)["after"]
    (alert,) = heard([item])
    assert (alert.occurred_at, alert.time_quality) == (None, TimeQuality.RECEIVED)


def test_one_bad_item_never_rejects_the_others() -> None:
    item = a_review()["after"]
    reading = reading_of(ADAPTER, [item, {"severity": "alert"}, 7, item | {"id": "2"}])
    assert [each.vendor_event_id for each in reading.alerts] == [REVIEW, "2"]
    assert rules(reading) == [("[1]", "id_missing")]


@pytest.mark.parametrize(
    ("said", "phase"),
    [(b"online", Phase.CLOSE), (b"offline\n", Phase.OPEN), (b"stopped", Phase.OPEN)],
)
def test_recorder_says_whether_it_is_there(said: bytes, phase: Phase) -> None:
    alert = word(said, "site/frigate/available")
    assert (alert.kind, alert.phase) == (AlertKind.DEVICE_FAULT, phase)
    assert (alert.camera, alert.vendor_event_id) == ("site/frigate", None)


@pytest.mark.parametrize(
    ("said", "phase"),
    [(b"online", Phase.CLOSE), (b"offline", Phase.OPEN), (b"disabled", Phase.CLOSE)],
)
def test_camera_says_whether_it_is_there(said: bytes, phase: Phase) -> None:
    alert = word(said, "frigate/b3_gate/status/detect")
    assert (alert.kind, alert.camera, alert.phase) == (AlertKind.CAMERA_OFFLINE, "b3_gate", phase)


def told(watch: Watch, role: str, said: bytes) -> None:
    alert = word(said, f"frigate/gate-1/status/{role}")
    assert alert.kind is not None
    watch.alert(alert.phase, alert.kind, zone=alert.zone)


def a_watch() -> Watch:
    offline = a_policy(AlertKind.CAMERA_OFFLINE, silences=True, debounce=2 * MINUTE)
    fault = a_policy(AlertKind.DEVICE_FAULT, debounce=5 * MINUTE)
    return Watch({each.kind: each for each in (offline, fault)})


@pytest.mark.parametrize(("gone", "there"), [("detect", "record"), ("record", "detect")])
def test_role_that_is_there_never_ends_the_outage_of_another(gone: str, there: str) -> None:
    watch = a_watch()
    told(watch, gone, b"offline")
    told(watch, there, b"online")
    watch.after(6 * MINUTE)
    assert len(watch.issues) == 1
    assert watch.standing().is_silenced is (gone == "detect")
    told(watch, gone, b"online")
    assert watch.told(NoteCleared) == 1
    assert not watch.standing().is_silenced


@pytest.mark.parametrize("roles", [("detect", "record"), ("record", "detect")])
def test_camera_that_is_gone_with_all_roles_is_one_issue(roles: tuple[str, str]) -> None:
    watch = a_watch()
    for said in (b"offline", b"online"):
        for role in roles:
            told(watch, role, said)
        watch.after(10 * MINUTE)
    assert len(watch.issues) == 1
    assert not watch.standing().is_silenced


def test_second_outage_is_not_the_first_one_again() -> None:
    topic = "frigate/b3_gate/status/detect"
    message = a_message(b"offline", topic=topic)
    later = type(message)(body=b"offline", topic=topic, received_at=NOON.replace(hour=13))
    keys = [only_alert(ADAPTER.read(each, a_source())).delivery_key for each in (message, later)]
    assert keys[0] != keys[1]


@pytest.mark.parametrize("said", [b"", b"OK", b"\xff\xfe", b"online" * 100])
def test_unknown_word_is_a_fault(said: bytes) -> None:
    reading = ADAPTER.read(a_message(said, topic="frigate/available"), a_source())
    assert rules(reading) == [("message", "status_unknown")]


@pytest.mark.parametrize("topic", ["frigate/events", "frigate/stats", "frigate/gate/person", "x"])
def test_stream_of_states_is_not_listened_to(topic: str) -> None:
    assert heard(b'{"type": "new", "after": {}}', topic) == []


def test_topic_that_cannot_be_stored_is_a_fault() -> None:
    reading = ADAPTER.read(a_message(b"offline", topic="a\0/available"), a_source())
    assert (reading.alerts, rules(reading)) == ((), [("message", "nul_character")])
