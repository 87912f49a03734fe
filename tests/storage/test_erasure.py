"""Personal data can be erased; the record of what happened stays."""

from datetime import timedelta

from domain import commands as c
from domain.ids import CommandId, GridCode, IssueNumber, TextId
from domain.meeting import commands as m
from domain.meeting.words import MeetingState
from domain.vocabulary import IssueState, ItemOutcome
from storage.meetings.checks import MeetingChecks
from storage.people import People
from storage.queries import IssueFilter, Queries
from storage.session import Database, Session
from storage.texts import Texts
from tests.builders import NOON, OFFICER, SUPERVISOR, asked
from tests.domain.cast import LIFT
from tests.domain.meeting.life import CONVENOR, PARTIES, STREET, a_meeting, an_item
from tests.storage.sittings import NUMBER, recorded_life
from tests.storage.stories import born, born_in, recorded

LATER = NOON + timedelta(days=30)
REMARK = TextId("text:1")
SAID = {"here", "where", "minutes", "decision"}


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


async def removed(
    database: Database, name: TextId, number: str, command: c.Command
) -> tuple[int, int]:
    """How many texts are removed for a command that stands in the record, and for another."""
    async with database.begin() as session:
        texts = Texts(session)
        used = await texts.remove_unused([name], number, command.id)
        return used, await texts.remove_unused([name], number, CommandId("another"))


async def said(database: Database, name: TextId, number: IssueNumber) -> None:
    async with database.begin() as session:
        await Texts(session).put(name, number, OFFICER.subject, "…", NOON)


async def test_a_remark_nobody_refers_to_is_removed(database: Database) -> None:
    issue = await born_in(IssueState.HANDLING, database)
    used, unused = REMARK, TextId("text:2")
    note = asked(c.AddNote, OFFICER, text=used)
    for each in (used, unused):
        await said(database, each, issue.number)
    await recorded(database, issue.number, [note])
    assert await removed(database, used, issue.number, note) == (0, 0)
    assert await removed(database, unused, issue.number, note) == (0, 1)


async def test_the_place_of_a_meeting_that_was_called_is_not_removed(database: Database) -> None:
    """It stands in the payload of its event alone, as do positions and tasks."""
    issue = await born_in(IssueState.HANDLING, database)
    place = TextId("text:1/place")
    call = asked(c.ConveneMeeting, SUPERVISOR, text=REMARK, place=place)
    await said(database, place, issue.number)
    await recorded(database, issue.number, [call])
    assert await removed(database, place, issue.number, call) == (0, 1)


async def test_where_a_party_said_it_is_and_the_minutes_are_not_removed(
    database: Database,
) -> None:
    await shared_meeting(database)
    async with database.begin() as session:
        found = await MeetingChecks(session).events(NUMBER, 99)
        texts, ids = Texts(session), [TextId(each) for each in SAID]
        for event in found:
            assert await texts.remove_unused(ids, NUMBER, event.command_id) == 0
        assert await left(session) == SAID
        assert await texts.remove_unused(ids, NUMBER, CommandId("refused")) == 1
        assert await left(session) == SAID - {"where"}


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


async def shared_meeting(database: Database) -> tuple[IssueNumber, IssueNumber]:
    """Two issues on one agenda; every text hangs on the first, the decision is about it."""
    first, second = await born(database), await born(database)
    life = a_meeting(MeetingState.PROPOSED, an_item(first), an_item(second))
    here, where = TextId("here"), TextId("where")
    life.give(PARTIES[LIFT], m.ReportInToMeeting, text=here, position=where)
    life.report_in(*(PARTIES.keys() - {LIFT}))
    life.give(CONVENOR, m.OpenSitting)
    life.give(CONVENOR, m.AddMinutes, text=TextId("minutes"))
    ends = ItemOutcome.NOT_OURS
    life.give(CONVENOR, m.DecideItem, issue=first, outcome=ends, text=TextId("decision"))
    await recorded_life(database, life)
    async with database.begin() as session:
        for name in SAID:
            await Texts(session).put(TextId(name), first, OFFICER.subject, "…", NOON)
    return first, second


async def left(session: Session) -> set[str]:
    found = await Texts(session).many(map(TextId, SAID))
    return {each.id for each in found.values() if each.body is not None}


async def test_minutes_and_report_ins_go_with_any_issue_and_decisions_with_their_own(
    database: Database,
) -> None:
    _, second = await shared_meeting(database)
    async with database.begin() as session:
        texts = Texts(session)
        assert await texts.erase(second, LATER) == 1  # its description
        assert await left(session) == SAID
        assert await texts.erase_shared(second, LATER, (STREET,)) == 3
        assert await left(session) == {"decision"}
        assert await texts.count_shared(second) == 0


async def test_what_a_meeting_of_another_grid_said_stays_and_is_counted(
    database: Database,
) -> None:
    first, _ = await shared_meeting(database)
    async with database.begin() as session:
        texts = Texts(session)
        assert await texts.erase(first, LATER) == 2  # its description and its decision
        for grids in ((), (GridCode("yj"),), (GridCode(f"{STREET}.c1"),)):
            assert await texts.erase_shared(first, LATER, grids) == 0
        assert await texts.count_shared(first) == 3
        assert await left(session) == SAID - {"decision"}
