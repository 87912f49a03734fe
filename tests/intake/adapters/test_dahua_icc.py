"""ICC: strings for numbers, a state with two meanings, pictures and verdicts that follow."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.alert import OF_ITS_EVENT, Phase
from intake.adapters.contract import VendorVerdict
from intake.adapters.dahua_icc import DahuaICC
from tests.intake.adapters.messages import a_message, a_source, only_alert, reading_of, rules
from tests.intake.adapters.samples import DAHUA_ICC

ADAPTER = DahuaICC()
BASE = {"picture_base": "http://10.20.0.6:8925/evo-pic"}
CODE = "0E5D7A92-30B4-4C1A-8E2F-5B7719C0A6D1"
AT = datetime(2026, 11, 21, 12, 15, 7, tzinfo=UTC)


def an_alarm(**changes: object) -> dict[str, Any]:
    info: Any = DAHUA_ICC["info"]
    return DAHUA_ICC | {"info": info | changes}


def a_business(method: str, **info: object) -> dict[str, Any]:
    return {"category": "business", "method": method, "info": {"alarmCode": CODE} | info}


def test_alarm_is_read_whole() -> None:
    alert = only_alert(reading_of(ADAPTER, DAHUA_ICC))
    assert (alert.vendor_type, alert.vendor_type_name) == ("10780", "非机动车进电梯")
    assert (alert.camera, alert.phase) == ("1000145$1$0$3", Phase.OPEN)
    assert (alert.vendor_event_id, alert.occurred_at) == (CODE, AT)
    assert alert.attributes == {"grade": 3, "device": "1000145"}
    assert alert.pictures == ()


def test_numbers_are_read_from_strings_alike() -> None:
    strings = an_alarm(alarmStat="1", alarmType="10780", alarmDate=1795263307)
    assert only_alert(reading_of(ADAPTER, strings)) == only_alert(reading_of(ADAPTER, DAHUA_ICC))


@pytest.mark.parametrize(
    ("stat", "phase"),
    [
        (1, Phase.OPEN),
        ("1", Phase.OPEN),
        (2, Phase.CLOSE),
        (0, Phase.CLOSE),
        ("0", Phase.CLOSE),
        (3, Phase.PULSE),
        ("", Phase.PULSE),
        (None, Phase.PULSE),
    ],
)
def test_state_that_is_gone_has_two_numbers(stat: object, phase: Phase) -> None:
    assert only_alert(reading_of(ADAPTER, an_alarm(alarmStat=stat))).phase is phase


def test_both_numbers_of_gone_are_one_delivery() -> None:
    raised, gone, gone_too = (
        only_alert(reading_of(ADAPTER, an_alarm(alarmStat=stat))) for stat in (1, 2, 0)
    )
    assert gone.delivery_key == gone_too.delivery_key != raised.delivery_key


def test_end_with_the_date_of_its_beginning_is_not_late() -> None:
    an_hour_ago = str(1795263307 - 3600)
    gone = only_alert(reading_of(ADAPTER, an_alarm(alarmStat=2, alarmDate=an_hour_ago)))
    assert (gone.is_late, gone.occurred_at, gone.device_time) == (False, None, an_hour_ago)
    assert only_alert(reading_of(ADAPTER, an_alarm(alarmDate=an_hour_ago))).is_late


def test_platform_that_is_nine_minutes_ahead_is_set_right() -> None:
    message = a_message(an_alarm(alarmDate=str(1795263307 + 540)))
    alert = only_alert(ADAPTER.read(message, a_source(clock_offset_s=-540)))
    assert alert.occurred_at == AT
    assert only_alert(ADAPTER.read(message, a_source())).occurred_at is None


def test_picture_that_follows_belongs_to_its_alarm() -> None:
    body = a_business("vms.notifyAlarmPicture", picture="a/1.jpg, /a/2.jpg,", pictureSize="")
    alert = only_alert(reading_of(ADAPTER, body, BASE))
    assert (alert.phase, alert.vendor_event_id) == (Phase.MEDIA, CODE)
    assert alert.camera == OF_ITS_EVENT
    assert [each.url for each in alert.pictures] == [
        "http://10.20.0.6:8925/evo-pic/a/1.jpg",
        "http://10.20.0.6:8925/evo-pic/a/2.jpg",
    ]


@pytest.mark.parametrize("path", ["../../etc/passwd", "a/../../b", "file:///a", "", None])
def test_path_that_leaves_the_base_is_no_picture(path: object) -> None:
    body = a_business("vms.notifyAlarmPicture", picture=path)
    assert rules(reading_of(ADAPTER, body, BASE)) == [("[0]", "picture_missing")]


@pytest.mark.parametrize(("stat", "is_false"), [(3, True), ("3", True), (2, False), ("2", False)])
def test_handling_there_is_a_verdict(stat: object, is_false: bool) -> None:
    reading = reading_of(ADAPTER, a_business("vms.handleAlarm", handleStat=stat, handleUser="x"))
    key = f"{CODE}|vms.handleAlarm|{stat}"
    assert reading.verdicts == (
        VendorVerdict(delivery_key=key, vendor_event_id=CODE, is_false_alarm=is_false),
    )
    assert (reading.alerts, reading.faults) == ((), ())


@pytest.mark.parametrize("stat", [0, 1, 4, "4", "", None])
def test_what_is_still_handled_or_was_ignored_is_no_verdict(stat: object) -> None:
    reading = reading_of(ADAPTER, a_business("vms.handleAlarm", handleStat=stat))
    assert (reading.alerts, reading.faults, reading.verdicts) == ((), (), ())


def test_other_business_says_nothing() -> None:
    reading = reading_of(ADAPTER, a_business("vms.somethingElse"))
    assert (reading.alerts, reading.faults) == ((), ())


def test_channel_stands_in_for_a_missing_node() -> None:
    assert only_alert(reading_of(ADAPTER, an_alarm(nodeCode=""))).camera == "1000145$3"


def test_bad_element_never_rejects_the_others() -> None:
    nowhere = an_alarm(nodeCode=None, deviceCode=None)
    body = [DAHUA_ICC, nowhere, an_alarm(alarmType={}), {"method": "alarm.msg"}, an_alarm()]
    reading = reading_of(ADAPTER, body)
    assert len(reading.alerts) == 2
    assert rules(reading) == [
        ("[1]", "nodeCode_missing"),
        ("[2]", "alarmType_missing"),
        ("[3]", "info_missing"),
    ]


def test_answer_is_json() -> None:
    answer = ADAPTER.answer(a_message(b""), a_source())
    assert (answer.status, answer.content_type) == (200, "application/json")
