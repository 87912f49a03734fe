"""All that is kept of one person is handed over to them, or goes; nobody else's does."""

import pytest
from sqlalchemy import text

from domain.ids import GridCode, IssueNumber, Subject, TextId
from domain.vocabulary import IssueState, Role, Satisfaction
from storage import persons, persons_kept
from storage.followers import Followers
from storage.people import People
from storage.persons import Gone, Persons
from storage.persons_kept import Kept
from storage.persons_traces import Whom
from storage.pictures.repository import Pictures
from storage.session import Database
from storage.texts import Texts
from tests.builders import COUNTY, NOON, OFFICER, RESIDENT
from tests.storage.stories import born, born_in
from tests.storage.test_blanking import marked_closed
from tests.storage.test_pictures import an_upload, kept, step

WANG = {"reporter_name": "王女士", "reporter_phone": "13800000000"}
ELSEWHERE = GridCode("yj.kn")
ME, LI = RESIDENT.subject, Subject("r.2")


async def all_of(
    database: Database, subject: Subject = ME, grids: tuple[GridCode, ...] | None = None
) -> Kept:
    async with database.read() as session:
        return await Persons(session).kept(Whom(subject=subject), grids)


async def erased(
    database: Database, subject: Subject = ME, grids: tuple[GridCode, ...] = (COUNTY,)
) -> Gone:
    async with database.begin() as session:
        return await Persons(session).erase(Whom(subject=subject), NOON, grids)


async def wrote(database: Database, number: IssueNumber, name: str, author: Subject) -> None:
    async with database.begin() as session:
        await Texts(session).put(TextId(name), number, author, f"{name} {author}", NOON)


async def test_everything_of_a_person_is_handed_over(database: Database) -> None:
    mine = await born(database, **WANG)
    for_me = await born(database, raised_by=OFFICER.subject, source=Role.STAFF, resident=ME)
    hers = await born(database, raised_by=LI)
    await wrote(database, hers, "remark", ME)
    await wrote(database, mine, "answer", LI)
    picture = await kept(database, an_upload(by=ME))
    async with database.begin() as session:
        await Followers(session).follow(hers, ME, NOON)
    found = await all_of(database)
    assert {each.number for each in found.issues} == {mine, for_me}
    reporter = next(each.reporter for each in found.issues if each.number == mine)
    assert reporter is not None
    assert (reporter.name, reporter.phone) == ("王女士", "13800000000")
    assert {(each.number, each.body) for each in found.texts} == {
        (mine, "井盖没了"),
        (hers, f"remark {ME}"),
    }
    assert [each.id for each in found.pictures] == [picture.id]
    assert (found.follows, found.is_whole) == ((hers,), True)


async def test_what_staff_raise_in_their_office_is_not_about_them(database: Database) -> None:
    await born(database, raised_by=OFFICER.subject, source=Role.STAFF)
    assert (await all_of(database, OFFICER.subject)).issues == ()


async def test_an_administrator_sees_no_more_than_their_grids(database: Database) -> None:
    await born(database)
    assert (await all_of(database, grids=(ELSEWHERE,))).issues == ()
    assert len((await all_of(database, grids=(COUNTY,))).issues) == 1


