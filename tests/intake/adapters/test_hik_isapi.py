"""Devices that push: namespaces, encodings, missing numbers, bad times, heartbeats, wrappers."""

from datetime import UTC, datetime

import pytest

from domain.alert import Alert, Phase, Seen, TimeQuality
from intake.adapters.contract import VendorAnswer
from intake.adapters.hik_isapi import HikISAPI
from tests.intake.adapters.messages import NOON, a_message, a_source, only_alert, reading_of, rules
from tests.intake.adapters.samples import HIK_ISAPI
from tests.intake.adapters.xml_alerts import ISAPI, an_alert_in_xml

ADAPTER = HikISAPI()
NAMESPACES = [
    ISAPI,
    "http://www.hikvision.com/ver20/XMLSchema",
    "http://www.std-cgi.com/ver20/XMLSchema",
    "http://www.hikvision.com/ver10/XMLSchema",
    "urn:psialliance-org",
    "",
]


def heard(**changes: str) -> Alert:
    return only_alert(reading_of(ADAPTER, an_alert_in_xml(**changes)))


def in_json(**changes: object) -> Alert:
    return only_alert(reading_of(ADAPTER, HIK_ISAPI | changes))


def test_alert_is_read_whole() -> None:
    alert = heard()
    assert (alert.vendor_type, alert.vendor_type_name) == ("parking", "parking alarm")
    assert (alert.camera, alert.zone) == ("aa:bb:cc:00:11:22/3", "1")
    assert (alert.phase, alert.ttl_s, alert.kind) == (Phase.OPEN, None, None)
    assert alert.seen == Seen(label="vehicle", box=(0.25, 0.5, 0.5, 0.625))
    assert alert.occurred_at == datetime(2026, 11, 21, 12, 15, 7, tzinfo=UTC)
    assert alert.attributes == {"channel_name": "3栋消防通道"}


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_six_namespaces_say_the_same(namespace: str) -> None:
    assert heard(namespace=namespace) == heard()


def test_json_says_the_same() -> None:
    alert, xml = in_json(), heard()
    assert (alert.delivery_key, alert.camera, alert.zone) == (
        xml.delivery_key,
        xml.camera,
        xml.zone,
    )
    wrapped = only_alert(reading_of(ADAPTER, {"EventNotificationAlert": HIK_ISAPI}))
    assert wrapped == alert


def test_gb2312_is_read_although_expat_refuses_it() -> None:
    alert = heard(encoding="gb18030", declared="GB2312")
    assert alert.attributes == {"channel_name": "3栋消防通道"}


def test_ampersand_that_was_not_escaped_is_read() -> None:
    assert heard(channelName="A & B").attributes == {"channel_name": "A & B"}


@pytest.mark.parametrize(
    ("count", "phase"),
    [("1", Phase.OPEN), ("2", Phase.PULSE), ("", Phase.PULSE), ("0", Phase.HEARTBEAT)],
)
def test_count_says_whether_it_is_new(count: str, phase: Phase) -> None:
    assert heard(activePostCount=count).phase is phase


def test_empty_numbers_are_no_numbers() -> None:
    alert = heard(activePostCount="", channelID="", portNo="", DetectionRegionList="")
    assert (alert.camera, alert.zone, alert.seen) == ("aa:bb:cc:00:11:22", None, None)


@pytest.mark.parametrize(
    ("kind", "state", "phase"),
    [
        ("videoloss", "inactive", Phase.HEARTBEAT),
        ("VideoLoss", "Inactive", Phase.HEARTBEAT),
        ("videoloss", "active", Phase.OPEN),
        ("parking", "inactive", Phase.CLOSE),
        ("parking", "", Phase.PULSE),
    ],
)
def test_loss_of_video_that_is_not_so_is_a_heartbeat(kind: str, state: str, phase: Phase) -> None:
    assert heard(eventType=kind, eventState=state).phase is phase


@pytest.mark.parametrize(
    "written",
    ["2024-01-22T11:47:0500:00", "0000-00-00T00:00:00+08:00", "1900-01-00T00:00:00", "soon"],
)
def test_bad_time_costs_the_time_only(written: str) -> None:
    alert = heard(dateTime=written)
    assert (alert.occurred_at, alert.device_time) == (None, written)
    assert alert.time_quality is TimeQuality.INVALID


def test_naive_time_is_of_the_sources_zone() -> None:
    assert heard(dateTime="2026-11-21T20:15:07").occurred_at == heard().occurred_at


