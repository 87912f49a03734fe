"""JSON from outside: bounded in size, depth and keys; nothing in it that a database would refuse.

`read_json` judges the message, `check` each element, so that one bad element spoils no other.
"""

import json
import re
from collections.abc import Iterator
from math import isfinite

from intake.adapters.values import Unreadable

LARGEST = 256 * 1024
LARGEST_WITH_PICTURES = 8 * 1024 * 1024
DEEPEST = 32
MOST_MEMBERS = 4000
MOST_TOKENS = 100_000
OPENERS = (b",", b"[", b"{")
"""Counted before anything is parsed: a parse takes tens of milliseconds at most."""
LONGEST_NUMBER = 18
SURROGATE = re.compile("[\ud800-\udfff]")
CHINESE = ("charset=gb", 'charset="gb')


class Doubled(dict[str, object]):
    """An object in which a key occurs twice: who reads it elsewhere may see the other value."""


def read_json(body: bytes, content_type: str = "", largest: int = LARGEST) -> object:
    """The parsed message; numbers too long for anything stay as they were written."""
    if len(body) > largest:
        raise Unreadable("too_large")
    if not body.strip():
        raise Unreadable("empty")
    if b"\0" in body:
        raise Unreadable("nul_byte")
    if sum(map(body.count, OPENERS)) > MOST_TOKENS:
        raise Unreadable("too_many_members")
    try:
        return json.loads(
            _decoded(body, content_type), object_pairs_hook=_members, parse_int=_whole_number
        )
    except RecursionError as too_deep:
        raise Unreadable("too_deep") from too_deep
    except ValueError as malformed:
        raise Unreadable("not_json") from malformed


def check(element: object) -> None:
    """Walks without recursion; the depth is the sender's choice."""
    members = 0
    waiting: list[tuple[object, int]] = [(element, 1)]
    while waiting:
        value, depth = waiting.pop()
        members += 1
        _check_value(value)
        if depth > DEEPEST:
            raise Unreadable("too_deep")
        if members + len(waiting) + _size(value) > MOST_MEMBERS:
            raise Unreadable("too_many_members")
        waiting.extend((each, depth + 1) for each in _inside(value))


def _size(value: object) -> int:
    return len(value) if isinstance(value, dict | list) else 0


def _inside(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _check_value(value: object) -> None:
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, float) and not isfinite(value):
        raise Unreadable("not_finite")
    elif isinstance(value, Doubled):
        raise Unreadable("doubled_key")


def _check_text(value: str) -> None:
    """PostgreSQL stores no NUL, and UTF-8 has no lone surrogate; JSON can escape both."""
    if "\0" in value:
        raise Unreadable("nul_character")
    if SURROGATE.search(value):
        raise Unreadable("lone_surrogate")


def _decoded(body: bytes, content_type: str) -> str:
    chinese = content_type.lower().replace(" ", "")
    encoding = "gb18030" if any(each in chinese for each in CHINESE) else "utf-8-sig"
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as undecodable:
        raise Unreadable("undecodable") from undecodable


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    return members if len(members) == len(pairs) else Doubled(pairs)


def _whole_number(digits: str) -> int | str:
    return int(digits) if len(digits) <= LONGEST_NUMBER else digits
