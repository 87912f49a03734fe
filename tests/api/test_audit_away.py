"""While the audit log cannot be written nobody is let in and nothing is handed over."""

import pytest
from sqlalchemy import text

from domain.vocabulary import IssueState
from storage.session import Database
from tests.api.residents import SECRETS
from tests.api.signing_in import PASSWORD, Person, at_work
from tests.api.test_audit_entries import acts
from tests.api.test_persons import ME
from tests.api.town import ADMINISTRATOR, Town
from tests.builders import RESIDENT
from tests.storage.stories import born_in


@pytest.mark.parametrize("path", ["/persons/export", "/persons/erase"])
async def test_a_person_is_not_handed_over_or_erased_without_an_entry(
    town: Town, database: Database, path: str
) -> None:
    number = (await born_in(IssueState.CLOSED, database, **SECRETS)).number
    async with database.begin() as session:
        await session.execute(text("LOCK TABLE audit_entries"))
        answer = await town.post(ADMINISTRATOR, path, ME)
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert "王小明" not in answer.text
    assert await acts(database) == []
    kept = (await town.post(RESIDENT, "/persons/export", ME)).json()["issues"]
    assert [(each["number"], each["reporter"]["name"]) for each in kept] == [(number, "王小明")]


async def test_nobody_is_let_in_without_an_entry(town: Town, database: Database) -> None:
    lin = await at_work(town)
    async with database.begin() as session:
        await session.execute(text("LOCK TABLE audit_entries"))
        answer = await Person(town.http, lin.login, PASSWORD).signs_in()
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert "access_token" not in answer.json()


async def test_who_is_not_let_in_is_told_so_also_without_an_entry(
    town: Town, database: Database
) -> None:
    lin = await at_work(town)
    before = await acts(database)
    async with database.begin() as session:
        await session.execute(text("LOCK TABLE audit_entries"))
        answer = await Person(town.http, lin.login, "wrong").signs_in()
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_failed")
    assert await acts(database) == before