def test_repeats_of_a_device_without_a_clock_are_not_one_delivery() -> None:
    body = an_alert_in_xml(dateTime="0000-00-00T00:00:00")
    first = a_message(body)
    second = type(first)(body=body, received_at=NOON.replace(second=31))
    keys = [only_alert(ADAPTER.read(each, a_source())).delivery_key for each in (first, second)]
    assert keys[0] != keys[1]


def test_repeat_each_second_is_a_delivery_of_the_same_alarm() -> None:
    first, resent, second = heard(), heard(), heard(dateTime="2026-11-21T20:15:08+08:00")
    assert first.delivery_key == resent.delivery_key != second.delivery_key


def test_uuid_names_the_event() -> None:
    first = in_json(uuid="0e5d7a92-30b4-4c1a-8e2f-5b7719c0a6d1")
    ended = in_json(uuid="0e5d7a92-30b4-4c1a-8e2f-5b7719c0a6d1", eventState="inactive")
    assert first.vendor_event_id == ended.vendor_event_id
    assert first.delivery_key != ended.delivery_key


def test_retransmission_is_late_however_fresh_it_looks() -> None:
    assert not heard().is_late
    assert heard(isDataRetransmission="true").is_late
    assert in_json(isDataRetransmission=True).is_late


def test_duration_only_wraps_the_real_type() -> None:
    inner = "<Duration><relationEvent>fielddetection</relationEvent></Duration>"
    assert heard(eventType="duration", DurationList=inner).vendor_type == "fielddetection"
    assert heard(eventType="duration").vendor_type == "duration"


def test_traffic_event_is_one_level_deeper() -> None:
    inner = "<illegalTrafficEvent>illegalParking</illegalTrafficEvent>"
    alert = heard(eventType="AID", AID=inner, activePostCount="2")
    assert (alert.vendor_type, alert.ttl_s) == ("AID/illegalParking", 120)


def test_case_of_the_type_makes_no_second_delivery() -> None:
    assert heard(eventType="PIR").delivery_key == heard(eventType="pir").delivery_key


@pytest.mark.parametrize(
    ("kind", "ttl_s"), [("parking", 120), ("PIR", 30), ("pir", 30), ("group", 60)]
)
def test_alarm_that_is_repeated_ends_when_it_is_not(kind: str, ttl_s: int) -> None:
    assert heard(eventType=kind, activePostCount="7").ttl_s == ttl_s
    assert heard(eventType=kind, activePostCount="1").ttl_s is None


def test_each_region_is_an_alert() -> None:
    two = "".join(
        f"<DetectionRegionEntry><regionID>{each}</regionID></DetectionRegionEntry>"
        for each in (1, 2)
    )
    reading = reading_of(ADAPTER, an_alert_in_xml(DetectionRegionList=two))
    assert [each.zone for each in reading.alerts] == ["1", "2"]
    assert len({each.delivery_key for each in reading.alerts}) == 2


def test_channel_of_a_recorder_is_its_dynamic_one() -> None:
    assert heard(channelID="", dynChannelID="33").camera == "aa:bb:cc:00:11:22/33"


@pytest.mark.parametrize(
    ("mac", "camera"), [("", "10.20.3.64/3"), ("00:00:00:00:00:00", "10.20.3.64/3")]
)
def test_device_without_a_mac_is_known_by_its_address(mac: str, camera: str) -> None:
    assert heard(macAddress=mac).camera == camera


def test_picture_may_come_by_address() -> None:
    alert = in_json(Target={"backgroundPicURL": "http://10.20.3.64/p/1.jpg", "helpUrl": "http://x"})
    assert [each.url for each in alert.pictures] == ["http://10.20.3.64/p/1.jpg"]


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b"<SubscribeEventResponse/>", "root_unknown"),
        (b"<EventNotificationAlert/>", "eventType_missing"),
        (an_alert_in_xml(macAddress="", ipAddress="", channelID=""), "camera_missing"),
        (b"<EventNotificationAlert>", "not_xml"),
        (b'{"eventType": "x", "a": "\\u0000"}', "nul_character"),
        (b"", "empty"),
    ],
)
def test_broken_message_is_a_fault(body: bytes, rule: str) -> None:
    reading = reading_of(ADAPTER, body)
    assert (reading.alerts, rules(reading)) == ((), [("message", rule)])


def test_answer_is_empty_and_ok() -> None:
    assert ADAPTER.answer(a_message(b""), a_source()) == VendorAnswer(content_type="text/plain")
