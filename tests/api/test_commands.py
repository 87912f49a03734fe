import pytest

from api.asking import command_id
from api.routes.giving import path_of
from api.schemas.commands import BODIES
from domain import commands as c
from domain.commands import NAMES
from domain.ids import IssueNumber, TextId
from domain.issue import LAW
from domain.vocabulary import IssueState
from storage.queries import Queries
from storage.session import Database
from storage.texts import Texts
from tests.api.temporal import FakeTemporal
from tests.api.town import STRANGER, Town, a_key, fields_of
from tests.builders import DISPATCHER, OFFICER, RESIDENT
from tests.storage.stories import born_in

HANDLING = IssueState.HANDLING


async def test_a_claim_is_answered_with_its_event_version_and_state(
    town: Town, database: Database
) -> None:
    issue = await born_in(IssueState.DISPATCHED, database)
    answer = await town.post(OFFICER, f"/issues/{issue.number}/claim", key="k")
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["event"], shown["label"], shown["version"]) == ("issue_claimed", "已签收", 2)
    assert (shown["state"], shown["command"]) == ("handling", "k")


@pytest.mark.parametrize(("name", "kind"), NAMES.items())
async def test_every_command_has_a_route_that_asks_its_update(
    town: Town, database: Database, temporal: FakeTemporal, name: str, kind: type[c.Command]
) -> None:
    issue = await born_in(HANDLING, database)
    other = await born_in(HANDLING, database)
    body = BODIES[kind].model_json_schema()["examples"][0]
    named = {"lead": "police", "co": ["water"], "to": "water", "department": "police"}
    named |= {"evidence": []}
    body = body | {field: named[field] for field in body.keys() & named}
    body |= {"of": other.number} if "of" in body else {}
    key = a_key()
    answer = await town.post(DISPATCHER, f"/issues/{issue.number}/{path_of(name)}", body, key)
    assert answer.status_code in {200, 403, 409}, answer.text
    assert temporal.asked == [(name, command_id(DISPATCHER.subject, key))]


def test_every_command_of_people_has_its_body() -> None:
    assert set(BODIES) == set(NAMES.values())
    assert set(BODIES) <= set(LAW)


