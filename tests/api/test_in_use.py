import httpx
import pytest

from api.in_use import MOST
from domain.ids import GridCode
from domain.vocabulary import IssueState
from storage.session import Database
from tests.api.town import ADMINISTRATOR, Json, Town
from tests.builders import GRID
from tests.storage.stories import born_in

RULE: Json = {"order": 1, "lead": "water", "category": "standing_water", "whistle_kind": "hard"}


async def retired(town: Town, kind: str, code: str, version: int = 1) -> httpx.Response:
    body = {"expected_version": version}
    return await town.post(ADMINISTRATOR, f"/reference/{kind}/{code}/retire", body)


async def written(town: Town, path: str, entry: Json, version: int | None = None) -> None:
    body = {"expected_version": version, "entry": entry}
    assert (await town.post(ADMINISTRATOR, f"/reference/{path}", body)).is_success


@pytest.mark.parametrize(
    ("kind", "code", "used_by"),
    [
        ("department", "police", "staff p.1"),
        ("department", "water", "routing_rule r"),
        ("category", "standing_water", "routing_rule r"),
        ("whistle_kind", "hard", "routing_rule r"),
        ("grid", "qj.bh", f"grid {GRID}"),
        ("calendar", "cn", "district qj,sla_policy plain"),
    ],
)
async def test_what_others_name_is_not_retired(
    town: Town, kind: str, code: str, used_by: str
) -> None:
    await written(town, "routing_rule/r", RULE)
    answer = await retired(town, kind, code)
    assert (answer.status_code, answer.json()["code"]) == (409, "in_use")
    assert answer.json()["params"]["used_by"] == used_by
    assert (await town.get(ADMINISTRATOR, f"/reference/{kind}/{code}")).json()["version"] == 1


async def test_a_standing_party_of_meetings_is_not_retired(town: Town) -> None:
    await written(town, "meeting_policy/m", {"level": "street", "standing": ["water"]})
    answer = await retired(town, "department", "water")
    assert answer.json()["params"]["used_by"] == "meeting_policy m"


async def test_users_are_named_in_words(town: Town) -> None:
    answer = await retired(town, "calendar", "cn")
    assert answer.json()["detail"] == (
        "以下各项仍在使用它，请先更改或停用：辖区 qj、时限规则 plain。"
    )


@pytest.mark.parametrize(
    ("kind", "code"), [("category", "standing_water"), ("whistle_kind", "ordinary")]
)
async def test_what_open_issues_name_is_not_retired(
    town: Town, database: Database, kind: str, code: str
) -> None:
    issue = await born_in(IssueState.HANDLING, database)
    answer = await retired(town, kind, code)
    assert answer.json()["params"]["used_by"] == f"issue {issue.number}"


async def test_a_department_with_open_issues_is_not_retired(town: Town, database: Database) -> None:
    numbers = [(await born_in(IssueState.DISPATCHED, database)).number for _ in range(MOST + 2)]
    assert (await retired(town, "staff", "p.1")).is_success
    users = (await retired(town, "department", "police")).json()["params"]["used_by"].split(",")
    assert users == [*(f"issue {each}" for each in numbers[:1:-1]), "…"]


async def test_what_nobody_names_any_more_is_retired(town: Town, database: Database) -> None:
    await written(town, "routing_rule/r", RULE)
    await born_in(IssueState.CLOSED, database)
    assert (await retired(town, "routing_rule", "r")).is_success
    for kind, code in (("department", "water"), ("whistle_kind", "hard")):
        assert (await retired(town, kind, code)).is_success


async def test_of_issues_elsewhere_only_that_there_are_some_is_said(
    town: Town, database: Database
) -> None:
    """A department that is called across a border is retired by who does not see beyond it."""
    await born_in(IssueState.HANDLING, database, grid=GridCode("yj"))
    await written(town, "staff/p.1", {"department": "water"}, 1)
    answer = await retired(town, "department", "police")
    assert answer.json()["params"]["used_by"] == "…"
    here = await born_in(IssueState.HANDLING, database)
    answer = await retired(town, "department", "police")
    assert answer.json()["params"]["used_by"] == f"issue {here.number},…"
