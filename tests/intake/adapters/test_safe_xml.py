"""XML that was made to hurt, and XML as Chinese devices declare it."""

import pytest

from intake.adapters.safe_xml import LARGEST, read_xml
from intake.adapters.values import Unreadable

ENTITIES = "".join(
    f'<!ENTITY {name} "{10 * inner}">'
    for name, inner in zip(
        "bcdefghi", ["&a;", "&b;", "&c;", "&d;", "&e;", "&f;", "&g;", "&h;"], strict=True
    )
)
BOMB = f'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">{ENTITIES}]><r>&i;</r>'
QUADRATIC = f'<!DOCTYPE r [<!ENTITY a "{"a" * 20_000}">]><r>{"&a;" * 1000}</r>'
OUTSIDE = '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><r>&a;</r>'


@pytest.mark.parametrize("body", [BOMB, QUADRATIC, OUTSIDE, "<!DOCTYPE r><r/>"])
def test_no_document_type_is_ever_right(body: str) -> None:
    with pytest.raises(Unreadable, match="dtd_forbidden"):
        read_xml(body.encode())


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b"", "empty"),
        (b'<?xml version="1.0"?>', "empty"),
        (b"<a>", "not_xml"),
        (b"<a></b>", "not_xml"),
        (b"<a/><b/>", "not_xml"),
        (b"plain", "not_xml"),
        (b"<a>\x00</a>", "nul_byte"),
        (b"<a>" * 40 + b"</a>" * 40, "too_deep"),
        (b"<a>" * 30_000 + b"</a>" * 30_000, "too_deep"),
        (b"<r>" + b"<a/>" * 5000 + b"</r>", "too_many_members"),
        (b"<a>" + b" " * LARGEST + b"</a>", "too_large"),
        (b"<a>\xff\xff</a>", "undecodable"),
    ],
)
def test_document_is_refused(body: bytes, rule: str) -> None:
    with pytest.raises(Unreadable, match=f"^{rule}$"):
        read_xml(body)


@pytest.mark.parametrize("declared", ["GB2312", "gb2312", "GBK", "gb18030", "UTF-8", "x-unknown"])
def test_chinese_is_read_however_it_is_declared(declared: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?><a>3栋消防通道</a>'
    assert read_xml(text.encode("gb18030")) == {"a": "3栋消防通道"}


def test_chinese_in_utf8_is_read_without_a_declaration() -> None:
    assert read_xml("<a>3栋</a>".encode()) == {"a": "3栋"}
    assert read_xml("\ufeff<a>3栋</a>".encode()) == {"a": "3栋"}
    assert read_xml("<a>3栋</a>".encode("utf-16")) == {"a": "3栋"}
    assert read_xml("<a>3栋</a>".encode("gb18030"), "text/xml; charset=GB2312") == {"a": "3栋"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("A & B", "A & B"),
        ("http://x/?a=1&b=2", "http://x/?a=1&b=2"),
        ("A &amp; B & C", "A & B & C"),
        ("&nbsp;", "&nbsp;"),
        ("&#65;", "A"),
        ("<![CDATA[A & B]]>", "A & B"),
        ("a\x07b", "ab"),
    ],
)
def test_forgotten_escape_is_mended(written: str, read: str) -> None:
    assert read_xml(f"<a>{written}</a>".encode()) == {"a": read}


def test_names_are_local_and_repeats_are_lists() -> None:
    body = b'<x:r xmlns:x="urn:x"><x:a>1</x:a><b/><x:a>2</x:a><a>3</a></x:r>'
    assert read_xml(body) == {"r": {"a": ["1", "2", "3"], "b": ""}}


def test_string_that_c_forgot_to_end_is_cut() -> None:
    assert read_xml(b"<a>1</a>\r\n\0\0") == {"a": "1"}
