"""Which issue or meeting a caller means, if they may see it at all."""

from api.problems import ApiCode, Problem
from domain.actor import Actor
from domain.ids import IssueNumber, MeetingNumber
from domain.meeting.membership import meeting_scope_of
from domain.rights import Act, Within, department_of, reach
from domain.visibility import reading_scope_of, scope_of
from storage.meetings.queries import MeetingQueries
from storage.meetings.views import MeetingDetail
from storage.queries import Queries
from storage.session import Session
from storage.views import IssueDetail


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
    called = {each.department for each in detail.assignments if each.is_active}
    lies = {
        Within.OWN: actor.subject in (line.raised_by, line.resident),
        Within.CALLED: department_of(actor) in called,
        Within.GRID: actor.covers(line.grid),
    }
    return any(lies[each] for each in reach(actor, Act.REACH_REPORTER))
