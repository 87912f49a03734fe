"""WeChat's answers, each by its documented code; nothing of a request is ever told."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from api.ways_in.wechat_client import (
    CodeRefused,
    RiskyPerson,
    TooOften,
    WeChat,
    WeChatUnavailable,
)
from tests.api.signing_in import Watchmaker
from tests.api.ways_in.stand_in_wechat import (
    APPID,
    SECRET,
    StandInWeChat,
    refused,
    served,
    written,
)

LOGIN, PHONE = "/sns/jscode2session", "/wxa/business/getuserphonenumber"
TOKEN = "/cgi-bin/stable_token"


@pytest.fixture
def ticks() -> Watchmaker:
    return Watchmaker()


@pytest_asyncio.fixture(loop_scope="session")
async def wechat(there: StandInWeChat, ticks: Watchmaker) -> AsyncIterator[WeChat]:
    client = WeChat(there.url, APPID, SECRET, ticks)
    yield client
    await client.close()


async def test_a_code_says_who_it_is_and_works_once(wechat: WeChat) -> None:
    person = await wechat.person("login-oA1")
    assert (person.openid, person.unionid) == ("oA1", "uoA1")
    assert "oA1" not in repr(person)
    with pytest.raises(CodeRefused):
        await wechat.person("login-oA1")


async def test_somebody_who_comes_too_often_waits_for_the_minute_to_end(
    wechat: WeChat, there: StandInWeChat
) -> None:
    there.per_minute = 1
    await wechat.person("login-oA1_1")
    with pytest.raises(TooOften):
        await wechat.person("login-oA1_2")
    assert (await wechat.person("login-oB2_1")).openid == "oB2"
    there.tried.clear()
    assert (await wechat.person("login-oA1_3")).openid == "oA1"


async def test_a_phone_comes_by_the_code_of_its_button_alone(wechat: WeChat) -> None:
    assert await wechat.phone("phone-13800000000") == "13800000000"
    for code in ("phone-13800000000", "login-oA1"):
        with pytest.raises(CodeRefused):
            await wechat.phone(code)


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (40029, CodeRefused),
        (40163, CodeRefused),
        (45011, TooOften),
        (40226, RiskyPerson),
        (-1, WeChatUnavailable),
        (40013, WeChatUnavailable),
        (48001, WeChatUnavailable),
        (45009, WeChatUnavailable),
    ],
)
async def test_every_error_has_its_meaning(
    wechat: WeChat, there: StandInWeChat, code: int, meaning: type[Exception]
) -> None:
    there.instead[LOGIN] = [refused(code, "no")]
    with pytest.raises(meaning):
        await wechat.person("login-oA1")


@pytest.mark.parametrize(
    "answer",
    [
        written({"errcode": 0}, "502 Bad Gateway"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<xml>",
        written({"openid": ""}),
        written({"openid": 7}),
        written({"errcode": ["40029"]}),
        written({"errcode": None}),
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
        b"nonsense\r\n\r\n",
    ],
)
async def test_whatever_else_is_said_is_no_answer(
    wechat: WeChat, there: StandInWeChat, answer: bytes
) -> None:
    there.instead[LOGIN] = [answer]
    with pytest.raises(WeChatUnavailable):
        await wechat.person("login-oA1")


async def test_many_at_once_ask_for_one_token(wechat: WeChat, there: StandInWeChat) -> None:
    codes = [f"phone-1380000000{digit}" for digit in range(8)]
    phones = await asyncio.gather(*(wechat.phone(code) for code in codes))
    assert len(set(phones)) == 8
    assert there.asked.count(TOKEN) == 1


async def test_a_token_is_renewed_before_its_end(
    wechat: WeChat, there: StandInWeChat, ticks: Watchmaker
) -> None:
    await wechat.phone("phone-1")
    ticks.later(6899)
    await wechat.phone("phone-2")
    assert there.asked.count(TOKEN) == 1
    there.renew()
    ticks.later(2)
    await wechat.phone("phone-3")
    assert there.asked.count(TOKEN) == 2


async def test_a_token_of_a_few_minutes_is_not_asked_for_each_time(
    wechat: WeChat, there: StandInWeChat
) -> None:
    there.lasts = 120
    for turn in range(3):
        await wechat.phone(f"phone-{turn}")
    assert there.asked.count(TOKEN) == 1


async def test_a_stale_token_is_renewed_once_and_the_call_repeated(
    wechat: WeChat, there: StandInWeChat
) -> None:
    await wechat.phone("phone-1")
    there.renew()
    there.renew()
    assert await wechat.phone("phone-2") == "2"
    assert there.asked.count(TOKEN) == 2
    there.instead[PHONE] = [refused(40001, "no"), refused(42001, "no")]
    with pytest.raises(WeChatUnavailable):
        await wechat.phone("phone-3")
    assert there.asked.count(PHONE) == 5


async def test_who_waits_for_a_token_shares_its_refusal(
    wechat: WeChat, there: StandInWeChat
) -> None:
    there.gate = asyncio.Event()
    there.instead[TOKEN] = [refused(-1, "system error")]
    asking = [asyncio.create_task(wechat.phone(f"phone-{turn}")) for turn in range(8)]
    await there.reached.wait()
    there.gate.set()
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert {type(each) for each in answers} == {WeChatUnavailable}
    assert there.asked == [TOKEN]
    assert await wechat.phone("phone-8") == "8"


async def test_a_renewal_outlives_who_began_it(wechat: WeChat, there: StandInWeChat) -> None:
    there.gate = asyncio.Event()
    first, second = (asyncio.create_task(wechat.phone(f"phone-{turn}")) for turn in "12")
    await there.reached.wait()
    first.cancel()
    there.gate.set()
    assert await second == "2"
    assert there.asked.count(TOKEN) == 1


async def test_nobody_there_is_unavailable(ticks: Watchmaker) -> None:
    async with served() as gone:
        address = gone.url
    nowhere = WeChat(address, APPID, SECRET, ticks)
    with pytest.raises(WeChatUnavailable):
        await nowhere.person("login-oA1")
    await nowhere.close()


async def test_nothing_of_a_request_is_told(
    wechat: WeChat, there: StandInWeChat, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    with capture_logs() as logs:
        for said in (refused(40013, SECRET), written({}, "500 Oops")):
            there.instead[LOGIN] = [said]
            with pytest.raises(WeChatUnavailable) as caught:
                await wechat.person("login-oA1")
            assert SECRET not in f"{caught.value!r} {caught.value.__cause__!r}"
            assert caught.value.__context__ is None or caught.value.__suppress_context__
    assert [line["event"] for line in logs if line["log_level"] == "error"] == [
        "wechat_is_not_set_up"
    ]
    for secret in (SECRET, "oA1", "login-"):
        assert secret not in f"{logs} {caplog.text}"