async def test_the_same_key_asks_the_engine_once_and_answers_the_same(
    town: Town, database: Database, temporal: FakeTemporal
) -> None:
    issue = await born_in(IssueState.DISPATCHED, database)
    answers = [await town.post(OFFICER, f"/issues/{issue.number}/claim", {}, "k") for _ in "12"]
    assert [each.status_code for each in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert temporal.asked == [("claim", command_id(OFFICER.subject, "k"))]


async def test_a_refusal_is_remembered_with_its_particulars(
    town: Town, database: Database, temporal: FakeTemporal
) -> None:
    issue = await born_in(HANDLING, database)
    answers = [await town.post(OFFICER, f"/issues/{issue.number}/claim", {}, "k") for _ in "12"]
    assert [each.status_code for each in answers] == [409, 409]
    assert {each.json()["code"] for each in answers} == {"already_claimed"}
    assert answers[1].json()["params"]["claimed_by"] == OFFICER.subject
    assert len(temporal.asked) == 1


async def test_an_actor_who_may_not_is_told_who_may(town: Town, database: Database) -> None:
    issue = await born_in(IssueState.DISPATCHED, database)
    answer = await town.post(RESIDENT, f"/issues/{issue.number}/claim")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert answer.json()["detail"] == "此操作只能由以下身份办理：主办部门。"


async def test_what_was_said_is_kept_with_the_event(town: Town, database: Database) -> None:
    issue = await born_in(HANDLING, database)
    await town.post(OFFICER, f"/issues/{issue.number}/note", {"text": "已到现场"})
    timeline = (await town.get(RESIDENT, f"/issues/{issue.number}/timeline")).json()
    assert timeline["items"][-1]["text"] == "已到现场"
    assert timeline["items"][-1]["actor"] == OFFICER.subject


async def test_what_was_said_with_a_refused_command_is_removed(
    town: Town, database: Database
) -> None:
    issue = await born_in(HANDLING, database)
    await town.post(OFFICER, f"/issues/{issue.number}/claim", {"text": "我来"}, "k")
    text = TextId(f"{issue.number}:{command_id(OFFICER.subject, 'k')}")
    async with database.read() as session:
        assert await Texts(session).many([text]) == {}


async def test_callers_with_one_key_get_each_their_own_answer(
    town: Town, database: Database
) -> None:
    number = (await born_in(HANDLING, database)).number
    for who, said in ((OFFICER, "已到现场"), (RESIDENT, "谢谢"), (DISPATCHER, "收到")):
        answer = await town.post(who, f"/issues/{number}/note", {"text": said}, key="1")
        assert (answer.status_code, answer.json()["command"]) == (200, "1")
    timeline = (await town.get(RESIDENT, f"/issues/{number}/timeline")).json()
    notes = [(item["actor"], item["text"]) for item in timeline["items"][-3:]]
    assert notes == [("p.1", "已到现场"), ("r.1", "谢谢"), ("d.1", "收到")]


@pytest.mark.parametrize("key", ["birth", "description", "engine:breach:1"])
async def test_a_key_that_is_a_word_of_the_engine_is_a_key_like_others(
    town: Town, database: Database, key: str
) -> None:
    number = (await born_in(HANDLING, database)).number
    answer = await town.post(OFFICER, f"/issues/{number}/note", {"text": "已到"}, key)
    timeline = (await town.get(RESIDENT, f"/issues/{number}/timeline")).json()
    assert (answer.status_code, answer.json()["event"]) == (200, "note_added")
    assert timeline["items"][-1]["text"] == "已到"


def test_the_longest_key_fits_the_record() -> None:
    longest = command_id(OFFICER.subject, "x" * 128)
    assert len(f"{'N' * 40}:{longest}") <= 300


async def test_a_command_on_an_issue_out_of_sight_is_not_found(
    town: Town, database: Database, temporal: FakeTemporal
) -> None:
    issue = await born_in(HANDLING, database)
    for number in (issue.number, "QJ-2026-9999999"):
        answer = await town.post(STRANGER, f"/issues/{number}/urge")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert temporal.asked == []


@pytest.mark.parametrize(
    ("path", "body", "broken"),
    [
        ("dispatch", {"lead": "fire"}, {"lead": "unknown_code"}),
        ("dispatch", {"lead": "police", "co": ["fire"]}, {"co.0": "unknown_code"}),
        ("dispatch", {}, {"lead": "missing"}),
        ("mark-duplicate", {"of": "QJ-2026-9999999"}, {"of": "unknown_issue"}),
        ("decide-return", {"approved": "yes"}, {"approved": "bool_type"}),
        ("note", {}, {"text": "missing"}),
        ("note", {"text": "\x00"}, {"text": "nul_character"}),
        ("note", {"text": "长" * 4001}, {"text": "string_too_long"}),
        ("claim", {"hurry": True}, {"hurry": "extra_forbidden"}),
    ],
)
async def test_a_body_that_does_not_fit_names_its_fields(
    town: Town, database: Database, path: str, body: dict[str, object], broken: dict[str, str]
) -> None:
    issue = await born_in(HANDLING, database)
    answer = await town.post(DISPATCHER, f"/issues/{issue.number}/{path}", body)
    assert answer.status_code == 422
    assert fields_of(answer) == broken


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("request-suspension", {"until": "2026-12-01T09:00:00", "text": "等"}, "until"),
        ("request-suspension", {"until": "9999-12-31T23:59:59Z", "text": "等"}, "until"),
        ("request-extension", {"by": {"unit": "working_day", "hours": 4}, "text": "等"}, "by"),
        ("request-extension", {"by": {"unit": "same_day", "days": 1}, "text": "等"}, "by"),
        ("request-extension", {"by": {"unit": "week", "days": 1}, "text": "等"}, "by.unit"),
        ("evaluate", {"satisfaction": "no_answer", "solved": True}, "satisfaction"),
        ("evaluate", {"satisfaction": "satisfied", "solved": 1}, "solved"),
    ],
)
async def test_instants_limits_and_answers_are_held_to_their_form(
    town: Town, database: Database, path: str, body: dict[str, object], field: str
) -> None:
    issue = await born_in(HANDLING, database)
    answer = await town.post(OFFICER, f"/issues/{issue.number}/{path}", body)
    assert answer.status_code == 422
    assert set(fields_of(answer)) == {field}


async def test_an_extension_reaches_the_law_with_its_limit(town: Town, database: Database) -> None:
    issue = await born_in(HANDLING, database)
    by = {"unit": "working_day", "days": 2}
    path = f"/issues/{issue.number}/request-extension"
    answer = await town.post(OFFICER, path, {"by": by, "text": "配件未到"})
    assert answer.status_code == 200
    async with database.read() as session:
        detail = await Queries(session).issue(IssueNumber(issue.number))
    assert detail is not None
    assert detail.pending[0].by is not None
    assert detail.pending[0].by.days == 2
