"""Commands of meetings over HTTP: each asked once, answered once, with what was said."""

from datetime import datetime, timedelta

import pytest

from api.asking import command_id
from api.documentation import MEETING_REFUSALS
from api.routes.giving import path_of
from api.schemas.meeting_commands import MEETING_BODIES
from domain.commands import Command
from domain.ids import TextId
from domain.meeting import commands as m
from domain.meeting.commands import MEETING_NAMES
from domain.meeting.meeting import MEETING_LAW
from domain.meeting.words import MeetingState
from storage.session import Database
from storage.texts import Texts
from tests.api.temporal import FakeTemporal
from tests.api.town import ADMINISTRATOR, Json, Town, a_key, fields_of
from tests.builders import COUNTY, NOON
from tests.domain.cast import HOUR, LIFT
from tests.domain.meeting.life import (
    CONVENOR,
    ISSUE,
    PARTIES,
    POLICEMAN,
    a_meeting,
)
from tests.storage.sittings import NUMBER, met, recorded_life
from tests.storage.stories import born

PATH = f"/meetings/{NUMBER}"
LIFTMAN = PARTIES[LIFT]
DECISION: Json = {
    "issue": ISSUE,
    "outcome": "dispatched",
    "lead": "police",
    "co": ["water"],
    "text": "五方一致同意",
    "tasks": [
        {"department": "water", "due_by": "2026-12-01T09:00:00+08:00", "text": "恢复门禁"},
        {"department": "police", "due_by": "2026-12-02T09:00:00+08:00", "reviewer": "water"},
    ],
}


def test_every_command_of_meetings_has_its_body_and_its_refusals() -> None:
    assert set(MEETING_BODIES) == set(MEETING_NAMES.values()) == set(MEETING_REFUSALS)
    assert set(MEETING_BODIES) <= set(MEETING_LAW)


@pytest.mark.parametrize(("name", "kind"), MEETING_NAMES.items())
async def test_every_command_of_a_meeting_has_a_route_that_asks_its_update(
    town: Town, database: Database, temporal: FakeTemporal, name: str, kind: type[Command]
) -> None:
    await met(database, MeetingState.DISCUSSING)
    body = MEETING_BODIES[kind].model_json_schema()["examples"][0]
    key = a_key()
    answer = await town.post(CONVENOR, f"{PATH}/{path_of(name)}", body, key)
    assert answer.status_code in {200, 403, 409}, answer.text
    assert temporal.asked == [(name, command_id(CONVENOR.subject, key))]


