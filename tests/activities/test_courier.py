"""Notices go out once, signed, and are tried again until that is pointless."""

import asyncio
import base64
import dataclasses
import hashlib
import hmac
import json
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

import httpx
import pytest

from activities.channels import LogSender, Sender, WebhookSender
from activities.courier import Courier
from activities.invitations import with_words
from domain.ids import IssueNumber
from domain.reference import Channel, NoticePolicy, ReferenceKind
from storage.notices import DueNotice, NoticeRow
from storage.outbox import LEASE, Outbox
from storage.session import Database, Session
from tests.activities.desk import dispatched_by_rule, furnished, issues, taken, written
from tests.builders import NOON
from tests.domain.calendars import at
from tests.storage.stories import born

HOSTS = {"example.org"}
SECRET = b"a secret that is long enough to be one"
HOOK = NoticePolicy(
    code="default", channels=(Channel.WEBHOOK,), webhook_url="https://example.org/hook"
)


Answering = (
    Callable[[httpx.Request], httpx.Response]
    | Callable[[httpx.Request], Coroutine[None, None, httpx.Response]]
)


class Receiver:
    """The other end of a webhook; answers with these statuses, the last one for ever."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return httpx.Response(status)


async def told(database: Database, policy: NoticePolicy = HOOK) -> IssueNumber:
    """One dispatch has just been made known."""
    number = await furnished(database)
    await written(database, ReferenceKind.NOTICE_POLICY, policy)
    await dispatched(database, number)
    return number


async def dispatched(database: Database, number: IssueNumber, now: datetime = NOON) -> None:
    opened = await issues(database).open(number)
    await taken(database, opened, dispatched_by_rule(), now)


def a_courier(database: Database, receiver: Answering, now: datetime = NOON) -> Courier:
    client = httpx.AsyncClient(transport=httpx.MockTransport(receiver))
    senders: dict[Channel, Sender] = {
        Channel.LOG: LogSender(),
        Channel.WEBHOOK: WebhookSender(client, SECRET, HOSTS),
    }
    return Courier(database, senders, lambda: now)


async def notice_of(database: Database, number: IssueNumber) -> DueNotice:
    async with database.read() as session:
        return (await Outbox(session).for_issue(number))[0]


async def test_double_notice(database: Database) -> None:
    receiver = Receiver(200)
    await told(database)
    assert await a_courier(database, receiver).deliver_due() == 1
    later = NOON + timedelta(days=1)
    assert await a_courier(database, receiver, later).deliver_due() == 0
    assert len(receiver.requests) == 1


async def test_signature_is_that_of_standard_webhooks(database: Database) -> None:
    receiver = Receiver(200)
    await told(database)
    await a_courier(database, receiver).deliver_due()
    request = receiver.requests[0]
    headers = request.headers
    signed = b".".join(
        (headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), request.content)
    )
    expected = base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


async def test_body_says_it_in_both_languages(database: Database) -> None:
    receiver = Receiver(200)
    await told(database)
    await a_courier(database, receiver).deliver_due()
    notice = json.loads(receiver.requests[0].content)["notices"][0]
    assert notice["template"] == "assignment_lead"
    assert notice["issue"] in notice["text"]["zh"]
    assert notice["issue"] in notice["text"]["en"]


async def test_refused_message_is_tried_again_later(database: Database) -> None:
    receiver = Receiver(503, 200)
    number = await told(database)
    await a_courier(database, receiver).deliver_due()
    assert await a_courier(database, receiver).deliver_due() == 0
    assert await a_courier(database, receiver, NOON + timedelta(seconds=5)).deliver_due() == 1
    assert (await notice_of(database, number)).delivered_at == NOON + timedelta(seconds=5)


async def test_address_that_is_gone_is_given_up(database: Database) -> None:
    number = await told(database)
    await a_courier(database, Receiver(410)).deliver_due()
    notice = await notice_of(database, number)
    assert notice.undelivered_at == NOON
    assert notice.last_error == "status 410"


async def test_undelivered_in_the_end_is_a_recorded_fact(database: Database) -> None:
    number = await told(database)
    now = NOON
    for _ in range(9):
        now += timedelta(hours=2)
        await a_courier(database, Receiver(500), now).deliver_due()
    assert (await notice_of(database, number)).undelivered_at == now


async def test_notices_of_one_digest_travel_together(database: Database) -> None:
    receiver = Receiver(200)
    await told(database, replace(HOOK, digest_minutes=60))
    for minutes in (1, 20, 59):
        await dispatched(database, await born(database), NOON + timedelta(minutes=minutes))
    later = NOON + timedelta(minutes=60)
    assert await a_courier(database, receiver, later).deliver_due() == 4
    assert len(json.loads(receiver.requests[0].content)["notices"]) == 4
    assert len(receiver.requests) == 1


NIGHTLY = replace(HOOK, quiet_from=time(22), quiet_until=time(7))


async def test_notice_storm_after_an_outage(database: Database) -> None:
    """The courier was away from noon; what it finds at two in the night waits for the morning."""
    receiver = Receiver(200)
    await told(database, NIGHTLY)
    night, morning = at("2026-11-24 02:00"), at("2026-11-24 07:00")
    await a_courier(database, receiver, night).deliver_due()
    assert receiver.requests == []
    assert await a_courier(database, receiver, morning).deliver_due() == 1
    assert len(receiver.requests) == 1


async def test_urgent_notice_of_the_same_issue_does_not_wait_for_the_morning(
    database: Database,
) -> None:
    receiver = Receiver(200)
    number = await told(database, NIGHTLY)
    calm = await notice_of(database, number)
    fields = {each.name: getattr(calm, each.name) for each in dataclasses.fields(NoticeRow)}
    async with database.begin() as session:
        urgent = NoticeRow(**{**fields, "dedupe_key": "urgent", "urgent": True})
        await Outbox(session).put([urgent])
    assert await a_courier(database, receiver, at("2026-11-24 02:00")).deliver_due() == 2
    assert len(receiver.requests) == 1
    assert (await notice_of(database, number)).delivered_at is None


async def test_what_waits_for_its_turn_goes_by_what_holds_then(database: Database) -> None:
    """The eleventh message, while ten are under way: the policy changes under it."""
    old, new = HOOK, replace(HOOK, webhook_url="https://example.org/new")
    number = await furnished(database)
    await written(database, ReferenceKind.NOTICE_POLICY, old)
    await dispatched(database, number)
    for _ in range(10):
        await dispatched(database, await born(database))
    asked: list[str] = []
    changed = asyncio.Event()

    async def receiver(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if len(asked) == 1:
            await written(database, ReferenceKind.NOTICE_POLICY, new, version=1)
            changed.set()
        await changed.wait()
        return httpx.Response(200)

    assert await a_courier(database, receiver).deliver_due() == 11
    assert (asked.count("/hook"), asked[-1]) == (10, "/new")


async def test_retry_waits_for_the_morning(database: Database) -> None:
    receiver = Receiver(500, 200)
    await told(database, NIGHTLY)
    evening = at("2026-11-23 21:59:58")
    await a_courier(database, receiver, evening).deliver_due()
    await a_courier(database, receiver, evening + timedelta(seconds=5)).deliver_due()
    assert len(receiver.requests) == 1
    await a_courier(database, receiver, at("2026-11-24 07:00")).deliver_due()
    assert len(receiver.requests) == 2


async def test_issue_stuck_sent_to_an_outside_system(database: Database) -> None:
    """A courier that died with the message in its hands: the notice comes back by itself."""
    receiver = Receiver(200)
    number = await told(database)
    async with database.begin() as session:
        assert len(await Outbox(session).due(NOON, 10)) == 1
    await a_courier(database, receiver, NOON + LEASE).deliver_due()
    assert (await notice_of(database, number)).delivered_at == NOON + LEASE


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:99999/x", "http://xn--/", "http://169.254.169.254/meta"]
)
async def test_bad_or_foreign_address_stops_nobody(database: Database, address: str) -> None:
    receiver = Receiver(200)
    number = await told(database, replace(HOOK, webhook_url=address))
    await a_courier(database, receiver).deliver_due()
    assert receiver.requests == []
    assert (await notice_of(database, number)).last_error


async def test_channel_that_breaks_is_tried_again(database: Database) -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise OverflowError

    number = await told(database)
    await a_courier(database, broken).deliver_due()
    notice = await notice_of(database, number)
    assert (notice.last_error, notice.undelivered_at) == ("OverflowError", None)


async def test_missing_channel_is_told_and_stops_nobody(database: Database) -> None:
    number = await told(database)
    await Courier(database, {Channel.LOG: LogSender()}, lambda: NOON).deliver_due()
    notice = await notice_of(database, number)
    assert notice.last_error == "this installation has no webhook"
    assert notice.undelivered_at is None


async def test_message_that_cannot_be_read_holds_up_no_other(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver, number = Receiver(200), await told(database)
    other = await born(database, prefix="CX")
    await dispatched(database, other)

    async def breaks(session: Session, batch: Sequence[DueNotice]) -> list[DueNotice]:
        if batch[0].issue_number == number:
            raise ValueError("no code of today understands it")
        return await with_words(session, batch)

    monkeypatch.setattr("activities.courier.with_words", breaks)
    await a_courier(database, receiver).deliver_due()
    assert len(receiver.requests) == 1
    unread = await notice_of(database, number)
    assert (unread.attempts, unread.last_error) == (1, "ValueError")
