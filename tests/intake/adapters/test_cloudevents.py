"""Our own words, single, as a batch, and over MQTT."""

import base64
import json
from datetime import UTC, datetime

import pytest

from domain.alert import AlertKind, Phase, Seen, TimeQuality
from domain.alerts.condition import VendorEvents
from intake.adapters.cloudevents import CloudEvents
from intake.adapters.contract import VendorAnswer
from tests.intake.adapters.messages import a_message, a_source, only_alert, reading_of, rules
from tests.intake.adapters.samples import CLOUDEVENT

ADAPTER = CloudEvents()
JPEG = b"\xff\xd8\xff\xe0 picture"


def an_event(data: dict[str, object] | None = None, **changes: object) -> dict[str, object]:
    known = CLOUDEVENT["data"]
    assert isinstance(known, dict)
    return CLOUDEVENT | {"data": known | (data or {})} | changes


def test_event_is_read_whole() -> None:
    alert = only_alert(reading_of(ADAPTER, an_event()))
    assert (alert.kind, alert.phase) == (AlertKind.GARBAGE_OVERFLOW, Phase.OPEN)
    assert (alert.camera, alert.zone, alert.vendor_event_id) == ("b5-bins", "bin-2", "trk-55120")
    assert (alert.confidence, alert.severity, alert.ttl_s) == (0.87, 2, 600)
    assert alert.seen == Seen(label="garbage", box=(0.41, 0.53, 0.59, 0.67))
    assert alert.occurred_at == datetime(2026, 11, 21, 12, 15, 7, tzinfo=UTC)
    assert alert.time_quality is TimeQuality.DEVICE


def test_resent_event_has_the_same_key() -> None:
    first, second = (only_alert(reading_of(ADAPTER, an_event())) for _ in range(2))
    other = only_alert(reading_of(ADAPTER, an_event(id="box7-000182735")))
    assert first.delivery_key == second.delivery_key != other.delivery_key


@pytest.mark.parametrize(("began", "over"), [(None, None), ("trk-1", None), (None, "trk-1")])
def test_close_ends_what_is_open_whether_or_not_it_is_named(
    began: str | None, over: str | None
) -> None:
    events = [
        an_event({"event_ref": began, "phase": "open"}, id="1"),
        an_event({"event_ref": over, "phase": "close"}, id="2"),
    ]
    opened, closed = reading_of(ADAPTER, events).alerts
    going_on = VendorEvents().began(opened.vendor_event_id)
    assert going_on.over(closed.vendor_event_id).live == ()


def test_id_is_unique_only_within_its_source() -> None:
    mine = only_alert(reading_of(ADAPTER, an_event(source="a|b", id="c")))
    theirs = only_alert(reading_of(ADAPTER, an_event(source="a", id="b|c")))
    assert mine.delivery_key != theirs.delivery_key


def test_batch_gives_an_alert_for_each_event() -> None:
    reading = reading_of(ADAPTER, [an_event(id="1"), an_event(id="2")])
    assert [each.delivery_key[-1] for each in reading.alerts] == ["1", "2"]


@pytest.mark.parametrize(
    "bad",
    [
        "not an object",
        None,
        [],
        {"id": "x"},
        an_event(specversion="0.3"),
        an_event(id="bad\0id"),
        an_event({"attributes": {"deep": json.loads("[" * 40 + "]" * 40)}}),
        an_event({"confidence": 87}),
        an_event({"phase": "started"}),
        an_event({"severity": 9}),
        an_event({"ttl_s": -1}),
        an_event({"camera": "x" * 201}),
        an_event({"target": {"label": "bin", "box": [0.9, 0.1, 0.2, 0.3]}}),
    ],
)
def test_bad_element_never_rejects_the_others(bad: object) -> None:
    reading = reading_of(ADAPTER, [an_event(id="1"), bad, an_event(id="2")])
    assert [each.delivery_key[-1] for each in reading.alerts] == ["1", "2"]
    assert [element for element, _ in rules(reading)] == ["[1]"]


def test_doubled_key_spoils_only_its_element() -> None:
    good = json.dumps(an_event(id="1"))
    doubled = good.replace('"id": "1"', '"id": "2", "id": "3"')
    reading = reading_of(ADAPTER, f"[{good}, {doubled}]".encode())
    assert [each.delivery_key[-1] for each in reading.alerts] == ["1"]
    assert rules(reading) == [("[1]", "doubled_key")]


def test_overlong_batch_is_read_up_to_its_bound() -> None:
    reading = reading_of(ADAPTER, [an_event(id=str(each)) for each in range(1002)])
    assert len(reading.alerts) == 1000
    assert rules(reading) == [("[1000]", "too_many_elements")]


def test_type_and_subject_speak_where_data_is_silent() -> None:
    bare = an_event(type="alert.crowd.close") | {"data": None}
    alert = only_alert(reading_of(ADAPTER, bare))
    assert (alert.kind, alert.phase, alert.camera) == (AlertKind.CROWD, Phase.CLOSE, "b5-bins")


def test_unknown_kind_waits_for_its_mapping() -> None:
    alert = only_alert(reading_of(ADAPTER, an_event({"kind": "dog_off_leash"})))
    assert (alert.kind, alert.vendor_type) == (None, "dog_off_leash")


def test_event_without_phase_is_a_sighting() -> None:
    alert = only_alert(reading_of(ADAPTER, an_event({"phase": None}, type="com.box.bins")))
    assert alert.phase is Phase.PULSE


def test_nothing_said_of_confidence_is_not_zero() -> None:
    assert only_alert(reading_of(ADAPTER, an_event({"confidence": None}))).confidence is None
    assert only_alert(reading_of(ADAPTER, an_event({"confidence": 0}))).confidence == 0


def test_missing_camera_is_a_fault() -> None:
    reading = reading_of(ADAPTER, an_event({"camera": None}, subject=None))
    assert rules(reading) == [("[0]", "camera_missing")]


def test_data_in_base64_is_read() -> None:
    data = base64.b64encode(json.dumps({"camera": "gate", "zone": "z"}).encode()).decode()
    event = {key: value for key, value in an_event().items() if key != "data"}
    alert = only_alert(reading_of(ADAPTER, event | {"data_base64": data}))
    assert (alert.camera, alert.zone) == ("gate", "z")


def test_pictures_come_inline_or_by_address() -> None:
    inline = {"role": "crop", "inline_base64": base64.b64encode(JPEG).decode()}
    media = [inline, {"url": "https://box.yihe/p/1.jpg"}]
    first, second = only_alert(reading_of(ADAPTER, an_event({"media": media}))).pictures
    assert (first.role, first.inline) == ("crop", JPEG)
    assert (second.role, second.url) == ("scene", "https://box.yihe/p/1.jpg")


@pytest.mark.parametrize(
    ("media", "rule"),
    [
        ({"inline_base64": "!!"}, "not_base64"),
        ({"url": "file:///etc/passwd"}, "picture_missing"),
        ({}, "picture_missing"),
    ],
)
def test_bad_picture_costs_the_picture_not_the_alert(media: object, rule: str) -> None:
    reading = reading_of(ADAPTER, an_event({"media": [media]}))
    assert [each.pictures for each in reading.alerts] == [()]
    assert rules(reading) == [("[0].media[0]", rule)]


def test_payload_of_mqtt_is_read_alike() -> None:
    message = a_message(an_event(), topic="community/yihe/alerts")
    assert ADAPTER.read(message, a_source()) == reading_of(ADAPTER, an_event())


def test_answer_is_accepted() -> None:
    assert ADAPTER.answer(a_message(b"{}"), a_source()) == VendorAnswer(status=202)
