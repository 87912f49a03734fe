"""What cameras sent and what was read of it: looked at, and sorted once more after a mending."""

import base64
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Path, Query

from api.answering import Ledger, Reply, again
from api.auditing import AuditOf
from api.dependencies import AskingOf, Locale, PartsOf, who_may
from api.documentation import LOOK_AT_ONE, REPLAY, SEE_CAMERAS, responses
from api.intake.tokens import source_in_charge
from api.problems import ApiCode, FieldError, Problem
from api.routes.cameras import Watcher, condition_line
from api.routes.reference import CodeInPath
from api.schemas.alerts import (
    Again,
    ConditionFilters,
    EventFilters,
    EventPage,
    EventPictureRead,
    EventRead,
    RawBody,
    RawFilters,
    RawPage,
    RawRead,
    ReplayBody,
    Replayed,
)
from api.schemas.cameras import ConditionPage
from domain.actor import Actor
from domain.auditing import About, Deed, ObjectKind
from domain.ids import SourceCode
from domain.rights import Act, grids_of
from storage.alerts.outcomes import EventOutcome, Outcomes
from storage.alerts.queries import AlertQueries, BadCursor
from storage.alerts.raw_messages import RawMessages
from storage.alerts.views import EventLine, Fate
from storage.session import Session

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/api/v1", tags=["alerts of cameras"])
_LONGEST_SHOWN = 64 * 1024
_RawId = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("/raw-messages", summary="List messages of cameras", responses=responses(SEE_CAMERAS))
async def list_messages(
    wanted: Annotated[RawFilters, Query()], caller: Watcher, parts: PartsOf
) -> RawPage:
    """Newest first, of sources in your grids. With `quarantined`: what could not be read, and why.

    For dispatchers, supervisors and administrators.
    """
    try:
        async with parts.database.read() as session:
            page = await AlertQueries(session, grids_of(caller, Act.SEE_ALERTS)).messages(
                state=wanted.state, source=wanted.source, cursor=wanted.cursor, limit=wanted.limit
            )
    except BadCursor as error:
        raise Problem.invalid(FieldError.of("cursor", "bad_cursor")) from error
    return RawPage(items=[RawRead.model_validate(each) for each in page.items], next=page.next)


@router.get(
    "/raw-messages/{id}", summary="Read a message as it came", responses=responses(LOOK_AT_ONE)
)
async def read_message(
    id: _RawId,  # noqa: A002 - the name in the address
    caller: Annotated[Actor, Depends(who_may(Act.READ_MESSAGE))],
    parts: PartsOf,
    audit: AuditOf,
) -> RawBody:
    """For an administrator who mends a mapping. Every reading is in the audit log."""
    async with parts.database.read() as session:
        found = await AlertQueries(session, grids_of(caller, Act.READ_MESSAGE)).message(id)
    if found is None:
        raise Problem(ApiCode.NOT_FOUND)
    line, body = found
    await audit.saw(Deed.RAW_MESSAGE_READ, About(ObjectKind.RAW_MESSAGE, str(id), line.grid))
    log.info("raw_message_read", raw_message=id, subject=caller.subject)
    return RawBody(
        message=RawRead.model_validate(line),
        body_base64=base64.b64encode(body[:_LONGEST_SHOWN]).decode(),
        truncated=len(body) > _LONGEST_SHOWN,
    )


@router.get(
    "/alert-events", summary="List what was read of messages", responses=responses(SEE_CAMERAS)
)
async def list_events(
    wanted: Annotated[EventFilters, Query()], caller: Watcher, parts: PartsOf, locale: Locale
) -> EventPage:
    """Newest first. `unmapped` waits for a row in a mapping, `unknown_camera` for a camera's place.

    What was accepted is shown with the condition it was counted on, and with its pictures.

    For dispatchers, supervisors and administrators.
    """
    try:
        async with parts.database.read() as session:
            page = await AlertQueries(session, grids_of(caller, Act.SEE_ALERTS)).events(
                fate=wanted.fate,
                source=wanted.source,
                camera=wanted.camera,
                cursor=wanted.cursor,
                limit=wanted.limit,
            )
            outcomes = await Outcomes(session, grids_of(caller, Act.SEE_ALERTS)).of_events(
                [each.id for each in page.items]
            )
    except BadCursor as error:
        raise Problem.invalid(FieldError.of("cursor", "bad_cursor")) from error
    items = [_event(each, outcomes.get(each.id), locale) for each in page.items]
    return EventPage(items=items, next=page.next)


def _event(line: EventLine, outcome: EventOutcome | None, locale: str) -> EventRead:
    read = EventRead.model_validate(line)
    if outcome is None:
        return read
    condition = outcome.condition
    return read.model_copy(
        update={
            "condition": condition_line(condition, locale) if condition else None,
            "pictures": [EventPictureRead.model_validate(each) for each in outcome.pictures],
        }
    )


@router.get(
    "/alert-conditions",
    summary="List what cameras saw, and what came of it",
    responses=responses(SEE_CAMERAS),
)
async def list_conditions(
    wanted: Annotated[ConditionFilters, Query()], caller: Watcher, parts: PartsOf, locale: Locale
) -> ConditionPage:
    """Newest first. Why no issue came of an alert is its condition's `reason`.

    For dispatchers, supervisors and administrators.
    """
    try:
        async with parts.database.read() as session:
            page = await Outcomes(session, grids_of(caller, Act.SEE_ALERTS)).conditions(
                source=wanted.source,
                camera=wanted.camera,
                state=wanted.state,
                cursor=wanted.cursor,
                limit=wanted.limit,
            )
    except BadCursor as error:
        raise Problem.invalid(FieldError.of("cursor", "bad_cursor")) from error
    items = [condition_line(each, locale) for each in page.items]
    return ConditionPage(items=items, next=page.next)


@router.post(
    "/alert-sources/{code}/replay",
    summary="Sort messages once more",
    responses=responses(REPLAY),
)
async def replay(
    code: CodeInPath,
    body: ReplayBody,
    _: Annotated[Actor, Depends(who_may(Act.REPLAY_MESSAGES))],
    asking: AskingOf,
    parts: PartsOf,
) -> Replayed:
    """Oldest first, after the mapping, the cameras or an adapter was mended.

    What was accepted before is not accepted twice.
    """
    at = parts.now()
    async with parts.database.begin() as session:
        ledger = Ledger(session, asking)
        reply = again(await ledger.open(body, at))
        if reply is None:
            source = await source_in_charge(session, code, asking.actor, Act.REPLAY_MESSAGES)
            ids = await _chosen(session, asking.actor, source.code, body)
            reply = Reply({"messages": await RawMessages(session).replay(ids, at)})
            await ledger.keep(reply)
            about = About(ObjectKind.SOURCE, source.code, source.grid)
            await asking.audit.did(
                session, Deed.MESSAGES_REPLAYED, about, of=body.of, messages=len(ids)
            )
            log.info("messages_replayed", source=code, of=body.of, subject=asking.actor.subject)
    return Replayed.model_validate(reply.body)


async def _chosen(
    session: Session, actor: Actor, source: SourceCode, body: ReplayBody
) -> tuple[int, ...]:
    queries = AlertQueries(session, grids_of(actor, Act.REPLAY_MESSAGES))
    match body.of:
        case Again.UNREADABLE:
            return await queries.set_aside(source, body.limit)
        case Again.UNMAPPED:
            return await queries.undecided(source, Fate.UNMAPPED, body.limit)
        case Again.UNKNOWN_CAMERA:
            return await queries.undecided(source, Fate.UNKNOWN_CAMERA, body.limit)
