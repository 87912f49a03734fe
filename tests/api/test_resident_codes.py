"""Codes: sent to who reported, said back once, tried five times."""

import asyncio
import json
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import text
from temporalio.service import RPCStatusCode

from activities.channels import WebhookSender
from activities.courier import Courier
from activities.resident_words import ResidentWords
from domain.ids import IssueNumber, Subject
from domain.reference import Channel, NoticePolicy, ReferenceKind
from domain.vocabulary import IssueState
from storage.outbox import Outbox
from storage.people import People
from storage.queries import Queries
from storage.reference import ReferenceRepository
from storage.session import Database
from tests.api.residents import LINK_MAKER, Phone, html, linked, path_of
from tests.api.temporal import FakeTemporal, rpc_error
from tests.api.town import Town
from tests.builders import NOON
from tests.pictures.album import StoppedClock
from tests.storage.stories import born_in

PHONE_NUMBER = "13800138000"
TOLD = {"reporter_phone": PHONE_NUMBER, "description": "三楼漏水到我家厨房"}


@pytest.fixture
def phone(town: Town) -> Phone:
    return Phone(town)


async def an_own_link(database: Database, state: IssueState) -> tuple[IssueNumber, str]:
    number = (await born_in(state, database, **TOLD)).number
    return number, path_of(await linked(database, number))


