"""An issue before a council: talked about without being stopped, and what the council says."""

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from domain.commands import CallToCouncil
from domain.facts import IssueFacts
from domain.ids import MeetingNumber
from domain.parts import MeetingRef
from domain.refusals import Refusal, RefusalCode

F = TypeVar("F", bound=IssueFacts)


def guard_call(issue: IssueFacts, command: CallToCouncil, _: datetime) -> None:
    """A joint meeting goes before a council, and so does a call for one."""
    if issue.in_meeting is not None or issue.meeting_called is not None:
        raise Refusal(RefusalCode.FACT_GONE, meeting=command.meeting)
    if issue.council is not None and issue.council.number == command.meeting:
        raise Refusal(RefusalCode.FACT_GONE, meeting=command.meeting)


def call(issue: F, command: CallToCouncil, at: datetime) -> F:
    """No deadline starts or ends by it; a council of another month lets the issue go."""
    return replace(issue, council=MeetingRef(number=command.meeting, level=command.level, since=at))


def counsels(issue: IssueFacts, number: MeetingNumber | None) -> bool:
    """Whether this council may still say something; a joint meeting over the issue goes first."""
    before = issue.before_council
    return issue.in_meeting is None and before is not None and before.number == number


def speaks(issue: IssueFacts, number: MeetingNumber) -> bool:
    """Whether the issue waits for this meeting's word, or may get this council's."""
    before = issue.in_meeting
    return counsels(issue, number) or (before is not None and before.number == number)


def heeded(issue: F, at: datetime, *, with_tasks: bool) -> F:
    """The council has had its say; what it tasked, it still watches."""
    assert issue.council is not None
    return replace(issue, council=replace(issue.council, decided_at=at) if with_tasks else None)
