"""Somebody with the mini-program comes in, once their WeChat is bound to their account."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from api.app import build_app
from api.ways_in.wechat import WeChatWay
from domain.ids import GridCode
from storage.session import Database
from tests.api.signing_in import STAFF, Person, Watchmaker, hired
from tests.api.test_source_tokens import rows_of
from tests.api.town import ADMINISTRATOR, Town
from tests.api.ways_in.stand_in_wechat import StandInWeChat, refused
from tests.builders import OFFICER
from tests.pictures.album import StoppedClock

NUMBER, OTHER = "13800000001", "13800000002"


def said(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


async def signs_in(phone: Town, code: str) -> httpx.Response:
    return await phone.http.post("/sign-in/wechat", json={"code": code})


async def binds(phone: Town, **codes: str) -> httpx.Response:
    return await phone.http.post("/sign-in/wechat/bind", json=codes)


async def given(phone: Town, subject: str) -> str:
    answer = await phone.post(ADMINISTRATOR, f"/accounts/{subject}/bind-code", {})
    code: str = answer.json()["code"]
    return code


async def test_who_is_not_bound_is_told_so(phone: Town) -> None:
    assert said(await signs_in(phone, "login-oA1")) == (403, "not_linked")


async def test_the_phone_on_the_account_binds_and_from_then_on_a_code_is_enough(
    phone: Town,
) -> None:
    await hired(phone, STAFF, phone=NUMBER)
    bound = await binds(phone, code="login-oA1_1", phone_code=f"phone-{NUMBER}")
    assert (bound.status_code, bound.json()["subject"]) == (200, "s.lin")
    again = await signs_in(phone, "login-oA1_2")
    assert (again.status_code, again.json()["subject"]) == (200, "s.lin")
    lin = Person(phone.http, "lin", "", access=again.json()["access_token"])
    assert (await lin.gets("/me")).json()["way"] == "wechat"


async def test_a_phone_that_is_on_no_account_binds_nothing(phone: Town) -> None:
    await hired(phone, STAFF, phone=NUMBER)
    answer = await binds(phone, code="login-oA1", phone_code=f"phone-{OTHER}")
    assert said(answer) == (403, "not_linked")


async def test_where_the_policy_says_so_an_unknown_phone_becomes_a_resident(
    app: FastAPI, way: WeChatWay
) -> None:
    built = build_app(replace(app.state.parts, wechat=replace(way, makes_residents=True)))
    built.state.engine = app.state.engine
    transport = httpx.ASGITransport(built)
    async with httpx.AsyncClient(transport=transport, base_url="http://test/api/v1") as http:
        phone = Town(http)
        first = await binds(phone, code="login-oA1_1", phone_code=f"phone-{NUMBER}")
        assert first.json()["appointment"]["roles"] == ["resident"]
        second = await signs_in(phone, "login-oA1_2")
        assert second.json()["subject"] == first.json()["subject"]
    await way.wechat.close()


async def test_an_administrators_code_binds_once(phone: Town) -> None:
    await hired(phone, STAFF)
    code = await given(phone, "s.lin")
    bound = await binds(phone, code="login-oA1_1", bind_code=code.lower())
    assert (bound.status_code, bound.json()["subject"]) == (200, "s.lin")
    used = await binds(phone, code="login-oB2_1", bind_code=code)
    assert said(used) == (400, "sign_in_stale")


async def test_an_administrators_code_is_over_after_a_quarter_of_an_hour(
    phone: Town, clock: StoppedClock
) -> None:
    await hired(phone, STAFF)
    code = await given(phone, "s.lin")
    clock.at += timedelta(minutes=15)
    assert said(await binds(phone, code="login-oA1", bind_code=code)) == (400, "sign_in_stale")


async def test_nobody_gives_codes_for_accounts_beyond_their_grids(phone: Town) -> None:
    await hired(phone, STAFF)
    for who, status in ((OFFICER, 403), (replace(ADMINISTRATOR, grids=(GridCode("yj"),)), 404)):
        answer = await phone.post(who, "/accounts/s.lin/bind-code", {})
        assert answer.status_code == status


async def test_a_code_is_shown_once(phone: Town) -> None:
    await hired(phone, STAFF)
    path = "/accounts/s.lin/bind-code"
    answers = [await phone.post(ADMINISTRATOR, path, {}, key="b") for _ in "12"]
    assert answers[0].json()["code"] is not None
    assert answers[1].json()["code"] is None


async def test_one_wechat_is_bound_to_one_account(phone: Town) -> None:
    await hired(phone, STAFF, phone=NUMBER)
    await hired(phone, STAFF, login="wu", phone=OTHER)
    await binds(phone, code="login-oA1_1", phone_code=f"phone-{NUMBER}")
    second = await binds(phone, code="login-oA1_2", phone_code=f"phone-{OTHER}")
    assert said(second) == (409, "account_taken")


async def test_a_code_for_binding_does_not_bind_without_wechats_own(phone: Town) -> None:
    await hired(phone, STAFF)
    code = await given(phone, "s.lin")
    assert said(await binds(phone, code="stolen", bind_code=code)) == (401, "provider_refused")
    assert (await binds(phone, code="login-oA1", bind_code=code)).status_code == 200


async def test_unbinding_ends_what_came_in_by_it(phone: Town, ticks: Watchmaker) -> None:
    await hired(phone, STAFF, phone=NUMBER)
    bound = await binds(phone, code="login-oA1_1", phone_code=f"phone-{NUMBER}")
    lin = Person(phone.http, "lin", "", access=bound.json()["access_token"])
    assert (await lin.gets("/me")).status_code == 200
    answer = await phone.post(ADMINISTRATOR, "/accounts/s.lin/unlink", {"provider": "wechat"})
    assert answer.status_code == 200
    ticks.later()
    assert (await lin.gets("/me")).status_code == 401
    assert said(await signs_in(phone, "login-oA1_2")) == (403, "not_linked")


@pytest.mark.parametrize(
    ("errcode", "answered"),
    [
        (40029, (401, "provider_refused")),
        (40226, (401, "provider_refused")),
        (45011, (429, "too_many_attempts")),
        (-1, (503, "provider_unavailable")),
        (40013, (503, "provider_unavailable")),
    ],
)
async def test_what_wechat_says_is_told_in_our_words(
    phone: Town, there: StandInWeChat, errcode: int, answered: tuple[int, str]
) -> None:
    there.instead["/sns/jscode2session"] = [refused(errcode, "their words")]
    answer = await signs_in(phone, "login-oA1")
    assert said(answer) == answered
    assert "their words" not in answer.text
    assert ("Retry-After" in answer.headers) is (answered[0] in {429, 503})


@pytest.mark.parametrize(
    "codes",
    [{}, {"phone_code": "p", "bind_code": "7KQ2M9XB4T"}, {"bind_code": "short"}],
)
async def test_either_the_one_or_the_other(phone: Town, codes: dict[str, str]) -> None:
    assert said(await binds(phone, code="login-oA1", **codes)) == (422, "invalid_input")


async def test_without_a_mini_program_there_is_no_such_way(town: Town) -> None:
    assert said(await signs_in(town, "login-oA1")) == (404, "not_found")


async def test_neither_openid_nor_phone_is_kept(phone: Town, database: Database) -> None:
    await hired(phone, STAFF, phone=NUMBER)
    await binds(phone, code="login-oSecretId", phone_code=f"phone-{NUMBER}")
    for table in ("accounts", "identities", "sign_in_codes", "appointments"):
        kept = await rows_of(database, table)
        assert "oSecretId" not in kept
        assert NUMBER not in kept
