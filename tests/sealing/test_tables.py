"""In the tables lies nothing that anybody said; what was tampered with is missed, and told."""

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from domain.ids import IssueNumber, Subject, TextId
from domain.position import Point, Position, System
from domain.reference import ReferenceKind, Staff
from storage.filters import IssueFilter
from storage.people import People
from storage.queries import Queries
from storage.reference import ReferenceRepository
from storage.sealing import seals
from storage.session import Database
from storage.texts import Texts
from tests.builders import NOON, OFFICER, POLICE
from tests.sealing.dump import dumped
from tests.sealing.rings import RING
from tests.storage.stories import born

NAME, PHONE, ADDRESS, WORDS = "王小明", "13812345678", "幸福里3栋401", "水管爆了，请快来"
REMARK, STAFF_NAME = "已联系王小明", "李四四"
SAID = (NAME, PHONE, ADDRESS, WORDS, WORDS[:4], REMARK, STAFF_NAME, "26.901234", "102.904321")
PLACE = Position(
    wgs84=Point(lat=26.9012345, lon=102.9043219),
    gcj02=Point(lat=26.8989123, lon=102.9061234),
    said_in=System.WGS84,
)


async def everything(database: Database) -> IssueNumber:
    number = await born(
        database,
        description=WORDS,
        reporter_name=NAME,
        reporter_phone=PHONE,
        reporter_address=ADDRESS,
        position=PLACE,
    )
    async with database.begin() as session:
        await Texts(session).put(TextId("r1"), number, OFFICER.subject, REMARK, NOON)
        await Texts(session).put(TextId("r2"), number, OFFICER.subject, "好的", NOON)
        staff = Staff(code=Subject("s.1"), department=POLICE, name=STAFF_NAME)
        await ReferenceRepository(session).write(
            ReferenceKind.STAFF, "s.1", staff, expected_version=0, actor=Subject("a"), at=NOON
        )
    return number


async def test_a_dump_says_nothing_and_reading_says_all(database: Database) -> None:
    number = await everything(database)
    lines = await dumped(database)
    assert number in lines
    assert [each for each in SAID if each in lines] == []
    async with database.read() as session:
        detail = await Queries(session).issue(number)
        reporter = await People(session).reporter(number)
        staff = await ReferenceRepository(session).current(ReferenceKind.STAFF, "s.1")
        remarks = await Texts(session).many([TextId("r1"), TextId("r2")])
    assert detail is not None
    assert (detail.description, detail.position) == (WORDS, PLACE)
    assert reporter is not None
    assert (reporter.name, reporter.phone, reporter.address) == (NAME, PHONE, ADDRESS)
    assert staff is not None
    assert staff.body.name == STAFF_NAME
    assert [each.body for each in remarks.values()] == [REMARK, "好的"]


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE texts SET body_sealed = (SELECT body_sealed FROM texts WHERE id = 'r2')"
        " WHERE id = 'r1'",
        "UPDATE texts SET body_sealed = set_byte(body_sealed, 40, get_byte(body_sealed, 40) # 1)"
        " WHERE id = 'r1'",
        r"UPDATE texts SET body_sealed = '\x01' WHERE id = 'r1'",
        r"UPDATE texts SET body_sealed = overlay(body_sealed PLACING '\x00ffffff'::bytea FROM 2)"
        " WHERE id = 'r1'",
    ],
    ids=["moved", "changed", "cut", "of no key"],
)
async def test_what_was_tampered_with_is_missing_and_the_rest_is_shown(
    database: Database, tampering: str
) -> None:
    await everything(database)
    async with database.begin() as session:
        await session.execute(text(tampering))
    with capture_logs() as logs:
        async with database.read() as session:
            remarks = await Texts(session).many([TextId("r1"), TextId("r2")])
    assert {key: each.body for key, each in remarks.items()} == {"r1": None, "r2": "好的"}
    (told,) = logs
    assert (told["event"], told["table"], told["row"]) == ("sealed_value_unopenable", "texts", "r1")
    assert told["why"] in {"tampered", "malformed", "unknown_key"}
    assert REMARK not in str(logs)


async def test_a_name_does_not_open_as_an_address_or_for_another(database: Database) -> None:
    first, second = await everything(database), await born(database, reporter_name="赵六")
    async with database.begin() as session:
        await session.execute(text("UPDATE reporters SET address_sealed = name_sealed"))
        await session.execute(
            text(
                "UPDATE reporters SET name_sealed = (SELECT name_sealed FROM reporters"
                f" WHERE issue_number = '{first}') WHERE issue_number = '{second}'"
            )
        )
    async with database.read() as session:
        mine = await People(session).reporter(first)
        other = await People(session).reporter(second)
    assert mine is not None
    assert (mine.name, mine.address) == (NAME, None)
    assert other is not None
    assert other.name is None


async def test_erasing_takes_the_seals_and_what_they_are_found_by(database: Database) -> None:
    number = await everything(database)
    async with database.begin() as session:
        await Texts(session).erase(number, NOON)
        await People(session).erase_reporter(number, NOON)
        await People(session).erase_position(number, NOON)
        assert await People(session).erase_staff_name(Subject("s.1")) == 1
        for table, columns in (
            ("texts", "body_sealed, grams"),
            ("reporters", "name_sealed, phone_sealed, address_sealed, phone_hash"),
            ("positions", "exact_sealed"),
            ("reference_entries", "name_sealed"),
        ):
            left = f"SELECT count(*) FROM {table} WHERE num_nonnulls({columns}) > 0"
            assert (await session.execute(text(left))).scalar_one() == 0, table


async def test_words_are_found_by_their_hashes_alone(database: Database) -> None:
    number = await everything(database)
    await born(database, description="水的管子爆炸了")
    for words, found in (("水管爆", [number]), ("水管了", []), ("爆", [2, 1]), ("％", [])):
        async with database.read() as session:
            page = await Queries(session).issues(IssueFilter(text=words), at=NOON)
        assert len(page.items) == len(found), words


async def test_without_a_ring_nothing_personal_is_written(database_url: str) -> None:
    ringless = Database(database_url)
    with pytest.raises(seals.NoKeys):
        await born(ringless)
    await ringless.close()


async def test_each_month_has_its_key_and_all_of_them_open(
    database: Database, database_url: str
) -> None:
    before = await born(database, reporter_name=NAME)
    later = Database(database_url, ring=RING, now=lambda: NOON.replace(year=2031))
    after = await born(later, reporter_name="赵六")
    async with later.read() as session:
        first, second = [await People(session).reporter(each) for each in (before, after)]
        months = await session.execute(
            text("SELECT period FROM data_keys WHERE purpose = 'seal' ORDER BY id")
        )
        assert months.scalars().all()[-1] == "2031-11"
    async with database.read() as session:  # met a key that it had not known
        same = await People(session).reporter(after)
    await later.close()
    assert first is not None
    assert second is not None
    assert (first.name, second.name) == (NAME, "赵六")
    assert same == second
