"""An administrator's word holds where their grids are."""

import httpx
import pytest

from domain.actor import Actor
from domain.ids import DepartmentCode, GridCode
from domain.vocabulary import IssueState, Role
from storage.session import Database
from tests.api.town import ADMINISTRATOR, Json, Town, a_key
from tests.builders import COUNTY, POLICE, an_actor
from tests.storage.stories import born_in

YANJIN = an_actor(Role.ADMINISTRATOR, subject="a.2", grids=(GridCode("yj"),))
BOTH = an_actor(Role.ADMINISTRATOR, subject="a.3", grids=(COUNTY, GridCode("yj")))
STREET = an_actor(Role.ADMINISTRATOR, subject="a.4", grids=(GridCode("qj.bh"),))
WITHOUT_GRIDS = an_actor(Role.ADMINISTRATOR, Role.STAFF, subject="a.5", department=POLICE)

NAMES: Json = {"name": "名", "name_en": "Name"}
AWAY: Json = {"since": "2026-11-23T00:00:00+08:00", "until": "2026-11-24T00:00:00+08:00"}
OF_QIAOJIA: dict[str, Json] = {
    "grid/qj.new": NAMES | {"level": 2},
    "department/fire": NAMES | {"grid": "qj"},
    "district/bh": NAMES | {"grid": "qj.bh.hp.fc.b3", "calendar": "cn", "prefix": "BH"},
    "routing_rule/r": {"order": 1, "lead": "police", "grid": "qj"},
    "staff/p.7": {"department": "police"},
    "absence/x": AWAY | {"staff": "p.1"},
    "notice_policy/department:police": {},
    "notice_policy/b_post:police": {},
    "notice_policy/dispatcher:qj.bh": {},
    "notice_policy/level:qj": {},
    "notice_policy/subject:p.1": {},
}
OF_EVERYBODY: dict[str, Json] = {
    "category/x": NAMES,
    "whistle_kind/x": NAMES | {"may_blow": ["leader"]},
    "calendar/cn2": {
        "zone": "Asia/Shanghai",
        "week": [[{"start": "09:00", "end": "17:00"}]] * 7,
        "covered_until": "2026-12-31",
    },
    "sla_policy/x": {"calendar": "cn", "promises": [], "category": "standing_water"},
    "notice_policy/default": {},
    "notice_policy/dispatcher": {},
    "notice_policy/department:unheard_of": {},
    "routing_rule/r": {"order": 1, "lead": "police"},
}


async def write(
    town: Town, who: Actor, path: str, entry: Json, expected: int = 0
) -> httpx.Response:
    body = {"expected_version": expected, "entry": entry}
    return await town.post(who, f"/reference/{path}", body)


def refused_for(answer: httpx.Response) -> str:
    assert (answer.status_code, answer.json()["code"]) == (403, "out_of_scope"), answer.text
    return str(answer.json()["params"]["grids"])


@pytest.mark.parametrize(("path", "entry"), OF_QIAOJIA.items())
async def test_what_is_about_a_place_is_written_by_who_covers_it(
    town: Town, path: str, entry: Json
) -> None:
    for who in (YANJIN, WITHOUT_GRIDS):
        assert refused_for(await write(town, who, path, entry)).startswith("qj")
    assert (await write(town, ADMINISTRATOR, path, entry)).status_code == 200


@pytest.mark.parametrize(("path", "entry"), OF_EVERYBODY.items())
async def test_what_holds_for_everybody_needs_the_grids_of_all_districts(
    town: Town, path: str, entry: Json
) -> None:
    second = NAMES | {"grid": "yj", "calendar": "cn", "prefix": "YJ"}
    assert (await write(town, YANJIN, "district/yj", second)).status_code == 200
    assert refused_for(await write(town, YANJIN, path, entry)) == "qj"
    assert refused_for(await write(town, ADMINISTRATOR, path, entry)) == "yj"
    assert refused_for(await write(town, WITHOUT_GRIDS, path, entry)) == "qj, yj"
    assert (await write(town, BOTH, path, entry)).status_code == 200


async def test_before_there_are_districts_any_administrator_begins(town: Town) -> None:
    path = "/reference/district/qj/retire"
    assert (await town.post(ADMINISTRATOR, path, {"expected_version": 1})).status_code == 200
    assert (await write(town, WITHOUT_GRIDS, "category/x", NAMES)).status_code == 200


async def test_an_entry_is_taken_only_from_who_covers_where_it_was_too(town: Town) -> None:
    moved = NAMES | {"grid": "yj"}
    assert refused_for(await write(town, YANJIN, "department/police", moved, 1)) == "qj"
    assert refused_for(await write(town, ADMINISTRATOR, "department/police", moved, 1)) == "yj"
    assert (await write(town, BOTH, "department/police", moved, 1)).status_code == 200
    assert refused_for(await write(town, ADMINISTRATOR, "staff/p.1", {"department": "police"}, 1))


async def test_retiring_asks_for_the_same_grids_as_writing(town: Town) -> None:
    for path in ("category/standing_water", "staff/p.1", "department/police"):
        address, body = f"/reference/{path}/retire", {"expected_version": 1}
        assert refused_for(await town.post(YANJIN, address, body)) == "qj"
        assert (await town.post(ADMINISTRATOR, address, body)).status_code == 200


async def test_a_street_does_not_write_for_its_county(town: Town) -> None:
    rule: Json = {"order": 1, "lead": DepartmentCode("police"), "grid": "qj"}
    assert refused_for(await write(town, STREET, "routing_rule/r", rule)) == "qj"


async def test_the_sentence_says_which_grids_are_asked_for(town: Town) -> None:
    town.headers = {"Accept-Language": "en"}
    answer = await write(town, YANJIN, "category/x", NAMES)
    assert answer.json()["detail"] == "This needs an administrator whose grids cover: qj."


@pytest.mark.parametrize("department", [POLICE, None])
async def test_erasing_an_issue_needs_its_grid_and_not_only_sight_of_it(
    town: Town, database: Database, department: DepartmentCode | None
) -> None:
    number = (await born_in(IssueState.HANDLING, database)).number
    path = f"/issues/{number}/erase-personal-data"
    sees = an_actor(Role.ADMINISTRATOR, Role.STAFF, subject="p.9", department=department)
    answer = await town.post(sees, path)
    assert answer.json()["code"] == ("out_of_scope" if department else "not_found")
    for who in (ADMINISTRATOR, STREET):
        assert (await town.post(who, path, key=a_key())).status_code == 200


async def test_a_policy_is_tried_on_the_issues_of_ones_own_grids(
    town: Town, database: Database
) -> None:
    await born_in(IssueState.DISPATCHED, database)
    path, body = (
        "/reference/sla_policy/plain/dry-run",
        {"entry": {"calendar": "cn", "promises": []}},
    )
    assert len((await town.post(ADMINISTRATOR, path, body)).json()["items"]) == 1
    assert (await town.post(YANJIN, path, body)).json()["items"] == []
