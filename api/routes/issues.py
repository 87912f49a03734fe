"""Raise issues; read lists, pages, timelines and deadlines of those the caller may see."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.answering import Ledger, Reply, again
from api.dependencies import AskingOf, Caller, Locale, PartsOf
from api.documentation import LIST, RAISE, READ, SEARCH, responses
from api.hanging import hang_at_birth, shown_pictures
from api.narrowing import narrowed
from api.parts import Parts
from api.problems import FieldError, Problem
from api.raising import birth_of
from api.routes.commands import NumberInPath
from api.schemas.filters import Filters, Span
from api.schemas.issues import (
    Deadlines,
    IssueDetailRead,
    IssuePage,
    RaiseBody,
    Raised,
    Timeline,
)
from api.showing import shown_deadlines, shown_detail, shown_event, shown_line
from api.sight import seen
from catalogue import label
from domain.actor import Actor
from domain.ids import IssueNumber
from domain.vocabulary import IssueState
from observability import metrics
from storage.births import Births
from storage.pictures.repository import Pictures
from storage.queries import BadCursor, Queries

router = APIRouter(prefix="/api/v1/issues", tags=["issues"])


@router.post(
    "",
    summary="Raise an issue",
    status_code=HTTPStatus.CREATED,
    responses=responses(RAISE),
    response_description="Accepted; it has a number and is never lost.",
)
async def raise_issue(
    body: RaiseBody, asking: AskingOf, parts: PartsOf, locale: Locale, response: Response
) -> Raised:
    """Blows a whistle. Answers at once, also while the engine behind is down."""
    at, born = parts.now(), None
    async with parts.database.begin() as session:
        ledger = Ledger(session, asking)
        reply = again(await ledger.open(body, at))
        if reply is None:
            birth = await birth_of(session, asking.actor, body, at)
            number = await Births(session).raise_issue(birth)
            await hang_at_birth(session, number, body.pictures, birth)
            reply = Reply({"number": number, "state": IssueState.REPORTED}, HTTPStatus.CREATED)
            await ledger.keep(reply)
            born = metrics.ISSUES_RAISED_TOTAL.labels(birth.district, birth.source)
    if born is not None:
        born.inc()
    response.headers["Location"] = f"{router.prefix}/{reply.body['number']}"
    state = IssueState(reply.body["state"])
    return Raised(number=reply.body["number"], state=state, label=label("state", state, locale))


@router.get("", summary="List issues", responses=responses(LIST))
async def list_issues(
    wanted: Annotated[Filters, Query()], caller: Caller, parts: PartsOf, locale: Locale
) -> IssuePage:
    """Newest first, of those the caller may see.

    That is: what they raised, what their department was called to, what lies in their grids.
    """
    return await _page(wanted, caller, parts, locale)


@router.post(
    "/search", summary="Search issues", status_code=HTTPStatus.OK, responses=responses(SEARCH)
)
async def search_issues(
    wanted: Filters, caller: Caller, parts: PartsOf, locale: Locale
) -> IssuePage:
    """The same list, asked for in a body, which proxies and browsers do not keep as an address.

    Writes nothing and so takes no `Idempotency-Key`.
    """
    return await _page(wanted, caller, parts, locale)


async def _page(wanted: Filters, caller: Actor, parts: Parts, locale: str) -> IssuePage:
    at = parts.now()
    try:
        async with parts.database.read() as session:
            page = await Queries(session).issues(
                await narrowed(session, wanted, caller),
                at=at,
                cursor=wanted.cursor,
                limit=wanted.limit,
            )
    except BadCursor as error:
        raise Problem.invalid(FieldError.of("cursor", "bad_cursor")) from error
    items = [shown_line(line, at, locale) for line in page.items]
    return IssuePage(items=items, next=page.next)


@router.get("/{number}", summary="Read an issue", responses=responses(READ))
async def read_issue(
    number: NumberInPath, caller: Caller, parts: PartsOf, locale: Locale
) -> IssueDetailRead:
    """The issue with its description, assignments, open requests and suspension."""
    async with parts.database.read() as session:
        detail = await seen(session, IssueNumber(number), caller)
        pictures = await Pictures(session).of_issue(IssueNumber(number))
    at = parts.now()
    return shown_detail(detail, shown_pictures(pictures, parts.links, at, locale), at, locale)


@router.get("/{number}/timeline", summary="Read what happened", responses=responses(READ))
async def read_timeline(
    number: NumberInPath,
    caller: Caller,
    parts: PartsOf,
    locale: Locale,
    span: Annotated[Span, Query()],
) -> Timeline:
    """Everything that happened, in order, with what was said unless it was erased."""
    async with parts.database.read() as session:
        await seen(session, IssueNumber(number), caller)
        entries = await Queries(session).timeline(IssueNumber(number), span.after, span.limit)
        pictures = await Pictures(session).of_issue(IssueNumber(number))
    shown = shown_pictures(pictures, parts.links, parts.now(), locale)
    more = entries[-1].version if len(entries) == span.limit else None
    return Timeline(items=[shown_event(each, shown, locale) for each in entries], next=more)


@router.get("/{number}/deadlines", summary="Read deadlines, explained", responses=responses(READ))
async def read_deadlines(
    number: NumberInPath, caller: Caller, parts: PartsOf, locale: Locale
) -> Deadlines | None:
    """Every deadline with its rule, the time used, what moved it, and the words for it.

    `null` until the issue has taken its first step.
    """
    async with parts.database.read() as session:
        detail = await seen(session, IssueNumber(number), caller)
        return await shown_deadlines(session, detail, parts.now(), locale)
