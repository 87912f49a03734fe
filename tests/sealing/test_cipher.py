"""A sealed value opens where it was sealed for, unchanged, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.sealing.cipher import DataKey, Place, Unopenable, Why, key_of

PLACE = Place("reporters", "name", "QJ-2026-0000001")
KEY = DataKey(7, b"k" * 32)


@given(st.binary(max_size=300))
def test_what_was_sealed_opens(plain: bytes) -> None:
    assert KEY.open(PLACE, KEY.seal(PLACE, plain)) == plain


def test_the_same_twice_looks_different_and_names_its_key() -> None:
    first, second = KEY.seal(PLACE, b"x"), KEY.seal(PLACE, b"x")
    assert first != second
    assert key_of(first) == 7
    assert len(first) == 5 + 12 + 1 + 16


@pytest.mark.parametrize("bit", range(0, 8 * 34, 5))
def test_a_changed_bit_is_noticed(bit: int) -> None:
    sealed = bytearray(KEY.seal(PLACE, b"x"))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Unopenable):
        KEY.open(PLACE, bytes(sealed))


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("reporters", "name", "QJ-2026-0000002"),
        Place("reporters", "address", "QJ-2026-0000001"),
        Place("texts", "name", "QJ-2026-0000001"),
    ],
)
def test_a_moved_value_does_not_open(elsewhere: Place) -> None:
    with pytest.raises(Unopenable) as refused:
        KEY.open(elsewhere, KEY.seal(PLACE, b"x"))
    assert refused.value.why is Why.TAMPERED


def test_another_key_does_not_open_it_even_under_the_same_number() -> None:
    sealed = KEY.seal(PLACE, "王小明".encode())
    with pytest.raises(Unopenable) as refused:
        DataKey(7, b"K" * 32).open(PLACE, sealed)
    assert (refused.value.why, str(refused.value)) == (Why.TAMPERED, "tampered")
    with pytest.raises(Unopenable) as refused:
        DataKey(8, b"k" * 32).open(PLACE, sealed)
    assert refused.value.why is Why.UNKNOWN_KEY


@pytest.mark.parametrize(
    "junk", [b"", b"\x01", b"\x02" + b"x" * 40, b"plain words, and not sealed"]
)
def test_what_is_no_sealed_value_is_told_apart(junk: bytes) -> None:
    with pytest.raises(Unopenable) as refused:
        key_of(junk)
    assert refused.value.why is Why.MALFORMED
