from dataclasses import dataclass, field

import pytest

from deploy.local.stack import Stack


@dataclass
class Recorded:
    """A service that notes what is asked of it."""

    name: str
    diary: list[str]
    is_running: bool = False
    fails: bool = False
    sticks: bool = field(default=False)

    def start(self) -> bool:
        if self.fails:
            raise OSError(f"{self.name} does not start")
        was_running, self.is_running = self.is_running, True
        self.diary.append(f"+{self.name}")
        return not was_running

    def stop(self) -> None:
        if self.sticks:
            raise OSError(f"{self.name} does not stop")
        self.is_running = False
        self.diary.append(f"-{self.name}")


def test_up_in_order_and_down_in_reverse() -> None:
    diary: list[str] = []
    stack = Stack([Recorded("postgres", diary), Recorded("temporal", diary)])
    assert stack.up() == ["postgres", "temporal"]
    assert stack.up() == []
    stack.down()
    assert diary == ["+postgres", "+temporal", "+postgres", "+temporal", "-temporal", "-postgres"]


def test_failed_start_stops_only_what_it_started() -> None:
    diary: list[str] = []
    found = Recorded("postgres", diary, is_running=True)
    stack = Stack([found, Recorded("temporal", diary), Recorded("api", diary, fails=True)])
    with pytest.raises(OSError, match="api does not start"):
        stack.up()
    assert diary == ["+postgres", "+temporal", "-temporal"]
    assert found.is_running


def test_one_that_sticks_does_not_keep_the_others() -> None:
    diary: list[str] = []
    stack = Stack([Recorded("postgres", diary), Recorded("temporal", diary, sticks=True)])
    with pytest.raises(ExceptionGroup, match="not everything"):
        stack.down()
    assert diary == ["-postgres"]


def test_part_of_the_stack_keeps_its_order() -> None:
    stack = Stack([Recorded(name, []) for name in ("postgres", "temporal", "api")])
    assert [one.name for one in stack.only("api", "postgres").services] == ["postgres", "api"]
    assert stack["temporal"].name == "temporal"
    with pytest.raises(KeyError, match=r"no wroker; there are api, postgres, temporal"):
        stack.only("wroker")
