"""People before cameras: a message waits while somebody is served, and never for long."""

import asyncio

import pytest
from starlette.types import Message, Receive, Scope, Send

from api.intake import turns
from api.intake.turns import AT_ONCE, HELD_S, MOST_IN, PATIENCE_S, PeopleFirst
from tests.api.turnstile import House, settled


async def test_a_camera_comes_in_when_nobody_else_is_there() -> None:
    house = House()
    await house.camera()
    await house.turn()
    assert house.served == ["camera"]


async def test_a_camera_waits_until_the_last_person_is_served() -> None:
    house = House()
    first, second = await house.person(), await house.person()
    await house.camera()
    await house.turn()
    first.set()
    await settled()
    await house.turn()
    assert house.served == ["person", "person"]
    second.set()
    await settled()
    await house.turn()
    assert house.served == ["person", "person", "camera"]


async def test_a_person_never_waits_for_cameras() -> None:
    house = House()
    for number in range(50):
        await house.camera(f"camera {number}")
    await house.turn()
    await house.person()
    await house.turn()
    assert house.served == ["camera 0", "camera 1", "person"]


async def test_a_storm_comes_in_a_few_in_each_turn_and_in_its_order() -> None:
    house = House()
    for number in range(5):
        await house.camera(str(number))
    lengths = []
    for _ in range(3):
        await house.turn()
        lengths.append(len(house.served))
    assert lengths == [AT_ONCE, 2 * AT_ONCE, 5]
    assert house.served == list("01234")


async def test_few_cameras_are_in_at_a_time() -> None:
    house, leaves = House(), asyncio.Event()
    for number in range(MOST_IN + 3):
        await house.camera(str(number), leaves)
    for _ in range(MOST_IN):
        await house.turn()
    assert len(house.served) == MOST_IN
    leaves.set()
    await settled()
    for _ in range(3):
        await house.turn()
    assert len(house.served) == MOST_IN + 3


async def test_cameras_that_stay_long_do_not_shut_out_the_others() -> None:
    house, never = House(), asyncio.Event()
    for number in range(MOST_IN):
        await house.camera(str(number), never)
    for _ in range(MOST_IN):
        await house.turn()
    await house.camera("another")
    await house.move(HELD_S - 0.01)
    assert "another" not in house.served
    await house.move(0.02)
    await house.turn()
    assert "another" in house.served
    never.set()
    await asyncio.gather(*house.tasks)


async def test_cameras_whose_patience_ended_follow_each_other_while_people_are_served() -> None:
    house, leaves = House(), asyncio.Event()
    for number in range(MOST_IN + 1):
        await house.camera(str(number), leaves)
    await house.person()
    await house.move(PATIENCE_S - 0.001)
    await house.person()
    await house.move(0.002)
    for _ in range(MOST_IN):
        await house.turn()
    assert len(house.served) == 2 + MOST_IN
    leaves.set()
    await settled()
    await house.turn()
    assert len(house.served) == 2 + MOST_IN + 1


async def test_one_person_holds_cameras_up_for_so_long_only() -> None:
    house = House()
    await house.person()
    await house.move(HELD_S - 0.01)
    await house.camera()
    await house.turn()
    assert house.served == ["person"]
    await house.move(0.02)
    assert house.served == ["person", "camera"]


async def test_however_many_people_come_a_camera_waits_for_so_long_only() -> None:
    house = House()
    await house.camera()
    await house.person()
    while house.hands.at < 100.0 + PATIENCE_S - 0.02:
        await house.turn()
        await house.move(0.01)
        await house.person()
    assert "camera" not in house.served
    await house.move(0.03)
    assert "camera" in house.served


async def test_those_whose_patience_ended_do_not_take_others_along() -> None:
    house = House()
    await house.person()
    await house.camera("early")
    await house.move(PATIENCE_S / 2)
    await house.person()
    await house.camera("late")
    await house.move(PATIENCE_S / 2 + 0.001)
    assert house.served == ["person", "person", "early"]


async def test_whoever_hung_up_takes_nobodys_turn() -> None:
    house = House()
    leaves = await house.person()
    for number in range(AT_ONCE):
        await house.camera(f"gone {number}")
        house.tasks[-1].cancel()
    await house.camera("here")
    leaves.set()
    await settled()
    await house.turn()
    assert house.served == ["person", "here"]


async def test_when_too_many_wait_the_oldest_come_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MOST_WAITING", 3)
    house = House()
    await house.person()
    for number in range(5):
        await house.camera(str(number))
    await house.turn()
    await house.turn()
    assert house.served == ["person", "0", "1"]


async def test_a_request_that_breaks_holds_nobody_up() -> None:
    house = House()

    async def breaks() -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await house.turns.person(breaks)
    await house.camera()
    await house.turn()
    assert house.served == ["camera"]


@pytest.mark.parametrize(
    ("first", "second", "order"),
    [
        ("/api/v1/issues", "/intake/v1/a/t", ["/api/v1/issues", "/api/v1/issues ends"]),
        ("/intake/v1/a/t", "/intake/v1/a/t", ["/intake/v1/a/t", "/intake/v1/a/t"]),
        ("/healthz", "/intake/v1/a/t", ["/healthz", "/intake/v1/a/t"]),
    ],
)
async def test_addresses_tell_people_and_cameras_apart(
    first: str, second: str, order: list[str]
) -> None:
    seen: list[str] = []
    leaves = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["path"])
        await leaves.wait()
        seen.append(f"{scope['path']} ends")

    async def nothing() -> Message:
        raise AssertionError

    async def says(message: Message) -> None:
        raise AssertionError(message)

    layer = PeopleFirst(app)
    asked = []
    for path in (first, second):
        asked.append(asyncio.create_task(layer({"type": "http", "path": path}, nothing, says)))
        await settled()
    leaves.set()
    await asyncio.gather(*asked)
    assert seen[:2] == order
