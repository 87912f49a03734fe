"""Who may: how far rights reach over an issue; which role has which stands in `rights`."""

from collections.abc import Callable, Mapping

from domain.actor import Actor
from domain.facts import IssueFacts
from domain.rights import Act, Grant, Who, Within, department_of, grants
from domain.vocabulary import DeadlineKind, IssueState, Part, Role


def _is_raiser(actor: Actor, issue: IssueFacts) -> bool:
    return actor.subject in (issue.origin.raised_by, issue.origin.resident)


def _is_rated(actor: Actor, issue: IssueFacts) -> bool:
    """By whom the whistle kind names; for a camera by the grid worker beside them."""
    by_camera = issue.origin.source is Role.CAMERA and issue.origin.resident is None
    rated_by = (*issue.pinned.rated_by, Role.GRID_WORKER) if by_camera else issue.pinned.rated_by
    return actor.has(*rated_by) and _covers(actor, issue)


def _covers(actor: Actor, issue: IssueFacts) -> bool:
    return actor.covers(issue.origin.grid)


def _was_called(actor: Actor, issue: IssueFacts) -> bool:
    return department_of(actor) in {each.department for each in issue.assignments}


def _is_called(actor: Actor, issue: IssueFacts) -> bool:
    return department_of(actor) in {each.department for each in issue.active}


def _is_lead(actor: Actor, issue: IssueFacts) -> bool:
    lead = issue.lead
    return _is_called(actor, issue) and lead is not None and lead.department == department_of(actor)


def _was_late(actor: Actor, issue: IssueFacts) -> bool:
    """Of a department whose own deadline was breached, or that led while the issue's own was."""
    late = {each.department for each in issue.deadlines if each.breached_at is not None}
    overall = any(
        each.kind is DeadlineKind.OVERALL and each.breached_at is not None
        for each in issue.deadlines
    )
    leads = {each.department for each in issue.assignments if each.part is Part.LEAD}
    nobody = issue.first_breach_at is None  # told so by the law itself, not turned away
    owners = (late | leads if overall or nobody else late) - {None}
    return department_of(actor) in owners


def _is_untouched(_: Actor, issue: IssueFacts) -> bool:
    """A camera's silence ends only what a camera began and nobody has taken up."""
    by_camera = issue.origin.source is Role.CAMERA and issue.origin.resident is None
    return by_camera and not _is_taken_up(issue)


def _is_taken_up(issue: IssueFacts) -> bool:
    """Somebody was called to it, confirmed it, watches it, wrote on it, or meets about it."""
    was_confirmed = issue.pinned.needs_verification and issue.state is IssueState.DISPATCHING
    is_watched = issue.supervised_by is not None or issue.urges > 0 or issue.notes > 0
    talks = (issue.meeting, issue.meeting_called, issue.council)
    return bool(issue.assignments) or was_confirmed or is_watched or any(talks)


_LIES: Mapping[Within, Callable[[Actor, IssueFacts], bool]] = {
    Within.ANYWHERE: lambda _, __: True,
    Within.GRID: _covers,
    Within.OWN: _is_raiser,
    Within.RATED: _is_rated,
    Within.DEPARTMENT: _was_called,
    Within.CALLED: _is_called,
    Within.LEAD: _is_lead,
    Within.CO: lambda actor, issue: _is_called(actor, issue) and not _is_lead(actor, issue),
    Within.LATE: _was_late,
    Within.UNTOUCHED: _is_untouched,
}


def _has(actor: Actor, issue: IssueFacts, granted: tuple[Grant, ...]) -> bool:
    return any(each.is_for(actor) and _LIES[each.within](actor, issue) for each in granted)


def may_act(actor: Actor, issue: IssueFacts, who: tuple[Who, ...]) -> bool:
    """Whether the actor acts in at least one of these capacities."""
    return any(_has(actor, issue, grants(each)) for each in who)


def may_see(actor: Actor, issue: IssueFacts) -> bool:
    """Whether the actor may read the issue: its parties, and administrators of its grid."""
    return _has(actor, issue, grants(Act.LIST_ISSUES))
