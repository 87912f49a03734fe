"""An invitation says when, where and with whom, in the words of the moment it is sent."""

import json
from dataclasses import replace
from typing import Any

import pytest

from activities.invitations import params_of
from activities.meetings import Meetings
from domain.ids import DepartmentCode, PartyCode, TextId
from domain.meeting import commands as m
from domain.meeting.parts import Party
from domain.reference import Department, ReferenceKind
from storage.outbox import Outbox
from storage.session import Database
from storage.texts import Texts
from tests.activities.desk import furnished, written
from tests.activities.test_courier import HOOK, Receiver, a_courier
from tests.activities.test_meetings import CALENDAR, taken
from tests.builders import COUNTY, NOON
from tests.domain.calendars import SHANGHAI
from tests.domain.cast import DAY, HOUR, LIFT, POLICE
from tests.domain.meeting.life import (
    CONVENOR,
    ISSUE,
    SUPERVISOR,
    MeetingLife,
    a_meeting,
)
from tests.domain.meeting.test_proposed_times import a_proposal
from tests.storage.sittings import NUMBER

FIRST, SECOND = NOON + 2 * DAY, NOON + 3 * DAY + HOUR
PLACE = TextId("p:1/place")


async def called(database: Database) -> MeetingLife:
    """A meeting with two proposed times and a place, its invitations in the outbox."""
    await furnished(database)
    await written(database, ReferenceKind.NOTICE_POLICY, HOOK)
    lift = Department(code=LIFT, name="电梯公司", name_en="Lifts", grid=COUNTY)
    await written(database, ReferenceKind.DEPARTMENT, lift)
    summons = replace(a_proposal(FIRST, SECOND), calendar=CALENDAR, convened_at=NOON, place=PLACE)
    async with database.begin() as session:
        await Texts(session).put(PLACE, ISSUE, CONVENOR.subject, "三楼会议室", NOON)
    life = MeetingLife(await Meetings(database, lambda: NOON).open(summons), now=NOON)
    await taken(database, life, m.InviteParties.by_engine("invite"))
    return life


async def sent(database: Database) -> list[Any]:
    """Every notice of what was due, as the other end of the webhook reads it."""
    receiver = Receiver(200)
    await a_courier(database, receiver).deliver_due()
    return [each for asked in receiver.requests for each in json.loads(asked.content)["notices"]]


async def test_an_invitation_says_when_where_and_with_whom(database: Database) -> None:
    await called(database)
    texts = {each["text"]["zh"] for each in await sent(database)}
    (zh,) = texts
    assert zh.startswith(f"【邀请】请参加街道联席会议 {NUMBER}，及时确认并报到。")
    assert f"时间：{FIRST.astimezone(SHANGHAI):%Y-%m-%d %H:%M}。" in zh
    assert f"备选时间：{SECOND.astimezone(SHANGHAI):%Y-%m-%d %H:%M}。" in zh
    assert "地点：三楼会议室。" in zh
    assert "电梯公司" in zh
    assert zh.endswith("（共 2 方）。")


async def test_it_says_the_same_in_english(database: Database) -> None:
    await called(database)
    said = (await sent(database))[0]["text"]["en"]
    assert f" Time: {FIRST.astimezone(SHANGHAI):%Y-%m-%d %H:%M}. Other times proposed: " in said
    assert " Place: 三楼会议室. Invited: Lifts, " in said


async def test_the_place_lies_in_no_outbox_and_once_erased_is_told_no_more(
    database: Database,
) -> None:
    await called(database)
    async with database.begin() as session:
        notices = await Outbox(session).for_issue(ISSUE)
        assert await Texts(session).erase(ISSUE, NOON) > 0
    assert all("三楼" not in str(each.params) for each in notices)
    for each in await sent(database):
        assert "时间：" in each["text"]["zh"]
        assert "地点" not in each["text"]["zh"]


async def test_who_is_invited_later_reads_the_same(database: Database) -> None:
    life = await called(database)
    await sent(database)
    later = DepartmentCode("water")
    command = life.command(SUPERVISOR, m.InviteDepartments, invites=(later,))
    await taken(database, life, command)
    (said,) = [each["text"]["zh"] for each in await sent(database)]
    assert "地点：三楼会议室。" in said
    assert said.endswith("（共 3 方）。")


async def test_an_invitation_from_before_says_what_it_said_then(database: Database) -> None:
    await called(database)
    async with database.begin() as session:
        (first, *_) = await Outbox(session).for_issue(ISSUE)
        plain = {"number": NUMBER, "level": "street"}
        old = replace(first, dedupe_key="old", params=plain)
        await Outbox(session).put([old])
    said = [each["text"]["zh"] for each in await sent(database)]
    assert f"【邀请】请参加街道联席会议 {NUMBER}，及时确认并报到。" in said


@pytest.mark.parametrize("persons", [0, 3])
def test_however_many_are_invited_their_codes_fit_into_the_outbox(persons: int) -> None:
    many = tuple(Party(code=PartyCode(f"{n}-" + "d" * 120)) for n in range(200))
    people = tuple(Party(code=PartyCode(f"s.{n}"), is_person=True) for n in range(persons))
    meeting = replace(a_meeting().meeting, parties=(*people, *many))
    params = params_of(meeting, SHANGHAI)
    assert len(json.dumps(dict(params))) < 5_000
    assert params["count"] == str(200 + persons)
    assert "s.0" not in params["parties"]
    assert POLICE not in params["parties"]