async def test_a_limit_is_told(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(persons_kept, "MOST_ISSUES", 1)
    for _ in range(2):
        await born(database)
    found = await all_of(database)
    assert (len(found.issues), found.is_whole) == (1, False)


async def test_an_erased_person_is_found_no_more(database: Database) -> None:
    closed = (await born_in(IssueState.CLOSED, database, **WANG)).number
    hers = await born(database, raised_by=LI, **WANG)
    await marked_closed(database, hers)
    await wrote(database, hers, "remark", ME)
    await wrote(database, hers, "other", LI)
    unused = await kept(database, an_upload("b", by=ME))
    shown = await kept(database, an_upload("c", by=ME))
    async with database.begin() as session:
        await Pictures(session).claim([shown.id], ME, step(hers), NOON)
    gone = await erased(database)
    assert (gone.issues, gone.pictures, gone.still_open, gone.more) == (1, 2, (), 0)
    left = await all_of(database)
    assert [(each.number, each.reporter and each.reporter.name) for each in left.issues] == [
        (closed, None)
    ]
    assert (left.texts, left.pictures) == ((), ())
    assert {each.body for each in (await all_of(database, LI)).texts} == {
        "井盖没了",
        f"other {LI}",
    }
    async with database.read() as session:
        others = await People(session).reporter(hers)
        assert await Pictures(session).by_id(unused.id) is not None
    assert others is not None
    assert others.name == "王女士"
    assert (await erased(database)).issues == 0


async def test_what_is_open_is_named_and_stays(database: Database) -> None:
    waiting = (await born_in(IssueState.HANDLING, database, **WANG)).number
    gone = await erased(database)
    assert (gone.issues, gone.still_open) == (0, (waiting,))
    assert [each.body for each in (await all_of(database)).texts] == ["井盖没了"]


async def test_what_lies_in_others_grids_is_theirs_to_erase(database: Database) -> None:
    await born_in(IssueState.CLOSED, database, **WANG)
    gone = await erased(database, grids=(ELSEWHERE,))
    assert (gone.issues, gone.texts, gone.beyond_scope) == (0, 0, 1)


async def test_one_request_erases_so_many(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(persons, "MOST_ERASED", 2)
    for _ in range(3):
        await born_in(IssueState.CLOSED, database)
    rounds = [await erased(database) for _ in range(2)]
    assert [(each.issues, each.more) for each in rounds] == [(2, 1), (1, 0)]


async def test_who_left_a_phone_is_found_by_it_however_it_is_written(database: Database) -> None:
    hers = (await born_in(IssueState.CLOSED, database, **WANG)).number
    await born_in(IssueState.CLOSED, database, reporter_phone="13900000000")
    whom = Whom(phone="+86 138-0000-0000")
    async with database.begin() as session:
        kept = await Persons(session).kept(whom, (COUNTY,))
        assert [each.number for each in kept.issues] == [hers]
        assert [each.body for each in kept.texts] == ["井盖没了"]
        gone = await Persons(session).erase(whom, NOON, (COUNTY,))
        assert (gone.issues, gone.texts) == (1, 1)
        assert (await Persons(session).kept(whom, (COUNTY,))).issues == ()


async def test_who_is_erased_follows_nothing_and_counts_as_before(database: Database) -> None:
    over, running = [await born(database, raised_by=LI) for _ in "12"]
    await marked_closed(database, over)
    async with database.begin() as session:
        followers = Followers(session)
        for number in (over, running):
            await followers.follow(number, ME, NOON)
            await followers.follow(number, Subject("r.3"), NOON)
        await followers.evaluate(over, ME, Satisfaction.SATISFIED, solved=True, at=NOON)
    await erased(database)
    async with database.read() as session:
        followers = Followers(session)
        told = [await followers.of(number) for number in (over, running)]
        counts = [await followers.count_of(number) for number in (over, running)]
        words = await followers.words(over)
    assert told == [("r.3",)] * 2
    assert (counts, words) == ([2, 1], {Satisfaction.SATISFIED: 1})
    assert (await all_of(database)).follows == ()


async def test_who_is_erased_elsewhere_follows_here(database: Database) -> None:
    number = await born(database, raised_by=LI)
    async with database.begin() as session:
        await Followers(session).follow(number, ME, NOON)
    await erased(database, grids=(ELSEWHERE,))
    assert (await all_of(database)).follows == (number,)


async def test_what_does_not_open_is_told(database: Database) -> None:
    await born(database, **WANG)
    assert (await all_of(database)).is_whole
    async with database.begin() as session:
        await session.execute(text("UPDATE reporters SET name_sealed = phone_sealed"))
    found = await all_of(database)
    assert ([each.reporter and each.reporter.name for each in found.issues], found.is_whole) == (
        [None],
        False,
    )


async def test_subject_and_phone_find_one_person_together(database: Database) -> None:
    by_phone = await born(database, raised_by=LI, **WANG)
    await marked_closed(database, by_phone)
    by_subject = (await born_in(IssueState.CLOSED, database)).number
    whom = Whom(subject=ME, phone="13800000000")
    async with database.begin() as session:
        kept = await Persons(session).kept(whom, (COUNTY,))
        gone = await Persons(session).erase(whom, NOON, (COUNTY,))
    assert {each.number for each in kept.issues} == {by_phone, by_subject}
    assert (gone.issues, gone.within_scope) == (2, 2)
