"""Blind indexes: everything that holds the words is found, and nothing is told without the key."""

from hypothesis import given
from hypothesis import strategies as st

from storage.sealing.index import BlindIndex, holds

INDEX = BlindIndex(b"i" * 32)
WORDS = st.text(alphabet="井盖坏了幸福里３栋Abcé ﬁ%_\\", min_size=1, max_size=12)


@given(before=WORDS, words=WORDS, after=WORDS)
def test_a_text_that_holds_the_words_is_always_a_candidate(
    before: str, words: str, after: str
) -> None:
    text = before + words + after
    if holds(text, words):
        assert set(INDEX.sought(words)) <= set(INDEX.grams(text))


def test_width_and_case_do_not_matter() -> None:
    assert holds("３栋的ＬＥＤ灯坏了", "3栋的led")
    assert set(INDEX.sought("3栋的led")) <= set(INDEX.grams("３栋的ＬＥＤ灯坏了"))
    assert not set(INDEX.sought("井盖")) <= set(INDEX.grams("井里有盖"))


def test_one_character_can_be_looked_for_too() -> None:
    assert set(INDEX.sought("井")) <= set(INDEX.grams("路边的井盖"))


def test_another_key_makes_another_index_and_all_fit_an_integer_of_sql() -> None:
    grams = INDEX.grams("路边的井盖坏了，请尽快处理")
    assert not set(grams) & set(BlindIndex(b"j" * 32).grams("路边的井盖坏了，请尽快处理"))
    assert all(0 <= each < 2**31 for each in grams)
    assert grams == sorted(set(grams))


def test_a_phone_is_one_however_it_is_written() -> None:
    ways = ("13800005678", "138 0000 5678", "138-0000-5678", "+86 138 0000 5678", "008613800005678")
    assert len({INDEX.phone(each) for each in ways}) == 1
    assert INDEX.phone("13800005679") != INDEX.phone("13800005678")
    assert BlindIndex(b"j" * 32).phone(ways[0]) != INDEX.phone(ways[0])
    assert len(INDEX.phone("1")) == 32
