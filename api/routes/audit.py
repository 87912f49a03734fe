"""The audit log: read page by page, exported with signatures; both are in it themselves."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from api.auditing import AuditOf
from api.dependencies import Locale, PartsOf, who_may
from api.documentation import EXPORT_AUDIT, SEE_CAMERAS, responses
from api.jurisdiction import administers_everything
from api.problems import ApiCode, FieldError, Problem
from api.schemas.audit import AuditEntryRead, AuditFilters, AuditPage, AuditSpan
from catalogue import label
from domain.actor import Actor
from domain.auditing import About, Deed, ObjectKind
from domain.ids import GridCode
from domain.rights import Act, grids_of
from storage.audit.exporting import Export, ExportFormat
from storage.audit.queries import AuditFilter, AuditLine, AuditQueries, BadCursor
from storage.session import Session

Reader = Annotated[Actor, Depends(who_may(Act.READ_AUDIT))]
router = APIRouter(prefix="/api/v1/audit", tags=["audit"])
_LOG = About(ObjectKind.AUDIT, "log")
_LONGEST = timedelta(days=93)
_MEDIA_TYPE = {
    ExportFormat.NDJSON: "application/x-ndjson",
    ExportFormat.CSV: "text/csv; charset=utf-8",
}


@router.get("", summary="Read the audit log", responses=responses(SEE_CAMERAS))
async def read_audit(
    wanted: Annotated[AuditFilters, Query()],
    caller: Reader,
    parts: PartsOf,
    locale: Locale,
    audit: AuditOf,
) -> AuditPage:
    """Newest first: who saw or did what, in the caller's grids.

    What lies in no grid, as ways in do, is shown to administrators of all districts. For
    administrators; every reading is an entry itself.
    """
    try:
        async with parts.database.read() as session:
            asked = AuditFilter(
                grids=await _grids(session, caller),
                subject=wanted.subject,
                object=wanted.object,
                act=wanted.act,
                since=wanted.since,
                until=wanted.until,
            )
            page = await AuditQueries(session).page(asked, cursor=wanted.cursor, limit=wanted.limit)
    except BadCursor as error:
        raise Problem.invalid(FieldError.of("cursor", "bad_cursor")) from error
    await audit.saw(Deed.AUDIT_READ, _LOG, entries=len(page.items), of=wanted.act)
    return AuditPage(items=[_shown(each, locale) for each in page.items], next=page.next)


@router.get(
    "/export",
    summary="Export the audit log",
    response_class=StreamingResponse,
    responses={
        **responses(EXPORT_AUDIT),
        200: {
            "description": "A signed head, the entries in the order of writing, a signed end.",
            "content": {
                "application/x-ndjson": {"schema": {"type": "string"}},
                "text/csv": {"schema": {"type": "string"}},
            },
        },
    },
)
async def export_audit(
    wanted: Annotated[AuditSpan, Query()], caller: Reader, parts: PartsOf, audit: AuditOf
) -> StreamingResponse:
    """Checked by `python -m deploy.audit check-export FILE`. A file without an end was cut off.

    For administrators, of what `GET /audit` shows them; every export is an entry itself.
    """
    if not timedelta() < wanted.until - wanted.since <= _LONGEST:
        raise Problem.invalid(FieldError.of("until", "out_of_order"))
    if parts.audit_keys is None:
        raise Problem(ApiCode.NO_AUDIT_KEY)
    async with parts.database.read() as session:
        grids = await _grids(session, caller)
    asked = AuditFilter(grids=grids, since=wanted.since, until=wanted.until)
    export = Export(wanted=asked, format=wanted.format, at=parts.now(), keys=parts.audit_keys)
    days = (wanted.until - wanted.since).days
    await audit.saw(Deed.AUDIT_EXPORTED, _LOG, format=wanted.format, days=days)
    return StreamingResponse(
        export.lines(parts.database),
        media_type=_MEDIA_TYPE[wanted.format],
        headers={"Content-Disposition": f'attachment; filename="audit.{wanted.format}"'},
    )


async def _grids(session: Session, caller: Actor) -> tuple[GridCode, ...] | None:
    if await administers_everything(session, caller):
        return None
    return grids_of(caller, Act.READ_AUDIT)


def _shown(line: AuditLine, locale: str) -> AuditEntryRead:
    said = {
        name: getattr(line, name) for name in AuditEntryRead.model_fields if hasattr(line, name)
    }
    return AuditEntryRead(**said, label=label("audit_act", line.act, locale))
