"""Who comes through a link: whether they may come in, and what they see of its issue."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.auditing import Auditing
from api.pages.guessing import Guesses
from api.pages.public import PublicStep, Reading, departments_of
from api.pages.rendering import notice
from api.parts import Parts
from api.peers import Peers, of_one
from catalogue import LOCALES, label
from domain.commands import WithdrawIssue
from domain.ids import IssueNumber
from domain.issue import LAW
from domain.reference import ReferenceKind
from domain.rights import Who
from domain.vocabulary import IssueState
from storage.people import People
from storage.queries import Queries
from storage.reference import ReferenceRepository
from storage.residents.links import ResidentLinks
from storage.residents.tokens import TOKEN_LENGTH
from storage.residents.views import Link, LinkKind
from storage.session import Session
from storage.timeline import BEGINNING
from storage.token_hash import hash_of
from storage.views import IssueLine, TimelineEntry
from storage.zones import Zones

_TOKEN = re.compile(rf"[A-Za-z0-9_-]{{{TOKEN_LENGTH}}}")
_OUR_SITES = frozenset({"same-origin", "none"})


class Turned(Exception):
    """The visitor is turned away with this answer."""

    def __init__(self, answer: Response) -> None:
        super().__init__(answer.status_code)
        self.answer = answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Somebody with a link that works."""

    link: Link
    token: str
    locale: str
    audit: Auditing = field(compare=False, repr=False)

    @property
    def is_own(self) -> bool:
        return self.link.kind is LinkKind.OWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What they see."""

    number: str
    matter: str
    state: str
    outcome: str | None
    steps: tuple[PublicStep, ...]
    works_until: str
    is_own: bool
    is_resolved: bool
    is_closed: bool
    was_evaluated: bool
    takes_codes: bool
    has_no_contact: bool
    """Codes would be taken, if there were anywhere to send them to."""
    takes_withdrawal: bool
    sends_links: bool

    @property
    def takes_evaluation(self) -> bool:
        return self.is_own and self.is_resolved and not self.was_evaluated


class Reception:
    """Lets visitors in by their token."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._peers = Peers(parts.intake.proxies)
        self._guesses = Guesses(parts.tick)

    async def visit(self, request: Request, token: str) -> Visit:
        """The visitor.

        Raises:
            Turned: no such link, one that is over, or too many wrong ones from this address.
        """
        locale, peer = locale_of(request), of_one(self._peers.of(request.scope))
        if seconds := self._guesses.wait_for(peer):
            headers = {"Retry-After": str(seconds)}
            raise Turned(notice("too_many", locale, HTTPStatus.TOO_MANY_REQUESTS, headers))
        link = await self._link(token)
        if link is None:
            self._guesses.count(peer)
            raise Turned(notice("unknown", locale, HTTPStatus.NOT_FOUND))
        if link.revoked_at is not None:
            raise Turned(notice("revoked", locale, HTTPStatus.GONE))
        if link.is_over(self._parts.now()):
            raise Turned(notice("expired", locale, HTTPStatus.GONE))
        request.state.subject = link.subject
        return Visit(link=link, token=token, locale=locale, audit=Auditing(request))

    async def _link(self, token: str) -> Link | None:
        if not _TOKEN.fullmatch(token):
            return None
        async with self._parts.database.read() as session:
            return await ResidentLinks(session).by_hash(hash_of(token))


def locale_of(request: Request) -> str:
    """What the address asks for, else what the browser does."""
    asked = request.query_params.get("lang", "")
    return asked if asked in LOCALES else str(request.state.locale)


def require_own_site(request: Request, locale: str) -> None:
    """Returns unless the browser says that another site sent the form.

    The token is what lets in, and another site does not have it; this is a second door. Our pages
    tell no referrer, so a browser may call their origin `null`.

    Raises:
        Turned: another site did.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        is_ours = site in _OUR_SITES
    else:
        is_ours = origin in (None, "null") or _host(origin) == request.headers.get("host")
    if not is_ours:
        raise Turned(notice("other_site", locale, HTTPStatus.FORBIDDEN))


def _host(origin: str | None) -> str:
    return (origin or "").partition("://")[2]


async def page_of(session: Session, visit: Visit, with_codes: bool) -> Page:
    """What the visitor sees, all of one instant."""
    queries, link = Queries(session), visit.link
    detail = await queries.issue(link.number)
    assert detail is not None
    entries = await everything(queries, link.number)
    reading = await _reading(session, link.number, visit.locale, entries)
    line = detail.line
    closed, links = line.state is IssueState.CLOSED, ResidentLinks(session)
    sends = with_codes and not (visit.is_own or closed)
    for_codes = visit.is_own and with_codes
    reached = for_codes and await People(session).can_be_reached(link.number)
    return Page(
        number=line.number,
        matter=await _matter(session, line, visit.locale),
        state=label("state", line.state, visit.locale),
        outcome=label("outcome", line.outcome, visit.locale) if line.outcome else None,
        steps=reading.steps(entries),
        works_until=reading.time(link.expires_at),
        is_own=visit.is_own,
        is_resolved=line.state is IssueState.RESOLVED,
        is_closed=closed,
        was_evaluated=await links.was_evaluated(link),
        takes_codes=reached,
        has_no_contact=for_codes and not reached,
        takes_withdrawal=_may_withdraw(line.state),
        sends_links=sends and await links.person_of(link.number) is not None,
    )


def _may_withdraw(state: IssueState) -> bool:
    """Asked of the law; for who holds an own link it is the raiser's right."""
    rule = LAW[WithdrawIssue]
    return Who.RAISER in rule.who and state in rule.when


async def everything(queries: Queries, number: IssueNumber) -> list[TimelineEntry]:
    """The whole timeline; long ones come in portions."""
    entries: list[TimelineEntry] = []
    after = BEGINNING
    while portion := await queries.timeline(number, after):
        entries += portion
        after = portion[-1].version
    return entries


async def _reading(
    session: Session, number: IssueNumber, locale: str, entries: Iterable[TimelineEntry]
) -> Reading:
    codes = {code for each in entries for code in departments_of(each)}
    known = await ReferenceRepository(session).named(ReferenceKind.DEPARTMENT, codes)
    zone = (await Zones(session).of_issues([number])).get(number, UTC)
    names = {code: name_in(each, locale) for code, each in known.items()}
    return Reading(locale=locale, zone=zone, departments=names)


async def _matter(session: Session, line: IssueLine, locale: str) -> str:
    known = await ReferenceRepository(session).named(ReferenceKind.CATEGORY, [line.category])
    found = known.get(line.category)
    return name_in(found, locale) if found else line.category


def name_in(named: Any, locale: str) -> str:  # noqa: ANN401 - whatever of the reference data
    """What it is called in a language."""
    return str(named.name if locale == "zh" else named.name_en or named.name)
