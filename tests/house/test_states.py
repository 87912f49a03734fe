"""The drawn law is the law."""

from tests.house.write_states import PATH, document


def test_drawn_states_are_those_of_the_law() -> None:
    drawn = PATH.read_text(encoding="utf-8") if PATH.exists() else ""
    assert drawn == document(), "the law has changed: run `make states` and commit docs/states.md"
