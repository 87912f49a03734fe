"""iSecure Center's callback: repeats of one event, late pictures, and its own strange sample."""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.alert import Phase, Seen, TimeQuality
from intake.adapters.contract import VendorAnswer
from intake.adapters.hik_isc import HikISC
from tests.intake.adapters.messages import a_message, a_source, only_alert, reading_of, rules
from tests.intake.adapters.samples import HIK_ISC

ADAPTER = HikISC()
SENT_LATER = "2026-11-21T20:15:39.120+08:00"


def an_event(**changes: object) -> dict[str, Any]:
    sample: Any = deepcopy(HIK_ISC)
    event: dict[str, Any] = sample["params"]["events"][0]
    return event | changes


def a_callback(*events: object, sent: str = "2026-11-21T20:15:09.120+08:00") -> dict[str, object]:
    params = {"ability": "event_rule", "sendTime": sent, "events": list(events)}
    return {"method": "OnEventNotify", "params": params}


def test_event_is_read_whole() -> None:
    alert = only_alert(reading_of(ADAPTER, HIK_ISC))
    assert (alert.vendor_type, alert.vendor_type_name, alert.kind) == ("131591", "parking", None)
    assert alert.camera == "6f0d0c1a9be24d7b8d7e3a5c2b1f0e44"
    assert (alert.phase, alert.ttl_s, alert.severity) == (Phase.OPEN, None, 2)
    assert alert.vendor_event_id == "7C1F5E0A-55B2-4C5E-9A0D-2B6C0D9E41F7"
    assert alert.occurred_at == datetime(2026, 11, 21, 12, 15, 7, tzinfo=UTC)
    assert [each.url for each in alert.pictures] == ["http://10.20.0.5:6120/pic?x=1"]
    assert alert.seen == Seen(label="vehicle")


@pytest.mark.parametrize(
    ("status", "phase", "ttl_s"),
    [
        (0, Phase.OPEN, None),
        (1, Phase.OPEN, None),
        ("1", Phase.OPEN, None),
        (2, Phase.CLOSE, None),
        (3, Phase.PULSE, 30),
        (4, Phase.MEDIA, None),
        (5, Phase.MEDIA, None),
        (9, Phase.PULSE, 30),
        (None, Phase.PULSE, 30),
    ],
)
def test_status_is_the_phase(status: object, phase: Phase, ttl_s: int | None) -> None:
    alert = only_alert(reading_of(ADAPTER, a_callback(an_event(status=status))))
    assert (alert.phase, alert.ttl_s) == (phase, ttl_s)


@pytest.mark.parametrize("timeout", [0, None, -1, "", 10**9])
def test_timeout_that_is_none_leaves_it_to_the_policy(timeout: object) -> None:
    event = an_event(status=3, timeout=timeout)
    assert only_alert(reading_of(ADAPTER, a_callback(event))).ttl_s is None


def test_start_is_one_delivery_however_often_it_is_sent() -> None:
    first, again = (
        only_alert(reading_of(ADAPTER, a_callback(an_event(), sent=sent)))
        for sent in ("2026-11-21T20:15:09.120+08:00", SENT_LATER)
    )
    assert first.delivery_key == again.delivery_key


def test_each_pulse_is_a_delivery_of_its_own() -> None:
    first, resent, second = (
        only_alert(reading_of(ADAPTER, a_callback(an_event(status=3), sent=sent)))
        for sent in ("2026-11-21T20:15:09+08:00", "2026-11-21T20:15:09+08:00", SENT_LATER)
    )
    assert first.delivery_key == resent.delivery_key != second.delivery_key
    assert first.vendor_event_id == second.vendor_event_id


def test_late_picture_belongs_to_its_event() -> None:
    started = only_alert(reading_of(ADAPTER, a_callback(an_event())))
    picture = only_alert(reading_of(ADAPTER, a_callback(an_event(status=5))))
    assert picture.phase is Phase.MEDIA
    assert picture.vendor_event_id == started.vendor_event_id
    assert picture.pictures