async def test_the_same_key_acknowledges_once(
    town: Town, database: Database, temporal: FakeTemporal
) -> None:
    await met(database)
    answers = [await town.post(LIFTMAN, f"{PATH}/acknowledge", {}, "k") for _ in "12"]
    assert [each.status_code for each in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json() | {"at": ""} == {
        "number": NUMBER,
        "command": "k",
        "event": "invitation_acknowledged",
        "label": answers[0].json()["label"],
        "version": 2,
        "state": "proposed",
        "at": "",
    }
    assert len(temporal.asked) == 1


async def test_an_answer_that_was_lost_is_found_in_the_record(
    town: Town, database: Database, temporal: FakeTemporal
) -> None:
    await met(database)

    def lose() -> None:
        raise TimeoutError

    temporal.after = lose
    lost = await town.post(LIFTMAN, f"{PATH}/report-in", {}, "k")
    assert (lost.status_code, lost.json()["code"]) == (503, "outcome_unknown")
    found = await town.post(LIFTMAN, f"{PATH}/report-in", {}, "k")
    assert (found.status_code, found.json()["event"]) == (200, "party_reported_in")
    assert len(temporal.asked) == 1


async def test_without_a_quorum_no_sitting_is_opened(town: Town, database: Database) -> None:
    await met(database)
    answer = await town.post(CONVENOR, f"{PATH}/open")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_quorum")
    assert answer.json()["params"] == {"present": "0", "quorum": "5"}


async def test_a_party_may_not_decide(town: Town, database: Database) -> None:
    await met(database, MeetingState.DISCUSSING)
    answer = await town.post(LIFTMAN, f"{PATH}/decide", DECISION)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert "召集" in answer.json()["detail"]


async def test_a_closed_meeting_whose_workflow_is_over_still_knows_its_law(
    town: Town, database: Database, temporal: FakeTemporal
) -> None:
    await met(database, MeetingState.CLOSED)
    temporal.is_gone = True
    answer = await town.post(CONVENOR, f"{PATH}/adjourn", {"text": "散会"})
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")


async def test_a_decision_is_kept_with_its_reason_and_its_tasks(
    town: Town, database: Database
) -> None:
    await met(database, MeetingState.DISCUSSING)
    answer = await town.post(CONVENOR, f"{PATH}/decide", DECISION)
    assert (answer.status_code, answer.json().get("state")) == (200, "decided"), answer.text
    shown = (await town.get(CONVENOR, PATH)).json()
    assert [each["text"] for each in shown["agenda"]] == ["五方一致同意"]
    assert [(each["task"]["department"], each["text"]) for each in shown["tasks"]] == [
        ("water", "恢复门禁"),
        ("police", None),
    ]
    timeline = (await town.get(CONVENOR, f"{PATH}/timeline")).json()["items"]
    assert timeline[-1]["text"] == "五方一致同意"


async def test_what_a_meeting_said_of_an_issue_is_erased_with_it(
    town: Town, database: Database
) -> None:
    await met(database, MeetingState.DISCUSSING)
    await town.post(CONVENOR, f"{PATH}/decide", DECISION)
    await town.post(CONVENOR, f"{PATH}/add-minutes", {"text": "王女士发言"})
    answer = await town.post(ADMINISTRATOR, f"/issues/{ISSUE}/erase-personal-data")
    assert (answer.status_code, answer.json()["texts"]) == (200, 4), answer.text
    shown = (await town.get(CONVENOR, PATH)).json()
    assert [each["text"] for each in (*shown["agenda"], *shown["tasks"])] == [None] * 3
    timeline = (await town.get(CONVENOR, f"{PATH}/timeline", after=9)).json()["items"]
    assert [each["text"] for each in timeline] == [None, None]
    assert all(each["text_erased_at"] for each in timeline)


async def test_what_was_said_with_a_refused_decision_is_removed(
    town: Town, database: Database
) -> None:
    await met(database)
    answer = await town.post(CONVENOR, f"{PATH}/decide", DECISION, "k")
    assert answer.json()["code"] == "wrong_state"
    name = f"{NUMBER}:{command_id(CONVENOR.subject, 'k')}"
    async with database.read() as session:
        assert await Texts(session).many([TextId(name), TextId(f"{name}/task/0")]) == {}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lead": "nobody"}, "lead"),
        ({"co": ["water", "nobody"]}, "co.1"),
        (
            {"tasks": [{"department": "nobody", "due_by": "2026-12-01T09:00:00Z"}]},
            "tasks.0.department",
        ),
        (
            {
                "tasks": [
                    {"department": "water", "due_by": "2026-12-01T09:00:00Z", "reviewer": "nobody"}
                ]
            },
            "tasks.0.reviewer",
        ),
    ],
    ids=["lead", "co", "task", "reviewer"],
)
async def test_a_decision_names_only_departments_that_exist(
    town: Town, database: Database, temporal: FakeTemporal, changes: Json, field: str
) -> None:
    await met(database, MeetingState.DISCUSSING)
    answer = await town.post(CONVENOR, f"{PATH}/decide", DECISION | changes)
    assert (answer.status_code, fields_of(answer)) == (422, {field: "unknown_code"})
    assert temporal.asked == []


async def test_minutes_say_something(town: Town, database: Database) -> None:
    await met(database, MeetingState.DISCUSSING)
    answer = await town.post(CONVENOR, f"{PATH}/add-minutes", {})
    assert fields_of(answer) == {"text": "missing"}


async def test_a_task_is_done_by_its_department_and_reviewed(
    town: Town, database: Database
) -> None:
    await met(database, MeetingState.DECIDED)
    done = await town.post(POLICEMAN, f"{PATH}/complete-task", {"task": "T1"})
    assert (done.status_code, done.json().get("state")) == (200, "reviewing"), done.text
    own = await town.post(POLICEMAN, f"{PATH}/review-task", {"task": "T1", "accepted": True})
    assert own.json()["code"] in {"not_your_task", "not_allowed"}
    word = await town.post(CONVENOR, f"{PATH}/review-task", {"task": "T1", "accepted": True})
    assert (word.status_code, word.json()["state"]) == (200, "closed")


