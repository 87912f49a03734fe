"""Reference data: read by all, written by administrators version by version, tried out first."""

from http import HTTPStatus
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Path, Query

from api.answering import Ledger, Reply, again
from api.dependencies import AskingOf, Caller, Locale, PartsOf, who_may
from api.documentation import ERASE, REPORTER, RETIRE, TRY, WRITE, responses
from api.dry_run import dry_run
from api.entries import parsed, require_reader, require_references, require_sight, shown
from api.jurisdiction import require_jurisdiction
from api.problems import ApiCode, FieldError, Problem
from api.schemas.reference import (
    DryRun,
    DryRunBody,
    EntryPage,
    EntryRead,
    NameErased,
    RetireBody,
    WriteBody,
)
from api.schemas.text import Code
from api.writing import Change, write
from domain.actor import Actor
from domain.auditing import About, Deed, ObjectKind
from domain.ids import Subject
from domain.reference import ReferenceKind
from domain.rights import Act
from domain.visibility import entry_scope_of
from storage.people import People
from storage.queries import BadCursor
from storage.reference import ReferenceRepository
from storage.views import Entry

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/api/v1/reference", tags=["reference data"])
CodeInPath = Annotated[Code, Path()]
Writer = Annotated[Actor, Depends(who_may(Act.WRITE_REFERENCE))]
_After = Annotated[Code | None, Query(description="`next` of the page before.")]
_Version = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="The newest, unless said.")]


@router.get("/{kind}", summary="List entries of a kind", responses=responses(REPORTER))
async def list_entries(
    kind: ReferenceKind,
    caller: Caller,
    parts: PartsOf,
    after: _After = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> EntryPage:
    """Present versions in the order of their codes, retired ones too."""
    require_reader(caller, kind)
    async with parts.database.read() as session:
        scope = entry_scope_of(caller, kind)
        page = await ReferenceRepository(session).list(kind, after=after, limit=limit, scope=scope)
    return EntryPage(items=[shown(entry, caller) for entry in page.items], next=page.next)


@router.get("/{kind}/{code}", summary="Read an entry", responses=responses(REPORTER))
async def read_entry(
    kind: ReferenceKind, code: CodeInPath, caller: Caller, parts: PartsOf, version: _Version = None
) -> EntryRead:
    """The newest version, or the one asked for."""
    require_reader(caller, kind)
    async with parts.database.read() as session:
        reference = ReferenceRepository(session)
        await require_sight(reference, caller, kind, code)
        entry: Entry[Any] | None = (
            await reference.current(kind, code)
            if version is None
            else await reference.version(kind, code, version)
        )
    if entry is None:
        raise Problem(ApiCode.NOT_FOUND)
    return shown(entry, caller)


@router.post("/{kind}/{code}", summary="Write an entry", responses=responses(WRITE))
async def write_entry(
    kind: ReferenceKind,
    code: CodeInPath,
    body: WriteBody,
    _: Writer,
    asking: AskingOf,
    parts: PartsOf,
) -> EntryRead:
    """Adds the next version. Issues keep the policy they were pinned to.

    Needs an administrator whose grids cover the place the entry is about, before and after; what
    holds for everybody needs the grids of all districts.

    A corrected calendar and a changed absence reach the issues that depend on them.
    """
    entry = parsed(kind, code, body.entry)
    expected = body.expected_version or 0
    change = Change(
        asking=asking,
        kind=kind,
        code=code,
        expected_version=expected,
        body=body,
        entry=entry,
    )
    async with parts.database.begin() as session:
        return await write(session, change, parts.now())


@router.post("/{kind}/{code}/retire", summary="Retire an entry", responses=responses(RETIRE))
async def retire_entry(
    kind: ReferenceKind,
    code: CodeInPath,
    body: RetireBody,
    _: Writer,
    asking: AskingOf,
    parts: PartsOf,
) -> EntryRead:
    """Takes an entry out of use; writing it again brings it back.

    Refused while other entries or open issues name it.
    """
    change = Change(
        asking=asking,
        kind=kind,
        code=code,
        expected_version=body.expected_version,
        body=body,
    )
    async with parts.database.begin() as session:
        return await write(session, change, parts.now())


@router.post(
    "/staff/{code}/erase-personal-data",
    summary="Erase a name",
    tags=["personal data"],
    responses=responses(ERASE),
)
async def erase_name(
    code: CodeInPath,
    _: Annotated[Actor, Depends(who_may(Act.ERASE_STAFF_NAME))],
    asking: AskingOf,
    parts: PartsOf,
) -> NameErased:
    """Blanks a member of staff's name in every version; the rest of the entry stays.

    Needs an administrator whose grids cover the department's.
    """
    at = parts.now()
    async with parts.database.begin() as session:
        ledger = Ledger(session, asking)
        reply = again(await ledger.open(None, at))
        if reply is None:
            entry = await ReferenceRepository(session).current(ReferenceKind.STAFF, code)
            if entry is None:
                raise Problem(ApiCode.NOT_FOUND)
            await require_jurisdiction(session, asking.actor, entry.body)
            versions = await People(session).erase_staff_name(Subject(code))
            reply = Reply({"code": code, "versions": versions})
            await ledger.keep(reply)
            about = About(ObjectKind.ENTRY, f"{ReferenceKind.STAFF}/{code}")
            await asking.audit.did(session, Deed.NAME_ERASED, about, versions=versions)
            log.info("staff_name_erased", staff=code, subject=asking.actor.subject)
    return NameErased.model_validate(reply.body)


@router.post(
    "/sla_policy/{code}/dry-run",
    summary="Try a policy",
    status_code=HTTPStatus.OK,
    responses=responses(TRY),
)
async def try_policy(
    code: CodeInPath,
    body: DryRunBody,
    _: Annotated[Actor, Depends(who_may(Act.TRY_POLICY))],
    asking: AskingOf,
    parts: PartsOf,
    locale: Locale,
) -> DryRun:
    """Which open issues of your grids would have other deadlines under it. Nothing is written."""
    policy = parsed(ReferenceKind.SLA_POLICY, code, body.entry)
    try:
        async with parts.database.read() as session:
            await require_references(session, ReferenceKind.SLA_POLICY, policy)
            trial = await dry_run(session, policy, body, asking.actor, locale)
    except BadCursor as error:
        raise Problem.invalid(FieldError.of("after", "bad_cursor")) from error
    about = About(ObjectKind.ENTRY, f"{ReferenceKind.SLA_POLICY}/{code}")
    await asking.audit.saw(
        Deed.POLICY_TRIED, about, examined=trial.examined, issues=len(trial.items)
    )
    return trial