def test_linkage_result_without_picture_says_nothing() -> None:
    reading = reading_of(ADAPTER, a_callback(an_event(status=4, data=None)))
    assert (reading.alerts, reading.faults) == ((), ())


def test_vendors_own_sample_time_of_1900_is_no_reason_to_refuse() -> None:
    event = an_event(happenTime="1900-01-00T00:00:00.000+08:00")
    alert = only_alert(reading_of(ADAPTER, a_callback(event)))
    assert (alert.occurred_at, alert.time_quality) == (None, TimeQuality.INVALID)
    event = an_event(happenTime="1900-01-01T00:00:00.000+08:00")
    alert = only_alert(reading_of(ADAPTER, a_callback(event)))
    assert (alert.occurred_at, alert.time_quality) == (None, TimeQuality.SKEWED)
    assert not alert.is_late


@pytest.mark.parametrize("status", [2, 3, 5])
def test_what_follows_a_long_event_is_not_late(status: int) -> None:
    event = an_event(status=status, happenTime="2026-11-21T19:00:00+08:00")
    alert = only_alert(reading_of(ADAPTER, a_callback(event)))
    assert (alert.is_late, alert.time_quality) == (False, TimeQuality.DEVICE)
    late = only_alert(reading_of(ADAPTER, a_callback(event | {"status": 1})))
    assert late.is_late


def test_bad_element_never_rejects_the_others() -> None:
    bad = [an_event(srcIndex=None), an_event(eventType=""), "x", an_event(eventId="i" * 201)]
    reading = reading_of(ADAPTER, a_callback(an_event(), *bad, an_event(eventId="other")))
    assert [each.vendor_event_id for each in reading.alerts][1:] == ["other"]
    assert [element for element, _ in rules(reading)] == ["[1]", "[2]", "[3]", "[4]"]


def test_event_without_id_is_known_by_what_it_says() -> None:
    first, again, other = (
        only_alert(reading_of(ADAPTER, a_callback(an_event(eventId=None, **changes))))
        for changes in ({}, {}, {"srcIndex": "another"})
    )
    assert first.delivery_key == again.delivery_key != other.delivery_key


def test_camera_of_a_rule_is_its_target() -> None:
    event = an_event(srcType="server", srcIndex="vms-1")
    alert = only_alert(reading_of(ADAPTER, a_callback(event)))
    assert alert.camera == "6f0d0c1a9be24d7b8d7e3a5c2b1f0e44"
    bare = only_alert(reading_of(ADAPTER, a_callback(an_event(srcType="server", data=None))))
    assert bare.camera == "6f0d0c1a9be24d7b8d7e3a5c2b1f0e44"


@pytest.mark.parametrize("level", [0, 4, None, "high"])
def test_unset_level_is_no_severity(level: object) -> None:
    assert only_alert(reading_of(ADAPTER, a_callback(an_event(eventLvl=level)))).severity is None


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/pic?x=1", "http://10.20.0.5:6120/pic?x=1"),
        ("https://cdn.yihe/1.jpg", "https://cdn.yihe/1.jpg"),
        ("../../etc/passwd", None),
        ("file:///etc/passwd", None),
        ("gopher:x", None),
        ("\\\\nas\\share", None),
        ("", None),
    ],
)
def test_path_continues_the_base_and_never_leaves_it(path: str, url: str | None) -> None:
    event = an_event(data={"parking": [{"imageUrl": path}]})
    options = {"picture_base": "http://10.20.0.5:6120/"}
    pictures = only_alert(reading_of(ADAPTER, a_callback(event), options)).pictures
    assert [each.url for each in pictures] == ([url] if url else [])


def test_message_without_events_is_a_fault() -> None:
    assert rules(reading_of(ADAPTER, {"method": "x"})) == [("message", "events_missing")]
    assert rules(reading_of(ADAPTER, b"<xml/>")) == [("message", "not_json")]


def test_answer_is_plain() -> None:
    assert ADAPTER.answer(a_message(b""), a_source()) == VendorAnswer(body=b"{}")
