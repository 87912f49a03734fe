"""What a council would talk about, read from real reference data and issues."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from structlog.testing import capture_logs
from temporalio.testing import ActivityEnvironment

from activities.contracts import CouncilDue
from activities.councils import Councils
from domain.ids import CategoryCode, GridCode, Subject
from domain.meeting import commands as m
from domain.meeting.convening import Summons
from domain.meeting.policy import CouncilPlan, MeetingPolicy
from domain.meeting.words import MeetingKind
from domain.reference import ReferenceKind, Staff
from domain.vocabulary import ConvenedBy, IssueState, Level
from storage.meetings.repository import MeetingRepository, RecordedMeetingStep
from storage.session import Database
from tests.activities.desk import furnished, written
from tests.activities.test_meetings import meetings
from tests.builders import GRID, NOON, POLICE, the_way_to
from tests.domain.meeting.life import MeetingLife
from tests.storage.stories import born_in, recorded

COMMUNITY = GridCode("qj.bh.hp")
COUNCIL = MeetingPolicy(
    code="council",
    level=Level.COMMUNITY,
    kind=MeetingKind.COUNCIL,
    council=CouncilPlan(most_items=2),
)
K = ReferenceKind


async def prepared(database: Database, at: datetime = NOON) -> Summons | None:
    """The same, however often it is asked."""
    due = CouncilDue(community=COMMUNITY, at=at)
    first: Summons | None = await ActivityEnvironment().run(Councils(database).prepare, due)
    assert await Councils(database).prepare(due) == first
    return first


async def with_a_council(database: Database) -> None:
    """A plan, a regular of the community and one of another, and one old issue."""
    number = await furnished(database)
    await recorded(database, number, the_way_to(IssueState.HANDLING))
    await written(database, K.MEETING_POLICY, COUNCIL)
    for code, place in (("b3.head", GRID), ("far.head", "qj.bh.hpx.fc.b1")):
        regular = Staff(code=Subject(code), department=POLICE, stands_for=GridCode(place))
        await written(database, K.STAFF, regular)


LATER = NOON + timedelta(days=31)


async def test_summons_names_issues_regulars_and_the_month(database: Database) -> None:
    await with_a_council(database)
    summons = await prepared(database, LATER)
    assert summons is not None
    assert summons.number == "qj.bh.hp-C2026-12"
    assert (summons.kind, summons.level, summons.grid) == ("council", "community", COMMUNITY)
    assert summons.convened_by is ConvenedBy.SCHEDULE
    assert [each.issue for each in summons.items] == ["QJ-2026-0000001"]
    assert summons.persons == ("b3.head",)


async def test_regulars_beyond_the_bound_are_left_out_and_it_is_logged(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await with_a_council(database)
    own = Staff(code=Subject("a.head"), department=POLICE, stands_for=COMMUNITY)
    await written(database, K.STAFF, own)
    for place in ("activities.councils", "domain.meeting.council"):
        monkeypatch.setattr(f"{place}.MOST_REGULARS", 1)
    due = CouncilDue(community=COMMUNITY, at=LATER)
    with capture_logs() as logs:
        summons = await Councils(database).prepare(due)
    assert summons is not None
    assert summons.persons == ("a.head",)
    assert [each["event"] for each in logs] == ["council_regulars_too_many"]


async def test_month_is_that_of_the_place(database: Database) -> None:
    await with_a_council(database)
    first_of_january = datetime.fromisoformat("2026-12-31T17:00:00+00:00")
    summons = await prepared(database, first_of_january)
    assert summons is not None
    assert summons.number == "qj.bh.hp-C2027-01"


async def test_late_run_names_the_month_it_was_planned_for(database: Database) -> None:
    await with_a_council(database)
    planned = datetime.fromisoformat("2026-11-30T01:00:00+00:00")
    due = CouncilDue(community=COMMUNITY, at=LATER, planned_for=planned)
    summons = await Councils(database).prepare(due)
    assert summons is not None
    assert (summons.number, summons.convened_at) == ("qj.bh.hp-C2026-11", LATER)


async def test_agenda_is_as_long_as_the_plan_allows(database: Database) -> None:
    await with_a_council(database)
    for code in ("a", "b"):
        await born_in(IssueState.HANDLING, database, category=CategoryCode(code))
    summons = await prepared(database, LATER)
    assert summons is not None
    assert len(summons.items) == 2


async def test_nothing_to_talk_about_calls_none(database: Database) -> None:
    await with_a_council(database)
    assert await prepared(database, NOON) is None


async def test_retired_policy_calls_none(database: Database) -> None:
    await with_a_council(database)
    await written(database, K.MEETING_POLICY, COUNCIL, version=1, retired=True)
    assert await prepared(database, LATER) is None


async def test_community_without_a_policy_has_none(database: Database) -> None:
    await with_a_council(database)
    own = replace(COUNCIL, grid=GridCode("qj.bh.other"))
    await written(database, K.MEETING_POLICY, own, version=1)
    assert await prepared(database, LATER) is None


async def test_council_that_stands_in_the_record_calls_again_what_waits_for_it(
    database: Database,
) -> None:
    await with_a_council(database)
    summons = await prepared(database, LATER)
    assert summons is not None
    life = MeetingLife(await meetings(database).open(summons), now=LATER)
    assert (life.meeting.terms.policy, life.meeting.origin.kind) == ("council", "council")
    assert life.meeting.terms.hour == time(9)
    invite = m.InviteParties.by_engine("invite")
    async with database.begin() as session:
        step = RecordedMeetingStep(
            command=invite, at=LATER, after=life.meeting.handle(invite, LATER)
        )
        assert await MeetingRepository(session).record(step)
    await born_in(IssueState.HANDLING, database, category=CategoryCode("new"))
    again = await prepared(database, LATER + timedelta(hours=1))
    assert again == summons, "the agenda as it stands, not a new one"
    taken_off = m.TakeOffAgenda.by_engine("leaves", issue=summons.items[0].issue)
    async with database.begin() as session:
        known = await MeetingRepository(session).snapshot(summons.number)
        assert known is not None
        step = RecordedMeetingStep(
            command=taken_off, at=LATER, after=known.handle(taken_off, LATER)
        )
        assert await MeetingRepository(session).record(step)
    assert await prepared(database, LATER + timedelta(hours=2)) is None
