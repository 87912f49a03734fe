"""Rows of pictures under races: one step each, one count for each caller, nothing left over."""

import asyncio
from datetime import timedelta

import pytest
from obstore.store import MemoryStore
from sqlalchemy import text
from typing_extensions import override

from domain.ids import CommandId, EvidenceId, IssueNumber, Subject
from storage.births import BIRTH
from storage.pictures.album import Album, Variant
from storage.pictures.objects import StoredObjects
from storage.pictures.repository import Pictures, TooManyWaiting
from storage.pictures.views import Picture, PictureRole, Step, Upload
from storage.session import Database
from tests.builders import NOON
from tests.pictures.album import FrailObjects
from tests.storage.stories import born

WANG, LI = Subject("r.1"), Subject("r.2")
DAY = timedelta(days=1)


def an_upload(digit: str = "a", by: Subject = WANG, **changes: object) -> Upload:
    values = {
        "id": EvidenceId(digit * 32),
        "uploaded_by": by,
        "key": f"key-{digit}",
        "uploaded_at": NOON,
        "sha256": digit * 64,
        "original_bytes": 9,
        "width": 4,
        "height": 3,
    }
    return Upload(**{**values, **changes})  # type: ignore[arg-type]


def album(database: Database, objects: FrailObjects | None = None, waiting: int = 9) -> Album:
    return Album(database, objects or StoredObjects(MemoryStore()), waiting)


async def kept(database: Database, upload: Upload, objects: FrailObjects | None = None) -> Picture:
    return await album(database, objects).keep(upload, b"full", b"small")


def step(number: IssueNumber, command: str = "k1") -> Step:
    return Step(number=number, command=CommandId(command), role=PictureRole.AFTER)


async def claimed(database: Database, picture: EvidenceId, of: Step, by: Subject = WANG) -> bool:
    async with database.begin() as session:
        return bool(await Pictures(session).claim([picture], by, of, NOON))


async def test_one_of_two_steps_gets_a_picture(database: Database) -> None:
    number, picture = await born(database), await kept(database, an_upload())
    won = await asyncio.gather(
        *(claimed(database, picture.id, step(number, command)) for command in ("k1", "k2"))
    )
    assert sorted(won) == [False, True]


async def test_two_steps_with_the_same_pictures_in_other_orders_do_not_lock_up(
    database: Database,
) -> None:
    number = await born(database)
    ids = [(await kept(database, an_upload(digit))).id for digit in "abcdef"]

    async def claim(order: list[EvidenceId], command: str) -> int:
        async with database.begin() as session:
            return len(await Pictures(session).claim(order, WANG, step(number, command), NOON))

    for each in range(5):
        won = await asyncio.gather(claim(ids, f"k{each}"), claim(ids[::-1], f"l{each}"))
        assert sorted(won) == [0, 6]
        async with database.begin() as session:
            for command in (f"k{each}", f"l{each}"):
                await Pictures(session).release(step(number, command))


async def test_a_picture_without_pixels_is_nobodys_evidence(database: Database) -> None:
    number = await born(database)
    async with database.begin() as session:
        picture = await Pictures(session).add(an_upload(), 9)
    assert not await claimed(database, picture.id, step(number))
    whole = await kept(database, an_upload())
    assert whole.is_there
    assert not await claimed(database, picture.id, step(number), LI)
    assert await claimed(database, picture.id, step(number))


async def test_uploads_of_one_caller_are_counted_one_after_the_other(database: Database) -> None:
    small = album(database, waiting=3)
    outcomes = await asyncio.gather(
        *(small.keep(an_upload(digit), b"f", b"s") for digit in "abcdef"), return_exceptions=True
    )
    assert sum(isinstance(each, TooManyWaiting) for each in outcomes) == 3
    assert (await small.keep(an_upload("9", LI), b"f", b"s")).is_there


