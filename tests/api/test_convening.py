"""Whoever convenes says when, where and who else is to come; what does not fit is named."""

from datetime import datetime, timedelta

import pytest

from api.asking import command_id
from domain import commands as c
from domain.ids import TextId
from domain.meeting import commands as m
from domain.meeting.convening import convene
from domain.meeting.planning import plan
from domain.vocabulary import IssueState, Role
from storage.meetings.repository import RecordedMeetingStep
from storage.queries import Queries
from storage.session import Database
from storage.texts import Texts
from tests.api.temporal import FakeTemporal
from tests.api.town import ADMINISTRATOR, Json, Town, fields_of
from tests.builders import COUNTY, NOON, an_actor
from tests.domain.cast import always
from tests.domain.meeting.life import CONVENOR, ISSUE, POLICEMAN, POLICY
from tests.domain.meeting.test_proposed_times import FAR, LATER, a_proposal
from tests.storage.sittings import NUMBER, met, record
from tests.storage.stories import born, born_in

SUPERVISOR = an_actor(Role.SUPERVISOR, subject="s.1", grids=(COUNTY,))
PATH = f"/issues/{ISSUE}/convene"
BODY: Json = {
    "proposed": ["2026-12-03T09:00:00+08:00", "2026-12-04T14:30:00+08:00"],
    "place": "街道办三楼会议室",
    "invites": ["water", "police", "water"],
    "text": "须共同商议",
}
GONE, TOO_FAR = (NOON + span for span in (-timedelta(minutes=1), timedelta(days=91)))


async def test_times_and_departments_go_with_the_call_and_the_place_as_a_text(
    town: Town, database: Database
) -> None:
    await born_in(IssueState.HANDLING, database)
    answer = await town.post(SUPERVISOR, PATH, BODY, "k")
    assert answer.status_code == 200, answer.text
    name = TextId(f"{ISSUE}:{command_id(SUPERVISOR.subject, 'k')}")
    place = TextId(f"{name}/place")
    async with database.read() as session:
        kept = await Texts(session).many([name, place])
        *_, event = await Queries(session).events(ISSUE)
    assert kept[place].body == BODY["place"]
    assert isinstance(event.command, c.ConveneMeeting)
    assert event.command.proposed == tuple(map(datetime.fromisoformat, BODY["proposed"]))
    assert (event.command.place, event.command.invites) == (place, ("water", "police"))
    *_, last = (await town.get(SUPERVISOR, f"/issues/{ISSUE}/timeline")).json()["items"]
    assert last["details"]["invites"] == ["water", "police"]
    assert "place" not in last["details"]


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"proposed": BODY["proposed"] * 3}, {"proposed": "too_long"}),
        ({"proposed": ["2026-12-03T09:00:00"]}, {"proposed.0": "timezone_aware"}),
        ({"place": ""}, {"place": "string_too_short"}),
        ({"place": "厅" * 101}, {"place": "string_too_long"}),
        ({"invites": ["water", "nobody"]}, {"invites.1": "unknown_code"}),
        ({"invites": ["water"] * 21}, {"invites": "too_long"}),
        ({"joins": NUMBER}, {"proposed": "joined_as_it_is"}),
        ({"joins": NUMBER, "proposed": []}, {"place": "joined_as_it_is"}),
    ],
    ids=str,
)
async def test_what_does_not_fit_is_refused_by_its_field_and_rule(
    town: Town, database: Database, temporal: FakeTemporal, changes: Json, faults: dict[str, str]
) -> None:
    await born_in(IssueState.HANDLING, database)
    answer = await town.post(SUPERVISOR, PATH, BODY | changes)
    assert (answer.status_code, fields_of(answer)) == (422, faults)
    assert all(each["message"] != "内容不符合要求" for each in answer.json()["errors"])
    assert temporal.asked == []


