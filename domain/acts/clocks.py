"""What the clocks do by themselves: rungs, breaches, reckoning again."""

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from domain.acts.convening import call_meeting
from domain.acts.dispatching import hand_to_b
from domain.commands import BreachDeadline, ClimbRung, ReckonAgain
from domain.deadline import Deadline
from domain.facts import IssueFacts
from domain.ids import DeadlineId
from domain.refusals import Refusal, RefusalCode
from domain.sla import RungAct
from domain.vocabulary import ConvenedBy, IssueState

F = TypeVar("F", bound=IssueFacts)


def _running(issue: IssueFacts, wanted: DeadlineId) -> Deadline:
    for deadline in issue.deadlines:
        if deadline.id == wanted and deadline.is_running:
            return deadline
    raise Refusal(RefusalCode.FACT_GONE, deadline=wanted)


def guard_rung(issue: IssueFacts, command: ClimbRung, at: datetime) -> None:
    deadline = _running(issue, command.deadline)
    if command.rung >= len(deadline.rungs):
        raise Refusal(RefusalCode.FACT_GONE, deadline=command.deadline)
    rung = deadline.rungs[command.rung]
    if rung.reached_at is not None or rung.at > at:
        raise Refusal(RefusalCode.FACT_GONE, deadline=command.deadline, rung=command.rung)


def climb(issue: F, command: ClimbRung, at: datetime) -> F:
    """Each rung is climbed once; what it does beyond a notice happens here."""
    deadline = _running(issue, command.deadline)
    rung = deadline.rungs[command.rung]
    rungs = tuple(
        replace(each, reached_at=at) if index == command.rung else each
        for index, each in enumerate(deadline.rungs)
    )
    issue = issue.with_deadline(replace(deadline, rungs=rungs)).raised_to(rung.level)
    if RungAct.HAND_TO_B in rung.acts and _waits_for_claim(issue, deadline):
        issue = hand_to_b(issue, command, at)
    if RungAct.CONVENE in rung.acts:
        issue = call_meeting(issue, ConvenedBy.LADDER, at)
    return issue


def _waits_for_claim(issue: IssueFacts, deadline: Deadline) -> bool:
    lead = issue.lead
    owners = (None, lead.department if lead else None)
    return issue.state is IssueState.DISPATCHED and deadline.department in owners


def guard_breach(issue: IssueFacts, command: BreachDeadline, at: datetime) -> None:
    deadline = _running(issue, command.deadline)
    if deadline.breached_at is not None or not deadline.is_late(at):
        raise Refusal(RefusalCode.FACT_GONE, deadline=command.deadline)


def breach(issue: F, command: BreachDeadline, at: datetime) -> F:
    """The fact carries the deadline's own instant, however late it is written down."""
    deadline = _running(issue, command.deadline)
    breached = replace(deadline, breached_at=deadline.due_by)
    return issue.with_deadline(breached).noting_breach(breached)


def reckon_again(issue: F, _: ReckonAgain, __: datetime) -> F:
    """What was reckoned past the end of a calendar is reckoned anew; all else stays pinned.

    A paused clock too, or it would run on by the calendar it was paused under.
    """
    for deadline in issue.open_deadlines:
        if deadline.provisional:
            issue = issue.with_deadline(replace(deadline, due_by=None))
    return issue
