"""Accounts in the hands of administrators: within their own grids, and never their own."""

from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from typing_extensions import override

from api.ways_in.passwords import Passwords
from api.ways_in.sessions import WaysIn, open_session
from domain.actor import Actor
from domain.ids import GridCode, Subject
from domain.vocabulary import Role
from storage.accounts.repository import Accounts
from storage.session import Database
from tests.api.signing_in import (
    CHEAP,
    PASSWORD,
    STAFF,
    WORKER,
    Person,
    Watchmaker,
    an_entrance,
    at_work,
    hired,
)
from tests.api.test_signing_in import said
from tests.api.test_source_tokens import rows_of
from tests.api.town import ADMINISTRATOR, Json, Town, a_token, fields_of
from tests.builders import COUNTY, DISPATCHER, GRID, NOON, an_actor
from tests.pictures.album import StoppedClock

VILLAGE = an_actor(Role.ADMINISTRATOR, subject="a.2", grids=(GRID,))
ELSEWHERE = an_actor(Role.ADMINISTRATOR, subject="a.3", grids=(GridCode("yj"),))
HOUR = timedelta(hours=1)


async def created(town: Town, who: Actor = ADMINISTRATOR, **body: object) -> httpx.Response:
    return await town.post(who, "/accounts", {"login": "wu", "appointments": [WORKER], **body})


async def test_a_new_account_has_a_password_that_is_shown_once(
    town: Town, database: Database
) -> None:
    body = {"login": "Wu", "phone": "13800138000", "appointments": [WORKER]}
    first, again = [await town.post(ADMINISTRATOR, "/accounts", body, key="k") for _ in "12"]
    assert (first.status_code, again.status_code) == (201, 201)
    made, repeated = first.json(), again.json()
    assert len(made["password"]) >= 20
    assert repeated == made | {"password": None}
    assert (made["login"], made["has_phone"], made["must_change_password"]) == ("wu", True, True)
    kept = [await rows_of(database, each) for each in ("accounts", "idempotency_keys")]
    for secret in (made["password"], "13800138000"):
        assert secret not in "".join(kept)


async def test_a_given_password_is_hashed_while_nothing_is_locked(
    app: FastAPI, town: Town, database: Database
) -> None:
    asked: list[str] = []

    class Slow(Passwords):
        @override
        async def hashed(self, password: str) -> str:
            async with database.begin() as session:
                free = "SELECT subject FROM accounts FOR UPDATE NOWAIT"
                asked.extend((await session.execute(text(free))).scalars())
            return await super().hashed(password)

    she = (await created(town)).json()["subject"]
    object.__setattr__(app.state.parts.ways_in, "passwords", Slow(CHEAP))
    answer = await town.post(ADMINISTRATOR, f"/accounts/{she}/reset-password")
    assert answer.status_code == 200, answer.text
    assert asked == [she]
    app.state.parts.ways_in.passwords.close()


async def test_without_a_login_name_there_is_no_password(town: Town) -> None:
    made = (await created(town, login=None)).json()
    assert (made["password"], made["login"], made["must_change_password"]) == (None, None, False)
    assert made["subject"].startswith("u.")


@pytest.mark.parametrize(
    ("who", "appointment", "code"),
    [
        (DISPATCHER, WORKER, "forbidden"),
        (VILLAGE, WORKER, ""),
        (VILLAGE, {"roles": ["administrator"], "grids": [COUNTY]}, "out_of_scope"),
        (VILLAGE, {"roles": ["staff"], "grids": [GRID, COUNTY]}, "out_of_scope"),
        (VILLAGE, STAFF, "out_of_scope"),
        (VILLAGE, {"roles": ["resident"]}, "out_of_scope"),
        (ELSEWHERE, WORKER, "out_of_scope"),
        (ADMINISTRATOR, {"roles": ["engine"], "grids": [GRID]}, "invalid_input"),
        (ADMINISTRATOR, {"roles": ["camera"], "grids": [GRID]}, "invalid_input"),
        (ADMINISTRATOR, {"roles": [], "grids": [GRID]}, "invalid_input"),
        (ADMINISTRATOR, {"roles": ["staff"], "department": "fire"}, "invalid_input"),
        (ADMINISTRATOR, {"roles": ["staff"], "grids": ["qj.nowhere"]}, "invalid_input"),
        (
            ADMINISTRATOR,
            {**WORKER, "since": NOON.isoformat(), "until": (NOON - HOUR).isoformat()},
            "invalid_input",
        ),
    ],
)
async def test_nobody_gives_more_than_they_have(
    town: Town, who: Actor, appointment: Json, code: str
) -> None:
    answer = await created(town, who, appointments=[WORKER, appointment])
    assert said(answer) == (answer.status_code, code)
    assert (answer.status_code == 201) == (code == "")


