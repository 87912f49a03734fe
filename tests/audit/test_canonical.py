"""What is hashed is written down: these bytes and hashes never change."""

from datetime import UTC, datetime, timedelta, timezone

from storage.audit.canonical import NOTHING, Keyring, canonical, digest
from storage.audit.links import Link, LinkSource

PINNED = (
    "2927939db5be",
    "384987c74ff48b8810fcc9f85362570e12f1b76c0ce196a12ce741949eb518d8",
)
"""Of a key its id, of a link its hash: made without this code, by the words of `canonical`."""
AT = datetime(2026, 11, 25, 16, 0, 0, 5, tzinfo=timezone(timedelta(hours=8)))


def test_fields_have_one_spelling() -> None:
    fields = ("x", 1, True, None, AT, b"\x01", {"b": 1, "a": "积"})
    assert canonical(*fields) == (
        b'["dispatch.audit.1","x",1,true,null,"2026-11-25T08:00:00.000005Z","01",'
        b'{"a":"\\u79ef","b":1}]'
    )
    assert canonical(AT) == canonical(AT.astimezone(UTC))


def test_fields_do_not_run_into_each_other() -> None:
    assert len({digest("ab", "c"), digest("a", "bc"), digest("abc"), digest("ab", "c", None)}) == 4


def test_a_link_hashes_to_what_it_always_did() -> None:
    keys = Keyring.of("a-key-of-the-audit-log-for-tests-alone")
    link = Link(
        seq=1,
        source=LinkSource.ENTRY,
        key="1",
        digest=digest("entry", "1"),
        sealed_at=AT,
        key_id=keys.current_id,
        previous=NOTHING,
    )
    found = link.hash_under(keys)
    assert found is not None
    assert (keys.current_id, found.hex()) == PINNED
