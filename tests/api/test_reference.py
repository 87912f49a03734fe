from typing import Any

import pytest
from sqlalchemy import text

from domain.vocabulary import IssueState
from storage.rechecks import Rechecks
from storage.session import Database
from tests.api.town import ADMINISTRATOR, Json, Town, fields_of
from tests.builders import DISPATCHER, OFFICER, RESIDENT
from tests.domain.calendars import china_definition
from tests.storage.stories import born_in

RUBBISH = {"name": "暴露垃圾", "name_en": "Exposed rubbish"}
POLICY = "/reference/sla_policy/plain"


def written(entry: Json, expected: int | None = None) -> Json:
    return {"expected_version": expected, "entry": entry}


async def test_an_entry_is_written_read_and_kept_in_every_version(town: Town) -> None:
    path = "/reference/category/rubbish"
    first = await town.post(ADMINISTRATOR, path, written(RUBBISH))
    second = await town.post(ADMINISTRATOR, path, written(RUBBISH | {"emergency": True}, 1))
    assert (first.json()["version"], second.json()["version"]) == (1, 2)
    newest = (await town.get(RESIDENT, path)).json()
    oldest = (await town.get(RESIDENT, path, version=1)).json()
    assert (newest["entry"]["emergency"], oldest["entry"]["emergency"]) == (True, False)
    assert newest["created_by"] == ADMINISTRATOR.subject


async def test_what_was_read_can_be_written_back(town: Town) -> None:
    for kind, code in (("sla_policy", "plain"), ("calendar", "cn"), ("whistle_kind", "hard")):
        entry = (await town.get(ADMINISTRATOR, f"/reference/{kind}/{code}")).json()
        body = written(entry["entry"], entry["version"])
        again = await town.post(ADMINISTRATOR, f"/reference/{kind}/{code}", body)
        assert (again.status_code, again.json()["entry"]) == (200, entry["entry"])


async def test_the_same_key_writes_one_version(town: Town) -> None:
    path = "/reference/category/rubbish"
    answers = [await town.post(ADMINISTRATOR, path, written(RUBBISH), key="k") for _ in "12"]
    assert [each.json()["version"] for each in answers] == [1, 1]


async def test_of_two_writers_the_second_is_told_the_version(town: Town) -> None:
    path = "/reference/category/rubbish"
    await town.post(ADMINISTRATOR, path, written(RUBBISH))
    answer = await town.post(ADMINISTRATOR, path, written(RUBBISH))
    assert (answer.status_code, answer.json()["code"]) == (409, "stale_version")
    assert answer.json()["params"] == {"current": "1", "expected": "0"}


async def test_a_retired_entry_is_no_longer_a_code(town: Town) -> None:
    path = "/reference/category/standing_water"
    retired = await town.post(ADMINISTRATOR, f"{path}/retire", {"expected_version": 1})
    assert (retired.json()["version"], retired.json()["retired"]) == (2, True)
    whistle = {"grid": "qj", "category": "standing_water", "description": "水"}
    refused = await town.post(RESIDENT, "/issues", whistle)
    assert fields_of(refused) == {"category": "unknown_code"}


@pytest.mark.parametrize(
    ("path", "entry", "field", "rule"),
    [
        ("category/x", {"name": "x"}, "entry.name_en", "missing"),
        ("category/x", RUBBISH | {"code": "y"}, "entry.code", "code_mismatch"),
        ("category/x", RUBBISH | {"colour": "red"}, "entry.colour", "extra_forbidden"),
        ("category/x", RUBBISH | {"name": "a\x00"}, "entry.name", "nul_character"),
        ("department/x", RUBBISH | {"grid": "nowhere"}, "entry.grid", "unknown_code"),
        (
            "meeting_policy/x",
            {"level": "street", "standing": ["water", "nobody"]},
            "entry.standing.1",
            "unknown_code",
        ),
        (
            "meeting_policy/x",
            {"level": "street", "convenor": "nobody"},
            "entry.convenor",
            "unknown_code",
        ),
        (
            "meeting_policy/x",
            {"level": "street", "grid": "nowhere"},
            "entry.grid",
            "unknown_code",
        ),
        (
            "alert_policy/x",
            {"kind": "fire_smoke", "category": "nothing"},
            "entry.category",
            "unknown_code",
        ),
        (
            "alert_policy/x",
            {"kind": "unicorn"},
            "entry.kind",
            "enum",
        ),
        (
            "sla_policy/x",
            {"calendar": "cn", "promises": [{"kind": "claim", "limit": {"unit": "week"}}]},
            "entry.promises.0.limit.unit",
            "enum",
        ),
        (
            "sla_policy/x",
            {
                "calendar": "cn",
                "promises": [{"kind": "claim", "limit": {"unit": "working_day", "amount": "PT1H"}}],
            },
            "entry.promises.0.limit",
            "value_error",
        ),
        ("routing_rule/x", {"order": 1, "lead": "fire"}, "entry.lead", "unknown_code"),
        (
            "alert_source/x",
            {"name": "x", "adapter": "hik_ics", "grid": "town"},
            "entry.adapter",
            "unknown_code",
        ),
        (
            "absence/x",
            {"staff": "p.1", "since": "2026-11-23T00:00:00", "until": "2026-11-24T00:00:00"},
            "entry",
            "value_error",
        ),
    ],
)
async def test_a_bad_entry_names_the_path_of_its_field(
    town: Town, path: str, entry: Json, field: str, rule: str
) -> None:
    answer = await town.post(ADMINISTRATOR, f"/reference/{path}", written(entry))
    assert answer.status_code == 422
    assert fields_of(answer) == {field: rule}


