"""What Frigate saw while nobody listened is asked for, kept once, and never from elsewhere."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from domain.alert_mapping import AlertMapping, MappedCode
from domain.alert_source import AlertSource
from domain.ids import MappingCode
from domain.reference import ReferenceKind
from intake.adapters.frigate import Frigate
from intake.adapters.values import Unreadable
from intake.catching_up import Bounds, CatchUp
from intake.fetching import Failed, Fetcher, Refused
from intake.listening import Hearing, Listener
from intake.sorting import Sorter
from observability import clock
from storage.alerts.hearing import heard_until, is_heard
from storage.alerts.raw_messages import RawMessages
from storage.session import Database
from tests.builders import NOON
from tests.domain.alerts.watching import PARKING
from tests.intake.camera_desk import Desk, arrival
from tests.intake.frigate_api import FrigateApi, a_recorder, a_review, answer, frigate_api
from tests.intake.mosquitto import Mosquitto, mosquitto, until

TOPIC = "frigate/reviews"
AT = NOON.timestamp()
MINUTE, HOUR = 60.0, 3600.0
CODES = AlertMapping(
    code=MappingCode("nvr"),
    name="Frigate",
    adapter="frigate",
    rows=(MappedCode(code="person", kind=PARKING),),
)
QUICK = Bounds(pauses=(0.0,), mark_every=timedelta(milliseconds=20))


@dataclass
class Recorder:
    """A Frigate, and who asks it."""

    desk: Desk
    api: FrigateApi
    source: AlertSource
    bounds: Bounds = field(default_factory=Bounds)

    def catch_up(self, fetcher: Fetcher | None = None) -> CatchUp:
        fetcher = fetcher or Fetcher(never=(), seconds=2.0)
        keep, bounds = timedelta(days=30), self.bounds
        return CatchUp(self.desk.database, fetcher, lambda: self.desk.now, keep, bounds)

    async def asks(self) -> int:
        return await self.catch_up().ask(self.source)

    async def heard_until(self) -> datetime | None:
        async with self.desk.database.read() as session:
            return await heard_until(session, self.source.code)

    async def was_heard(self, at: datetime) -> None:
        async with self.desk.database.begin() as session:
            await is_heard(session, [self.source.code], at)

    async def sorted_out(self) -> list[str]:
        """What the law was asked, by review and phase."""
        desk = self.desk
        adapters = {"frigate": Frigate()}
        await Sorter(desk.database, adapters, desk.conditions, lambda: desk.now).drain()
        asked = [each.alert for each in desk.conditions.asked]
        return sorted(f"{each.vendor_event_id} {each.phase}" for each in asked)

    async def says(self, kind: str, review: dict[str, object]) -> None:
        """Over MQTT."""
        self.desk.sent += 1
        body = json.dumps({"type": kind, "before": None, "after": review}).encode()
        message = arrival(self.desk.sent, body, self.desk.now)
        async with self.desk.database.begin() as session:
            await RawMessages(session).keep(replace(message, adapter="frigate", topic=TOPIC))


@pytest_asyncio.fixture(loop_scope="session")
async def recorder(database: Database) -> AsyncIterator[Recorder]:
    async with frigate_api() as api:
        desk = Desk(database)
        source = a_recorder(api.port, mapping=CODES.code)
        await desk.write(ReferenceKind.ALERT_MAPPING, CODES, 0)
        await desk.write(ReferenceKind.ALERT_SOURCE, source, 0)
        yield Recorder(desk, api, source)


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


@pytest_asyncio.fixture(loop_scope="session")
async def broker(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    async with mosquitto(tmp_path) as running:
        yield running


@asynccontextmanager
async def listening(recorder: Recorder, url: str, broker: Mosquitto) -> AsyncIterator[None]:
    """Cut off at the end, as by an outage."""
    database, keep = recorder.desk.database, timedelta(days=1)
    catch_up = CatchUp(database, Fetcher(never=()), clock.now, keep, QUICK)
    hearing = Hearing(catch_up=catch_up)
    one = Listener.of(database, url, broker.broker, clock.now, hearing)
    task = asyncio.create_task(one.run(asyncio.Event()))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def has(recorder: Recorder, pages: int, word: bytes, broker: Mosquitto) -> None:
    """Until so many pages were kept, and what is said over MQTT is heard all the while."""

    async def is_so() -> bool:
        await broker.publish(TOPIC, word)
        bodies = [bytes(row.body) for row in await recorder.desk.rows("raw_messages")]
        return len([each for each in bodies if each.startswith(b"[")]) == pages and word in bodies

    await until(is_so)


async def test_with_each_connection_what_was_missed_is_asked_for(
    recorder: Recorder, database_url: str, broker: Mosquitto
) -> None:
    """The first time and after an outage, also when it does not answer at once."""
    at = clock.now().timestamp()
    for number in (1, 2):
        recorder.api.reviews.append(a_review(at - MINUTE / number, None))
        recorder.api.instead = [answer(b"", "503 Busy")]
        async with listening(recorder, database_url, broker):
            await has(recorder, number, b"heard %d" % number, broker)


async def test_who_was_away_itself_is_asked_when_it_is_back(
    recorder: Recorder, database_url: str, broker: Mosquitto
) -> None:
    at = clock.now().timestamp()
    recorder.api.reviews = [a_review(at - MINUTE, None)]
    async with listening(recorder, database_url, broker):
        await has(recorder, 1, b"before", broker)
        recorder.api.reviews.append(a_review(at - 30, None))
        await broker.publish("frigate/available", b"offline")
        await has(recorder, 1, b"meanwhile", broker)
        await broker.publish("frigate/available", b"online", retain=True)
        await has(recorder, 2, b"after", broker)
