"""Raise issues; read lists, pages, timelines and deadlines of those the caller may see."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.answering import Ledger, Reply, again
from api.auditing import AuditOf
from api.dependencies import AskingOf, Caller, Locale, PartsOf
from api.documentation import LIST, RAISE, READ, SEARCH, responses
from api.hanging import audit_links, hang_at_birth, shown_pictures
from api.masking import masked_reporter
from api.narrowing import narrowed
from api.nearness import Facts, near_birth, shown_near
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
from api.showing import place_note, shown_deadlines, shown_detail, shown_event, shown_line
from api.sight import read
from catalogue import label
from domain.actor import Actor
from domain.auditing import About, Deed, ObjectKind
from domain.ids import IssueNumber
from domain.vocabulary import IssueState
from observability import metrics
from storage.births import Birth, Births
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
    """Blows a whistle. Answers at once, also while the engine behind is down.

    Deadlines count from receipt, whenever it was said. What may be the same matter is offered.
    """
    at, born = parts.now(), None
    async with parts.database.begin() as session:
        ledger = Ledger(session, asking)
        reply = again(await ledger.open(body, at))
        if reply is None:
            birth = await birth_of(session, parts, asking.actor, body, at)
            near = await near_birth(session, birth, at)
            number = await Births(session).raise_issue(birth)
            await hang_at_birth(session, number, body.pictures, birth)
            reply = Reply(_raised(number, birth, near), HTTPStatus.CREATED)
            await ledger.keep(reply)
            born = metrics.ISSUES_RAISED_TOTAL.labels(birth.district, birth.source)
    if born is not None:
        born.inc()
    response.headers["Location"] = f"{router.prefix}/{reply.body['number']}"
    return _shown(reply.body, locale)


def _raised(number: IssueNumber, birth: Birth, near: Sequence[Facts]) -> dict[str, object]:
    """What is kept under the key."""
    return {
        "number": number,
        "state": IssueState.REPORTED,
        "grid": birth.grid,
        "away_m": birth.away_m,
        "near": near,
    }


def _shown(kept: Facts, locale: str) -> Raised:
    """Answers of before there were places have no place."""
    state = IssueState(kept["state"])
    return Raised(
        number=kept["number"],
        state=state,
        label=label("state", state, locale),
        grid=kept.get("grid", ""),
        place_note=place_note(kept.get("away_m"), locale),
        near=shown_near(kept.get("near", ()), locale),
    )


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
    items = [shown_line(line, caller, at, locale) for line in page.items]
    return IssuePage(items=items, next=page.next)


@router.get("/{number}", summary="Read an issue", responses=responses(READ))
async def read_issue(
    number: NumberInPath, caller: Caller, parts: PartsOf, locale: Locale, audit: AuditOf
) -> IssueDetailRead:
    """The issue with its description, assignments, open requests and suspension.

    Whoever is in a meeting reads the issues on its agenda as well, though lists do not show them.
    """
    async with parts.database.read() as session:
        detail = await read(session, IssueNumber(number), caller)
        pictures = await Pictures(session).of_issue(IssueNumber(number))
        reporter = await masked_reporter(session, IssueNumber(number), caller)
    at, about = parts.now(), About(ObjectKind.ISSUE, number, detail.line.grid)
    shown = shown_pictures(pictures, parts.links, at, locale)
    if detail.position is not None:
        await audit.saw(Deed.POSITION_READ, about)
    await audit_links(audit, about, shown)
    found = shown_detail(detail, shown, caller, at, locale)
    return found.model_copy(update={"reporter": reporter})


@router.get("/{number}/timeline", summary="Read what happened", responses=responses(READ))
async def read_timeline(  # noqa: PLR0913, PLR0917 - what the framework hands in
    number: NumberInPath,
    caller: Caller,
    parts: PartsOf,
    locale: Locale,
    span: Annotated[Span, Query()],
    audit: AuditOf,
) -> Timeline:
    """Everything that happened, in order, with what was said unless it was erased."""
    async with parts.database.read() as session:
        detail = await read(session, IssueNumber(number), caller)
        entries = await Queries(session).timeline(IssueNumber(number), span.after, span.limit)
        pictures = await Pictures(session).of_issue(IssueNumber(number))
    shown = shown_pictures(pictures, parts.links, parts.now(), locale)
    await audit_links(audit, About(ObjectKind.ISSUE, number, detail.line.grid), shown)
    more = entries[-1].version if len(entries) == span.limit else None
    return Timeline(items=[shown_event(each, shown, locale) for each in entries], next=more)


@router.get("/{number}/deadlines", summary="Read deadlines, explained", responses=responses(READ))
async def read_deadlines(
    number: NumberInPath, caller: Caller, parts: PartsOf, locale: Locale
) -> Deadlines | None:
    """Every deadline with its rule, the time used, what moved it, and the words for it.

    `null` until the issue has taken its first step. Read by whoever reads the issue: parties of a
    meeting decide about its deadlines as well.
    """
    async with parts.database.read() as session:
        detail = await read(session, IssueNumber(number), caller)
        return await shown_deadlines(session, detail, parts.now(), locale)
