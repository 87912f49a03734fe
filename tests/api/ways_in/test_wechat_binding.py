"""Binding and unbinding beside each other, and by people who should not."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial

import httpx
import pytest_asyncio
from fastapi import FastAPI
from sqlalchemy import text

from api.app import build_app
from api.ways_in.wechat import PROVIDER, WeChatWay
from domain.ids import Subject
from storage.accounts.repository import Accounts
from storage.session import Database
from tests.api.signing_in import STAFF, Person, hired
from tests.api.test_accounts import patched
from tests.api.test_source_tokens import rows_of
from tests.api.town import ADMINISTRATOR, Town
from tests.api.ways_in.test_wechat import NUMBER, OTHER, binds, given, said, signs_in

by_phone = partial(binds, phone_code=f"phone-{NUMBER}")
LIN = Subject("s.lin")


@pytest_asyncio.fixture(loop_scope="session")
async def open_town(app: FastAPI, way: WeChatWay) -> AsyncIterator[Town]:
    """Where the policy makes residents."""
    built = build_app(replace(app.state.parts, wechat=replace(way, makes_residents=True)))
    built.state.engine = app.state.engine
    transport = httpx.ASGITransport(built)
    async with httpx.AsyncClient(transport=transport, base_url="http://test/api/v1") as http:
        yield Town(http)
    await way.wechat.close()


async def waits_for_a_lock(database: Database) -> None:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    async with asyncio.timeout(10), database.read() as session:
        while not (await session.execute(waiting)).scalar_one():
            await session.execute(text("SELECT pg_sleep(0.01), pg_stat_clear_snapshot()"))


async def test_who_got_an_old_number_gets_no_account_with_it(phone: Town) -> None:
    await hired(phone, STAFF, phone=NUMBER)
    assert (await by_phone(phone, code="login-oA1_1")).status_code == 200
    second = await binds(phone, code="login-oB2_1", phone_code=f"phone-{NUMBER}_2")
    assert said(second) == (409, "account_taken")
    assert (await signs_in(phone, "login-oA1_2")).status_code == 200
    assert said(await signs_in(phone, "login-oB2_2")) == (403, "not_linked")


async def test_an_administrator_unbinds_before_another_wechat_is_bound(phone: Town) -> None:
    await hired(phone, STAFF, phone=NUMBER)
    await by_phone(phone, code="login-oA1_1")
    code = await given(phone, "s.lin")
    assert said(await binds(phone, code="login-oB2_1", bind_code=code)) == (409, "account_taken")
    await phone.post(ADMINISTRATOR, "/accounts/s.lin/unlink", {"provider": PROVIDER})
    code = await given(phone, "s.lin")
    assert (await binds(phone, code="login-oB2_2", bind_code=code)).status_code == 200


async def test_a_new_code_is_instead_of_the_one_before(phone: Town) -> None:
    await hired(phone, STAFF)
    first, second = [await given(phone, "s.lin") for _ in "12"]
    assert said(await binds(phone, code="login-oA1", bind_code=first)) == (400, "sign_in_stale")
    assert (await binds(phone, code="login-oA1_2", bind_code=second)).status_code == 200


async def test_of_two_who_bring_one_code_one_is_bound(phone: Town) -> None:
    await hired(phone, STAFF)
    code = await given(phone, "s.lin")
    both = await asyncio.gather(
        *(binds(phone, code=f"login-{who}", bind_code=code) for who in ("oA1", "oB2"))
    )
    assert sorted(each.status_code for each in both) == [200, 400]


async def test_a_disabled_account_is_neither_bound_nor_opened(
    phone: Town, database: Database
) -> None:
    await hired(phone, STAFF, phone=NUMBER)
    await patched(phone, "lin", disabled=True)
    assert said(await by_phone(phone, code="login-oA1_1")) == (401, "sign_in_failed")
    assert await rows_of(database, "identities") == "[]"
    await patched(phone, "lin", disabled=False)
    bound = await binds(phone, code="login-oA1_2", phone_code=f"phone-{NUMBER}_2")
    lin = Person(phone.http, "lin", "", access=bound.json()["access_token"])
    assert (await lin.gets("/me")).status_code == 200
    await patched(phone, "lin", disabled=True)
    assert said(await signs_in(phone, "login-oA1_3")) == (401, "sign_in_failed")


async def test_no_resident_is_left_behind_by_a_wechat_that_is_bound(
    open_town: Town, database: Database
) -> None:
    await hired(open_town, STAFF, phone=NUMBER)
    await by_phone(open_town, code="login-oA1_1")
    before = await rows_of(database, "accounts")
    other = await binds(open_town, code="login-oA1_2", phone_code=f"phone-{OTHER}")
    assert said(other) == (409, "account_taken")
    assert await rows_of(database, "accounts") == before


async def test_of_two_residents_with_one_phone_there_is_one(
    open_town: Town, database: Database
) -> None:
    both = await asyncio.gather(
        *(
            binds(open_town, code=f"login-{who}", phone_code=f"phone-{NUMBER}_{who}")
            for who in ("oA1", "oB2")
        )
    )
    assert sorted(each.status_code for each in both) == [200, 409]
    assert (await rows_of(database, "accounts")).count("'wechat'") == 1


async def test_signing_in_beside_unbinding_leaves_no_session(
    phone: Town, way: WeChatWay, database: Database
) -> None:
    await hired(phone, STAFF, phone=NUMBER)
    await by_phone(phone, code="login-oA1_1")
    async with database.begin() as session:
        accounts = Accounts(session, way.ways_in.hasher)
        await accounts.lock(LIN)
        signing_in = asyncio.create_task(signs_in(phone, "login-oA1_2"))
        await waits_for_a_lock(database)
        assert await accounts.unlink(LIN, PROVIDER) == 1
    assert said(await signing_in) == (403, "not_linked")


async def test_who_is_bound_by_what_is_on_record(phone: Town, database: Database) -> None:
    await hired(phone, STAFF, phone=NUMBER)
    await given(phone, "s.lin")
    await by_phone(phone, code="login-oSecretId_1")
    kept = await rows_of(database, "audit_entries")
    assert "bind_code" in kept
    assert "'identity_bound', 'account', 's.lin'" in kept
    for secret in ("oSecretId", NUMBER):
        assert secret not in kept
