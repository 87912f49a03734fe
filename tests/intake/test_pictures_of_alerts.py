"""From a camera's message to the picture on its issue, drawn anew, with the real law."""

from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio
from sqlalchemy import text

from domain.alert import AlertKind
from domain.alert_source import PictureHost
from domain.alerts.policy import AlertPolicy
from domain.alerts.words import Decision
from domain.ids import EvidenceId, IssueNumber, Subject
from domain.reference import ReferenceKind
from domain.vocabulary import Role
from intake.conditions import Conditions
from intake.fetching import Failed, Fetcher, Refused
from intake.photos import Photos
from intake.pictures.darkroom import Darkroom
from intake.pictures.of_alerts import MOST_ON_ISSUE, AlertAlbum
from intake.sorting import Sorter
from storage.alerts.pictures import MOST_OF_CONDITION, MOST_TRIED, AlertPictures
from storage.pictures.album import LOCKED, Album, Variant
from storage.pictures.repository import Pictures
from storage.pictures.views import Upload
from storage.session import Database
from tests.activities.desk import furnished
from tests.builders import NOON
from tests.intake.camera_desk import MAPPING, SOURCE, Desk
from tests.intake.test_fetching import Nvr, nvr
from tests.intake.test_photos import WithPictures, at
from tests.pictures.album import FrailObjects, a_photo_with_secrets

__all__ = ["nvr"]
ADAPTERS = {"plain": WithPictures()}


@pytest_asyncio.fixture(loop_scope="session")
async def desk(database: Database, nvr: Nvr) -> Desk:
    nvr.says("200 OK", a_photo_with_secrets())
    await furnished(database)
    desk = Desk(database)
    hosts = (PictureHost(scheme="http", host="127.0.0.1", port=nvr.port, path_prefix="/pic"),)
    await desk.write(ReferenceKind.ALERT_MAPPING, MAPPING, 0)
    await desk.write(ReferenceKind.ALERT_SOURCE, replace(SOURCE, pictures_from=hosts), 0)
    return desk


def photos(desk: Desk, album: Album) -> Photos:
    pictures = AlertAlbum(album, Darkroom())
    return Photos(desk.database, ADAPTERS, Fetcher(never=()), pictures, lambda: desk.now)


async def sort(desk: Desk, *words: str) -> None:
    await desk.keep(" ".join(words).encode(), at=desk.now)
    law = Conditions(desk.database, lambda: desk.now)
    await Sorter(desk.database, ADAPTERS, law, lambda: desk.now).drain()


async def issues(desk: Desk) -> list[IssueNumber]:
    rows = await desk.rows("issues")
    return [IssueNumber(row.number) for row in rows if row.source == Role.CAMERA]


async def test_pictures_hang_on_the_issue_of_their_condition(desk: Desk, nvr: Nvr) -> None:
    objects = FrailObjects()
    album = Album(desk.database, objects)
    for number in range(MOST_OF_CONDITION):
        await sort(desk, f"k{number}", at(nvr, f"/pic/{number}"), at(nvr, f"/pic/{number}b"))
        desk.now += timedelta(minutes=2)
    (issue,) = await issues(desk)
    one = photos(desk, album)
    assert await one.get_due() == MOST_OF_CONDITION
    assert await one.hang_due() == MOST_OF_CONDITION
    assert await one.hang_due() == 0
    async with desk.database.read() as session:
        hung = await Pictures(session).of_issue(issue)
    assert [(each.version, each.uploaded_by) for each in hung] == [
        (0, "source:box")
    ] * MOST_ON_ISSUE
    pixels = await album.open(hung[0].id, Variant.FULL)
    assert pixels is not None
    content = b"".join([each async for each in pixels])
    assert content.startswith(b"\xff\xd8\xff")
    assert b"flat 302" not in content
    assert b"Exif" not in content
    assert objects.names
    assert all(name.endswith(LOCKED) for name in objects.names)


async def test_a_picture_waits_for_the_issue_to_be_born(desk: Desk, nvr: Nvr) -> None:
    album = Album(desk.database, FrailObjects())
    policy = AlertPolicy(code="p", kind=AlertKind.ILLEGAL_PARKING, debounce=timedelta(minutes=5))
    await desk.write(ReferenceKind.ALERT_POLICY, policy, 0)
    await sort(desk, "a", at(nvr))
    one = photos(desk, album)
    assert (await one.get_due(), await one.hang_due(), await issues(desk)) == (1, 0, [])
    desk.now += timedelta(minutes=6)
    await sort(desk, "b")
    assert len(await issues(desk)) == 1
    assert await one.hang_due() == 1


