"""`/r/{token}`: pages of one issue for who holds a link to it; not part of the API's document."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from api.dependencies import PartsOf
from api.pages.codes import Coding, Words
from api.pages.evaluating import Evaluating, Told
from api.pages.forms import (
    LONGEST_WORDS,
    MOST_PICTURES,
    EvaluationForm,
    code_of,
    evaluation_of,
)
from api.pages.rendering import notice, rendered
from api.pages.sending import send_own_link
from api.pages.visiting import (
    Page,
    Reception,
    Turned,
    Visit,
    locale_of,
    page_of,
    require_own_site,
)
from api.parts import Parts
from api.problems import RETRY_AFTER, ApiCode, Code, Problem
from api.routes.giving import DeskOf
from catalogue import say
from storage.residents.making import PAGES
from storage.session import Unreachable

log = structlog.get_logger(__name__)
router = APIRouter(prefix=PAGES, include_in_schema=False, default_response_class=HTMLResponse)
_BY_CODE: Mapping[Code, str] = {ApiCode.TOO_LARGE: "too_large", ApiCode.BAD_REQUEST: "unreadable"}


async def _reception(request: Request) -> Reception:
    reception: Reception = request.app.state.reception
    return reception


ReceptionOf = Annotated[Reception, Depends(_reception)]


@router.get("/{token}")
@router.get("/{token}/code")
@router.get("/{token}/mine")
@router.get("/{token}/send")
async def read_page(
    token: str, request: Request, parts: PartsOf, reception: ReceptionOf
) -> Response:
    """The issue's public timeline; who was asked to evaluate finds the form there.

    Also where forms go: who opens such an address again, or changes the language, is back here.
    """

    async def shown() -> Response:
        visit = await reception.visit(request, token)
        return await _shown(parts, visit, Told())

    return await _answered(request, shown)


@router.post("/{token}")
async def evaluate(
    token: str, request: Request, parts: PartsOf, desk: DeskOf, reception: ReceptionOf
) -> Response:
    """The resident's word, as `POST /issues/{number}/evaluate` takes it."""

    async def evaluated() -> Response:
        visit = await _coming_in(reception, request, token)
        form = await evaluation_of(request)
        page = await _page(parts, visit)
        told = await Evaluating(parts=parts, desk=desk, visit=visit, form=form).done(page)
        return await _shown(parts, visit, told, form if told.faults else None)

    return await _answered(request, evaluated)


@router.post("/{token}/code")
async def ask_code(
    token: str, request: Request, parts: PartsOf, desk: DeskOf, reception: ReceptionOf
) -> Response:
    """Sends a code to who reported."""

    async def asked() -> Response:
        visit = await _coming_in(reception, request, token)
        _require_codes(parts, visit)
        told = await Coding(parts=parts, desk=desk, visit=visit).ask()
        return await _shown(parts, visit, told)

    return await _answered(request, asked)


@router.post("/{token}/mine")
async def say_code(
    token: str, request: Request, parts: PartsOf, desk: DeskOf, reception: ReceptionOf
) -> Response:
    """Reads what was said, or takes the whistle back, with the code that was sent."""

    async def said() -> Response:
        visit = await _coming_in(reception, request, token)
        _require_codes(parts, visit)
        form = await code_of(request)
        told, words = await Coding(parts=parts, desk=desk, visit=visit).say_back(form)
        return await _shown(parts, visit, told, personal=words)

    return await _answered(request, said)


@router.post("/{token}/send")
async def send_link(
    token: str, request: Request, parts: PartsOf, reception: ReceptionOf
) -> Response:
    """From the notice board: sends who reported their own link."""

    async def sent() -> Response:
        visit = await _coming_in(reception, request, token)
        if visit.is_own or parts.link_maker is None:
            raise Turned(notice("own_only", visit.locale, HTTPStatus.FORBIDDEN))
        return await _shown(parts, visit, await send_own_link(parts, parts.link_maker, visit))

    return await _answered(request, sent)


async def _coming_in(reception: Reception, request: Request, token: str) -> Visit:
    visit = await reception.visit(request, token)
    require_own_site(request, visit.locale)
    return visit


def _require_codes(parts: Parts, visit: Visit) -> None:
    if not visit.is_own or parts.link_maker is None:
        raise Turned(notice("own_only", visit.locale, HTTPStatus.FORBIDDEN))


async def _page(parts: Parts, visit: Visit) -> Page:
    async with parts.database.read() as session:
        return await page_of(session, visit, parts.link_maker is not None)


async def _shown(
    parts: Parts,
    visit: Visit,
    told: Told,
    form: EvaluationForm | None = None,
    personal: tuple[Words, ...] = (),
) -> Response:
    page = await _page(parts, visit)
    unavailable = told.status is HTTPStatus.SERVICE_UNAVAILABLE
    return rendered(
        "progress.html",
        visit.locale,
        told.status,
        {"Retry-After": str(RETRY_AFTER[ApiCode.ENGINE_UNAVAILABLE])} if unavailable else {},
        title="evaluate_title" if page.takes_evaluation else "progress_title",
        page=page,
        notes=told.notes or _standing(page, visit.locale),
        faults=told.faults,
        form=form or EvaluationForm(),
        home=f"{parts.link_maker.path if parts.link_maker else PAGES}/{visit.token}",
        longest=LONGEST_WORDS,
        most_pictures=MOST_PICTURES,
        personal=personal,
    )


def _standing(page: Page, locale: str) -> tuple[str, ...]:
    """Why there is no form, when there is none."""
    if page.was_evaluated:
        return (say("page.already_evaluated", locale),)
    if page.is_closed:
        return (say("page.closed", locale, ending=page.outcome or page.state),)
    if not page.is_own:
        return (say("page.board", locale),) if page.sends_links else ()
    return () if page.is_resolved else (say("page.not_yet", locale),)


async def _answered(request: Request, answer: Callable[[], Awaitable[Response]]) -> Response:
    """Whatever goes wrong is a page too, in the visitor's language."""
    try:
        return await answer()
    except Turned as turned:
        return turned.answer
    except Unreachable as error:
        log.warning("database_unreachable", error=str(error))
        headers = {"Retry-After": str(RETRY_AFTER[ApiCode.DATABASE_UNAVAILABLE])}
        return notice("unavailable", locale_of(request), HTTPStatus.SERVICE_UNAVAILABLE, headers)
    except Problem as problem:
        if problem.code not in _BY_CODE:
            raise
        return notice(_BY_CODE[problem.code], locale_of(request), problem.status)
    finally:
        await request.close()  # what was uploaded lies in files
