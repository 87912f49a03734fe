"""What holds for every adapter: no bytes make it fail, and what it gives can be stored."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.alert import LONGEST_KEY, MOST_ATTRIBUTES_BYTES, Alert
from intake.adapters.contract import RawMessage
from intake.adapters.registry import ADAPTERS, READS_UP_TO
from tests.intake.adapters.messages import NOON, a_message, a_source, only_alert
from tests.intake.adapters.samples import SAMPLES
from tests.intake.adapters.words import CONTENT_TYPES, JUNK, OPTIONS, TOPICS, WORDS
from tests.intake.adapters.xml_alerts import JPEG, a_multipart, an_alert_in_xml

NAMES = st.one_of(st.sampled_from(WORDS), st.text(max_size=8))
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(JUNK),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=6)),
    max_leaves=20,
)
BODIES = st.one_of(st.binary(max_size=400), VALUES.map(lambda value: json.dumps(value).encode()))
FORM = "multipart/form-data; boundary=boundary"
WHOLE = (
    an_alert_in_xml(),
    an_alert_in_xml(encoding="gb18030", declared="GB2312"),
    a_multipart(("Content-Type: application/xml", an_alert_in_xml()), ("", JPEG)),
    *(json.dumps(sample).encode() for sample, _ in SAMPLES.values()),
)
ADAPTER_NAMES = pytest.mark.parametrize("name", sorted(ADAPTERS))


def survives(name: str, message: RawMessage, options: Mapping[str, object]) -> None:
    source = a_source(options=options)
    reading = ADAPTERS[name].read(message, source)
    for alert in reading.alerts:
        assert_storable(alert)
    assert all(each.rule.isidentifier() for each in reading.faults)
    assert 200 <= ADAPTERS[name].answer(message, source).status < 300


def damaged_copies(value: object) -> Iterator[object]:
    """Each value in turn replaced by each piece of junk."""
    yield from JUNK
    members: list[tuple[int | str, object]] = []
    if isinstance(value, dict):
        members = list(value.items())
    elif isinstance(value, list):
        members = list(enumerate(value))
    for key, member in members:
        for damaged in damaged_copies(member):
            copy: Any = value.copy() if isinstance(value, dict | list) else value
            copy[key] = damaged
            yield copy


def assert_storable(alert: Alert) -> None:
    """PostgreSQL takes it: bounded keys, no NUL, no lone surrogate, no number without an end."""
    assert 0 < len(alert.delivery_key) <= LONGEST_KEY
    assert alert.camera
    assert alert.vendor_type
    written = json.dumps(dict(alert.attributes), allow_nan=False, ensure_ascii=False)
    assert len(written.encode()) <= MOST_ATTRIBUTES_BYTES
    texts = (alert.delivery_key, alert.vendor_type, alert.camera, alert.vendor_type_name or "")
    every = "".join((*texts, alert.zone or "", alert.device_time or "", written))
    assert "\0" not in every
    assert every.encode()
    assert alert.confidence is None or 0 <= alert.confidence <= 1
    assert alert.severity is None or 1 <= alert.severity <= 4
    assert_believable(alert)


def assert_believable(alert: Alert) -> None:
    """No instant that the device cannot have meant, like the year 2609 of a compact time."""
    for at in (alert.occurred_at, alert.ended_at):
        assert at is None or -timedelta(days=1) <= at - NOON <= timedelta(minutes=2)


@ADAPTER_NAMES
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    body=BODIES,
    content_type=st.one_of(st.sampled_from(CONTENT_TYPES), st.text(max_size=30)),
    topic=st.one_of(st.none(), st.sampled_from(TOPICS), st.text(max_size=20)),
    options=st.sampled_from(OPTIONS),
)
def test_no_bytes_make_it_fail(
    name: str, body: bytes, content_type: str, topic: str | None, options: Mapping[str, object]
) -> None:
    message = RawMessage(body=body, received_at=NOON, content_type=content_type, topic=topic)
    survives(name, message, options)


@ADAPTER_NAMES
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    body=st.sampled_from(WHOLE),
    start=st.integers(0, 3000),
    length=st.integers(0, 40),
    instead=st.binary(max_size=20),
)
def test_damaged_bodies_never_fail(
    name: str, body: bytes, start: int, length: int, instead: bytes
) -> None:
    damaged = body[:start] + instead + body[start + length :]
    message = RawMessage(body=damaged, received_at=NOON, content_type=FORM)
    survives(name, message, SAMPLES[name][1])


@ADAPTER_NAMES
@pytest.mark.parametrize("body", [b"[" * 200_000, b"<a>" * 80_000, b"\0", b"\xff\xfe<", b"null"])
def test_bodies_made_to_hurt_are_faults(name: str, body: bytes) -> None:
    reading = ADAPTERS[name].read(RawMessage(body=body, received_at=NOON), a_source())
    assert reading.alerts == ()


@ADAPTER_NAMES
def test_good_message_with_one_bad_value_never_fails(name: str) -> None:
    sample, options = SAMPLES[name]
    assert ADAPTERS[name].read(a_message(sample), a_source(options=options)).alerts
    for damaged in damaged_copies(sample):
        survives(name, a_message(json.dumps(damaged).encode()), options)


def test_name_is_a_part_of_an_address() -> None:
    assert all(name == adapter.name and name.isidentifier() for name, adapter in ADAPTERS.items())


@pytest.mark.parametrize(("name", "most"), READS_UP_TO.items())
def test_the_door_lets_in_as_much_as_the_adapter_reads(name: str, most: int) -> None:
    """Blanks, so that nothing but the length decides."""
    source = a_source(options=OPTIONS[1])
    rules = [
        [each.rule for each in ADAPTERS[name].read(a_message(b" " * length), source).faults]
        for length in (most, most + 1)
    ]
    assert rules == [["empty"], ["too_large"]]


WITHOUT_ID_OR_TIME: dict[str, tuple[object, Mapping[str, object]]] = {
    "dahua_icc": ({"category": "alarm", "info": {"nodeCode": "c$1", "alarmType": 780}}, {}),
    "hik_isc": ({"params": {"events": [{"srcIndex": "c", "eventType": 131591}]}}, {}),
    "hik_isapi": (an_alert_in_xml(dateTime=""), {}),
    "mapped_json": ({"c": "c", "t": "t"}, {"fields": {"camera": ["c"], "code": ["t"]}}),
}


@pytest.mark.parametrize("name", sorted(WITHOUT_ID_OR_TIME))
def test_what_has_neither_id_nor_time_is_news_each_time(name: str) -> None:
    body, options = WITHOUT_ID_OR_TIME[name]
    message = a_message(body, content_type="application/xml" if isinstance(body, bytes) else "")
    first, later = (
        only_alert(ADAPTERS[name].read(replace(message, received_at=at), a_source(options=options)))
        for at in (NOON, NOON.replace(minute=40))
    )
    assert first.delivery_key != later.delivery_key
