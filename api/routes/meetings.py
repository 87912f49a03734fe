"""Read joint meetings and what is owed in them; give every command of theirs."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.auditing import AuditOf
from api.dependencies import Caller, Locale, PartsOf
from api.documentation import LIST, MEETING_REFUSALS, READ, responses
from api.happened import meeting_event_label
from api.matters import MeetingMatter
from api.naming import department_names
from api.problems import FieldError, Problem
from api.routes.giving import Table, add_commands
from api.schemas.filters import Span
from api.schemas.meeting_commands import MEETING_BODIES
from api.schemas.meetings import (
    AgendaRead,
    MeetingAnswered,
    MeetingDetailRead,
    MeetingFilters,
    MeetingNumberText,
    MeetingPage,
    MeetingTimeline,
    Owings,
    OwingsSpan,
)
from api.showing_meetings import (
    departments_in,
    shown_agenda,
    shown_duty,
    shown_entry,
    shown_meeting,
    shown_meeting_line,
)
from api.sight import seen_meeting
from domain.auditing import About, Deed, ObjectKind
from domain.ids import MeetingNumber
from domain.meeting.commands import MEETING_NAMES
from domain.meeting.meeting import MEETING_LAW
from domain.meeting.membership import meeting_scope_of, supervised_by
from domain.rights import department_of
from storage.cursors import BadCursor
from storage.meetings.queries import MeetingQueries

router = APIRouter(prefix="/api/v1/meetings", tags=["meetings"])
NumberInPath = Annotated[
    MeetingNumberText, Path(description="The number the meeting was given when convened.")
]


@router.get("", summary="List meetings", responses=responses(LIST))
async def list_meetings(
    wanted: Annotated[MeetingFilters, Query()], caller: Caller, parts: PartsOf, locale: Locale
) -> MeetingPage:
    """Newest first, of those the caller may see.

    That is: meetings they or their department take part in, and those that sit in the grids they
    oversee.
    """
    try:
        async with parts.database.read() as session:
            page = await MeetingQueries(session).meetings(
                wanted.filter(meeting_scope_of(caller)), cursor=wanted.cursor, limit=wanted.limit
            )
            convenors = [line.convenor for line in page.items]
            names = await department_names(session, convenors, locale)
    except BadCursor as error:
        raise Problem.invalid(FieldError.of("cursor", "bad_cursor")) from error
    return MeetingPage(
        items=[shown_meeting_line(line, names, locale) for line in page.items], next=page.next
    )


@router.get("/owed", summary="Read what you owe to meetings", responses=responses(LIST))
async def read_owed(
    caller: Caller, parts: PartsOf, locale: Locale, span: Annotated[OwingsSpan, Query()]
) -> Owings:
    """What the caller and their department owe to all meetings, and by when.

    Where a meeting has no convenor, supervisors of its grid owe what one would.
    """
    try:
        async with parts.database.read() as session:
            page = await MeetingQueries(session).owed(
                caller.subject,
                department_of(caller),
                supervised_by(caller),
                cursor=span.cursor,
                limit=span.limit,
            )
    except BadCursor as error:
        raise Problem.invalid(FieldError.of("cursor", "bad_cursor")) from error
    at = parts.now()
    return Owings(items=[shown_duty(each, at, locale) for each in page.items], next=page.next)


@router.get("/{number}", summary="Read a meeting", responses=responses(READ))
async def read_meeting(
    number: NumberInPath, caller: Caller, parts: PartsOf, locale: Locale, audit: AuditOf
) -> MeetingDetailRead:
    """The meeting with its parties, agenda, decisions and tasks."""
    async with parts.database.read() as session:
        detail = await seen_meeting(session, MeetingNumber(number), caller)
        names = await department_names(session, departments_in(detail), locale)
    shown = shown_meeting(detail, names, locale)
    if shown.positions:
        about = About(ObjectKind.MEETING, number, detail.line.grid)
        await audit.saw(Deed.POSITION_READ, about, positions=len(shown.positions))
    return shown


@router.get("/{number}/agenda", summary="Read its agenda", responses=responses(READ))
async def read_agenda(
    number: NumberInPath, caller: Caller, parts: PartsOf, locale: Locale
) -> AgendaRead:
    """Every issue it is or was about, what was decided of each, and the tasks of that."""
    async with parts.database.read() as session:
        detail = await seen_meeting(session, MeetingNumber(number), caller)
        names = await department_names(session, departments_in(detail), locale)
    return shown_agenda(detail, names, locale)


@router.get("/{number}/timeline", summary="Read what happened in it", responses=responses(READ))
async def read_meeting_timeline(
    number: NumberInPath,
    caller: Caller,
    parts: PartsOf,
    locale: Locale,
    span: Annotated[Span, Query()],
) -> MeetingTimeline:
    """Everything that happened, in order, with what was said unless it was erased."""
    async with parts.database.read() as session:
        await seen_meeting(session, MeetingNumber(number), caller)
        entries = await MeetingQueries(session).timeline(
            MeetingNumber(number), span.after, span.limit
        )
        names = await department_names(session, [each.department for each in entries], locale)
    more = entries[-1].version if len(entries) == span.limit else None
    return MeetingTimeline(items=[shown_entry(each, names, locale) for each in entries], next=more)


add_commands(
    router,
    Table(
        names=MEETING_NAMES,
        bodies=MEETING_BODIES,
        refusals=MEETING_REFUSALS,
        law=MEETING_LAW,
        matter=MeetingMatter,
        number=NumberInPath,
        answered=MeetingAnswered,
        who="meeting_who",
        told=meeting_event_label,
        path="/{number}",
        prefix="meeting_",
    ),
)
