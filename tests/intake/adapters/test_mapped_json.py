"""Vendors' JSON by declaration; the shipped examples read the vendors' samples."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.alert import AlertKind, Phase, Seen, TimeQuality
from intake.adapters.mapped_json import MappedJson, options_of
from intake.adapters.values import Unreadable
from tests.intake.adapters.messages import NOON, a_message, a_source, only_alert, reading_of, rules
from tests.intake.adapters.samples import AI_BOX, EZVIZ, HUAWEI, JFTECH, shipped_options

ADAPTER = MappedJson()
FIELDS = {"camera": ["cam"], "code": ["type"]}
AT = datetime(2026, 11, 21, 12, 15, 7, tzinfo=UTC)


def answered(body: object, options: dict[str, object]) -> object:
    answer = ADAPTER.answer(a_message(body), a_source(options=options))
    assert answer.status == 200
    return json.loads(answer.body) if answer.body else None


@pytest.mark.parametrize("file", ["ezviz", "huawei_ivm", "jftech", "ai_box"])
def test_shipped_options_are_whole(file: str) -> None:
    assert options_of(shipped_options(file)).comment


def test_ezviz_alarm_is_read() -> None:
    alert = only_alert(reading_of(ADAPTER, EZVIZ, shipped_options("ezviz")))
    assert (alert.camera, alert.vendor_type) == ("C12345678/1", "motiondetect")
    assert (alert.delivery_key, alert.vendor_event_id) == ("5e57f239793f2b00", "alarm-001")
    assert (alert.phase, alert.occurred_at) == (Phase.PULSE, AT)
    assert [each.url for each in alert.pictures] == ["https://ezviz.yihe/p/1.jpg"]


@pytest.mark.parametrize("kind", ["ys.alarm", "ys.onoffline", "ys.open.isapi"])
def test_ezviz_hears_its_own_message_id(kind: str) -> None:
    body = EZVIZ | {"header": {"messageId": "m-1", "type": kind}}
    assert answered(body, shipped_options("ezviz")) == {"messageId": "m-1"}


def test_ezviz_message_without_id_is_answered_all_the_same() -> None:
    assert answered({"header": []}, shipped_options("ezviz")) == {"messageId": None}
    assert answered(b"\xff\0", shipped_options("ezviz")) == {"messageId": None}


def test_ezviz_message_that_is_no_alarm_says_nothing() -> None:
    body = {"header": {"messageId": "m", "type": "ys.onoffline"}, "body": {}}
    reading = reading_of(ADAPTER, body, shipped_options("ezviz"))
    assert (reading.alerts, reading.faults) == ((), ())


def test_huawei_alarm_is_read() -> None:
    alert = only_alert(reading_of(ADAPTER, HUAWEI, shipped_options("huawei_ivm")))
    assert (alert.camera, alert.phase, alert.vendor_event_id) == ("d-7/1", Phase.OPEN, "uuid-1")
    assert alert.occurred_at == AT


def test_huawei_probe_is_answered_and_is_no_alert() -> None:
    probe = {"message_id": "m", "message_type": "device_alarm", "test": True}
    reading = reading_of(ADAPTER, probe, shipped_options("huawei_ivm"))
    assert (reading.alerts, reading.faults) == ((), ())
    assert answered(probe, shipped_options("huawei_ivm")) is None


def test_jftech_alarm_has_its_boxes_and_pictures() -> None:
    alert = only_alert(reading_of(ADAPTER, JFTECH, shipped_options("jftech")))
    assert (alert.camera, alert.occurred_at) == ("sn-1/0", AT)
    assert alert.confidence == 0.91
    assert alert.seen == Seen(label="person", box=(0.1, 0.2, 0.3, 0.4))
    assert [each.url for each in alert.pictures] == [
        "https://jf.yihe/1.jpg",
        "https://jf.yihe/2.jpg",
    ]


def test_ai_box_sends_several_alarms_at_once() -> None:
    first, second = reading_of(ADAPTER, AI_BOX, shipped_options("ai_box")).alerts
    assert (first.vendor_type, second.vendor_type) == (
        "alert_alarm/ELECTRIC_BIKE_IN_ELEVATOR",
        "fire_alarm/OVERFLOWED_GARBAGE",
    )
    assert (first.camera, first.zone, first.phase) == ("box-7/3", "lift", Phase.OPEN)
    assert (first.confidence, first.severity) == (0.87, 3)
    assert first.seen == Seen(label="ebike", box=(0.25, 0.5, 0.75, 1))
    assert (second.phase, second.pictures[0].inline) == (Phase.CLOSE, b"\xff\xd8jpeg")


def test_template_puts_values_into_texts() -> None:
    assert answered(AI_BOX, shipped_options("ai_box")) == {
        "code": 0,
        "box_id": "box-7",
        "message": "received a-1",
    }


def test_bad_element_never_rejects_the_others() -> None:
    options: dict[str, object] = {"elements": "items[]", "fields": FIELDS}
    good = {"cam": "c1", "type": "t"}
    body = {"items": [good, {"type": "t"}, 7, {"cam": "c"}, {"cam": "x" * 201, "type": "t"}, good]}
    reading = reading_of(ADAPTER, body, options)
    assert [each.camera for each in reading.alerts] == ["c1", "c1"]
    assert rules(reading) == [
        ("[1]", "camera_missing"),
        ("[2]", "code_missing"),
        ("[3]", "code_missing"),
        ("[4]", "text_too_long"),
    ]


def test_bad_picture_costs_the_picture_only() -> None:
    fields = FIELDS | {"picture": ["url"], "picture_inline": ["img"]}
    body = {"cam": "c", "type": "t", "url": "file:///etc/passwd", "img": "!!"}
    reading = reading_of(ADAPTER, body, {"fields": fields})
    assert [each.pictures for each in reading.alerts] == [()]
    assert rules(reading) == [("[0].picture_inline", "not_base64")]


def test_data_address_is_a_picture() -> None:
    fields = FIELDS | {"picture_inline": ["img"]}
    img = "data:image/jpeg;base64," + base64.b64encode(b"jpeg").decode()
    alert = only_alert(
        reading_of(ADAPTER, {"cam": "c", "type": "t", "img": img}, {"fields": fields})
    )
    assert [each.inline for each in alert.pictures] == [b"jpeg"]


@pytest.mark.parametrize(
    ("value", "full", "confidence"),
    [("87", 100, 0.87), (0.87, 1, 0.87), (None, 100, None), (0, 100, 0), (870, 100, None)],
)
def test_scale_of_confidence_is_the_sources(
    value: object, full: float, confidence: float | None
) -> None:
    options = {"fields": FIELDS | {"confidence": "score"}, "confidence_full": full}
    body = {"cam": "c", "type": "t", "score": value}
    assert only_alert(reading_of(ADAPTER, body, options)).confidence == confidence


def test_state_without_a_meaning_is_a_fault() -> None:
    options = {"fields": FIELDS | {"state": "s"}, "states": {"1": "open", "0": "close"}}
    reading = reading_of(ADAPTER, {"cam": "c", "type": "t", "s": 2}, options)
    assert rules(reading) == [("[0]", "state_unknown")]
    closed = only_alert(reading_of(ADAPTER, {"cam": "c", "type": "t", "s": 0}, options))
    assert closed.phase is Phase.CLOSE


@pytest.mark.parametrize(("state", "is_late"), [(1, True), (0, False)])
def test_end_with_the_time_of_its_beginning_is_not_late(state: int, is_late: bool) -> None:
    options = {
        "fields": FIELDS | {"state": "s", "time": ["t"]},
        "states": {"1": "open", "0": "close"},
    }
    body = {"cam": "c", "type": "t", "s": state, "t": "2026-11-21T19:00:00+08:00"}
    alert = only_alert(reading_of(ADAPTER, body, options))
    assert alert.is_late is is_late
    assert (alert.occurred_at is None) is not is_late


def test_sender_of_our_kinds_needs_no_mapping() -> None:
    options = {"fields": FIELDS, "codes": {"bike": "ebike_in_elevator"}}
    alert = only_alert(reading_of(ADAPTER, {"cam": "c", "type": "bike"}, options))
    assert alert.kind is AlertKind.EBIKE_IN_ELEVATOR


def key_at(minute: int, body: dict[str, object]) -> str:
    message = replace(a_message(body), received_at=NOON.replace(minute=minute))
    fields = FIELDS | {"event": ["id"], "time": ["at"]}
    return only_alert(ADAPTER.read(message, a_source(options={"fields": fields}))).delivery_key


@pytest.mark.parametrize("event", [{}, {"id": "e-1"}])
def test_words_with_a_time_have_one_key_whenever_they_come(event: dict[str, object]) -> None:
    body: dict[str, object] = {"cam": "c", "type": "t", "at": "2026-11-21T20:15:07"} | event
    other = body | {"at": "2026-11-21T20:15:08"}
    assert key_at(20, body) == key_at(25, dict(reversed(body.items()))) != key_at(20, other)


@pytest.mark.parametrize("event", [{}, {"id": "e-1"}])
@pytest.mark.parametrize("time", [{}, {"at": "0000-00-00 00:00:00"}])
def test_words_without_a_time_are_news_when_they_come_again(
    event: dict[str, object], time: dict[str, object]
) -> None:
    body: dict[str, object] = {"cam": "c", "type": "t"} | event | time
    assert key_at(20, body) != key_at(25, body)
    assert key_at(20, body) == key_at(20, body), "a replay says nothing new"


def test_compact_time_is_of_this_year_and_not_of_2609() -> None:
    options = {"fields": FIELDS | {"time": ["t"]}}
    body = {"cam": "c", "type": "t", "t": "20261121201507"}
    assert only_alert(reading_of(ADAPTER, body, options)).occurred_at == AT
    old = only_alert(reading_of(ADAPTER, body | {"t": "20171220204451"}, options))
    assert (old.occurred_at, old.time_quality) == (None, TimeQuality.SKEWED)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"fields": {"camera": ["a"]}},
        {"fields": FIELDS, "unknown": 1},
        {"fields": FIELDS, "codes": {"a": "no_kind"}},
        {"fields": FIELDS, "states": {"a": "begun"}},
        {"fields": FIELDS, "confidence_full": 0},
        {"fields": FIELDS | {"code": ["a..b"]}},
        {"fields": FIELDS, "answer": {"content_type": "a\r\nb: c"}},
        {"fields": FIELDS, "answer": {"status": 500}},
    ],
)
def test_broken_options_are_said_and_never_raise(broken: dict[str, object]) -> None:
    with pytest.raises(Unreadable, match="options_broken"):
        options_of(broken)
    reading = reading_of(ADAPTER, EZVIZ, broken)
    assert rules(reading) == [("message", "options_broken")]
    assert ADAPTER.answer(a_message(EZVIZ), a_source(options=broken)).status == 200
