import pytest

from domain.ids import CommandId, IssueNumber
from domain.vocabulary import IssueState
from storage.births import Births
from storage.queries import Queries
from storage.session import Database
from tests.api.temporal import FakeTemporal
from tests.api.town import LEADER, Town, a_whistle, fields_of
from tests.builders import DISPATCHER, GRID, GRID_WORKER, OFFICER, RESIDENT


async def test_a_whistle_gets_its_number_at_once_and_asks_nobody_else(
    town: Town, temporal: FakeTemporal
) -> None:
    answer = await town.post(RESIDENT, "/issues", a_whistle())
    assert answer.status_code == 201
    assert answer.json() == {
        "number": "QJ-2026-0000001",
        "state": "reported",
        "label": "已受理",
        "grid": GRID,
        "place_note": None,
        "near": [],
    }
    assert answer.headers["Location"] == "/api/v1/issues/QJ-2026-0000001"
    assert temporal.asked == []


async def test_the_same_key_raises_one_issue_and_gives_the_same_answer(
    town: Town, database: Database
) -> None:
    first = await town.post(RESIDENT, "/issues", a_whistle(), key="k")
    second = await town.post(RESIDENT, "/issues", a_whistle(), key="k")
    assert (second.status_code, second.json()) == (201, first.json())
    assert second.headers["Location"] == first.headers["Location"]
    async with database.begin() as session:
        assert await Births(session).waiting() == 1


async def test_the_same_key_with_another_body_is_refused(town: Town) -> None:
    await town.post(RESIDENT, "/issues", a_whistle(), key="k")
    answer = await town.post(RESIDENT, "/issues", a_whistle(description="别的"), key="k")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


async def test_two_callers_with_one_key_raise_an_issue_each(town: Town) -> None:
    first = await town.post(RESIDENT, "/issues", a_whistle(), key="1")
    second = await town.post(GRID_WORKER, "/issues", a_whistle(description="别的"), key="1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["number"] != second.json()["number"]


async def test_a_refused_whistle_leaves_its_key_free(town: Town) -> None:
    refused = await town.post(RESIDENT, "/issues", a_whistle(category="nothing"), key="k")
    accepted = await town.post(RESIDENT, "/issues", a_whistle(), key="k")
    assert (refused.status_code, accepted.status_code) == (422, 201)


@pytest.mark.parametrize("field", ["grid", "category", "whistle_kind"])
async def test_a_code_that_does_not_exist_is_named(town: Town, field: str) -> None:
    answer = await town.post(RESIDENT, "/issues", a_whistle(**{field: "nothing"}))
    assert answer.status_code == 422
    assert fields_of(answer) == {field: "unknown_code"}


async def test_a_grid_outside_every_district_is_named(town: Town) -> None:
    answer = await town.post(RESIDENT, "/issues", a_whistle(grid="yj"))
    assert fields_of(answer) == {"grid": "unknown_code"}


async def test_only_those_named_by_the_whistle_may_blow_it(town: Town) -> None:
    refused = await town.post(RESIDENT, "/issues", a_whistle(whistle_kind="hard"))
    accepted = await town.post(LEADER, "/issues", a_whistle(whistle_kind="hard"))
    assert (refused.status_code, refused.json()["code"]) == (403, "may_not_blow")
    assert refused.json()["params"]["allowed"] == "leader"
    assert accepted.status_code == 201


async def test_a_role_that_the_caller_does_not_hold_is_no_source(town: Town) -> None:
    answer = await town.post(RESIDENT, "/issues", a_whistle(source="camera"))
    assert fields_of(answer) == {"source": "not_held"}


async def test_a_resident_raises_for_nobody_else(town: Town) -> None:
    refused = await town.post(RESIDENT, "/issues", a_whistle(resident="r.2"))
    accepted = await town.post(GRID_WORKER, "/issues", a_whistle(resident="r.2"))
    assert fields_of(refused) == {"resident": "not_held"}
    assert accepted.status_code == 201


async def test_who_reported_is_kept_apart_from_the_issue(town: Town, database: Database) -> None:
    reporter = {"name": "王女士", "phone": "138 0000 0000", "address": "3栋2单元"}
    number = await town.raised(RESIDENT, reporter=reporter)
    shown = await town.get(RESIDENT, f"/issues/{number}")
    assert "王女士" not in shown.text
    async with database.read() as session:
        kept = await Queries(session).reporter(IssueNumber(number))
    assert kept is not None
    assert (kept.name, kept.phone) == ("王女士", "138 0000 0000")


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"description": ""}, "description", "string_too_short"),
        ({"description": "   "}, "description", "string_too_short"),
        ({"description": "长" * 4001}, "description", "string_too_long"),
        ({"description": "a\x00b"}, "description", "nul_character"),
        ({"description": 7}, "description", "string_type"),
        ({"grid": "a b"}, "grid", "string_pattern_mismatch"),
        ({"source": "king"}, "source", "enum"),
        ({"reporter": {"phone": "call me"}}, "reporter.phone", "string_pattern_mismatch"),
        ({"reporter": {"name": "王\x00"}}, "reporter.name", "nul_character"),
        ({"priority": "high"}, "priority", "extra_forbidden"),
    ],
)
async def test_bad_input_names_its_field_and_rule(
    town: Town, change: dict[str, object], field: str, rule: str
) -> None:
    answer = await town.post(RESIDENT, "/issues", a_whistle(**change))
    assert answer.status_code == 422
    assert fields_of(answer) == {field: rule}


async def test_bad_input_is_never_repeated_to_the_caller(town: Town) -> None:
    answer = await town.post(RESIDENT, "/issues", a_whistle(reporter={"phone": "秘密号码"}))
    assert "秘密号码" not in answer.text


async def test_the_record_begins_with_the_birth(town: Town, database: Database) -> None:
    number = await town.raised(RESIDENT)
    timeline = (await town.get(RESIDENT, f"/issues/{number}/timeline")).json()
    assert [(item["version"], item["name"]) for item in timeline["items"]] == [
        (0, "issue_reported")
    ]
    async with database.read() as session:
        missing = await Queries(session).event_by_command(IssueNumber(number), CommandId("x"))
        detail = await Queries(session).issue(IssueNumber(number))
    assert missing is None
    assert detail is not None
    assert detail.line.state is IssueState.REPORTED


async def test_the_source_is_the_first_role_that_may_blow(town: Town) -> None:
    number = await town.raised(OFFICER)
    shown = (await town.get(DISPATCHER, f"/issues/{number}")).json()
    assert (shown["source"], shown["labels"]["source"]) == ("staff", "部门工作人员")