async def test_twins_of_an_upload_are_one_picture(database: Database) -> None:
    objects = FrailObjects()
    twins = [an_upload("a"), an_upload("b", key="key-a", sha256="a" * 64)]
    pictures = await asyncio.gather(*(kept(database, each, objects) for each in twins))
    assert pictures[0].id == pictures[1].id
    assert len(objects.names) == len(Variant)


async def test_what_nobody_uses_goes_after_a_day(database: Database) -> None:
    objects = FrailObjects()
    made = album(database, objects)
    picture = await kept(database, an_upload(), objects)
    assert await made.erase_unused(NOON, NOON + DAY, 10) == 0
    assert await made.erase_unused(NOON + DAY, NOON + DAY, 10) == 1
    assert await made.open(picture.id, Variant.FULL) is None
    assert not await claimed(database, picture.id, step(await born(database)))
    assert await made.remove_erased(NOON + DAY) == 1
    assert (objects.names, await made.known(WANG, "key-a")) == (set(), None)


async def test_a_step_that_never_was_recorded_keeps_no_picture(database: Database) -> None:
    objects, number = FrailObjects(), await born(database)
    made = album(database, objects)
    lost, used = [await kept(database, an_upload(digit), objects) for digit in "ab"]
    assert await claimed(database, lost.id, step(number))
    assert await claimed(database, used.id, step(number, BIRTH))
    assert await made.erase_unused(NOON + DAY, NOON + DAY, 10) == 1
    assert await made.remove_erased(NOON + DAY) == 1
    async with database.read() as session:
        assert [each.id for each in await Pictures(session).of_issue(number)] == [used.id]
    assert await made.erase_unused(NOON + DAY, NOON + DAY, 10) == 0


async def test_an_erased_picture_stays_on_record_without_its_pixels(database: Database) -> None:
    objects, number = FrailObjects(), await born(database)
    made = album(database, objects)
    picture = await kept(database, an_upload(), objects)
    await claimed(database, picture.id, step(number, BIRTH))
    async with database.begin() as session:
        assert await Pictures(session).erase(number, NOON) == 1
    assert [await made.remove_erased(NOON) for _ in "12"] == [1, 0]
    again = await kept(database, an_upload(), objects)
    assert (again.id, again.is_there, objects.names) == (picture.id, False, set())


async def test_pixels_that_come_after_the_erasure_do_not_stay(database: Database) -> None:
    objects = FrailObjects()

    class Slow(FrailObjects):
        @override
        async def put(self, name: str, content: bytes) -> None:
            await objects.put(name, content)
            await made.erase_unused(NOON + DAY, NOON + DAY, 10)
            await made.remove_erased(NOON + DAY)

        @override
        async def delete(self, name: str) -> None:
            await objects.delete(name)

    made = album(database, Slow())
    picture = await made.keep(an_upload(), b"full", b"small")
    assert (picture.stored_at, objects.names) == (None, set())


@pytest.mark.parametrize("command", ["k1", BIRTH])
async def test_only_what_was_not_recorded_is_released(database: Database, command: str) -> None:
    number, picture = await born(database), await kept(database, an_upload())
    await claimed(database, picture.id, step(number, command))
    async with database.begin() as session:
        await Pictures(session).release(step(number, command))
    is_free = await claimed(database, picture.id, step(number, "another"))
    assert is_free is (command != BIRTH)


async def test_a_picture_claimed_at_the_last_moment_is_not_erased(database: Database) -> None:
    number, picture = await born(database), await kept(database, an_upload())
    async with database.begin() as session:
        late = NOON + DAY
        assert await Pictures(session).claim([picture.id], WANG, step(number), late)
        erasing = asyncio.ensure_future(album(database).erase_unused(late, late, 10))
        await _waits_for_lock(database)
    assert await erasing == 0


async def _waits_for_lock(database: Database) -> None:
    """Returns once another session waits for a row of ours."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    async with asyncio.timeout(1.5):
        while True:
            async with database.read() as session:
                if (await session.execute(waiting)).scalar_one():
                    return
