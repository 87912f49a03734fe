"""Personal data can be erased; the record of what happened stays."""

from datetime import timedelta

from domain import commands as c
from domain.ids import TextId
from domain.meeting import commands as m
from domain.meeting.words import MeetingState
from domain.vocabulary import IssueState, ItemOutcome
from storage.people import People
from storage.queries import IssueFilter, Queries
from storage.session import Database
from storage.texts import Texts
from tests.builders import NOON, OFFICER, asked
from tests.domain.meeting.life import CONVENOR, a_meeting, an_item
from tests.storage.sittings import recorded_life
from tests.storage.stories import born, born_in, recorded

LATER = NOON + timedelta(days=30)
REMARK = TextId("text:1")


async def test_a_remark_is_kept_once_and_read_in_the_timeline(database: Database) -> None:
    issue = await born_in(IssueState.HANDLING, database)
    async with database.begin() as session:
        for body in ("修好了", "something else"):
            await Texts(session).put(REMARK, issue.number, OFFICER.subject, body, NOON)
    await recorded(database, issue.number, [asked(c.AddNote, OFFICER, text=REMARK)])
    async with database.read() as session:
        entry = (await Queries(session).timeline(issue.number, after_version=2))[0]
        known = await Texts(session).many([REMARK, TextId("none")])
    assert (entry.text, entry.details, entry.roles) == ("修好了", {}, OFFICER.roles)
    assert [each.body for each in known.values()] == ["修好了"]


async def test_a_remark_nobody_refers_to_is_removed(database: Database) -> None:
    issue = await born_in(IssueState.HANDLING, database)
    used, unused = REMARK, TextId("text:2")
    async with database.begin() as session:
        for each in (used, unused):
            await Texts(session).put(each, issue.number, OFFICER.subject, "…", NOON)
    await recorded(database, issue.number, [asked(c.AddNote, OFFICER, text=used)])
    async with database.begin() as session:
        texts = Texts(session)
        assert [await texts.remove_unused(each) for each in (used, unused)] == [False, True]


async def test_erased_texts_leave_the_timeline_in_place(database: Database) -> None:
    number = await born(database)
    async with database.begin() as session:
        assert await Texts(session).erase(number, LATER) == 1
        assert await Texts(session).erase(number, LATER) == 0
    async with database.read() as session:
        (entry,) = await Queries(session).timeline(number)
        detail = await Queries(session).issue(number)
    assert (entry.text, entry.text_erased_at) == (None, LATER)
    assert detail is not None
    assert (detail.description, detail.description_erased_at) == (None, LATER)


async def test_erased_texts_are_found_no_more(database: Database) -> None:
    number = await born(database)
    async with database.begin() as session:
        await Texts(session).erase(number, LATER)
        page = await Queries(session).issues(IssueFilter(text="井盖"), at=NOON)
    assert page.items == ()


async def test_who_reported_can_be_erased(database: Database) -> None:
    number = await born(database, reporter_name="阿依", reporter_address="三号楼")
    async with database.begin() as session:
        people = People(session)
        assert await people.erase_reporter(number, LATER)
        assert not await people.erase_reporter(number, LATER)
        reporter = await people.reporter(number)
    assert reporter is not None
    assert (reporter.name, reporter.address, reporter.erased_at) == (None, None, LATER)


async def test_minutes_go_with_any_issue_of_the_agenda_and_decisions_with_their_own(
    database: Database,
) -> None:
    first, second = await born(database), await born(database)
    life = a_meeting(MeetingState.DISCUSSING, an_item(first), an_item(second))
    minutes, decision = TextId("minutes"), TextId("decision")
    life.give(CONVENOR, m.AddMinutes, text=minutes)
    ends = ItemOutcome.NOT_OURS
    life.give(CONVENOR, m.DecideItem, issue=first, outcome=ends, text=decision)
    await recorded_life(database, life)
    async with database.begin() as session:
        texts = Texts(session)
        for each in (minutes, decision):
            await texts.put(each, first, OFFICER.subject, "…", NOON)
        await texts.erase(second, LATER)
        found = await texts.many([minutes, decision])
    assert {each.id: each.body for each in found.values()} == {minutes: None, decision: "…"}
