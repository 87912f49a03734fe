"""Real processes with the logging of the product at its most talkative."""

import asyncio
import os
import sys
from typing import NamedTuple

from tests.api.ways_in.stand_in_wechat import APPID, SECRET, StandInWeChat

SCRIPT = """
import asyncio, os, sys, time
from api.ways_in.wechat_client import CodeRefused, WeChat
from observability import logging

async def main(url, appid, login, phone):
    logging.configure(level="DEBUG")
    wechat = WeChat(url, appid, os.environ["APP_SECRET"], time.monotonic)
    await wechat.person(login)
    try:
        await wechat.person(login)
    except CodeRefused:
        print(await wechat.phone(phone))
    await wechat.close()

asyncio.run(main(*sys.argv[1:]))
"""


class Output(NamedTuple):
    said: str
    logged: str


async def process(there: StandInWeChat, login: str, phone: str) -> Output:
    one = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SCRIPT, there.url, APPID, login, phone),
        env={**os.environ, "APP_SECRET": SECRET},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, logged = await one.communicate()
    return Output(said.decode().strip(), logged.decode())


async def test_two_processes_agree_on_a_token_and_log_nothing_of_a_request(
    there: StandInWeChat,
) -> None:
    numbers = ("13800000001", "13800000002")
    both = await asyncio.gather(
        *(process(there, f"login-oProcess{each}", f"phone-{each}") for each in numbers)
    )
    assert tuple(each.said for each in both) == numbers
    assert len(there.tokens) == 1
    for each in both:
        assert "wechat_refused" in each.logged
        for secret in (SECRET, there.tokens[0], "oProcess", *numbers):
            assert secret not in each.logged
