"""Which issue or meeting a caller means, if they may see it at all."""

from api.problems import ApiCode, Problem
from domain.actor import Actor
from domain.ids import IssueNumber, MeetingNumber
from domain.meeting.membership import meeting_scope_of
from domain.visibility import reading_scope_of, scope_of
from domain.vocabulary import Role
from storage.meetings.queries import MeetingQueries
from storage.meetings.views import MeetingDetail
from storage.queries import Queries
from storage.session import Session
from storage.views import IssueDetail

_OF_A_DEPARTMENT = (Role.STAFF, Role.LEADER)
_BY_GRID = (Role.DISPATCHER, Role.GRID_WORKER)


async def seen(session: Session, number: IssueNumber, actor: Actor) -> IssueDetail:
    """The issue.

    Raises:
        Problem: `not_found`, whether it does not exist or the caller may not see it.
    """
    detail = await Queries(session).issue(number, scope_of(actor))
    if detail is None:
        raise Problem(ApiCode.NOT_FOUND)
    return detail


async def read(session: Session, number: IssueNumber, actor: Actor) -> IssueDetail:
    """The issue, also for those who talk about it in a meeting.

    Raises:
        Problem: `not_found`, as of `seen`.
    """
    detail = await Queries(session).issue(number, reading_scope_of(actor))
    if detail is None:
        raise Problem(ApiCode.NOT_FOUND)
    return detail


async def seen_meeting(session: Session, number: MeetingNumber, actor: Actor) -> MeetingDetail:
    """The meeting.

    Raises:
        Problem: `not_found`, as of issues.
    """
    detail = await MeetingQueries(session).meeting(number, meeting_scope_of(actor))
    if detail is None:
        raise Problem(ApiCode.NOT_FOUND)
    return detail


def may_reach_reporter(actor: Actor, detail: IssueDetail) -> bool:
    """Who handles the issue needs to reach who reported it; nobody else does."""
    line = detail.line
    if actor.subject in (line.raised_by, line.resident):
        return True
    called = {each.department for each in detail.assignments if each.is_active}
    handles = actor.has(*_OF_A_DEPARTMENT) and actor.department in called
    return handles or (actor.has(*_BY_GRID) and actor.covers(line.grid))
