"""Pictures and verdicts that name an event of the platform go where that event went, once."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest_asyncio
from sqlalchemy import text

from domain.alert_mapping import AlertMapping, MappedCode
from domain.alert_source import AlertSource, Camera, PictureHost
from domain.ids import CameraRef, MappingCode
from domain.reference import ReferenceKind
from intake.adapters.registry import ADAPTERS
from intake.conditions import Conditions
from intake.fetching import Fetcher
from intake.photos import Photos
from intake.pictures.darkroom import Darkroom
from intake.pictures.of_alerts import AlertAlbum
from intake.sequels import PATIENCE
from intake.sorting import Sorter
from storage.alerts.raw_messages import RawMessages
from storage.alerts.standings import Standings
from storage.pictures.album import Album
from storage.session import Database
from tests.activities.desk import furnished
from tests.builders import GRID, NOON
from tests.domain.alerts.watching import PARKING
from tests.intake.camera_desk import SOURCE, Desk, arrival
from tests.intake.gate import POLICIES
from tests.intake.test_fetching import Nvr, nvr
from tests.pictures.album import FrailObjects, a_photo_with_secrets

__all__ = ["nvr"]
CLOSED = text("UPDATE alert_conditions SET state = 'closed', due_at = NULL")
NODE = "1000145$1$0$3"
CODES = AlertMapping(
    code=MappingCode("icc"),
    name="大华",
    adapter="dahua_icc",
    rows=(MappedCode(code="591", kind=PARKING),),
)


@dataclass
class Platform(Desk):
    """An ICC that sends what it sends; the law, the sorter and the album are the real ones."""

    port: int = 0

    async def says(self, method: str, event: str = "e-1", **info: Any) -> None:  # noqa: ANN401
        body = {"method": method, "info": {"alarmCode": event} | info}
        await self.keep_as(json.dumps(body).encode())
        await self.sorts()

    async def keep_as(self, body: bytes, adapter: str = "dahua_icc") -> None:
        self.sent += 1
        sent = replace(arrival(self.sent, body, self.now), adapter=adapter)
        async with self.database.begin() as session:
            await RawMessages(session).keep(sent)

    async def alarm(self, event: str = "e-1", code: str = "591", **info: object) -> None:
        said = {"nodeCode": NODE, "alarmStat": 1, "alarmType": code} | info
        await self.says("alarm.msg", event, **said)

    async def picture(self, event: str = "e-1", path: str = "1.jpg") -> None:
        await self.says("vms.notifyAlarmPicture", event, picture=path)

    async def handled(self, stat: int, event: str = "e-1") -> None:
        await self.says("vms.handleAlarm", event, handleStat=stat)

    async def sorts(self) -> None:
        law = Conditions(self.database, lambda: self.now)
        await Sorter(self.database, ADAPTERS, law, lambda: self.now).drain()

    async def waits(self, span: timedelta) -> None:
        self.now += span
        await self.sorts()

    async def judged(self) -> tuple[int, int]:
        async with self.database.read() as session:
            standing = await Standings(session).of(SOURCE.code, CameraRef(NODE))
        return standing.judged_true, standing.judged_false

    async def hung(self) -> list[str]:
        """Addresses of the pictures that hang on the issue by now."""
        album = AlertAlbum(Album(self.database, FrailObjects()), Darkroom())
        photos = Photos(self.database, ADAPTERS, Fetcher(never=()), album, lambda: self.now)
        await photos.get_due()
        await photos.hang_due()
        return [row.url for row in await self.rows("alert_pictures") if row.hung_at is not None]


@pytest_asyncio.fixture(loop_scope="session")
async def platform(database: Database, nvr: Nvr) -> Platform:
    nvr.says("200 OK", a_photo_with_secrets())
    await furnished(database)
    desk = Platform(database, port=nvr.port)
    await desk.write(ReferenceKind.ALERT_MAPPING, CODES, 0)
    await desk.write(ReferenceKind.ALERT_POLICY, POLICIES[0], 0)
    await desk.write(ReferenceKind.ALERT_SOURCE, an_icc(nvr.port), 0)
    return desk


def an_icc(port: int, *cameras: str) -> AlertSource:
    known = tuple(Camera(ref=CameraRef(each), grid=GRID) for each in cameras or (NODE,))
    hosts = (PictureHost(scheme="http", host="127.0.0.1", port=port, path_prefix="/pic"),)
    return replace(
        SOURCE,
        adapter="dahua_icc",
        mapping=CODES.code,
        cameras=known,
        pictures_from=hosts,
        options={"picture_base": f"http://127.0.0.1:{port}/pic"},
    )


async def test_a_picture_that_follows_hangs_on_the_issue_of_its_event(platform: Platform) -> None:
    await platform.alarm()
    await platform.alarm("e-2")
    await platform.picture("e-2")
    assert await platform.hung() == [f"http://127.0.0.1:{platform.port}/pic/1.jpg"]
    (_, _, row) = await platform.rows("alert_events")
    assert (row.camera, row.fate, row.kind, row.phase) == (NODE, "accepted", PARKING, "media")
    assert await platform.states() == ["sorted"] * 3


async def test_the_same_picture_said_again_is_had_once(platform: Platform) -> None:
    await platform.alarm()
    for _ in range(3):
        await platform.picture()
    await platform.replay()
    await platform.sorts()
    assert len(await platform.rows("alert_pictures")) == 1


async def test_a_picture_that_overtook_its_event_waits_for_it(platform: Platform) -> None:
    await platform.picture()
    assert (await platform.states(), await platform.rows("alert_events")) == (["waiting"], [])
    await platform.alarm()
    await platform.waits(timedelta(minutes=1))
    assert await platform.states() == ["sorted", "sorted"]
    assert len(await platform.hung()) == 1


async def test_what_names_an_event_nobody_knows_is_set_aside_in_the_end(platform: Platform) -> None:
    await platform.picture("never")
    await platform.handled(3, "never")
    for _ in range(PATIENCE - 1):
        assert await platform.states() == ["waiting"] * 2
        await platform.waits(timedelta(hours=1))
    assert await platform.states() == ["quarantined"] * 2
    assert [each[0] for each in await platform.faults()] == [
        {"element": "picture", "rule": "event_unknown"},
        {"element": "verdict", "rule": "event_unknown"},
    ]


async def test_a_picture_shares_the_fate_of_its_event(platform: Platform) -> None:
    await platform.write(ReferenceKind.ALERT_SOURCE, an_icc(platform.port, "other"), 1)
    await platform.alarm()
    await platform.picture()
    assert set((await platform.fates()).values()) == {"unknown_camera"}
    await platform.write(ReferenceKind.ALERT_SOURCE, an_icc(platform.port), 2)
    await platform.replay()
    await platform.sorts()
    assert set((await platform.fates()).values()) == {"accepted"}
    assert len(await platform.hung()) == 1


async def test_a_false_alarm_said_by_the_platform_counts_once(platform: Platform) -> None:
    await platform.alarm()
    for _ in range(2):
        await platform.handled(3)
        platform.now += timedelta(minutes=5)
    await platform.replay()
    await platform.sorts()
    assert await platform.judged() == (0, 1)
    (condition,) = await platform.rows("alert_conditions")
    assert condition.verdict == "false_alarm"


async def test_what_was_dealt_with_was_true_and_the_first_verdict_counts(
    platform: Platform,
) -> None:
    await platform.alarm()
    await platform.handled(4)
    assert await platform.judged() == (0, 0)
    await platform.handled(2)
    await platform.handled(3)
    assert await platform.judged() == (1, 0)


async def test_two_events_of_one_condition_are_judged_as_one(platform: Platform) -> None:
    await platform.alarm()
    await platform.alarm("e-2")
    await platform.handled(3, "e-2")
    await platform.handled(3)
    assert await platform.judged() == (0, 1)


async def test_a_verdict_belongs_to_the_condition_of_its_own_event(platform: Platform) -> None:
    await platform.alarm()
    await platform.alarm(alarmStat=2)
    async with platform.database.begin() as session:
        await session.execute(CLOSED)
    await platform.waits(timedelta(hours=2))
    await platform.alarm("e-2")
    await platform.handled(3)
    verdicts = [row.verdict for row in await platform.rows("alert_conditions")]
    assert verdicts == ["false_alarm", None]
    assert await platform.judged() == (0, 1)


async def test_a_verdict_on_what_was_never_accepted_judges_nobody(platform: Platform) -> None:
    await platform.alarm(code="9999")
    await platform.handled(3)
    assert (await platform.states(), await platform.judged()) == (["sorted"] * 2, (0, 0))


async def test_a_verdict_on_an_unknown_camera_judges_no_condition_of_before(
    platform: Platform,
) -> None:
    await platform.alarm()
    await platform.write(ReferenceKind.ALERT_SOURCE, an_icc(platform.port, "other"), 1)
    await platform.alarm("e-2")
    await platform.handled(3, "e-2")
    assert await platform.judged() == (0, 0)


async def test_a_verdict_finds_its_event_also_when_that_was_sorted_late(
    platform: Platform,
) -> None:
    """Received before its condition began: sorters overtake each other."""
    await platform.alarm("e-0")
    await platform.alarm("e-0", alarmStat=2)
    async with platform.database.begin() as session:
        await session.execute(CLOSED)
    await platform.waits(timedelta(hours=2))
    await platform.alarm("e-2")
    platform.now -= timedelta(minutes=1)
    await platform.alarm("e-1")
    platform.now += timedelta(minutes=1)
    await platform.sorts()
    await platform.handled(3)
    verdicts = [row.verdict for row in await platform.rows("alert_conditions")]
    assert verdicts == [None, "false_alarm"]


async def test_alarm_picture_and_verdict_of_one_message_are_all_heard(platform: Platform) -> None:
    info = {"alarmCode": "e-1", "nodeCode": NODE, "alarmType": "591", "alarmStat": 1}
    batch = [
        {"method": "vms.handleAlarm", "info": {"alarmCode": "e-1", "handleStat": 3}},
        {"method": "vms.notifyAlarmPicture", "info": {"alarmCode": "e-1", "picture": "1.jpg"}},
        {"method": "alarm.msg", "info": info},
    ]
    await platform.keep_as(json.dumps(batch).encode())
    await platform.sorts()
    assert await platform.states() == ["sorted"]
    assert (await platform.judged(), len(await platform.hung())) == ((0, 1), 1)


def in_isc(event: str, status: int, **detail: object) -> bytes:
    said = {"eventId": event, "eventType": "591", "status": status, "srcIndex": NODE}
    said |= {"srcType": "camera", "happenTime": NOON.isoformat(), "data": {"parking": [detail]}}
    return json.dumps({"params": {"sendTime": NOON.isoformat(), "events": [said]}}).encode()


async def test_a_later_picture_that_leaves_out_the_zone_hangs_where_its_event_went(
    platform: Platform,
) -> None:
    """In iSecure Center the start of a rule has its region, the picture of it often has none."""
    for body in (
        in_isc("e-1", 1, regionID=1),
        in_isc("e-2", 1),
        in_isc("e-1", 5, imageUrl=f"http://127.0.0.1:{platform.port}/pic/1.jpg"),
    ):
        await platform.keep_as(body, "hik_isc")
    await platform.sorts()
    conditions = {row.zone: row.id for row in await platform.rows("alert_conditions")}
    assert set(conditions) == {"1", ""}
    (picture,) = await platform.rows("alert_pictures")
    assert picture.condition_id == conditions["1"]
    assert len(await platform.hung()) == 1
