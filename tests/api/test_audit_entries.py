"""Who saw or did what is on record, and what cannot be put on record is not shown."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import text

from api.refusing import MOST_A_MINUTE
from domain.actor import Actor
from domain.ids import GridCode
from domain.vocabulary import IssueState, Role
from storage.session import Database
from tests.api.cameras import source_made, token_of
from tests.api.town import ADMINISTRATOR, STRANGER, Town
from tests.builders import DISPATCHER, GRID, OFFICER, PLUMBER, RESIDENT, an_actor
from tests.storage.stories import born_in

WANG = {"reporter_name": "王女士", "reporter_phone": "13800000000"}


async def entries(database: Database) -> list[Mapping[str, Any]]:
    """In the order of writing."""
    async with database.read() as session:
        rows = await session.execute(text("SELECT * FROM audit_entries ORDER BY id"))
        return [dict(row) for row in rows.mappings()]


async def acts(database: Database) -> list[tuple[str, str | None, str, str]]:
    found = await entries(database)
    return [(each["act"], each["subject"], each["object_id"], each["result"]) for each in found]


async def test_reading_a_reporter_is_on_record(town: Town, database: Database) -> None:
    number = (await born_in(IssueState.HANDLING, database, **WANG)).number
    town.headers["X-Request-ID"] = "request-0001"
    answer = await town.get(OFFICER, f"/issues/{number}/reporter")
    assert answer.status_code == 200
    (entry,) = await entries(database)
    assert (entry["act"], entry["subject"], entry["object_id"], entry["grid"]) == (
        *("reporter_read", OFFICER.subject, number, GRID),
    )
    assert (entry["department"], entry["request"]) == (OFFICER.department, "request-0001")
    assert not any(word in str(entry) for word in ("王女士", "13800000000"))


async def test_what_cannot_be_put_on_record_is_not_shown(town: Town, database: Database) -> None:
    number = (await born_in(IssueState.HANDLING, database, **WANG)).number
    async with database.begin() as session:
        await session.execute(text("LOCK TABLE audit_entries"))
        answer = await town.get(OFFICER, f"/issues/{number}/reporter")
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert "王女士" not in answer.text
    assert await acts(database) == []


async def test_an_act_and_its_entry_stand_and_fall_together(town: Town, database: Database) -> None:
    number = (await born_in(IssueState.HANDLING, database, **WANG)).number
    path = f"/issues/{number}/erase-personal-data"
    async with database.begin() as session:
        await session.execute(text("LOCK TABLE audit_entries"))
        assert (await town.post(ADMINISTRATOR, path, key="e")).status_code == 503
    reporter = await town.get(DISPATCHER, f"/issues/{number}/reporter")
    assert reporter.json()["name"] == "王女士"
    for _ in range(2):
        assert (await town.post(ADMINISTRATOR, path, key="e")).status_code == 200
    assert await acts(database) == [
        ("reporter_read", DISPATCHER.subject, number, "done"),
        ("personal_data_erased", ADMINISTRATOR.subject, number, "done"),
    ]


@pytest.mark.parametrize(
    ("who", "status", "result"),
    [(PLUMBER, 404, "out_of_scope"), (STRANGER, 404, "out_of_scope")],
)
async def test_who_asks_for_what_is_hidden_from_them_is_on_record(
    town: Town, database: Database, who: Actor, status: int, result: str
) -> None:
    number = (await born_in(IssueState.HANDLING, database)).number
    assert (await town.get(who, f"/issues/{number}")).status_code == status
    assert await acts(database) == [("refused", who.subject, number, result)]
    assert (await town.get(who, "/issues/QJ-2026-9999999")).status_code == 404
    assert len(await acts(database)) == 1


async def test_a_refusal_by_right_is_on_record_and_a_flood_of_them_is_cut(
    town: Town, database: Database
) -> None:
    for _ in range(MOST_A_MINUTE + 5):
        answer = await town.post(DISPATCHER, "/reference/grid/x", {"entry": {}})
        assert answer.status_code == 403
    found = await entries(database)
    assert {(each["act"], each["object_id"], each["result"]) for each in found} == {
        ("refused", "write_entry", "forbidden")
    }
    assert [each["particulars"] for each in found].count(found[-1]["particulars"]) == 1
    assert '"more_not_noted": true' in found[-1]["particulars"]
    assert len(found) == MOST_A_MINUTE


async def test_a_refusal_is_said_also_where_it_cannot_be_put_on_record(
    town: Town, database: Database
) -> None:
    async with database.begin() as session:
        await session.execute(text("LOCK TABLE audit_entries"))
        answer = await town.post(DISPATCHER, "/reference/grid/x", {"entry": {}})
    assert answer.status_code == 403


async def test_positions_and_links_to_pictures_are_on_record(
    town: Town, database: Database
) -> None:
    position = {"lat": 26.9, "lon": 102.9, "system": "wgs84"}
    number = await town.raised(RESIDENT, position=position)
    answer = await town.get(RESIDENT, f"/issues/{number}")
    assert answer.json()["position"] is not None
    assert await acts(database) == [("position_read", RESIDENT.subject, number, "done")]
    assert "26.9" not in str(await entries(database))


async def test_what_is_done_is_on_record_once_however_often_it_is_asked(
    town: Town, database: Database
) -> None:
    body = {"grid": GRID, "colour": "red"}
    for _ in range(2):
        assert (await town.post(ADMINISTRATOR, "/households/set-colour", body, "h")).is_success
    category = {"code": "x", "name": "x", "name_en": "x"}
    for _ in range(2):
        answer = await town.post(ADMINISTRATOR, "/reference/category/x", {"entry": category}, "c")
        assert answer.status_code == 200, answer.text
    found = await entries(database)
    assert [(each["act"], each["object_id"], each["particulars"]) for each in found] == [
        ("household_written", GRID, '{"set": true, "of_address": false}'),
        ("entry_written", "category/x", '{"version": 1}'),
    ]
    assert "red" not in str(found)


async def test_asking_for_a_foreign_source_or_message_is_on_record(
    town: Town, database: Database
) -> None:
    await source_made(town)
    elsewhere = an_actor(Role.ADMINISTRATOR, subject="a.9", grids=(GridCode("yj"),))
    for code in ("box", "none"):
        answer = await town.get(elsewhere, f"/alert-sources/{code}/tokens")
        assert answer.status_code in (403, 404)
    assert (await town.get(elsewhere, "/raw-messages/1")).status_code == 404
    (entry,) = [each for each in await entries(database) if each["act"] == "refused"]
    assert (entry["object_kind"], entry["object_id"], entry["grid"]) == ("source", "box", "qj")
    assert entry["result"] == "out_of_scope"


async def test_tokens_are_on_record_and_no_secret_is(town: Town, database: Database) -> None:
    await source_made(town)
    issued = await token_of(town)
    path = f"/alert-sources/box/tokens/{issued['id']}/revoke"
    assert (await town.post(ADMINISTRATOR, path)).status_code == 200
    assert [each[0] for each in await acts(database)] == [
        *("entry_written", "token_issued", "token_revoked"),
    ]
    assert issued["token"] not in str(await entries(database))