async def unerased(desk: Desk) -> int:
    """How many pictures take room in the store."""
    async with desk.database.read() as session:
        found = await session.execute(
            text("SELECT count(*) FROM pictures WHERE erased_at IS NULL AND settled_at IS NULL")
        )
    return int(found.scalar_one())


async def test_a_picture_that_its_issue_has_no_room_for_is_erased(desk: Desk, nvr: Nvr) -> None:
    await sort(desk, "a", *(at(nvr, f"/pic/{each}") for each in range(MOST_OF_CONDITION)))
    one = photos(desk, Album(desk.database, FrailObjects()))
    await one.get_due()
    assert await unerased(desk) == MOST_OF_CONDITION
    async with desk.database.begin() as session:
        due = await AlertPictures(session).to_hang(NOON - timedelta(hours=1), 10)
        pictures = AlertAlbum(Album(desk.database, FrailObjects()), Darkroom())
        more = Upload(
            id=EvidenceId("f" * 32),
            uploaded_by=Subject("source:box"),
            key="more",
            uploaded_at=NOON,
            sha256="0" * 64,
            original_bytes=1,
            width=1,
            height=1,
        )
        await Pictures(session).add(more, 10)
        await Pictures(session).mark_stored(more.id, NOON)
        for each in (*due, replace(due[0], picture=more.id)):
            await pictures.hang(session, Subject("source:box"), each, NOON)
    assert await unerased(desk) == 0


async def test_what_nobody_is_bothered_with_has_no_pictures_got(desk: Desk, nvr: Nvr) -> None:
    policy = AlertPolicy(code="p", kind=AlertKind.ILLEGAL_PARKING, when_unsaid=Decision.LOG)
    await desk.write(ReferenceKind.ALERT_POLICY, policy, 0)
    await sort(desk, "a", at(nvr))
    assert await photos(desk, Album(desk.database, FrailObjects())).get_due() == 0
    await desk.write(ReferenceKind.ALERT_POLICY, replace(policy, when_unsaid=Decision.REVIEW), 1)
    desk.now += timedelta(minutes=1)
    await sort(desk, "b", at(nvr))
    assert await photos(desk, Album(desk.database, FrailObjects())).get_due() == 1


async def test_pictures_make_room_when_no_issue_came_of_them(desk: Desk, nvr: Nvr) -> None:
    policy = AlertPolicy(
        code="p", kind=AlertKind.ILLEGAL_PARKING, debounce=timedelta(minutes=5), least_sightings=2
    )
    await desk.write(ReferenceKind.ALERT_POLICY, policy, 0)
    await sort(desk, "a", at(nvr))
    one = photos(desk, Album(desk.database, FrailObjects()))
    await one.get_due()
    assert (await one.discard_due(), await unerased(desk)) == (0, 1)
    desk.now += timedelta(hours=2)
    law = Conditions(desk.database, lambda: desk.now)
    while await law.pass_time(desk.now):
        continue
    assert (await one.discard_due(), await unerased(desk), await issues(desk)) == (1, 0, [])
    assert await one.discard_due() == 0


async def test_pictures_that_cannot_be_had_leave_room_for_later_ones(desk: Desk, nvr: Nvr) -> None:
    one = photos(desk, Album(desk.database, FrailObjects()))

    async def states_after(key: str, path: str) -> list[str]:
        await sort(desk, key, at(nvr, path))
        await one.get_due()
        return [row.state for row in await desk.rows("alert_pictures")]

    for number in range(MOST_OF_CONDITION):
        await states_after(f"bad{number}", "/elsewhere")
    had = await states_after("good", "/pic/1")
    assert had == [*["refused"] * MOST_OF_CONDITION, "stored"]
    for number in range(MOST_TRIED):
        had = await states_after(f"worse{number}", "/elsewhere")
    assert len(had) == MOST_TRIED


async def test_the_same_picture_is_kept_once_and_no_picture_is_refused(database: Database) -> None:
    objects = FrailObjects()
    album = AlertAlbum(Album(database, objects), Darkroom())
    by, picture = Subject("source:box"), a_photo_with_secrets()
    ids: set[EvidenceId] = {await album.keep(by, "k", picture, NOON) for _ in "12"}
    assert len(ids) == 1
    with pytest.raises(Refused, match="not_a_picture"):
        await album.keep(by, "other", b"\xff\xd8\xff no", NOON)
    objects.is_away = True
    with pytest.raises(Failed, match="ObjectsUnreachable"):
        await album.keep(by, "later", picture, NOON)