async def test_nobody_changes_their_own_account(town: Town) -> None:
    path = f"/accounts/{ADMINISTRATOR.subject}"
    answers = [
        await created(town, subject=ADMINISTRATOR.subject),
        await town.post(ADMINISTRATOR, f"{path}/appointments", WORKER),
        await town.post(ADMINISTRATOR, f"{path}/reset-password"),
        await town.post(ADMINISTRATOR, f"{path}/appointments/{'0' * 32}/end", {}),
    ]
    assert [said(each) for each in answers] == [(409, "own_account")] * 4


@pytest.mark.parametrize("body", [{"login": "LIN"}, {"subject": "s.lin"}, {"phone": "13800138000"}])
async def test_what_is_taken_is_taken(town: Town, body: Json) -> None:
    await hired(town, phone="13800138000")
    assert said(await created(town, **body)) == (409, "account_taken")
    if "subject" not in body:
        await hired(town, login="wang")
        changed = await patched(town, "wang", **body)
        assert said(changed) == (409, "account_taken")


async def patched(
    town: Town, whom: str, who: Actor = ADMINISTRATOR, **body: object
) -> httpx.Response:
    bearer = {"Authorization": f"Bearer {a_token(who)}"}
    return await town.http.patch(f"/accounts/s.{whom}", json=body, headers=bearer)


async def test_a_disabled_account_is_out_at_once_and_can_come_back(
    town: Town, ticks: Watchmaker
) -> None:
    lin = await at_work(town)
    disabled = (await patched(town, "lin", disabled=True)).json()
    assert disabled["disabled_by"] == ADMINISTRATOR.subject
    ticks.later(2.0)
    assert said(await lin.gets("/me")) == (401, "session_over")
    assert said(await lin.refreshes()) == (401, "session_over")
    assert said(await lin.signs_in()) == (401, "sign_in_failed")
    assert (await patched(town, "lin", disabled=False)).json()["disabled_at"] is None
    assert (await lin.signs_in()).status_code == 200


async def test_what_is_not_said_stays(town: Town) -> None:
    await hired(town, phone="13800138000")
    changed = (await patched(town, "lin", login="Lin.Wei")).json()
    assert (changed["login"], changed["has_phone"]) == ("lin.wei", True)
    bare = (await patched(town, "lin", login=None, phone=None)).json()
    assert (bare["login"], bare["has_phone"]) == (None, False)


async def test_who_has_part_of_an_account_cannot_become_all_of_it(town: Town) -> None:
    """A new password of somebody's is the way into all their appointments."""
    lin = await at_work(town, WORKER, STAFF)
    assert (await town.get(VILLAGE, "/accounts/s.lin")).status_code == 200
    answers = [
        await town.post(VILLAGE, "/accounts/s.lin/reset-password"),
        await town.post(VILLAGE, "/accounts/s.lin/sign-out"),
        await patched(town, "lin", VILLAGE, login="mine"),
        await patched(town, "lin", VILLAGE, phone="13800138000"),
        await patched(town, "lin", VILLAGE, disabled=True),
    ]
    assert [said(each) for each in answers] == [(403, "out_of_scope")] * 5
    assert (await lin.signs_in()).status_code == 200


async def test_accounts_of_others_are_not_there(town: Town) -> None:
    await hired(town, WORKER)
    await hired(town, STAFF, login="wang")
    listed = [
        [each["subject"] for each in (await town.get(who, "/accounts")).json()["items"]]
        for who in (ADMINISTRATOR, VILLAGE, ELSEWHERE)
    ]
    assert listed == [["s.lin", "s.wang"], ["s.lin"], []]
    for answer in (
        await town.get(VILLAGE, "/accounts/s.wang"),
        await town.get(ADMINISTRATOR, "/accounts/s.nobody"),
        await patched(town, "wang", VILLAGE, disabled=True),
        await town.post(ELSEWHERE, "/accounts/s.lin/appointments", WORKER),
        await town.post(ELSEWHERE, "/accounts/s.lin/reset-password"),
    ):
        assert said(answer) == (404, "not_found")
    assert said(await town.get(DISPATCHER, "/accounts")) == (403, "forbidden")


async def test_a_list_goes_on_where_the_page_before_ended(town: Town) -> None:
    for login in ("a1", "b1", "c1"):
        await hired(town, login=login)
    first = (await town.get(ADMINISTRATOR, "/accounts", limit=2)).json()
    second = (await town.get(ADMINISTRATOR, "/accounts", limit=2, after=first["next"])).json()
    subjects = [[each["subject"] for each in page["items"]] for page in (first, second)]
    assert subjects == [["s.a1", "s.b1"], ["s.c1"]]
    assert second["next"] is None