async def test_a_proposed_time_is_kept_and_is_no_presence(town: Town, database: Database) -> None:
    await born(database)
    await recorded_life(database, a_meeting())
    body = {"proposes": "2026-12-01T09:00:00+08:00", "text": "当天有抢修"}
    answer = await town.post(LIFTMAN, f"{PATH}/report-in", body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["label"] == "已提议另定时间（尚未报到）"
    parties = (await town.get(CONVENOR, PATH)).json()["parties"]
    proposed = [each["proposed_at"] for each in parties if each["code"] == LIFT]
    assert [datetime.fromisoformat(each) for each in proposed] == [
        NOON + timedelta(days=8, hours=-3)
    ]
    assert [each["reported_in_at"] for each in parties] == [None] * len(parties)
    timeline = (await town.get(CONVENOR, f"{PATH}/timeline")).json()["items"]
    assert timeline[-1]["label"] == "已提议另定时间（尚未报到）"


async def test_every_command_of_a_meeting_is_documented(town: Town) -> None:
    document = (await town.http.get("http://test/openapi.json")).json()
    operations = [each for path in document["paths"].values() for each in path.values()]
    names = [each["operationId"] for each in operations]
    assert len(set(names)) == len(names)
    assert {f"meeting_{name}" for name in MEETING_NAMES} <= set(names)
    decide = document["paths"]["/api/v1/meetings/{number}/decide"]["post"]
    assert "`own_task`" in decide["responses"]["409"]["description"]


HERE: Json = {"lat": 26.912345, "lon": 102.928765}


async def test_a_position_is_kept_where_it_can_be_erased_and_nowhere_else(
    town: Town, database: Database
) -> None:
    await met(database)
    answer = await town.post(LIFTMAN, f"{PATH}/report-in", {"position": HERE, "text": "已到"}, "k")
    assert answer.status_code == 200, answer.text
    name = TextId(f"{NUMBER}:{command_id(LIFTMAN.subject, 'k')}")
    async with database.begin() as session:
        texts = await Texts(session).many([name, TextId(f"{name}/position")])
        assert sorted(each.body or "" for each in texts.values()) == ["26.91234,102.92876", "已到"]
        assert await Texts(session).erase_shared(ISSUE, NOON, (COUNTY,)) == 2
        erased = await Texts(session).many(texts)
    assert [each.body for each in erased.values()] == [None, None]


@pytest.mark.parametrize(
    "position",
    [{"lat": 90.1, "lon": 0}, {"lat": 0, "lon": -180.1}, {"lat": 1}, {"lat": 1, "lon": "NaN"}],
    ids=str,
)
async def test_a_position_that_is_nowhere_is_refused(
    town: Town, database: Database, temporal: FakeTemporal, position: Json
) -> None:
    await met(database)
    answer = await town.post(LIFTMAN, f"{PATH}/report-in", {"position": position})
    assert answer.status_code == 422
    assert all(each.startswith("position") for each in fields_of(answer))
    assert temporal.asked == []


async def test_positions_and_arrivals_are_read_by_the_meeting(
    town: Town, database: Database
) -> None:
    number = await born(database)
    life, position = a_meeting(), TextId("p:1")
    since = life.now
    life.wait(HOUR)
    life.give(LIFTMAN, m.ReportInToMeeting, position=position, arrived_at=since)
    await recorded_life(database, life)
    async with database.begin() as session:
        await Texts(session).put(position, number, LIFTMAN.subject, "26.91234,102.92876", NOON)
    shown = (await town.get(CONVENOR, PATH)).json()
    (party,) = [each for each in shown["parties"] if each["arrived_at"]]
    assert (party["code"], datetime.fromisoformat(party["arrived_at"])) == (LIFT, since)
    assert shown["positions"] == {LIFT: {"lat": 26.91234, "lon": 102.92876}}
    timeline = (await town.get(CONVENOR, f"{PATH}/timeline")).json()
    assert "position" not in timeline["items"][-1]["details"]
    async with database.begin() as session:
        assert await Texts(session).erase_shared(number, NOON, (COUNTY,)) == 1
    assert (await town.get(CONVENOR, PATH)).json()["positions"] == {}
    read = await town.get(ADMINISTRATOR, "/audit", act="position_read")
    assert [(each["subject"], each["object_id"]) for each in read.json()["items"]] == [
        (CONVENOR.subject, PATH.rpartition("/")[2])
    ]