class Gateway:
    """Whoever sends short messages for the installation."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, object]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.bodies += json.loads(request.content)["notices"]
        return httpx.Response(200)


async def delivered(database: Database, clock: StoppedClock) -> list[dict[str, object]]:
    """What the gateway is given of all that lies in the outbox."""
    policy = NoticePolicy(
        code="subject", channels=(Channel.WEBHOOK,), webhook_url="https://sms.example/"
    )
    async with database.begin() as session:
        await session.execute(text("UPDATE notices SET channel = 'webhook'"))
        references = ReferenceRepository(session)
        known = await references.current(ReferenceKind.NOTICE_POLICY, policy.code)
        if known is None:
            await references.write(
                ReferenceKind.NOTICE_POLICY,
                policy.code,
                policy,
                expected_version=None,
                actor=Subject("test"),
                at=NOON,
            )
    gateway = Gateway()
    async with httpx.AsyncClient(transport=httpx.MockTransport(gateway)) as client:
        sender = WebhookSender(client, b"x" * 32, ("sms.example",))
        words = ResidentWords(LINK_MAKER)
        await Courier(database, {Channel.WEBHOOK: sender}, clock, words).deliver_due()
    return gateway.bodies


async def a_code(phone: Phone, path: str, database: Database, clock: StoppedClock) -> str:
    """As it arrives on the phone of who reported."""
    answer = await phone.send(f"{path}/code")
    assert (answer.status_code, "验证码已发送" in html(answer).text) == (200, True)
    [message] = await delivered(database, clock)
    assert (message["template"], message["phone"]) == ("resident_code", PHONE_NUMBER)
    said = str(message["text"]["zh"])  # type: ignore[index]
    return said.partition("】")[2][:6]


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


async def test_with_a_code_who_reported_reads_what_they_said(
    phone: Phone, database: Database, clock: StoppedClock
) -> None:
    _, path = await an_own_link(database, IssueState.HANDLING)
    code = await a_code(phone, path, database, clock)
    assert (code.isdecimal(), len(code)) == (True, 6)
    wrong = await phone.send(f"{path}/mine", {"act": "look", "code": other_than(code)})
    assert (wrong.status_code, "还可以试 4 次" in html(wrong).text) == (422, True)
    assert TOLD["description"] not in wrong.text
    full_width = code.translate({ord(str(each)): chr(0xFF10 + each) for each in range(10)})
    read = await phone.send(f"{path}/mine", {"act": "look", "code": f" {full_width} "})
    assert (read.status_code, TOLD["description"] in html(read).text) == (200, True)
    assert PHONE_NUMBER not in read.text
    again = await phone.send(f"{path}/mine", {"act": "look", "code": code})
    assert (again.status_code, "已失效" in html(again).text) == (422, True)


async def test_with_a_code_and_a_tick_they_withdraw(
    phone: Phone, database: Database, clock: StoppedClock, temporal: FakeTemporal
) -> None:
    number, path = await an_own_link(database, IssueState.HANDLING)
    code = await a_code(phone, path, database, clock)
    form = {"act": "withdraw", "code": code}
    unsure = await phone.send(f"{path}/mine", form)
    assert (unsure.status_code, "请先勾选" in html(unsure).text) == (422, True)
    temporal.failures = [rpc_error(RPCStatusCode.UNAVAILABLE)]
    down = await phone.send(f"{path}/mine", form | {"sure": "yes"})
    assert down.status_code == 503
    done = await phone.send(f"{path}/mine", form | {"sure": "yes"})
    assert (done.status_code, "事项已撤回" in html(done).text) == (200, True)
    async with database.read() as session:
        events = await Queries(session).timeline(number)
    assert [each.name for each in events][-1] == "issue_withdrawn"
    assert events[-1].actor == "r.1"


@pytest.mark.parametrize("left", ["nothing", "erased"])
async def test_where_no_phone_was_left_no_code_is_promised(
    phone: Phone, database: Database, left: str
) -> None:
    told = TOLD if left == "erased" else {"description": TOLD["description"]}
    number = (await born_in(IssueState.HANDLING, database, **told)).number
    path = path_of(await linked(database, number))
    if left == "erased":
        assert f"{path}/code" in (await phone.open(path)).text
        async with database.begin() as session:
            await People(session).erase_reporter(number, NOON)
    page = html(await phone.open(path))
    assert ("无法发送" in page.text, "网格员" in page.text) == (True, True)
    assert [each for each in page.all("form") if "/code" in str(each["action"])] == []
    asked = await phone.send(f"{path}/code")
    assert (asked.status_code, "无法发送" in html(asked).text) == (409, True)
    assert "验证码已发送" not in asked.text
    async with database.read() as session:
        notices = await Outbox(session).for_issue(number)
    assert "resident_code" not in {each.template for each in notices}
    assert "no code can be sent" in (await phone.open(f"{path}?lang=en")).text


async def test_what_is_resolved_is_not_withdrawn(
    phone: Phone, database: Database, clock: StoppedClock
) -> None:
    _, path = await an_own_link(database, IssueState.RESOLVED)
    assert "withdraw" not in (await phone.open(path)).text
    code = await a_code(phone, path, database, clock)
    form = {"act": "withdraw", "code": code, "sure": "yes"}
    answer = await phone.send(f"{path}/mine", form)
    assert (answer.status_code, "目前为「已办结」" in html(answer).text) == (409, True)


async def test_a_code_is_tried_five_times_however_many_try_at_once(
    phone: Phone, database: Database, clock: StoppedClock
) -> None:
    _, path = await an_own_link(database, IssueState.HANDLING)
    code = await a_code(phone, path, database, clock)
    form = {"act": "look", "code": other_than(code)}
    answers = await asyncio.gather(*(phone.send(f"{path}/mine", form) for _ in range(8)))
    assert {each.status_code for each in answers} == {422}
    assert sum("还可以试" in each.text for each in answers) == 5
    right = await phone.send(f"{path}/mine", form | {"code": code})
    assert (right.status_code, TOLD["description"] in right.text) == (422, False)


async def test_a_code_ends_and_is_never_sent_late(
    phone: Phone, database: Database, clock: StoppedClock
) -> None:
    _, path = await an_own_link(database, IssueState.HANDLING)
    code = await a_code(phone, path, database, clock)
    clock.at = NOON + timedelta(minutes=5)
    assert (await phone.send(f"{path}/code")).status_code == 200
    old = await phone.send(f"{path}/mine", {"act": "look", "code": code})
    assert (old.status_code, "验证码不对" in html(old).text) == (422, True)
    clock.at = NOON + timedelta(minutes=15)
    assert await delivered(database, clock) == []
    async with database.read() as session:
        found = "SELECT last_error FROM notices WHERE undelivered_at IS NOT NULL"
        assert (await session.execute(text(found))).scalars().all() == ["the code is over"]


async def test_codes_are_not_sent_in_a_flood(
    phone: Phone, database: Database, clock: StoppedClock
) -> None:
    number, path = await an_own_link(database, IssueState.HANDLING)
    other = path_of(await linked(database, number))
    first, second = await asyncio.gather(*(phone.send(f"{each}/code") for each in (path, other)))
    assert sorted((first.status_code, second.status_code)) == [200, 429]
    for minute in range(1, 5):
        clock.at = NOON + timedelta(minutes=minute)
        assert (await phone.send(f"{path}/code")).status_code == 200
    clock.at = NOON + timedelta(hours=1)
    sixth = await phone.send(f"{path}/code")
    assert (sixth.status_code, "明天再试" in html(sixth).text) == (429, True)
    clock.at = NOON + timedelta(days=1, minutes=5)
    assert (await phone.send(f"{path}/code")).status_code == 200


async def test_neither_digits_nor_phone_lie_in_outbox_or_tables(
    phone: Phone, database: Database, clock: StoppedClock
) -> None:
    _, path = await an_own_link(database, IssueState.HANDLING)
    code = await a_code(phone, path, database, clock)
    async with database.read() as session:
        rows = [
            str(row)
            for table in ("resident_codes", "notices", "resident_links")
            for row in await session.execute(text(f"SELECT * FROM {table}"))
        ]
    assert rows
    assert [row for row in rows if f"'{code}'" in row or PHONE_NUMBER in row] == []
