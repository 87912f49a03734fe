"""Who comes in by a link, with what, and what is left of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from api.pages.rendering import POLICY
from domain.ids import IssueNumber, Subject
from domain.vocabulary import IssueState
from storage.outbox import Outbox
from storage.residents.links import ResidentLinks
from storage.residents.views import LinkKind
from storage.session import Database, Unreachable
from tests.api.residents import (
    GOOD,
    LINK_MAKER,
    Phone,
    events_of,
    html,
    linked,
    path_of,
    resolved,
)
from tests.api.town import Town
from tests.builders import NOON, OFFICER
from tests.pictures.album import StoppedClock
from tests.storage.stories import born_in

OTHER_SITES = (
    {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
    {"sec-fetch-site": "same-site"},
    {"origin": "https://evil.example"},
)
OWN_SITES = (
    {"sec-fetch-site": "same-origin", "origin": "null"},
    {"origin": "http://test"},
    {"origin": "null"},
)
LANGUAGES = (
    ("", "", "zh-CN"),
    ("", "en-GB", "en"),
    ("?lang=zh", "en", "zh-CN"),
    ("?lang=en", "zh", "en"),
)


@pytest.fixture
def phone(town: Town) -> Phone:
    return Phone(town)


async def test_headers_keep_a_page_to_itself(phone: Phone, database: Database) -> None:
    _, path = await resolved(database)
    headers = (await phone.open(path)).headers
    assert headers["content-security-policy"] == POLICY
    assert "script-src" not in POLICY
    assert POLICY.startswith("default-src 'none'")
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-robots-tag"] == "noindex, nofollow"
    assert headers["x-frame-options"] == "DENY"
    assert "set-cookie" not in headers


async def test_a_link_ends_and_is_revoked(
    phone: Phone, database: Database, clock: StoppedClock
) -> None:
    number, path = await resolved(database)
    other = await linked(database, number)
    async with database.begin() as session:
        await ResidentLinks(session).revoke(IssueNumber(number), other.id, NOON)
    revoked = await phone.open(path_of(other))
    clock.at = NOON + timedelta(days=14)
    expired = await phone.open(path)
    assert (revoked.status_code, "已停用" in html(revoked).text) == (410, True)
    assert (expired.status_code, "已过期" in html(expired).text) == (410, True)
    assert (await phone.send(path, GOOD)).status_code == 410
    assert "issue_evaluated" not in await events_of(database, number)


async def test_wrong_tokens_all_look_alike_and_are_counted(
    phone: Phone, database: Database
) -> None:
    _, path = await resolved(database)
    wrong = ("/r/x", f"{path}x", f"/r/{'A' * 43}", f"{path[:-1]}~", "/r/%00")
    answers = [await phone.open(each) for each in wrong]
    assert {each.status_code for each in answers} == {404}
    assert len({each.text for each in answers}) == 1
    for _ in range(25):
        await phone.send("/r/wrong", GOOD)
    over = await phone.open(path)
    assert (over.status_code, over.headers["retry-after"]) == (429, "600")
    assert "试得太多" in html(over).text


async def test_a_board_shows_and_takes_nothing(phone: Phone, database: Database) -> None:
    number, own = await resolved(database)
    path = path_of(await linked(database, number, LinkKind.BOARD))
    page = html(await phone.open(path))
    assert "公告栏" in page.text
    assert [each["action"] for each in page.all("form")] == [f"{path}/send?lang=zh"]
    answers = [await phone.send(f"{path}{rest}", GOOD) for rest in ("", "/code", "/mine")]
    assert [each.status_code for each in answers] == [409, 403, 403]
    assert (await phone.send(f"{own}/send")).status_code == 403
    assert "issue_evaluated" not in await events_of(database, number)


async def test_a_board_sends_who_reported_their_link_once_a_day(
    phone: Phone, database: Database, clock: StoppedClock
) -> None:
    number, _ = await resolved(database)
    path = path_of(await linked(database, number, LinkKind.BOARD))
    for hours in (0, 1, 23):
        clock.at = NOON + timedelta(hours=hours)
        answer = await phone.send(f"{path}/send")
        assert (answer.status_code, "链接已发到" in html(answer).text) == (200, True)
        assert answer.text.count("/r/") == answer.text.count(path), "no other address is told"
    async with database.read() as session:
        notices = await Outbox(session).for_issue(IssueNumber(number))
        links = await ResidentLinks(session).of(IssueNumber(number))
    own = [each for each in reversed(links) if each.fact]
    assert [each.fact for each in own] == ["board:2026-11-23", "board:2026-11-24"]
    assert {(each.kind, each.subject) for each in own} == {(LinkKind.OWN, "r.1")}
    assert [(each.recipient, each.params["link_id"]) for each in notices] == [
        ("subject:r.1", each.id) for each in own
    ]


async def test_troubles_are_pages_too(
    phone: Phone, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, path = await resolved(database)
    large = await phone.send(path, GOOD | {"words": "x" * 32_000_000})
    assert (large.status_code, "照片加起来太大" in html(large).text) == (413, True)
    broken = await phone.town.http.post(
        f"http://test{path}", content=b"x", headers={"content-type": "multipart/form-data"}
    )
    assert (broken.status_code, "读不出来" in html(broken).text) == (400, True)

    def gone(_: Database) -> None:
        raise Unreachable("gone")

    monkeypatch.setattr(Database, "read", gone)
    down = await phone.open(path)
    assert (down.status_code, down.headers["retry-after"]) == (503, "3")
    assert "暂时打不开" in html(down).text


def test_pages_may_lie_in_a_folder_of_a_proxy() -> None:
    below = replace(LINK_MAKER, public_url="https://gov.example/whistle/")
    assert (LINK_MAKER.path, below.path) == ("/r", "/whistle/r")


async def test_an_address_of_a_form_opened_again_is_the_page(
    phone: Phone, database: Database
) -> None:
    _, path = await resolved(database)
    for rest in ("/code", "/mine", "/send"):
        answer = await phone.open(f"{path}{rest}?lang=en")
        assert (answer.status_code, html(answer).all("html")) == (200, [{"lang": "en"}])


async def test_who_works_on_an_issue_cannot_praise_it_as_a_resident(
    phone: Phone, database: Database
) -> None:
    number = (await born_in(IssueState.RESOLVED, database, raised_by=OFFICER.subject)).number
    link = await linked(database, number, subject=OFFICER.subject)
    answer = await phone.evaluate(path_of(link))
    assert (answer.status_code, "不能由本部门的人员评价" in html(answer).text) == (409, True)


async def test_forms_of_other_sites_are_not_taken(phone: Phone, database: Database) -> None:
    number, path = await resolved(database)
    for phone.headers in OTHER_SITES:
        answers = [await phone.send(f"{path}{each}", GOOD) for each in ("", "/code", "/mine")]
        assert [each.status_code for each in answers] == [403, 403, 403], phone.headers
    assert "issue_evaluated" not in await events_of(database, number)
    for phone.headers in OWN_SITES:
        answer = await phone.evaluate(path, solved="")
        assert answer.status_code == 422, phone.headers


async def test_the_language_is_the_address_s_then_the_browser_s(
    phone: Phone, database: Database
) -> None:
    _, path = await resolved(database)
    for query, accept, lang in LANGUAGES:
        phone.headers = {"accept-language": accept}
        page = html(await phone.open(path + query))
        assert page.all("html") == [{"lang": lang}]
        assert ("Please evaluate" in page.text) == (lang == "en")
        actions = [str(each["action"]) for each in page.all("form")]
        assert all(each.endswith(f"?lang={lang[:2]}") for each in actions)


async def test_what_is_typed_is_never_markup(phone: Phone, database: Database) -> None:
    _, path = await resolved(database)
    attack = "</textarea><script>alert(1)</script>"
    answer = await phone.evaluate(path, words=attack, solved="")
    assert ("textarea", attack) in html(answer).texts
    assert html(answer).all("script") == []


async def test_no_token_is_kept_anywhere(phone: Phone, database: Database) -> None:
    number, path = await resolved(database)
    assert (await phone.evaluate(path, words="好")).status_code == 200
    async with database.read() as session:
        tables = ("resident_links", "resident_codes", "idempotency_keys", "notices", "events")
        rows = [
            str(row)
            for table in tables
            for row in await session.execute(text(f"SELECT * FROM {table}"))
        ]
    token = path.removeprefix("/r/")
    assert rows
    assert [row for row in rows if token in row] == []
    async with database.read() as session:
        [link] = await ResidentLinks(session).of(IssueNumber(number))
    assert LINK_MAKER.url(link) == f"https://dispatch.example{path}"
    assert link.made_by == Subject("d.1")
