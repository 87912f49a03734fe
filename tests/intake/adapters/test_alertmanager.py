"""Alertmanager: repeats every few hours, alerts that began days ago, ends without a time."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from domain.alert import Alert, AlertKind, Phase
from intake.adapters.alertmanager import Alertmanager
from intake.adapters.contract import RawMessage, Reading
from tests.intake.adapters.messages import NOON, a_message, a_source, only_alert, reading_of, rules
from tests.intake.adapters.samples import ALERTMANAGER

ADAPTER = Alertmanager()


def an_alert(labels: dict[str, object] | None = None, **changes: object) -> dict[str, Any]:
    sample: Any = deepcopy(ALERTMANAGER)
    alert: dict[str, Any] = sample["alerts"][0]
    return alert | {"labels": alert["labels"] | (labels or {})} | changes


def a_group(*alerts: object, **changes: object) -> dict[str, object]:
    return ALERTMANAGER | {"alerts": list(alerts)} | changes


def after(waited: timedelta, *alerts: object) -> Alert:
    body = a_message(a_group(*alerts)).body
    return only_alert(ADAPTER.read(RawMessage(body=body, received_at=NOON + waited), a_source()))


def read(*alerts: object, **changes: object) -> Reading:
    return reading_of(ADAPTER, a_group(*alerts, **changes))


def test_alert_is_read_whole() -> None:
    alert = only_alert(reading_of(ADAPTER, ALERTMANAGER))
    assert (alert.vendor_type, alert.camera, alert.phase) == ("CameraDown", "b3-gate", Phase.OPEN)
    assert (alert.severity, alert.vendor_type_name) == (4, "3栋门口摄像机离线")
    assert (alert.kind, alert.ttl_s) == (None, 18_000)


def test_each_member_of_a_group_has_its_own_status() -> None:
    gone = an_alert({"camera": "b4"}, status="resolved")
    assert [each.phase for each in read(an_alert(), gone).alerts] == [Phase.OPEN, Phase.CLOSE]


def test_repeat_is_a_delivery_and_a_retry_is_not() -> None:
    first = after(timedelta(), an_alert())
    retry = after(timedelta(seconds=20), an_alert())
    repeat = after(timedelta(hours=4), an_alert())
    assert first.delivery_key == retry.delivery_key != repeat.delivery_key
    assert first.vendor_event_id == repeat.vendor_event_id


def test_second_outage_is_another_event() -> None:
    first = after(timedelta(), an_alert())
    second = after(timedelta(), an_alert(startsAt="2026-11-21T12:14:00Z"))
    assert first.vendor_event_id != second.vendor_event_id


def test_what_fires_for_days_is_not_late() -> None:
    alert = only_alert(read(an_alert(startsAt="2026-11-18T02:00:00Z")))
    assert (alert.is_late, alert.occurred_at) == (False, None)
    assert alert.device_time == "2026-11-18T02:00:00Z"


@pytest.mark.parametrize(
    ("labels", "camera"),
    [
        ({}, "b3-gate"),
        ({"camera": None}, "10.20.3.64:80"),
        ({"camera": "", "instance": None, "device": "nvr-1"}, "nvr-1"),
    ],
)
def test_first_label_that_is_there_names_the_camera(labels: dict[str, object], camera: str) -> None:
    assert only_alert(read(an_alert(labels))).camera == camera


def test_source_names_its_own_label() -> None:
    options = {"camera_labels": ["target_name"]}
    body = a_group(an_alert({"target_name": "n-7"}))
    assert only_alert(reading_of(ADAPTER, body, options)).camera == "n-7"


def test_label_may_speak_our_kinds() -> None:
    assert only_alert(read(an_alert({"kind": "device_fault"}))).kind is AlertKind.DEVICE_FAULT
    assert only_alert(read(an_alert({"kind": "toaster_fault"}))).kind is None


def test_one_bad_member_never_rejects_the_others() -> None:
    nowhere: dict[str, object] = {"camera": None, "instance": None}
    bad = [an_alert(nowhere), an_alert({"alertname": ""}), an_alert(status="pending"), None]
    reading = read(an_alert(), *bad, an_alert({"camera": "b9"}))
    assert [each.camera for each in reading.alerts] == ["b3-gate", "b9"]
    assert rules(reading) == [
        ("[1]", "camera_missing"),
        ("[2]", "alertname_missing"),
        ("[3]", "status_unknown"),
        ("[4]", "status_unknown"),
    ]


def test_what_alertmanager_left_out_is_said() -> None:
    reading = read(an_alert(), truncatedAlerts=7)
    assert len(reading.alerts) == 1
    assert rules(reading) == [("message", "alerts_truncated")]


def test_message_without_alerts_is_a_fault() -> None:
    assert rules(reading_of(ADAPTER, {"version": "4"})) == [("message", "alerts_missing")]


def test_answer_is_plain() -> None:
    assert ADAPTER.answer(a_message(b""), a_source()).status == 200
