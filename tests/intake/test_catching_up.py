"""What Frigate saw while nobody listened is asked for, kept once, and never from elsewhere."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from intake.adapters.values import Unreadable
from intake.catching_up import Bounds
from intake.fetching import Failed, Fetcher, Refused
from tests.builders import NOON
from tests.intake.frigate_api import a_review, answer
from tests.intake.mosquitto import until
from tests.intake.recorder import AT, HOUR, MINUTE, QUICK, Recorder, recorder

__all__ = ["recorder"]


async def test_what_was_missed_is_new_and_what_was_heard_is_known(recorder: Recorder) -> None:
    heard = a_review(AT - 40 * MINUTE, None)
    await recorder.says("new", heard)
    over = heard | {"end_time": AT - 30 * MINUTE}
    missed = a_review(AT - 5 * MINUTE, None, "gate")
    recorder.api.reviews = [over, missed]
    assert await recorder.asks() == 1
    first, second = str(heard["id"]), str(missed["id"])
    assert await recorder.sorted_out() == [f"{first} close", f"{first} open", f"{second} open"]
    await recorder.says("end", over)
    await recorder.says("new", missed)
    assert await recorder.asks() == 0
    assert len(await recorder.sorted_out()) == 3
    assert await recorder.desk.states() == ["sorted"] * 4


async def test_it_is_asked_since_it_was_heard_last_and_a_little_before(recorder: Recorder) -> None:
    await recorder.was_heard(NOON - timedelta(hours=5))
    await recorder.asks()
    assert {float(each["after"]) for each in recorder.api.asked} == {AT - 6 * HOUR}
    assert set(recorder.api.paths) == {"/api/review"}
    (asked, other) = recorder.api.asked
    assert (asked["cameras"], asked["severity"], asked["limit"]) == ("lane,gate", "alert", "100")
    assert {asked["reviewed"], other["reviewed"]} == {"0", "1"}
    assert await recorder.heard_until() == NOON


async def test_what_was_heard_is_never_taken_back(recorder: Recorder) -> None:
    """Two workers may mark one after the other."""
    await recorder.was_heard(NOON)
    await recorder.was_heard(NOON - timedelta(hours=1))
    assert await recorder.heard_until() == NOON


@pytest.mark.parametrize(("away", "asked"), [(None, 24), (timedelta(days=90), 7 * 24)])
async def test_how_far_back_is_asked_has_an_end(
    recorder: Recorder, away: timedelta | None, asked: int
) -> None:
    if away is not None:
        await recorder.was_heard(NOON - away)
    await recorder.asks()
    assert float(recorder.api.asked[0]["after"]) == AT - asked * HOUR


@pytest.mark.parametrize("lists_all_with", [1, -1])
async def test_what_a_person_has_seen_there_is_listed_by_every_release(
    recorder: Recorder, lists_all_with: int
) -> None:
    recorder.api.lists_all_with = lists_all_with
    seen = a_review(AT - 9 * MINUTE, AT - 8 * MINUTE, has_been_reviewed=True)
    unseen = a_review(AT - 7 * MINUTE, AT - 6 * MINUTE)
    recorder.api.reviews = [seen, unseen]
    await recorder.asks()
    assert len(await recorder.sorted_out()) == 4


async def test_many_are_asked_for_page_by_page(recorder: Recorder) -> None:
    recorder.bounds = Bounds(page=3)
    recorder.api.reviews = [
        a_review(AT - at * MINUTE, AT - at * MINUTE + 30, camera)
        for at in range(1, 11)
        for camera in ("lane", "gate")
    ] + [a_review(AT - 10, None)]
    await recorder.asks()
    opened = {each for each in await recorder.sorted_out() if each.endswith("open")}
    assert opened == {f"{each['id']} open" for each in recorder.api.reviews}
    assert len(recorder.api.asked) < 30


async def test_more_than_can_be_asked_for_is_said(recorder: Recorder) -> None:
    recorder.bounds = Bounds(page=3, pages=2)
    recorder.api.reviews = [a_review(AT - at, AT - at + 0.5) for at in range(2, 40)]
    with capture_logs() as logs:
        await recorder.asks()
    assert [each["event"] for each in logs] == ["reviews_left_out"]
    assert len(recorder.api.asked) == 2


async def test_a_recorder_on_this_machine_is_never_asked_outside_of_tests(
    recorder: Recorder,
) -> None:
    with pytest.raises(Refused, match="address_forbidden"):
        await recorder.catch_up(Fetcher()).ask(recorder.source)
    assert recorder.api.asked == []


@pytest.mark.parametrize(
    "options",
    [
        {"api": "http://127.0.0.1:{port}/elsewhere"},
        {"api": "http://localhost:{port}"},
        {"api": "https://127.0.0.1:{port}"},
        {"api": "http://u:p@127.0.0.1:{port}"},
        {"api": "file:///etc"},
    ],
)
async def test_only_what_the_source_allows_is_asked(
    recorder: Recorder, options: dict[str, str]
) -> None:
    api = options["api"].format(port=recorder.api.port)
    recorder.source = replace(recorder.source, options={"api": api})
    with pytest.raises(Refused, match="address"):
        await recorder.asks()
    assert (recorder.api.asked, await recorder.heard_until()) == ([], None)


@pytest.mark.parametrize(
    ("instead", "rule"),
    [
        (answer(b"", "503 Busy"), "status_503"),
        (answer(b"", "401 Who"), "status_401"),
        (answer(b"", "302 Found\r\nLocation: /api/review"), "status_302"),
        (answer(b"<html>", kind="text/html"), "not_json"),
        (answer(b"  "), "not_json"),
        (answer(b"{"), "not_json"),
        (answer({"detail": "no"}), "not_a_list"),
        (answer(b"[" * 100_000), "too"),
        (answer(b"[" + b" " * 3_000_000 + b"]"), "too_large"),
        (answer(b'["\x00"]'), "nul_byte"),
        (answer([])[:40], "RemoteProtocolError"),
    ],
)
async def test_what_is_no_list_is_not_kept_and_is_asked_for_again(
    recorder: Recorder, instead: bytes, rule: str
) -> None:
    recorder.api.instead = [instead]
    with pytest.raises((Refused, Failed, Unreadable), match=rule):
        await recorder.asks()
    assert (await recorder.desk.rows("raw_messages"), await recorder.heard_until()) == ([], None)
    assert len(recorder.api.asked) == 1


async def test_one_bad_item_never_costs_the_others(recorder: Recorder) -> None:
    good = a_review(AT - MINUTE, None)
    recorder.api.instead = [answer([7, {"severity": "alert"}, good])]
    await recorder.asks()
    assert await recorder.sorted_out() == [f"{good['id']} open"]
    assert await recorder.desk.states() == ["quarantined"]


async def test_who_has_no_api_is_not_asked(recorder: Recorder) -> None:
    asks = recorder.catch_up().asks
    assert asks(recorder.source)
    assert not asks(replace(recorder.source, options={}))
    assert not asks(replace(recorder.source, options={"api": ["x"]}))
    assert not asks(replace(recorder.source, options={"api": "x" * 9000}))
    assert not asks(replace(recorder.source, adapter="cloudevents"))
    recorder.source = replace(recorder.source, cameras=())
    assert await recorder.asks() == 0


async def test_who_does_not_answer_is_asked_again_and_then_heard(recorder: Recorder) -> None:
    recorder.bounds = QUICK
    recorder.api.instead = [answer(b"", "503 Busy")] * 2
    recorder.api.reviews = [a_review(AT - MINUTE, None)]
    with capture_logs() as logs:
        running = asyncio.create_task(recorder.catch_up().run(recorder.source))

        async def is_done() -> bool:
            return await recorder.heard_until() is not None

        await until(is_done)
        recorder.desk.now += timedelta(minutes=3)

        async def is_marked() -> bool:
            return await recorder.heard_until() == recorder.desk.now

        await until(is_marked)
        running.cancel()
        await asyncio.wait({running})
    assert [each["event"] for each in logs] == ["reviews_not_asked"] * 2 + ["reviews_asked"]
    assert len(await recorder.desk.rows("raw_messages")) == 1
