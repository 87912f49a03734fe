"""What may be asked of a meeting. Imperative, frozen; fields are only ever added, with defaults.

Minutes, tasks and reasons are free text: it lies in SQL and a command carries its `TextId`.
"""

from dataclasses import dataclass
from datetime import datetime

from domain.command import Command
from domain.ids import (
    CategoryCode,
    DepartmentCode,
    GridCode,
    IssueNumber,
    PartyCode,
    TaskId,
    TextId,
)
from domain.meeting.parts import TaskOrder
from domain.vocabulary import ItemOutcome

# --- before the sitting --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteParties(Command):
    """Everybody on the list is called; the clocks start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeInvitation(Command):
    """The actor's party has read its invitation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInToMeeting(Command):
    """The actor's party will be, or is, there; `proposes` when another time suits it better.

    `position` refers to where it said it is, `arrived_at` to since when.
    """

    proposes: datetime | None = None
    comes: bool = True
    """Not when it cannot then and proposes another time; said so by itself because commands from
    before there was this word counted as being there."""
    position: TextId | None = None
    arrived_at: datetime | None = None
    instead: bool = False
    """What it said before may be taken back; commands from before there was this word may not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindParties(Command):
    """Most of the time to report in is used up for these."""

    parties: tuple[PartyCode, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAbsences(Command):
    """The time to report in has passed without a word of these."""

    parties: tuple[PartyCode, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteDepartments(Command):
    """Who leads it wants more departments there; their own clocks start."""

    invites: tuple[DepartmentCode, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostponeMeeting(Command):
    """Sit on another day; bounded in number and length."""

    to: datetime
    anew: bool = False
    """Whoever had reported in owes it again for the new day; before there was this word, not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissSitting(Command):
    """The day has come and no sitting was opened: another day by itself, or the end.

    `to` is the next time that was proposed; without one it is another day as the policy says.
    """

    to: datetime | None = None
    anew: bool = False
    """As in `PostponeMeeting`."""
    quorate: bool = False
    """Enough had reported in, and whoever leads it did not open; unknown before it was said."""


# --- the sitting ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSitting(Command):
    """The convenor opens; needs the quorum, and before the set time everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMinutes(Command):
    """What was said; `text` refers to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddToAgenda(Command):
    """Another issue of the same place or the same matter joins, with its departments."""

    issue: IssueNumber
    grid: GridCode
    category: CategoryCode
    departments: tuple[DepartmentCode, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOffAgenda(Command):
    """The issue is no longer a matter for this meeting; what was tasked for it is dropped."""

    issue: IssueNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideItem(Command):
    """What becomes of one issue.

    `dispatched` names a lead, co-departments and tasks; `passed_up`, `not_ours` and `settled`
    (by the meeting itself) give their reason as `text`.
    """

    issue: IssueNumber
    outcome: ItemOutcome
    lead: DepartmentCode | None = None
    co: tuple[DepartmentCode, ...] = ()
    tasks: tuple[TaskOrder, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjournMeeting(Command):
    """The sitting ends; what is not decided passes up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissDecision(Command):
    """The time to decide has passed; what is not decided goes to the next level."""


# --- carried out and reviewed --------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteTask(Command):
    """The actor's department has done its task."""

    task: TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewTask(Command):
    """The reviewer's word; what is not accepted has to be done again before its deadline."""

    task: TaskId
    accepted: bool
    gives_back: bool = False
    """A refusal puts the deadline off by the time the review took; before there was this word,
    it did not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindTask(Command):
    """Most of the time for a task is used up."""

    task: TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseReview(Command):
    """Nobody reviewed in time: the task stands as done, without a word."""

    task: TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class MissTask(Command):
    """A task's deadline has passed; its issue goes to the next level."""

    task: TaskId


MEETING_NAMES: dict[str, type[Command]] = {
    "acknowledge": AcknowledgeInvitation,
    "report_in": ReportInToMeeting,
    "open": OpenSitting,
    "add_minutes": AddMinutes,
    "decide": DecideItem,
    "invite": InviteDepartments,
    "postpone": PostponeMeeting,
    "adjourn": AdjournMeeting,
    "take_off": TakeOffAgenda,
    "complete_task": CompleteTask,
    "review_task": ReviewTask,
}
"""The commands people may give, by the name of their Update and of their path in the API."""
