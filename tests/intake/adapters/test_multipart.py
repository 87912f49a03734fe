"""Multipart as devices send it, each variant with its alert and its picture."""

import pytest

from domain.alert import Alert
from intake.adapters.contract import Reading
from intake.adapters.hik_isapi import HikISAPI
from intake.adapters.multipart import LARGEST, read_multipart
from intake.adapters.values import Unreadable
from tests.intake.adapters.messages import a_message, a_source, rules
from tests.intake.adapters.xml_alerts import JPEG, a_multipart, an_alert_in_xml

XML = an_alert_in_xml()
NAMED = 'Content-Disposition: form-data; name="event"; filename="event.xml"\nContent-Type: text/xml'
FORM = "multipart/form-data; boundary=boundary"
PICTURE = 'Content-Disposition: form-data; name="pic"; filename="pic.jpg"\nContent-Type: image/jpeg'


def read(body: bytes, content_type: str = FORM) -> Reading:
    return HikISAPI().read(a_message(body, content_type=content_type), a_source())


def only(reading: Reading) -> Alert:
    assert reading.faults == ()
    (alert,) = reading.alerts
    return alert


VARIANTS = {
    "well_behaved": (a_multipart((NAMED, XML), (PICTURE, JPEG)), FORM),
    "mixed": (
        a_multipart(("Content-Type: application/xml", XML), ("Content-Type: image/jpeg", JPEG)),
        "multipart/mixed; boundary=boundary",
    ),
    "without_a_name": (
        a_multipart(("Content-Type: application/xml", XML), (PICTURE, JPEG)),
        FORM,
    ),
    "picture_without_a_file_name": (
        a_multipart((NAMED, XML), ('Content-Disposition: form-data; name="pic"', JPEG)),
        FORM,
    ),
    "without_any_header": (a_multipart(("", XML), ("", JPEG)), FORM),
    "quoted_boundary": (
        a_multipart((NAMED, XML), (PICTURE, JPEG), boundary="--MIME_b"),
        'multipart/form-data; charset=utf-8; boundary="--MIME_b"',
    ),
    "boundary_not_told": (a_multipart((NAMED, XML), (PICTURE, JPEG)), "multipart/form-data"),
    "boundary_told_wrong": (
        a_multipart((NAMED, XML), (PICTURE, JPEG), boundary="hikboundary"),
        FORM,
    ),
    "not_called_multipart": (a_multipart((NAMED, XML), (PICTURE, JPEG)), "application/xml"),
    "something_before": (b"\r\nhello\r\n" + a_multipart((NAMED, XML), (PICTURE, JPEG)), FORM),
    "no_end": (a_multipart((NAMED, XML), (PICTURE, JPEG), end=False), FORM),
    "wrong_length": (
        a_multipart((NAMED, XML), (PICTURE + "\nContent-Length: -5", JPEG)),
        FORM,
    ),
    "called_a_text": (
        a_multipart(("Content-Type: text/plain", XML), ("Content-Type: text/plain", JPEG)),
        FORM,
    ),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_variant_gives_alert_and_picture(variant: str) -> None:
    alert = only(read(*VARIANTS[variant]))
    assert (alert.vendor_type, alert.camera) == ("parking", "aa:bb:cc:00:11:22/3")
    assert [(each.inline, each.content_type) for each in alert.pictures] == [(JPEG, "image/jpeg")]


def test_picture_belongs_to_the_event_that_names_it() -> None:
    first = b'{"eventType": "a", "ipAddress": "1.1.1.1", "Target": {"contentID": "pic-a"}}'
    second = b'{"eventType": "b", "ipAddress": "1.1.1.1"}'
    json = "Content-Type: application/json"
    body = a_multipart(
        (json, first), (json, second), ("Content-ID: <pic-a>", JPEG), ("Content-ID: x", b"\x89PNG")
    )
    a, b = read(body, "multipart/mixed; boundary=boundary").alerts
    assert [each.inline for each in a.pictures] == [JPEG]
    assert [(each.inline, each.content_type) for each in b.pictures] == [(b"\x89PNG", "image/png")]


def test_one_bad_part_never_rejects_the_others() -> None:
    body = a_multipart((NAMED, b"<broken"), (NAMED, XML), (PICTURE, JPEG))
    reading = read(body)
    assert [len(each.pictures) for each in reading.alerts] == [1]
    assert rules(reading) == [("part[0]", "not_xml")]


def test_picture_that_was_cut_costs_no_alert() -> None:
    alert = only(read(a_multipart((NAMED, XML), (PICTURE, JPEG))[:-1000]))
    assert JPEG.startswith(alert.pictures[0].inline or b"-")


def test_polyglot_is_what_its_first_bytes_are() -> None:
    script = b"\xff\xd8\xff\xe0<script>alert(1)</script>"
    alert = only(read(a_multipart((NAMED, XML), ("Content-Type: text/html", script))))
    assert [each.content_type for each in alert.pictures] == ["image/jpeg"]


def test_large_picture_without_a_file_name_is_no_text() -> None:
    """Where a part without a file name is a text field, it may have a megabyte at most."""
    large = JPEG + b"x" * 3_000_000
    nameless = 'Content-Disposition: form-data; name="p"'
    alert = only(read(a_multipart((NAMED, XML), (nameless, large))))
    assert [each.inline for each in alert.pictures] == [large]


@pytest.mark.parametrize(
    "name", ["../../etc/cron.d/x", "C:\\\\x.jpg", "/dev/null", "a\x00b", "%2e%2e/x"]
)
def test_name_of_a_file_is_never_asked(name: str) -> None:
    said = f'Content-Disposition: form-data; name="{name}"; filename="{name}"'
    part = f"{said}\nContent-Type: image/jpeg"
    alert = only(read(a_multipart((NAMED, XML), (part, JPEG))))
    assert [(each.role, each.url, each.inline) for each in alert.pictures] == [
        ("scene", None, JPEG)
    ]
    assert name not in repr(alert)


def test_no_more_pictures_than_fit() -> None:
    assert len(only(read(a_multipart((NAMED, XML), *[(PICTURE, JPEG)] * 40))).pictures) == 6


def test_part_of_text_has_its_own_bound() -> None:
    body = a_multipart((NAMED, XML + b" " * 70_000))
    assert rules(read(body)) == [("part[0]", "too_large")]


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (a_multipart((PICTURE, JPEG)), "event_missing"),
        (b"--boundary", "not_multipart"),
        (b"--boundary\r\n", "not_multipart"),
        (b"--boundary--\r\n", "not_multipart"),
        (b"nothing", "boundary_missing"),
        (b"--" + b"x" * 300, "boundary_missing"),
        (b"--boundary\nContent-Type: text/xml\n\n<a/>\n--boundary--", "not_multipart"),
        (b"--boundary\r\n\r\n\r\n" * 65, "too_many_parts"),
        (b"--boundary\r\n" + b"X-A: b\r\n" * 50 + b"\r\n", "not_multipart"),
    ],
)
def test_body_that_is_none_is_a_fault(body: bytes, rule: str) -> None:
    assert rules(read(body)) == [("message", rule)]


def test_body_is_bounded() -> None:
    with pytest.raises(Unreadable, match="too_large"):
        read_multipart(b"--b\r\n" + b"x" * LARGEST, "multipart/mixed; boundary=b")


def test_header_in_other_letters_is_survived() -> None:
    assert rules(read(b"--", "multipart/边界; boundary=边界")) == [("message", "boundary_missing")]


def test_document_that_is_called_multipart_is_read() -> None:
    assert only(read(XML, "multipart/form-data; boundary=none")).vendor_type == "parking"
