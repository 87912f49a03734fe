"""Commands about the joint meeting of an issue; part of `domain.commands`."""

from dataclasses import dataclass
from datetime import datetime

from domain.command import Command
from domain.ids import DepartmentCode, MeetingNumber, Subject, TextId
from domain.vocabulary import ConvenedBy, ItemOutcome, Level


@dataclass(frozen=True, slots=True, kw_only=True)
class ConveneMeeting(Command):
    """A joint meeting over the issue, or its place on the agenda of one that was convened."""

    by: ConvenedBy = ConvenedBy.SUPERVISOR
    level: Level | None = None
    joins: MeetingNumber | None = None
    proposed: tuple[datetime, ...] = ()
    """When it could sit, the first one first; as its policy says when none is named."""
    place: TextId | None = None
    """Refers to where: free text, kept where it can be erased."""
    invites: tuple[DepartmentCode, ...] = ()
    """Departments beyond the standing parties and those concerned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallToCouncil(Command):
    """A council has put the issue on its agenda; everybody goes on as before."""

    meeting: MeetingNumber
    level: Level = Level.COMMUNITY


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleMeeting(Command):
    """When the meeting sits, and by when it decides; told again when it is postponed."""

    meeting: MeetingNumber
    sits_at: datetime
    decide_by: datetime
    level: Level | None = None
    """At which it sits; None from meetings of before this was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndMeeting(Command):
    """The meeting is done with the issue, in this way; `text` says why."""

    meeting: MeetingNumber
    outcome: ItemOutcome
    leader: Subject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleIssue(Command):
    """The meeting settled it itself; what was done stands in its record."""

    meeting: MeetingNumber
