"""Residents with a link in an old browser: pages read by the standard library's parser."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html.parser import HTMLParser

import httpx
from typing_extensions import override

from domain.ids import IssueNumber, Subject
from domain.vocabulary import IssueState
from storage.queries import Queries
from storage.residents.making import For, LinkMaker
from storage.residents.tokens import Tokens
from storage.residents.views import Link, LinkKind
from storage.session import Database
from tests.api.town import Town
from tests.builders import NOON, RESIDENT
from tests.storage.stories import born_in

LINK_MAKER = LinkMaker(
    tokens=Tokens(b"not-a-secret-but-long-enough-for-links"),
    public_url="https://dispatch.example/",
    lifetime=timedelta(days=14),
)
GOOD = {"satisfaction": "satisfied", "solved": "yes", "words": ""}
SECRETS = {
    "reporter_name": "王小明",
    "reporter_phone": "13800138000",
    "reporter_address": "2单元501",
    "description": "三楼漏水到我家厨房",
}
_VOID = {"meta", "input", "link", "br", "img"}
Attributes = dict[str, str | None]


@dataclass
class Html(HTMLParser):
    """What a page is made of: elements in order, and the text of each."""

    source: str
    elements: list[tuple[str, Attributes]] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    unclosed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.source)
        self.close()
        assert self.unclosed == []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.unclosed.append(tag)

    @override
    def handle_endtag(self, tag: str) -> None:
        assert self.unclosed.pop() == tag

    @override
    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self.unclosed[-1] if self.unclosed else "", data.strip()))

    def all(self, *tags: str) -> list[Attributes]:
        return [attributes for tag, attributes in self.elements if tag in tags]

    @property
    def text(self) -> str:
        return " ".join(said for tag, said in self.texts if tag not in ("style", "title"))

    def value_of(self, name: str) -> str:
        """Of the field of this name."""
        found = [each for each in self.all("input") if each.get("name") == name]
        return str(found[0]["value"])


def html(answer: httpx.Response) -> Html:
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return Html(answer.text)


async def linked(
    database: Database,
    number: str,
    kind: LinkKind = LinkKind.OWN,
    subject: Subject = RESIDENT.subject,
    at: datetime = NOON,
) -> Link:
    made_for = For(number=IssueNumber(number), kind=kind, subject=subject)
    async with database.begin() as session:
        return await LINK_MAKER.make(session, made_for, Subject("d.1"), at)


def path_of(link: Link) -> str:
    return f"/r/{LINK_MAKER.tokens.of_link(link.id)}"


async def resolved(database: Database) -> tuple[str, str]:
    """A resolved issue, and the path of its raiser's link."""
    number = (await born_in(IssueState.RESOLVED, database, **SECRETS)).number
    return number, path_of(await linked(database, number))


async def events_of(database: Database, number: str) -> list[str]:
    async with database.read() as session:
        found = await Queries(session).timeline(IssueNumber(number))
    return [each.name for each in found]


@dataclass
class Phone:
    """Opens addresses as they were sent: no token, no cookie, no script."""

    town: Town
    headers: dict[str, str] = field(default_factory=dict)

    async def open(self, path: str) -> httpx.Response:
        return await self.town.http.get(f"http://test{path}", headers=self.headers)

    async def send(
        self,
        path: str,
        fields: dict[str, str] | None = None,
        pictures: tuple[bytes, ...] = (),
    ) -> httpx.Response:
        """As a browser sends a form with a field for files, chosen or not."""
        files = [("pictures", ("1.jpg", each, "image/jpeg")) for each in pictures]
        none = [("pictures", ("", b"", "application/octet-stream"))]
        return await self.town.http.post(
            f"http://test{path}", data=fields, files=files or none, headers=self.headers
        )

    async def evaluate(self, path: str, **fields: str) -> httpx.Response:
        """Opens the page, fills in its form and sends it."""
        key = html(await self.open(path)).value_of("key")
        return await self.send(path, GOOD | {"key": key} | fields)


_CSS_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


def rules_of(css: str) -> dict[str, dict[str, str]]:
    """Declarations by selector, the later one winning."""
    found: dict[str, dict[str, str]] = {}
    for selectors, body in _CSS_RULE.findall(css):
        pairs = (each.split(":", 1) for each in body.split(";") if ":" in each)
        declared = {name.strip(): value.strip() for name, value in pairs}
        for selector in selectors.split(","):
            found.setdefault(selector.strip(), {}).update(declared)
    return found
