"""Single values: numbers as strings, strings as numbers, scales, keys."""

import pytest

from domain.alert import LONGEST_KEY
from intake.adapters.values import (
    Unreadable,
    box_of,
    fraction,
    key_of,
    listing,
    number,
    shortened,
    text,
    web_address,
    whole,
)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("3", 3),
        (" 3 ", 3),
        ("-0.5", -0.5),
        (3, 3),
        ("", None),
        (None, None),
        (True, None),
        ("nan", None),
        ("inf", None),
        (float("nan"), None),
        (10**400, None),
        ("1_000", None),
        ("1e5", None),
        ("٣", None),
        ([], None),
    ],
)
def test_number_is_plain_or_none(value: object, read: float | None) -> None:
    assert number(value) == read


def test_whole_number_has_no_fraction() -> None:
    assert [whole(each) for each in ("3.0", 3.0, "3.5", "")] == [3, 3, None, None]


def test_fraction_knows_its_scale() -> None:
    assert [fraction(each, 100) for each in ("87", 0, 101, -1, None)] == [0.87, 0, None, None, None]


def test_box_needs_four_corners_in_order() -> None:
    assert box_of([0, 0, "8192", 4096], 8192) == (0, 0, 1, 0.5)
    assert box_of([0.5, 0, 0.4, 1]) is None
    assert box_of([0.5, 0, 0.6]) is None
    assert box_of([0.5, 0, 0.6, None]) is None


def test_text_is_bounded_and_trimmed() -> None:
    assert (text(" a "), text(7)) == ("a", "7")
    assert (text(""), text(None), text(True), text([])) == (None, None, None, None)
    with pytest.raises(Unreadable, match="text_too_long"):
        text("x" * 201)
    assert shortened("x" * 999) == "x" * 200


@pytest.mark.parametrize(
    ("value", "items"), [([1, 2], [1, 2]), ({"a": 1}, [{"a": 1}]), (None, []), ("", [])]
)
def test_listing_knows_single_items_of_xml(value: object, items: list[object]) -> None:
    assert list(listing(value)) == items


def test_address_is_of_the_web() -> None:
    assert web_address(" HTTPS://a/b ") == "HTTPS://a/b"
    assert [web_address(each) for each in ("ftp://a", "gopher://a", "/pic/1", "", None)] == [
        None
    ] * 5


def test_different_parts_have_different_keys() -> None:
    parts = [("a|b", "c"), ("a", "b|c"), ("a", "b", "c"), ("a%7Cb", "c"), ("a", None, "c")]
    assert len({key_of(*each) for each in parts}) == len(parts)
    assert key_of("a", None, 3) == "a||3"


def test_long_key_is_a_hash_within_bounds() -> None:
    long, longer = key_of("x" * 300), key_of("x" * 301)
    assert long != longer
    assert len(long) <= LONGEST_KEY
