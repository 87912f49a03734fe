"""A joint meeting over an issue: called for, convened, scheduled, and what comes of it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from domain.acts.closing import close
from domain.acts.counselling import speaks
from domain.acts.dispatching import dismiss, refer
from domain.acts.pausing import drop_requests, refuse_in_meeting, run_again
from domain.clock import SLAClock
from domain.commands import (
    Command,
    ConveneMeeting,
    EndMeeting,
    MarkDuplicate,
    ScheduleMeeting,
    SettleIssue,
    WithdrawIssue,
)
from domain.deadline import Deadline
from domain.facts import IssueFacts
from domain.ids import DeadlineId, MeetingNumber
from domain.parts import EndReason, MeetingCall, MeetingRef
from domain.refusals import Refusal, RefusalCode
from domain.vocabulary import (
    FAILED,
    ConvenedBy,
    DeadlineKind,
    IssueState,
    ItemOutcome,
    Level,
    Outcome,
)

F = TypeVar("F", bound=IssueFacts)

CONVENABLE = frozenset({IssueState.DISPATCHING, IssueState.DISPATCHED, IssueState.HANDLING})
"""A doubtful report is verified first; what is resolved waits for the resident's word."""
LONGEST_AHEAD = timedelta(days=90)
"""The issue's clocks wait for the meeting: a proposed time must not put it off for ever."""
_AS_MEANT = frozenset({ItemOutcome.CARRIED_OUT, ItemOutcome.DISPATCHED})
_WHISTLED = frozenset({ItemOutcome.PASSED_UP, ItemOutcome.TASK_MISSED})
"""A council that did not sit or decide stops nobody: the ladder watches, and the next one sits."""


def _at_least_community(level: Level) -> Level:
    return level if level.rank > Level.COMMUNITY.rank else Level.COMMUNITY


def call_meeting(issue: F, by: ConvenedBy, at: datetime) -> F:
    """The clocks will convene at once, unless a meeting is on or none could do more."""
    if issue.state not in CONVENABLE or issue.in_meeting is not None or issue.beyond_county:
        return issue
    call = MeetingCall(by=by, level=_at_least_community(issue.level), at=at)
    return replace(issue, meeting_called=issue.meeting_called or call)


def guard_convene(issue: IssueFacts, command: ConveneMeeting, at: datetime) -> None:
    refuse_in_meeting(issue)
    if issue.meeting is not None and issue.meeting.number == command.joins:
        raise Refusal(RefusalCode.IN_MEETING, meeting=command.joins)
    for index, proposed in enumerate(command.proposed):
        named = {"field": f"proposed.{index}", "proposed_at": proposed}
        if proposed <= at:
            raise Refusal(RefusalCode.PROPOSED_IN_PAST, **named)
        if proposed - at > LONGEST_AHEAD:
            longest = int(LONGEST_AHEAD.total_seconds())
            raise Refusal(RefusalCode.PROPOSED_TOO_FAR, **named, longest_seconds=longest)


def convene(issue: F, command: ConveneMeeting, at: datetime) -> F:
    """The departments' clocks end, neither met nor missed by it; the overall clock runs on."""
    issue = drop_requests(run_again(issue, at), at)
    issue = issue.end_deadlines(at, keep=frozenset({DeadlineKind.OVERALL}))
    level = _at_least_community(command.level or issue.level)
    number = command.joins or MeetingNumber(f"{issue.number}-M{issue.meetings + 1}")
    issue = replace(
        issue,
        meeting=MeetingRef(number=number, level=level, since=at),
        meetings=issue.meetings + (command.joins is None),
        meeting_called=None,
        council=None,
    )
    return issue.raised_to(level)


def guard_schedule(issue: IssueFacts, command: ScheduleMeeting, _: datetime) -> None:
    before, known = issue.in_meeting, issue.deadline(DeadlineKind.MEETING)
    told = (command.sits_at, command.decide_by)
    as_known = before is not None and (before.sits_at, known and known.due_by) == told
    if before is None or before.number != command.meeting or as_known:
        raise Refusal(RefusalCode.FACT_GONE, meeting=command.meeting)