async def test_a_reset_password_ends_everything_and_has_to_be_changed(
    town: Town, ticks: Watchmaker
) -> None:
    lin = await at_work(town)
    first, again = [
        (await town.post(ADMINISTRATOR, "/accounts/s.lin/reset-password", key="r")).json()
        for _ in "12"
    ]
    assert again == {"subject": "s.lin", "password": None}
    ticks.later()
    assert said(await lin.gets("/me")) == (401, "session_over")
    assert said(await lin.signs_in()) == (401, "sign_in_failed")
    lin.password = first["password"]
    assert (await lin.signs_in()).json()["must_change_password"] is True


async def test_an_unlinked_provider_knows_nobody_and_its_sessions_are_over(
    town: Town, database: Database, ways_in: WaysIn, ticks: Watchmaker
) -> None:
    lin = await at_work(town)
    async with database.begin() as session:
        accounts = Accounts(session, ways_in.hasher)
        await accounts.link_identity(
            Subject("s.lin"), "wecom", "her-id", at=NOON, by=ADMINISTRATOR.subject
        )
        found = await accounts.by_identity("wecom", "her-id")
        assert found is not None
        tokens = await open_session(session, ways_in, found, an_entrance("wecom"), at=NOON)
    by_provider = Person(town.http, "", "", tokens.access)
    assert (await by_provider.gets("/me")).json()["way"] == "wecom"
    shown = await town.post(ADMINISTRATOR, "/accounts/s.lin/unlink", {"provider": "wecom"})
    assert (shown.status_code, shown.json()["identities"]) == (200, [])
    ticks.later()
    assert said(await by_provider.gets("/me")) == (401, "session_over")
    assert (await lin.gets("/me")).status_code == 200
    async with database.read() as session:
        assert await Accounts(session, ways_in.hasher).by_identity("wecom", "her-id") is None


async def test_an_administrator_signs_somebody_out(town: Town, ticks: Watchmaker) -> None:
    lin = await at_work(town)
    answer = await town.post(ADMINISTRATOR, "/accounts/s.lin/sign-out")
    assert answer.json() == {"sessions": 1}
    ticks.later(2.0)
    assert said(await lin.gets("/me")) == (401, "session_over")
    assert (await lin.signs_in()).status_code == 200


async def test_appointments_come_and_end_and_their_history_stays(
    town: Town, ticks: Watchmaker, clock: StoppedClock
) -> None:
    lin = await at_work(town, WORKER)
    path = "/accounts/s.lin/appointments"
    added = await town.post(ADMINISTRATOR, path, {**STAFF, "post": "b"})
    assert (added.status_code, added.json()["post"]) == (201, "b")
    await lin.posts("/me/appointment", appointment=added.json()["id"])
    assert (await lin.gets("/me")).json()["roles"] == ["staff"]
    ended = await town.post(ADMINISTRATOR, f"{path}/{added.json()['id']}/end", {})
    assert ended.json()["until"] == NOON.isoformat().replace("+00:00", "Z")
    ticks.later(2.0)
    assert said(await lin.gets("/me")) == (401, "session_over")
    assert (await lin.signs_in()).json()["appointment"]["roles"] == ["grid_worker"]
    ever = (await town.get(ADMINISTRATOR, "/accounts/s.lin")).json()["appointments"]
    assert sorted(each["roles"][0] for each in ever) == ["grid_worker", "staff"]


async def test_an_appointment_is_ended_by_who_covers_it(town: Town) -> None:
    await hired(town, WORKER, STAFF)
    ever = (await town.get(ADMINISTRATOR, "/accounts/s.lin")).json()["appointments"]
    by_role = {each["roles"][0]: f"/accounts/s.lin/appointments/{each['id']}/end" for each in ever}
    assert said(await town.post(VILLAGE, by_role["staff"], {}))[0] == 404
    soon = {"at": (NOON + HOUR).isoformat()}
    answer = await town.post(VILLAGE, by_role["grid_worker"], soon)
    assert answer.json()["until"] == (NOON + HOUR).isoformat().replace("+00:00", "Z")


async def test_words_that_are_somebodys_number_are_refused(town: Town) -> None:
    answer = await created(town, subject="13800138000", login="13900139000")
    assert set(fields_of(answer)) == {"subject", "login"}
    assert PASSWORD not in answer.text


async def test_a_stranger_with_an_account_of_the_others_sees_only_their_own(town: Town) -> None:
    """An administrator by appointment, signed in: the session's scope is that appointment's."""
    boss = {"roles": ["administrator"], "grids": [GRID]}
    wang: Person = await at_work(town, boss, login="wang")
    await hired(town, STAFF)
    listed = (await wang.gets("/accounts")).json()["items"]
    assert [each["subject"] for each in listed] == ["s.wang"]
    assert said(await wang.gets("/accounts/s.lin")) == (404, "not_found")
