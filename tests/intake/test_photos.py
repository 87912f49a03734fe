"""Pictures of alerts come after the alerts; what cannot be had is tried again, then given up."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest_asyncio
from typing_extensions import override

from domain.alert import PictureOf
from domain.alert_source import PictureHost
from domain.ids import EvidenceId, Subject
from domain.reference import ReferenceKind
from intake.adapters.contract import RawMessage, Reading, SourceView
from intake.fetching import Failed, Fetcher, Refused
from intake.photos import Photos
from intake.sorting import Sorter
from storage.alerts.pictures import LEASE, AlertPictures, Hanging
from storage.session import AnyRow, Database, Session
from tests.intake.camera_desk import MAPPING, SOURCE, Desk, Plain, an_alert
from tests.intake.test_fetching import JPEG, Nvr, nvr

__all__ = ["nvr"]


class WithPictures(Plain):
    """`{"key": ..., "at": url}`, or a picture within when there is no `at`."""

    @override
    def read(self, message: RawMessage, source: SourceView) -> Reading:
        told = message.body.decode().split()
        pictures = tuple(
            PictureOf(inline=JPEG) if each == "inline" else PictureOf(url=each) for each in told[1:]
        )
        return Reading(alerts=(an_alert(told[0], pictures=pictures),))


@dataclass
class Shelf:
    """Keeps pictures in a dictionary, or says why not."""

    kept: dict[str, bytes] = field(default_factory=dict)
    hung: list[Hanging] = field(default_factory=list)
    trouble: Exception | None = None

    async def keep(self, by: Subject, key: str, content: bytes, at: datetime) -> EvidenceId:
        assert by == "source:box"
        if self.trouble is not None:
            raise self.trouble
        self.kept[key] = content
        return EvidenceId(f"e-{key}")

    async def hang(self, session: Session, by: Subject, hanging: Hanging, at: datetime) -> None:
        self.hung.append(hanging)

    async def discard(
        self, session: Session, by: Subject, picture: EvidenceId, at: datetime
    ) -> None:
        self.kept.pop(picture.removeprefix("e-"))


@dataclass
class Room:
    """A desk with somebody who gets the pictures."""

    desk: Desk
    shelf: Shelf = field(default_factory=Shelf)
    fetcher: Fetcher = field(default_factory=lambda: Fetcher(never=(), seconds=2.0))
    reader: Plain = field(default_factory=WithPictures)
    """Reads the message once more, for the pictures within."""

    async def sent(self, *words: str) -> None:
        await self.desk.keep(" ".join(words).encode())
        adapters = {"plain": WithPictures()}
        desk = self.desk
        await Sorter(desk.database, adapters, desk.conditions, lambda: desk.now).drain()

    def photos(self) -> Photos:
        adapters = {"plain": self.reader}
        desk = self.desk
        return Photos(desk.database, adapters, self.fetcher, self.shelf, lambda: desk.now)

    async def rows(self) -> list[AnyRow]:
        return await self.desk.rows("alert_pictures")

    async def states(self) -> list[tuple[str, str | None]]:
        return [(row.state, row.error) for row in await self.rows()]


@pytest_asyncio.fixture(loop_scope="session")
async def room(database: Database, nvr: Nvr) -> Room:
    desk = Desk(database)
    hosts = (PictureHost(scheme="http", host="127.0.0.1", port=nvr.port, path_prefix="/pic"),)
    await desk.write(ReferenceKind.ALERT_MAPPING, MAPPING, 0)
    await desk.write(ReferenceKind.ALERT_SOURCE, replace(SOURCE, pictures_from=hosts), 0)
    return Room(desk)


def at(nvr: Nvr, path: str = "/pic/1") -> str:
    return f"http://127.0.0.1:{nvr.port}{path}"


async def test_pictures_are_got_from_address_and_message(room: Room, nvr: Nvr) -> None:
    await room.sent("a", at(nvr), "inline")
    assert await room.photos().get_due() == 2
    assert list(room.shelf.kept.values()) == [JPEG, JPEG]
    assert {row.picture for row in await room.rows()} == {f"e-{key}" for key in room.shelf.kept}
    assert await room.photos().get_due() == 0
    assert len(nvr.asked) == 1


async def test_the_alert_does_not_wait_for_its_picture(room: Room, nvr: Nvr) -> None:
    nvr.answer = b"..."
    await room.sent("a", at(nvr))
    assert room.desk.conditions.names == ["a"]
    assert nvr.asked == []


async def test_a_forbidden_picture_costs_the_picture_only(room: Room, nvr: Nvr) -> None:
    await room.sent("a", at(nvr, "/admin"), at(nvr))
    await room.photos().get_due()
    assert [state for state, _ in await room.states()] == ["refused", "stored"]
    assert (await room.states())[0][1] == "address_not_allowed"
    assert room.desk.conditions.names == ["a"]


async def test_an_address_that_cannot_be_kept_costs_the_picture_only(room: Room, nvr: Nvr) -> None:
    await room.sent("a", at(nvr, "/pic/" + "x" * 2_000), at(nvr))
    await room.photos().get_due()
    assert [state for state, _ in await room.states()] == ["stored"]
    assert await room.desk.states() == ["sorted"]


async def test_what_fails_is_tried_again_and_given_up_in_the_end(room: Room, nvr: Nvr) -> None:
    nvr.says("503 Busy")
    await room.sent("a", at(nvr))
    for _ in range(10):
        await room.photos().get_due()
        room.desk.now += timedelta(hours=1)
    assert len(nvr.asked) == 5
    assert await room.states() == [("failed", "status_503")]


async def test_a_late_picture_is_got(room: Room, nvr: Nvr) -> None:
    nvr.says("404 Not yet")
    await room.sent("a", at(nvr))
    await room.photos().get_due()
    assert await room.photos().get_due() == 0
    nvr.says("200 OK")
    room.desk.now += timedelta(seconds=10)
    await room.photos().get_due()
    assert [state for state, _ in await room.states()] == ["stored"]


async def test_what_the_store_will_not_take_is_refused_or_tried_again(room: Room, nvr: Nvr) -> None:
    await room.sent("a", at(nvr))
    room.shelf.trouble = Failed("disk_full")
    await room.photos().get_due()
    assert await room.states() == [("pending", "disk_full")]
    room.shelf.trouble = Refused("too_many_pixels")
    room.desk.now += timedelta(minutes=1)
    await room.photos().get_due()
    assert await room.states() == [("refused", "too_many_pixels")]


class WithoutPictures(Plain):
    """As an adapter of a later release may read the same message."""

    @override
    def read(self, message: RawMessage, source: SourceView) -> Reading:
        return Reading(alerts=(an_alert(message.body.decode().split()[0]),))


async def test_a_message_that_reads_differently_by_now_costs_the_picture_only(room: Room) -> None:
    await room.sent("a", "inline")
    room.reader = WithoutPictures()
    await room.photos().get_due()
    assert await room.states() == [("refused", "message_reads_differently")]


async def test_a_picture_that_breaks_what_draws_it_stops_no_other(room: Room, nvr: Nvr) -> None:
    await room.sent("a", at(nvr))
    room.shelf.trouble = MemoryError()
    await room.photos().get_due()
    assert await room.states() == [("pending", "MemoryError")]
    for _ in range(10):
        room.desk.now += timedelta(hours=1)
        await room.photos().get_due()
    assert await room.states() == [("failed", "MemoryError")]


async def test_a_picture_that_kills_its_worker_each_time_is_given_up(room: Room, nvr: Nvr) -> None:
    await room.sent("a", at(nvr))
    for _ in range(8):
        async with room.desk.database.begin() as session:
            assert len(await AlertPictures(session).due(room.desk.now, 1)) == 1
        room.desk.now += LEASE
    await room.photos().get_due()
    assert (await room.states(), nvr.asked) == ([("failed", "given_up")], [])


async def test_only_accepted_alerts_have_their_pictures_got(room: Room, nvr: Nvr) -> None:
    await room.sent("a", at(nvr))
    await room.sent("a", at(nvr))
    assert len(await room.rows()) == 1
    await room.desk.write(ReferenceKind.ALERT_SOURCE, replace(SOURCE, cameras=()), 1)
    await room.sent("b", at(nvr))
    assert len(await room.rows()) == 1


async def test_two_at_once_get_each_picture_once(room: Room, nvr: Nvr) -> None:
    await room.sent("a", *[at(nvr, f"/pic/{each}") for each in range(12)])
    tried = await asyncio.gather(*(room.photos().get_due() for _ in range(3)))
    assert (sum(tried), len(nvr.asked)) == (12, 12)