@pytest.mark.parametrize(
    ("instant", "code", "detail"),
    [
        (GONE, "proposed_in_past", "proposed.1：提议时间 {} 已经过去。"),
        (TOO_FAR, "proposed_too_far", "proposed.1：{} 太远，提议时间最多在90天之内。"),
    ],
    ids=["past", "too far"],
)
async def test_a_time_that_no_meeting_can_have_is_named(
    town: Town, database: Database, instant: datetime, code: str, detail: str
) -> None:
    await born_in(IssueState.HANDLING, database)
    body = BODY | {"proposed": [BODY["proposed"][0], instant.isoformat()]}
    answer = await town.post(SUPERVISOR, PATH, body, "k")
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert answer.json()["params"]["field"] == "proposed.1"
    local = f"{instant + timedelta(hours=8):%Y-%m-%d %H:%M}"
    assert answer.json()["detail"] == detail.format(local)
    place = TextId(f"{ISSUE}:{command_id(SUPERVISOR.subject, 'k')}/place")
    async with database.read() as session:
        assert await Texts(session).many([place]) == {}


async def proposed_meeting(database: Database) -> None:
    """A meeting that was called with times and a place, and invited."""
    await born(database)
    summons = a_proposal(LATER, FAR)
    command, at = m.InviteParties.by_engine("invite"), summons.convened_at
    after = plan(convene(summons, POLICY, None).handle(command, at), always())
    await record(database, RecordedMeetingStep(command=command, at=at, after=after))
    assert summons.place is not None
    async with database.begin() as session:
        await Texts(session).put(summons.place, ISSUE, SUPERVISOR.subject, "三楼会议室", NOON)


async def test_a_meeting_and_its_agenda_say_when_and_where_until_it_is_erased(
    town: Town, database: Database
) -> None:
    await proposed_meeting(database)
    for path in (f"/meetings/{NUMBER}", f"/meetings/{NUMBER}/agenda"):
        shown = (await town.get(CONVENOR, path)).json()
        assert [datetime.fromisoformat(each) for each in shown["proposed"]] == [LATER, FAR]
        assert datetime.fromisoformat(shown["sits_at"]) == LATER
        assert shown["place"] == "三楼会议室"
    erased = await town.post(ADMINISTRATOR, f"/issues/{ISSUE}/erase-personal-data")
    assert erased.status_code == 200, erased.text
    for path in (f"/meetings/{NUMBER}", f"/meetings/{NUMBER}/agenda"):
        assert (await town.get(CONVENOR, path)).json()["place"] is None


INVITE = f"/meetings/{NUMBER}/invite"


async def test_the_convenor_invites_a_department_that_then_takes_part(
    town: Town, database: Database
) -> None:
    await met(database)
    assert (await town.get(POLICEMAN, f"/issues/{ISSUE}")).status_code == 404
    answer = await town.post(CONVENOR, INVITE, {"invites": ["police"], "text": "请公安到会"})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["event"], answer.json()["label"]) == ("departments_invited", "已增邀部门")
    assert (await town.get(POLICEMAN, f"/issues/{ISSUE}")).status_code == 200
    there = await town.post(POLICEMAN, f"/meetings/{NUMBER}/report-in")
    assert there.status_code == 200, there.text
    *_, invited, _ = (await town.get(CONVENOR, f"/meetings/{NUMBER}/timeline")).json()["items"]
    assert (invited["details"], invited["text"]) == ({"invites": ["police"]}, "请公安到会")
    again = await town.post(CONVENOR, INVITE, {"invites": ["water", "police"]})
    assert (again.status_code, again.json()["code"]) == (409, "already_invited")
    assert again.json()["params"] == {"department": "police", "field": "invites.1"}


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, {"invites": "missing"}),
        ({"invites": []}, {"invites": "too_short"}),
        ({"invites": ["police", "nobody"]}, {"invites.1": "unknown_code"}),
    ],
    ids=str,
)
async def test_an_invitation_names_departments_that_exist(
    town: Town, database: Database, body: Json, faults: dict[str, str]
) -> None:
    await met(database)
    answer = await town.post(CONVENOR, INVITE, body)
    assert (answer.status_code, fields_of(answer)) == (422, faults)
