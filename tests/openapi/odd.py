"""Values that break programs, put one by one where an operation expects good ones."""

import json
from collections.abc import Iterator
from typing import Any, TypeAlias
from urllib.parse import quote

import hypothesis
from hypothesis import HealthCheck, Phase

from tests.openapi.kinds import Case, Operation

Sent = tuple[Case, bytes | None]
Value: TypeAlias = Any
"""JSON, and what only looks like it."""
ODD: tuple[Any, ...] = (
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff\ud800",
    "\u202e\ufeff\uffff",
    "x" * 70_000,
    "0001-01-01T00:00:00Z",
    "2609-02-30T25:61:61Z",
    "9999-12-31T23:59:59.999999-14:00",
    "2026-06-30T23:59:60+08:00",
    "-1",
    "",
    "１２３",
    2**63,
    -(2**63) - 1,
    10**400,
    1e308,
    float("nan"),
    float("-inf"),
    -1,
    0,
    True,
    None,
    [],
    {},
    ["x"] * 5_000,
)
BODIES = (
    b"",
    b"\x00",
    b"null",
    b"[]",
    b'"x"',
    b"{",
    b"\xff\xfe{}",
    b"[" * 100_000,
    b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    b"1" * 100_000,
    b"-1e999999999",
    b'{"text":"a","text":"b"}',
    b'\xef\xbb\xbf{"text":"a"}',
    b'{"text":"\xed\xa0\x80"}',
    b" " * 300_000,
)
IN_ADDRESS = tuple(str(each) for each in ODD if isinstance(each, str | int) and each != "")
_LONGEST_IN_ADDRESS = 4_000


def odd_cases(operation: Operation) -> Iterator[Sent]:
    """Every odd body, and every odd value in turn in one field after the other."""
    plain = _plain(operation)
    yield from _in_addresses(operation, plain)
    if operation.body:
        yield from ((_again(operation, plain), body) for body in BODIES)
        yield from _in_bodies(operation, plain)


def _plain(operation: Operation) -> Case:
    """A valid request to spoil: of some, that which says most."""
    made: list[Case] = []

    @hypothesis.seed(0)
    @hypothesis.settings(
        max_examples=8,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy())
    def collect(case: Case) -> None:
        made.append(case)

    collect()
    return max(made, key=lambda each: len(repr(each.body)))


def _again(operation: Operation, plain: Case, **other: Value) -> Case:
    parts: dict[str, Any] = {
        "path_parameters": dict(plain.path_parameters or {}),
        "query": dict(plain.query or {}),
        "headers": dict(plain.headers or {}),
        "body": plain.body,
        "media_type": plain.media_type,
    }
    return operation.Case(**{**parts, **other})


def _in_addresses(operation: Operation, plain: Case) -> Iterator[Sent]:
    names = [each.name for each in operation.query]
    for turn, odd in enumerate(IN_ADDRESS):
        value = _sendable(odd)
        if names:
            name = names[turn % len(names)]
            yield _again(operation, plain, query={name: value}), None
        for name in plain.path_parameters or {}:
            path = {**plain.path_parameters, name: quote(value, safe="")}
            yield _again(operation, plain, path_parameters=path), None


def _sendable(odd: str) -> str:
    """An address cannot hold a lone surrogate; what decoders make of its bytes comes nearest."""
    return odd.encode("utf-8", "surrogatepass").decode("utf-8", "replace")[:_LONGEST_IN_ADDRESS]


def _in_bodies(operation: Operation, plain: Case) -> Iterator[Sent]:
    if not isinstance(plain.body, dict | list):
        return
    for body in spoilt(plain.body):
        yield _again(operation, plain), spelt(body)


def spoilt(body: Value) -> Iterator[Value]:
    """The body with something odd in it, each time elsewhere, as often as it has places."""
    places = list(_places(body))
    for turn, odd in enumerate(ODD * (1 + len(places) // len(ODD))):
        for place in {places[turn % len(places)], places[(turn * 7 + 3) % len(places)]}:
            yield _with(body, place, odd)


def spelt(body: Value) -> bytes:
    """JSON as a careless program writes it: lone surrogates, NaN and all."""
    return json.dumps(body).encode()


def _places(body: Value, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands; also where all of it stands."""
    yield at
    inside = body.items() if isinstance(body, dict) else enumerate(body)
    for name, value in inside:
        if isinstance(value, dict | list):
            yield from _places(value, (*at, name))
        else:
            yield (*at, name)


def _with(body: Value, place: tuple[Any, ...], odd: Value) -> Value:
    if not place:
        return odd
    name, *rest = place
    copy = dict(body) if isinstance(body, dict) else list(body)
    copy[name] = _with(copy[name], tuple(rest), odd)
    return copy
