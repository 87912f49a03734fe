"""Whether the codes and issues that a request names exist."""

from collections.abc import Iterable, Iterator

from api.problems import FieldError, Problem
from api.schemas.command import CommandBody
from api.schemas.commands import MarkDuplicate
from domain.actor import Actor
from domain.ids import IssueNumber, MeetingNumber
from domain.meeting.membership import meeting_scope_of
from domain.meeting.words import UNDECIDED
from domain.reference import ReferenceKind
from domain.visibility import scope_of
from storage.meetings.queries import MeetingQueries
from storage.queries import Queries
from storage.reference import ReferenceRepository
from storage.session import Session
from storage.views import IssueDetail

Named = tuple[str, ReferenceKind, str]
"""A field, the kind it refers to and the code it names."""


async def require(session: Session, named: Iterable[Named]) -> None:
    """Returns when everything named exists and is not retired.

    Raises:
        Problem: `invalid_input` with every field that names nothing.
    """
    reference = ReferenceRepository(session)
    missing = []
    for field, kind, code in dict.fromkeys(named):
        entry = await reference.current(kind, code)
        if entry is None or entry.retired:
            missing.append(FieldError.of(field, "unknown_code"))
    if missing:
        raise Problem.invalid(*missing)


def named_by(
    owner: object, fields: Iterable[tuple[str, ReferenceKind]], root: str = ""
) -> Iterator[Named]:
    """The codes in some fields of an object, of which each may hold none, one or several.

    `cameras.grid` is the field `grid` of each of the `cameras`.
    """
    for field, kind in fields:
        parts, _, within = field.partition(".")
        if within:
            for index, part in enumerate(getattr(owner, parts)):
                yield from named_by(part, [(within, kind)], f"{root}{parts}.{index}.")
            continue
        value = getattr(owner, field)
        if isinstance(value, str):
            yield root + field, kind, value
        else:
            for index, code in enumerate(value or ()):
                yield f"{root}{field}.{index}", kind, code


async def require_named(session: Session, body: CommandBody, actor: Actor) -> None:
    """Returns when the departments and the issue that a command names are there to be named.

    Raises:
        Problem: `invalid_input` with every field that is not so.
    """
    departments = ((field, ReferenceKind.DEPARTMENT, code) for field, code in body.named())
    await require(session, departments)
    if isinstance(body, MarkDuplicate):
        await _require_original(session, IssueNumber(body.of), actor)


async def _require_original(session: Session, of: IssueNumber, actor: Actor) -> None:
    """A duplicate of a duplicate could lead back to itself, and the matter would be lost."""
    queries, scope = Queries(session), scope_of(actor)
    detail = await queries.issue(of, scope)
    if detail is None:
        raise Problem.invalid(FieldError.of("of", "unknown_issue"))
    met = [of]
    while detail is not None and (leads_to := detail.line.duplicate_of) is not None:
        if leads_to in met:
            break
        met.append(leads_to)
        detail = await queries.issue(leads_to, scope)
    if len(met) > 1:
        raise Problem.invalid(FieldError.of("of", "is_duplicate_itself", number=met[-1]))


async def require_joinable(
    session: Session, joins: MeetingNumber, issue: IssueDetail, actor: Actor
) -> None:
    """Returns when the meeting that the issue is to join is there, undecided, and takes it on.

    That the meeting may still end meanwhile is the engine's to find out.

    Raises:
        Problem: `invalid_input` with the field `joins`.
    """
    detail = await MeetingQueries(session).meeting(joins, meeting_scope_of(actor))
    if detail is None:
        raise Problem.invalid(FieldError.of("joins", "unknown_meeting"))
    meeting = detail.snapshot
    if meeting.state not in UNDECIDED:
        raise Problem.invalid(FieldError.of("joins", "meeting_decided"))
    if not meeting.takes_on(issue.line.grid, issue.line.category):
        raise Problem.invalid(FieldError.of("joins", "other_matter"))
