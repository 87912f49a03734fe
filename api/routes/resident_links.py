"""Links for one issue: made and revoked by who deals with it, drawn as QR codes."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.answering import Ledger, Reply, again
from api.dependencies import AskingOf, Caller, Locale, PartsOf
from api.documentation import DRAW_LINK, MAKE_LINK, READ_LINKS, REVOKE_LINK, responses
from api.linking import drawn, host, made, maker_of, shown_link
from api.problems import ApiCode, Problem
from api.routes.commands import NumberInPath
from api.schemas.resident_links import LinkList, LinkRead, MakeLink, QrFormat
from domain.ids import IssueNumber
from storage.residents.links import ResidentLinks

router = APIRouter(prefix="/api/v1/issues/{number}/links", tags=["residents"])
_LinkId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
_TYPES = {QrFormat.SVG: "image/svg+xml", QrFormat.PNG: "image/png"}


@router.post(
    "", summary="Make a link", status_code=HTTPStatus.CREATED, responses=responses(MAKE_LINK)
)
async def make_link(
    number: NumberInPath, body: MakeLink, asking: AskingOf, parts: PartsOf, locale: Locale
) -> LinkRead:
    """A page of this issue without a login.

    By dispatchers and grid workers of its grid, its lead department, and who raised it. An `own`
    link that staff make is sent to who raised the issue and shown to nobody: whoever holds it
    evaluates.
    """
    at, maker, issue = parts.now(), maker_of(parts), IssueNumber(number)
    async with parts.database.begin() as session:
        ledger, links = Ledger(session, asking), ResidentLinks(session)
        reply = again(await ledger.open(body, at))
        who = await host(session, issue, asking.actor)
        if reply is None:
            link = await made(session, maker, who, body.kind, at)
            await ledger.keep(Reply({"id": link.id}, HTTPStatus.CREATED))
        else:
            known = await links.one(issue, reply.body["id"])
            assert known is not None
            link = known
    return shown_link(link, who, maker, at, locale)


@router.get("", summary="List links", responses=responses(READ_LINKS))
async def list_links(
    number: NumberInPath, caller: Caller, parts: PartsOf, locale: Locale
) -> LinkList:
    """Every link there ever was, newest first."""
    at, issue = parts.now(), IssueNumber(number)
    async with parts.database.read() as session:
        who = await host(session, issue, caller)
        found = await ResidentLinks(session).of(issue)
    return LinkList(items=[shown_link(each, who, parts.link_maker, at, locale) for each in found])


@router.delete(
    "/{link_id}",
    summary="Revoke a link",
    status_code=HTTPStatus.NO_CONTENT,
    responses=responses(REVOKE_LINK),
)
async def revoke_link(
    number: NumberInPath, link_id: _LinkId, asking: AskingOf, parts: PartsOf
) -> None:
    """At once and for good; who still has it is told that it is out of use."""
    at, issue = parts.now(), IssueNumber(number)
    async with parts.database.begin() as session:
        ledger, links = Ledger(session, asking), ResidentLinks(session)
        if again(await ledger.open(None, at)) is None:
            await host(session, issue, asking.actor)
            if await links.one(issue, link_id) is None:
                raise Problem(ApiCode.NOT_FOUND)
            await links.revoke(issue, link_id, at)
            await ledger.keep(Reply({"id": link_id}, HTTPStatus.NO_CONTENT))


@router.get(
    "/{link_id}/qr.{image}",
    summary="Draw a link as a QR code",
    responses={
        **responses(DRAW_LINK),
        200: {
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}} for kind in _TYPES.values()
            }
        },
    },
    response_class=Response,
)
async def draw_link(
    number: NumberInPath, link_id: _LinkId, image: QrFormat, caller: Caller, parts: PartsOf
) -> Response:
    """For the notice board; only of a link whose address the caller is shown."""
    at, issue = parts.now(), IssueNumber(number)
    async with parts.database.read() as session:
        who = await host(session, issue, caller)
        link = await ResidentLinks(session).one(issue, link_id)
    if link is None:
        raise Problem(ApiCode.NOT_FOUND)
    if not who.may_hold(link):
        raise Problem(ApiCode.FORBIDDEN)
    url = shown_link(link, who, maker_of(parts), at, "zh").url
    if url is None:
        raise Problem(ApiCode.NOT_FOUND)
    name = f"{number}.{image}"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(drawn(url, image), media_type=_TYPES[image], headers=headers)
