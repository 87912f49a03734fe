"""Marked words on every way in: none of them lies in a table, an object or a line of a log."""

from http import HTTPStatus

from fastapi import FastAPI
from structlog.testing import capture_logs

from domain.vocabulary import IssueState
from intake.adapters.registry import ADAPTERS
from intake.sorting import Sorter
from storage.session import Database
from tests.api.cameras import Box, an_event, source_made, token_of
from tests.api.gallery import look, shown, uploaded
from tests.api.town import ADMINISTRATOR, Town
from tests.builders import DISPATCHER, NOON, OFFICER, POLICE, RESIDENT
from tests.intake.recording import Recording
from tests.pictures.album import FrailObjects, a_jpeg
from tests.sealing.dump import dumped
from tests.storage.stories import born_in

NAME, PHONE, ADDRESS = "欧阳铁柱", "13987654321", "槐花里9栋301"
WHISTLE, REMARK, PLATE, OFFICER_NAME = (
    "阳台漏水漏到欧阳家",
    "电话里说下午在家",
    "粤A·Z9Q81",
    "司马如风",
)
MARKED = (NAME, PHONE, ADDRESS, WHISTLE, REMARK, PLATE, OFFICER_NAME)
JPEG = b"\xff\xd8\xff"


async def everything_said(town: Town, app: FastAPI, database: Database) -> str:
    """By residents, staff, administrators and cameras; the number of the resident's issue."""
    reporter = {"name": NAME, "phone": PHONE, "address": ADDRESS}
    pictures = [await uploaded(town, RESIDENT)]
    number = await town.raised(RESIDENT, description=WHISTLE, reporter=reporter, pictures=pictures)
    handled = await born_in(IssueState.HANDLING, database)
    note = {"text": REMARK, "pictures": [await uploaded(town, OFFICER)]}
    answer = await town.post(OFFICER, f"/issues/{handled.number}/note", note)
    assert answer.status_code == HTTPStatus.OK, answer.text
    staff = {"entry": {"department": POLICE, "name": OFFICER_NAME}}
    answer = await town.post(ADMINISTRATOR, "/reference/staff/s.77", staff)
    assert answer.status_code == HTTPStatus.OK, answer.text
    await source_made(town)
    box = Box(app, (await token_of(town))["address"])
    assert (await box.send(an_event(data={"note": PLATE}))).status_code == HTTPStatus.ACCEPTED
    assert await Sorter(database, ADAPTERS, Recording(), lambda: NOON).drain()
    return number


async def test_what_was_said_lies_nowhere_and_is_read_by_who_may(
    town: Town, app: FastAPI, database: Database, objects: FrailObjects
) -> None:
    with capture_logs() as logs:
        number = await everything_said(town, app, database)
        lines = await dumped(database)
        assert number in lines
        assert [each for each in MARKED if each in lines or each in str(logs)] == []
        for name in objects.names:
            assert JPEG not in await content_of(objects, name), name
        assert len(objects.names) == 4
        (picture,) = await shown(town, RESIDENT, number)
        seen = await look(town, picture["links"]["full"])
        assert seen.content.startswith(JPEG)
        reporter = (await town.get(DISPATCHER, f"/issues/{number}/reporter")).json()
        assert (reporter["name"], reporter["phone"]) == (NAME, PHONE)
    assert [each for each in MARKED if each in str(logs)] == []


async def test_a_picture_that_was_changed_or_moved_is_not_shown(
    town: Town, objects: FrailObjects
) -> None:
    pictures = [await uploaded(town, RESIDENT) for _ in "12"]
    number = await town.raised(RESIDENT, pictures=pictures)
    first, second = await shown(town, RESIDENT, number)
    mine, other = (_named(objects, each["id"], "full") for each in (first, second))
    thumbnail = _named(objects, first["id"], "thumbnail")
    good = await content_of(objects, mine)
    changed = good[:-1] + bytes([good[-1] ^ 1])
    for bad in (changed, await content_of(objects, other), await content_of(objects, thumbnail)):
        await objects.put(mine, bad)
        with capture_logs() as logs:
            assert (await look(town, first["links"]["full"])).status_code == HTTPStatus.NOT_FOUND
        assert "object_unopenable" in [each["event"] for each in logs]
    await objects.put(mine, a_jpeg())
    assert (await look(town, first["links"]["full"])).status_code == HTTPStatus.NOT_FOUND
    await objects.put(mine, good)
    assert (await look(town, first["links"]["full"])).content.startswith(JPEG)


def _named(objects: FrailObjects, picture: str, variant: str) -> str:
    (name,) = (each for each in objects.names if picture in each and variant in each)
    return name


async def content_of(objects: FrailObjects, name: str) -> bytes:
    pieces = await objects.get(name)
    assert pieces is not None
    return b"".join([piece async for piece in pieces])
