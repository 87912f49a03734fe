"""From a camera's message to the picture on its issue, drawn anew, with the real law."""

from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from domain.alert import AlertKind
from domain.alert_source import PictureHost
from domain.alerts.policy import AlertPolicy
from domain.ids import EvidenceId, IssueNumber, Subject
from domain.reference import ReferenceKind
from domain.vocabulary import Role
from intake.conditions import Conditions
from intake.fetching import Failed, Fetcher, Refused
from intake.photos import Photos
from intake.pictures.darkroom import Darkroom
from intake.pictures.of_alerts import MOST_ON_ISSUE, AlertAlbum
from intake.sorting import Sorter
from storage.alerts.pictures import MOST_OF_CONDITION
from storage.pictures.album import Album, Variant
from storage.pictures.repository import Pictures
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
    album = Album(desk.database, FrailObjects())
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
