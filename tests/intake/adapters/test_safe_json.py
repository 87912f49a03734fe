"""JSON that was made to hurt."""

import json

import pytest

from intake.adapters.safe_json import LARGEST, check, read_json
from intake.adapters.values import Unreadable


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b"", "empty"),
        (b"  \r\n", "empty"),
        (b"{", "not_json"),
        (b"alarm=1", "not_json"),
        (b'{"a": "\x00"}', "nul_byte"),
        ('{"a": "栋"}'.encode("gb18030"), "undecodable"),
        (b"[" * 100_000, "too_deep"),
        (b'{"a":' * 40_000, "too_deep"),
        (b" " * (LARGEST + 1), "too_large"),
        (b"[" + b"{}," * 60_000 + b"{}]", "too_many_members"),
    ],
)
def test_message_is_refused(body: bytes, rule: str) -> None:
    with pytest.raises(Unreadable, match=f"^{rule}$"):
        read_json(body)


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b"[" * 40 + b"]" * 40, "too_deep"),
        (b"[" + b"1," * 5000 + b"1]", "too_many_members"),
        (json.dumps({str(each): 1 for each in range(5000)}).encode(), "too_many_members"),
        (b'{"a": 1, "a": 2}', "doubled_key"),
        (b'{"b": [{"a": 1, "a": 1}]}', "doubled_key"),
        (rb'{"a": "\u0000"}', "nul_character"),
        (rb'{"\u0000": 1}', "nul_character"),
        (rb'{"a": "\ud800"}', "lone_surrogate"),
        (b'{"a": NaN}', "not_finite"),
        (b'{"a": -Infinity}', "not_finite"),
        (b'{"a": 1e999}', "not_finite"),
    ],
)
def test_element_is_refused(body: bytes, rule: str) -> None:
    with pytest.raises(Unreadable, match=f"^{rule}$"):
        check(read_json(body))


def test_endless_number_stays_as_written() -> None:
    digits = "9" * 5000
    assert read_json(f"[{digits}]".encode()) == [digits]


def test_byte_order_mark_is_no_part_of_it() -> None:
    assert read_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_declared_chinese_encoding_is_read() -> None:
    body = '{"name": "3栋消防通道"}'.encode("gb18030")
    assert read_json(body, "application/json; charset=GB2312") == {"name": "3栋消防通道"}


def test_paired_surrogates_are_a_letter() -> None:
    letter = read_json(rb'"\ud83d\ude97"')
    check(letter)
    assert letter == "🚗"