async def test_a_calendar_of_an_unknown_zone_is_refused(town: Town) -> None:
    entry = (await town.get(ADMINISTRATOR, "/reference/calendar/cn")).json()["entry"]
    body = written(entry | {"zone": "../etc/passwd"}, 1)
    answer = await town.post(ADMINISTRATOR, "/reference/calendar/cn", body)
    assert fields_of(answer) == {"entry.zone": "unknown_code"}


async def test_names_of_staff_are_for_staff_and_administrators(town: Town) -> None:
    path = "/reference/staff/p.1"
    shown = [(await town.get(who, path)).json()["entry"] for who in (OFFICER, ADMINISTRATOR)]
    assert {body["name"] for body in shown} == {"李警官"}
    for who in (RESIDENT, DISPATCHER):
        assert "李警官" not in (await town.get(who, path)).text
        assert "李警官" not in (await town.get(who, "/reference/staff")).text


@pytest.mark.parametrize("kind", ["absence", "notice_policy"])
async def test_who_is_away_and_where_notices_go_is_not_for_residents(town: Town, kind: str) -> None:
    for path in (f"/reference/{kind}", f"/reference/{kind}/x"):
        assert (await town.get(RESIDENT, path)).status_code == 403


async def test_entries_are_listed_page_by_page(town: Town) -> None:
    first = (await town.get(RESIDENT, "/reference/department", limit=1)).json()
    rest = (await town.get(RESIDENT, "/reference/department", after=first["next"])).json()
    codes = [item["code"] for item in (*first["items"], *rest["items"])]
    assert codes == ["police", "water"]


async def test_what_does_not_exist_is_not_found(town: Town) -> None:
    never = await town.get(RESIDENT, "/reference/category/none")
    not_yet = await town.get(RESIDENT, "/reference/category/standing_water", version=9)
    assert (never.status_code, not_yet.status_code) == (404, 404)
    retired = await town.post(
        ADMINISTRATOR, "/reference/category/none/retire", {"expected_version": 1}
    )
    assert retired.status_code == 404
    assert fields_of(await town.get(RESIDENT, "/reference/colour")) == {"kind": "enum"}


async def test_an_absence_is_told_to_the_issues_of_the_department(
    town: Town, database: Database
) -> None:
    issue = await born_in(IssueState.DISPATCHED, database)
    away = {
        "staff": "p.1",
        "since": "2026-11-23T00:00:00+08:00",
        "until": "2026-11-24T00:00:00+08:00",
    }
    await town.post(ADMINISTRATOR, "/reference/absence/x", written(away))
    async with database.begin() as session:
        asked = await Rechecks(session).pending(10)
    assert [(each.number, each.reason) for each in asked] == [(issue.number, "absence:x:1")]


async def test_a_calendar_is_told_to_issues_that_wait_for_it(
    town: Town, database: Database
) -> None:
    issue = await born_in(IssueState.DISPATCHED, database)
    async with database.begin() as session:
        await session.execute(text("UPDATE deadlines SET provisional = true"))
    entry = (await town.get(ADMINISTRATOR, "/reference/calendar/cn")).json()["entry"]
    await town.post(ADMINISTRATOR, "/reference/calendar/cn", written(entry, 1))
    async with database.begin() as session:
        asked = await Rechecks(session).pending(10)
    assert [each.number for each in asked] == [issue.number]


async def test_a_dry_run_shows_what_would_change_and_writes_nothing(
    town: Town, database: Database
) -> None:
    issue = await born_in(IssueState.DISPATCHED, database)
    policy: Any = (await town.get(ADMINISTRATOR, POLICY)).json()["entry"]
    for promise in policy["promises"]:
        if promise["kind"] == "claim":
            promise["limit"]["amount"] = "PT2H"
    policy["promises"] = [each for each in policy["promises"] if each["kind"] != "contact"]
    answer = (await town.post(ADMINISTRATOR, f"{POLICY}/dry-run", {"entry": policy})).json()
    assert (answer["examined"], [item["number"] for item in answer["items"]]) == (1, [issue.number])
    changes = {each["kind"]: each["would_be"] for each in answer["items"][0]["deadlines"]}
    assert changes == {"claim": "2026-11-23T06:00:00Z", "contact": None}
    assert (await town.get(ADMINISTRATOR, POLICY)).json()["version"] == 1


async def test_a_dry_run_leaves_out_issues_another_policy_is_for(
    town: Town, database: Database
) -> None:
    await born_in(IssueState.DISPATCHED, database)
    path = "/reference/sla_policy/narrow/dry-run"
    entry = {"calendar": china_definition().code, "promises": [], "category": "standing_water"}
    narrow = (await town.post(ADMINISTRATOR, path, {"entry": entry})).json()
    assert len(narrow["items"]) == 1
    entry["whistle_kind"] = "hard"
    assert (await town.post(ADMINISTRATOR, path, {"entry": entry})).json()["items"] == []


async def test_a_dry_run_with_a_strange_cursor_names_it(town: Town) -> None:
    policy = (await town.get(ADMINISTRATOR, POLICY)).json()["entry"]
    body = {"entry": policy, "after": "bad"}
    answer = await town.post(ADMINISTRATOR, f"{POLICY}/dry-run", body)
    assert fields_of(answer) == {"after": "bad_cursor"}
