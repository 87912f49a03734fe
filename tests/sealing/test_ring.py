"""Rings of keys: the first wraps, all unwrap, and none is ever shown."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from deploy.local.home import Home
from settings import Settings
from storage.sealing.cipher import Unopenable, Why
from storage.sealing.ring import KeyRing, Wrapped, new_key

OLD, NEW = b"o" * 32, b"n" * 32
SECRET = b"material of a data key, 32 bytes"


def test_two_orders_of_one_ring_open_each_others() -> None:
    one, other = KeyRing({"old": OLD, "new": NEW}), KeyRing({"new": NEW, "old": OLD})
    for mine, theirs in ((one, other), (other, one)):
        wrapped = mine.wrap(SECRET, "seal/2026-11")
        assert wrapped.by == mine.first
        assert theirs.unwrap(wrapped, "seal/2026-11") == SECRET


def test_a_ring_without_the_key_says_so() -> None:
    with pytest.raises(Unopenable) as refused:
        KeyRing({"new": NEW}).unwrap(KeyRing({"old": OLD}).wrap(SECRET, "x"), "x")
    assert refused.value.why is Why.UNKNOWN_KEY


@pytest.mark.parametrize(
    ("wrapped", "what"),
    [
        (KeyRing({"old": OLD}).wrap(SECRET, "seal/2026-11"), "seal/2026-12"),
        (Wrapped("old", b"short"), "seal/2026-11"),
        (Wrapped("old", KeyRing({"old": NEW}).wrap(SECRET, "x").material), "x"),
    ],
)
def test_what_was_not_wrapped_for_this_does_not_open(wrapped: Wrapped, what: str) -> None:
    with pytest.raises(Unopenable) as refused:
        KeyRing({"old": OLD}).unwrap(wrapped, what)
    assert refused.value.why is Why.TAMPERED


def test_a_ring_is_read_from_settings_and_shows_only_names(tmp_path: Path) -> None:
    new, old = new_key(), base64.b64encode(OLD).decode()
    said = KeyRing.parse(json.dumps({"new": new, "old": old}))
    assert (said.first, repr(said)) == ("new", "KeyRing(new, old)")
    (tmp_path / "old.key").write_text(f"{old}\n", encoding="ascii")
    kept = KeyRing.read([tmp_path / "old.key"])
    assert kept.unwrap(KeyRing({"old": OLD}).wrap(SECRET, "x"), "x") == SECRET


@pytest.mark.parametrize(
    "document",
    [
        "",
        "[]",
        "{}",
        '{"a": "c2hvcnQ="}',
        '{"a": "not base64!"}',
        '{"": "' + "A" * 43 + '="}',
        '{"a": 1}',
    ],
)
def test_a_broken_ring_is_refused_without_its_content(document: str) -> None:
    with pytest.raises(ValueError, match="key") as refused:
        KeyRing.parse(document)
    assert "c2hvcnQ" not in str(refused.value)
    assert "not base64!" not in str(refused.value)


def test_settings_need_a_ring_and_only_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DISPATCH_SEAL_KEYS")
    given: dict[str, Any] = {"database_url": "x", "jwt_secret": "s" * 32}
    ring, file = json.dumps({"one": new_key()}), tmp_path / "two.key"
    file.write_text(new_key(), encoding="ascii")
    both: tuple[dict[str, Any], ...] = ({}, {"seal_keys": ring, "seal_key_files": (file,)})
    for wrong in both:
        with pytest.raises(ValidationError, match="exactly one of seal_keys, seal_key_files"):
            Settings(**given, **wrong)
    with pytest.raises(ValidationError, match="seal_key_files"):
        Settings(**given, seal_key_files=(tmp_path / "none.key",))
    assert Settings(**given, seal_keys=SecretStr(ring)).seal_ring.first == "one"
    assert Settings(**given, seal_key_files=(file,)).seal_ring.first == "two"


def test_a_local_engine_makes_its_ring_once(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert KeyRing.parse(home.seal_keys).first == "local"
    assert home.seal_keys == Home(tmp_path).seal_keys
