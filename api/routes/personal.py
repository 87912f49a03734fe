"""Personal data: read by who handles the issue, erased by administrators, both on record."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends

from api.answering import Ledger, Reply, again
from api.auditing import AuditOf
from api.dependencies import AskingOf, Caller, PartsOf, who_may
from api.documentation import ERASE, REPORTER, responses
from api.jurisdiction import require_cover
from api.parts import Parts
from api.problems import ApiCode, Problem
from api.routes.commands import NumberInPath
from api.schemas.issues import Erased, ReporterRead
from api.sight import may_reach_reporter, seen
from domain.actor import Actor
from domain.auditing import About, Deed, ObjectKind
from domain.ids import IssueNumber
from domain.rights import Act, grids_of
from storage.blanking import Blanking
from storage.pictures.objects import ObjectsUnreachable
from storage.queries import Queries
from storage.session import Session
from storage.texts import Texts

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/api/v1/issues/{number}", tags=["personal data"])


@router.get("/reporter", summary="Read who reported", responses=responses(REPORTER))
async def read_reporter(
    number: NumberInPath, caller: Caller, parts: PartsOf, audit: AuditOf
) -> ReporterRead:
    """For the called departments, dispatchers and grid workers of the grid, and who raised it.

    Every reading is in the audit log; where that cannot be written, nothing is shown.
    """
    async with parts.database.read() as session:
        detail = await seen(session, IssueNumber(number), caller)
        reporter = await Queries(session).reporter(IssueNumber(number))
    if not may_reach_reporter(caller, detail):
        log.warning("reporter_withheld", issue=number, subject=caller.subject)
        raise Problem(ApiCode.FORBIDDEN)
    if reporter is None:
        raise Problem(ApiCode.NOT_FOUND)
    await audit.saw(Deed.REPORTER_READ, About(ObjectKind.ISSUE, number, detail.line.grid))
    log.info("reporter_read", issue=number, subject=caller.subject)
    return ReporterRead.model_validate(reporter)


@router.post("/erase-personal-data", summary="Erase personal data", responses=responses(ERASE))
async def erase_personal_data(
    number: NumberInPath,
    _: Annotated[Actor, Depends(who_may(Act.ERASE_ISSUE))],
    asking: AskingOf,
    parts: PartsOf,
) -> Erased:
    """Blanks who reported, where, everything that was said and every picture.

    The record of what happened stays. Needs an administrator whose grids cover the issue's. What a
    meeting said about its whole agenda (minutes, report-ins and positions, reasons to postpone)
    belongs to the meeting: it is blanked for everybody where the administrator's grids cover the
    meeting's too. The rest stays, and `shared_texts_left` says how many such texts an administrator
    of a wider grid has to erase.
    """
    at = parts.now()
    async with parts.database.begin() as session:
        ledger = Ledger(session, asking)
        reply = again(await ledger.open(None, at))
        if reply is None:
            detail = await seen(session, IssueNumber(number), asking.actor)
            require_cover(asking.actor, detail.line.grid)
            reply = Reply(await _erased(session, IssueNumber(number), asking.actor, at))
            await ledger.keep(reply)
            about = About(ObjectKind.ISSUE, number, detail.line.grid)
            await asking.audit.did(session, Deed.PERSONAL_DATA_ERASED, about)
            log.info("personal_data_erased", issue=number, subject=asking.actor.subject)
    await _remove_pictures(parts, IssueNumber(number))
    return Erased.model_validate(reply.body)


async def _erased(
    session: Session, number: IssueNumber, actor: Actor, at: datetime
) -> dict[str, object]:
    blanked = await Blanking(session).blank(number, at, grids_of(actor, Act.ERASE_ISSUE))
    left = await Texts(session).count_shared(number)
    return {"number": number, "shared_texts_left": left, **asdict(blanked)}


async def _remove_pictures(parts: Parts, number: IssueNumber) -> None:
    """Nobody sees them any more; what cannot be deleted now is left to housekeeping."""
    try:
        while await parts.album.remove_erased(parts.now(), number=number):
            continue
    except ObjectsUnreachable as error:
        log.warning("pictures_left_to_housekeeping", issue=number, error=str(error))
