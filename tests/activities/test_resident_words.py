"""What a notice to a resident carries when it is sent, and what it leaves in the outbox."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import text

from activities.channels import WebhookSender
from activities.courier import Courier
from activities.resident_words import ResidentWords
from domain.ids import IssueNumber, Subject
from domain.reference import Channel, NoticePolicy, ReferenceKind
from domain.vocabulary import IssueState, Level, Role
from storage.notices import NoticeRow
from storage.outbox import Outbox
from storage.reference import ReferenceRepository
from storage.residents.links import ResidentLinks
from storage.residents.making import For, LinkMaker
from storage.residents.tokens import Tokens
from storage.residents.views import Link, LinkKind
from storage.session import Database
from storage.token_hash import hash_of
from tests.activities.desk import furnished, issues, taken
from tests.builders import NOON, RESIDENT, the_way_to
from tests.storage.stories import born

MAKER = LinkMaker(
    tokens=Tokens(b"k" * 32), public_url="https://dispatch.example", lifetime=timedelta(days=14)
)
TO_RAISER = f"subject:{RESIDENT.subject}"
Sent = list[Mapping[str, Any]]


async def put(database: Database, number: IssueNumber, **changes: Any) -> None:  # noqa: ANN401
    values: dict[str, Any] = {
        "recipient": TO_RAISER,
        "template": "evaluate_please",
        "stage": "resolved:7",
        **changes,
    }
    row = NoticeRow(
        dedupe_key="|".join((number, values["stage"], values["recipient"])),
        issue_number=number,
        channel="webhook",
        level=Level.BUILDING,
        created_at=NOON,
        not_before=NOON,
        urgent=True,
        **values,
    )
    async with database.begin() as session:
        await Outbox(session).put([row])


async def gateway(database: Database) -> None:
    policy = NoticePolicy(
        code="default", channels=(Channel.WEBHOOK,), webhook_url="https://sms.example/"
    )
    async with database.begin() as session:
        await ReferenceRepository(session).write(
            ReferenceKind.NOTICE_POLICY,
            policy.code,
            policy,
            expected_version=None,
            actor=Subject("test"),
            at=NOON,
        )


async def sent(
    database: Database, maker: LinkMaker | None, statuses: tuple[int, ...] = (200,)
) -> Sent:
    """What the gateway is given; it answers as told, time after time."""
    found: Sent = []
    answers = iter(statuses)

    def receive(request: httpx.Request) -> httpx.Response:
        found.extend(json.loads(request.content)["notices"])
        return httpx.Response(next(answers))

    async with httpx.AsyncClient(transport=httpx.MockTransport(receive)) as client:
        senders = {Channel.WEBHOOK: WebhookSender(client, b"x" * 32, ("sms.example",))}
        for turn in range(len(statuses)):
            at = NOON + timedelta(hours=turn)
            await Courier(database, senders, lambda at=at: at, ResidentWords(maker)).deliver_due()  # type: ignore[misc]
    return found


async def errors_of(database: Database) -> list[str]:
    async with database.read() as session:
        found = "SELECT last_error FROM notices WHERE undelivered_at IS NOT NULL"
        return list((await session.execute(text(found))).scalars())


async def test_a_resolution_makes_one_link_however_often_it_is_sent(database: Database) -> None:
    number = await born(database, reporter_phone="13800138000")
    await gateway(database)
    await put(database, number)
    first, second = await sent(database, MAKER, (503, 200))
    assert first["link"] == second["link"]
    assert first["link"] in first["text"]["zh"]
    assert first["link"] in first["text"]["en"]
    assert first["phone"] == "13800138000"
    token = first["link"].removeprefix("https://dispatch.example/r/")
    assert len(token) == 43
    async with database.read() as session:
        [link] = await ResidentLinks(session).of(number)
        outbox = str((await session.execute(text("SELECT * FROM notices"))).all())
    assert link.token_sha256 == hash_of(token)
    assert (link.kind, link.subject, link.fact) == ("own", RESIDENT.subject, "resolved:7")
    assert token not in outbox
    assert "13800138000" not in outbox


async def test_a_resolution_on_record_reaches_the_raiser_with_a_link(database: Database) -> None:
    number = await furnished(database)
    await gateway(database)
    issue = await issues(database).open(number)
    for command in the_way_to(IssueState.RESOLVED):
        issue = await taken(database, issue, command)
    linked = [each for each in await sent(database, MAKER) if "link" in each]
    assert [(each["template"], each["issue"]) for each in linked] == [("evaluate_please", number)]
    async with database.read() as session:
        [link] = await ResidentLinks(session).of(number)
    assert (link.fact, link.made_by, link.subject) == (
        f"resolved:{issue.version}",
        "engine",
        RESIDENT.subject,
    )


async def test_another_resolution_has_another_link(database: Database) -> None:
    number = await born(database)
    await gateway(database)
    await put(database, number)
    await put(database, number, stage="resolved:12")
    first, second = await sent(database, MAKER)
    assert first["link"] != second["link"]


async def test_followers_and_cameras_get_no_link(database: Database) -> None:
    await gateway(database)
    await put(database, await born(database), recipient="subject:r.9")
    camera = await born(database, source=Role.CAMERA, raised_by=Subject("camera.1"))
    await put(database, camera, recipient="subject:camera.1")
    found = await sent(database, MAKER)
    assert len(found) == 2
    assert [each for each in found if "link" in each or "phone" in each] == []


async def test_without_an_address_a_request_goes_out_as_it_is_and_codes_do_not(
    database: Database,
) -> None:
    number = await born(database, reporter_phone="13800138000")
    await gateway(database)
    await put(database, number)
    await put(
        database, number, template="resident_code", stage="code:1", params={"code_id": "1" * 32}
    )
    [plain] = await sent(database, None)
    assert plain["text"]["zh"].endswith("请您评价。")
    assert plain.keys().isdisjoint({"link", "phone"})
    assert await errors_of(database) == ["the code is over"]


async def a_link_sent(database: Database, number: IssueNumber) -> Link:
    async with database.begin() as session:
        made_for = For(number=number, kind=LinkKind.OWN, subject=RESIDENT.subject)
        link = await MAKER.make(session, made_for, Subject("d.1"), NOON)
    stage, params = f"link:{link.id}", {"link_id": link.id}
    await put(database, number, template="link_sent", stage=stage, params=params)
    return link


async def test_a_link_that_ended_meanwhile_is_not_sent(database: Database) -> None:
    number = await born(database)
    await gateway(database)
    ended, kept = [await a_link_sent(database, number) for _ in "12"]
    async with database.begin() as session:
        await ResidentLinks(session).revoke(number, ended.id, NOON)
    [told] = await sent(database, MAKER)
    assert told["link"] == MAKER.url(kept)
    assert await errors_of(database) == ["the link is over"]


def test_another_key_says_other_tokens_and_digits() -> None:
    ours, theirs = Tokens(b"a" * 32), Tokens(b"b" * 32)
    ids = [f"{each:032x}" for each in range(50)]
    assert {ours.of_link(each) for each in ids}.isdisjoint(theirs.of_link(each) for each in ids)
    assert [ours.of_code(each) for each in ids] != [theirs.of_code(each) for each in ids]
    assert all(len(ours.of_code(each)) == 6 for each in ids)
    assert ours.fits(ids[0], ours.of_code(ids[0]))
    assert not ours.fits(ids[0], "")
    assert not ours.fits(ids[0], "一二三四五六")