def schedule(issue: F, command: ScheduleMeeting, _: datetime) -> F:
    """The meeting's time to decide is the issue's stage clock; a postponement moves it.

    An issue that joined an agenda learns here at which level it is heard.
    """
    meeting = issue.in_meeting
    assert meeting is not None
    level = command.level or meeting.level
    issue = replace(issue, meeting=replace(meeting, sits_at=command.sits_at, level=level))
    issue = issue.raised_to(level)
    known = issue.deadline(DeadlineKind.MEETING)
    if known is not None:
        return issue.with_deadline(replace(known, due_by=command.decide_by))
    ordinal = 1 + sum(each.kind is DeadlineKind.MEETING for each in issue.deadlines)
    deadline = Deadline(
        id=DeadlineId(f"{DeadlineKind.MEETING}:issue#{ordinal}"),
        kind=DeadlineKind.MEETING,
        clock=SLAClock.started(meeting.since),
        counts_from=meeting.since,
        due_by=command.decide_by,
    )
    return replace(issue, deadlines=(*issue.deadlines, deadline))


def guard_end(issue: IssueFacts, command: EndMeeting, _: datetime) -> None:
    known = (issue.meeting, issue.council)
    if command.meeting not in {each.number for each in known if each is not None}:
        raise Refusal(RefusalCode.FACT_GONE, meeting=command.meeting)


def end(issue: F, command: EndMeeting, at: datetime) -> F:
    """A meeting or a council is done with the issue."""
    meeting = issue.meeting
    if meeting is None or meeting.number != command.meeting:
        return _end_council(issue, command, at)
    return _end_meeting(issue, meeting, command, at)


def _end_meeting(issue: F, meeting: MeetingRef, command: EndMeeting, at: datetime) -> F:
    """Up one level, not ours, back to a dispatcher; or just the end of a decision carried out."""
    issue = _without_meeting(issue, command.outcome, at)
    if command.outcome in _AS_MEANT or issue.state is IssueState.RESOLVED:
        return issue
    if command.outcome is ItemOutcome.NOT_OURS:
        return close(issue, Outcome.NOT_ACCEPTED, at)
    if command.outcome not in FAILED:
        return _to_dispatcher(issue, command, at)
    if meeting.level is Level.COUNTY:
        leader = command.leader or issue.supervised_by
        issue = replace(issue, beyond_county=True, supervised_by=leader, priority=True)
        return _to_dispatcher(issue, command, at)
    issue = issue.raised_to(meeting.level.above)
    return call_meeting(issue, ConvenedBy.MEETING, at)


def _end_council(issue: F, command: EndMeeting, at: datetime) -> F:
    """Passed up it is a whistle to the next level; else the work goes on as if it had not sat."""
    council = issue.council
    assert council is not None
    issue = replace(issue, council=None)
    if command.outcome not in _WHISTLED or issue.state not in CONVENABLE:
        return issue
    if issue.in_meeting is not None:
        return issue
    return call_meeting(issue.raised_to(council.level.above), ConvenedBy.MEETING, at)


def _without_meeting(issue: F, outcome: ItemOutcome, at: datetime) -> F:
    deadline = issue.deadline(DeadlineKind.MEETING)
    if deadline is not None:
        ended = deadline.ended(at)
        if outcome is ItemOutcome.NO_DECISION:
            # By the meeting's own word, whose instants are the ones that count.
            ended = replace(ended, breached_at=deadline.due_by)
        issue = issue.settled(ended)
    return replace(issue, meeting=None, meeting_called=None)


def _to_dispatcher(issue: F, command: Command, at: datetime) -> F:
    """A person decides again, as with a return."""
    return refer(dismiss(issue, EndReason.REDISPATCHED, at), command, at)


def guard_settle(issue: IssueFacts, command: SettleIssue, at: datetime) -> None:
    if not speaks(issue, command.meeting):
        raise Refusal(RefusalCode.FACT_GONE, meeting=command.meeting)


def settle(issue: F, _: SettleIssue, at: datetime) -> F:
    deadline = issue.deadline(DeadlineKind.MEETING)
    if deadline is not None:
        issue = issue.settled(deadline.met(at))
    return close(issue, Outcome.SOLVED, at)


def left_meetings(
    before: IssueFacts, after: IssueFacts, command: Command
) -> tuple[MeetingNumber, ...]:
    """The meetings that have to take the issue off their agendas after this step.

    Not where the meeting itself said so; and the tasks of a decision outlive a good end.
    """
    pairs = ((before.meeting, after.meeting), (before.council, after.council))
    return tuple(was.number for was, now in pairs if was and _left(was, now, after, command))


def _left(was: MeetingRef, now: MeetingRef | None, after: IssueFacts, command: Command) -> bool:
    if (now is not None and now.number == was.number) or _is_word_of(command, was.number):
        return False
    gone = isinstance(command, WithdrawIssue | MarkDuplicate)
    return gone or was.is_undecided or after.meeting is not None


def _is_word_of(command: Command, number: MeetingNumber) -> bool:
    return getattr(command, "meeting", None) == number
