"""What callers of the workflows need to know: ids, queue, attributes, inputs and answers."""

from dataclasses import dataclass
from datetime import datetime

from temporalio.common import Priority, SearchAttributeKey

from domain.facts import Origin
from domain.ids import CommandId, GridCode, IssueNumber, MeetingNumber
from domain.issue import Issue
from domain.meeting.convening import SummonedItem, Summons
from domain.meeting.council import CouncilCall
from domain.meeting.meeting import Meeting
from domain.meeting.results import MeetingDates, MeetingResult
from domain.meeting.words import MeetingState
from domain.vocabulary import IssueState

TASK_QUEUE = "dispatch"

NEW_RUN = "NewRun"
"""Type of the failure of an Update that is to be asked again at once, with the same id.

Temporal takes two thousand Updates in a run. Before that a workflow begins a new one, for which
it needs a moment without any; under a steady stream there would be none.
"""
TOO_LARGE = "CommandTooLarge"
"""Type of the failure of an Update whose command no record would take."""

DISTRICT = SearchAttributeKey.for_keyword("DispatchDistrict")
GRID = SearchAttributeKey.for_keyword("DispatchGrid")
CATEGORY = SearchAttributeKey.for_keyword("DispatchCategory")
WHISTLE_KIND = SearchAttributeKey.for_keyword("DispatchWhistleKind")
SOURCE = SearchAttributeKey.for_keyword("DispatchSource")
EMERGENCY = SearchAttributeKey.for_bool("DispatchEmergency")
RAISED_AT = SearchAttributeKey.for_datetime("DispatchRaisedAt")
LEVEL = SearchAttributeKey.for_keyword("DispatchLevel")
"""Of a meeting."""

SEARCH_ATTRIBUTES = (DISTRICT, GRID, CATEGORY, WHISTLE_KIND, SOURCE, EMERGENCY, RAISED_AT, LEVEL)
"""Set once at start; codes and instants only, because no codec hides a search attribute."""

_EMERGENCY_FIRST = 1
_IN_TURN = 3


def issue_workflow_id(number: IssueNumber) -> str:
    """One issue, one workflow."""
    return f"issue/{number}"


def meeting_workflow_id(number: MeetingNumber) -> str:
    """One meeting, one workflow; the child of the issue it was convened for."""
    return f"meeting/{number}"


MEETING_SCHEDULED = "meeting_scheduled"
MEETING_ITEM_SETTLED = "meeting_item_settled"
"""Signals a meeting sends to the issues on its agenda."""
CALLED_TO_COUNCIL = "called_to_council"
"""Signal of a council that opens, to each issue on its agenda."""
JOIN_AGENDA = "join_agenda"
LEAVE_AGENDA = "leave_agenda"
"""Signals an issue sends to its meeting."""


def council_id(community: GridCode) -> str:
    """The Schedule of a community's councils; the workflow it starts each month begins so too."""
    return f"{COUNCILS}{community}"


COUNCILS = "council/"


def priority_of(origin: Origin) -> Priority:
    """Emergencies first; within a priority the districts take fair turns."""
    return Priority(
        priority_key=_EMERGENCY_FIRST if origin.emergency else _IN_TURN,
        fairness_key=origin.district,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of an accepted command."""

    number: IssueNumber
    command: CommandId
    event: str
    version: int
    state: IssueState
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueInput:
    """A new issue by its number; the other fields carry it over continue-as-new."""

    number: IssueNumber
    issue: Issue | None = None
    answered: tuple[Answer, ...] = ()
    rechecks: tuple[str, ...] = ()
    """Asked for and not carried out yet."""
    rechecked: tuple[str, ...] = ()
    """The latest ones ever asked for, so that a signal sent twice counts once."""
    news: tuple[MeetingDates | MeetingResult | CouncilCall, ...] = ()
    """Told by a meeting and not written down yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingAnswer:
    """What became of an accepted command of a meeting."""

    number: MeetingNumber
    command: CommandId
    event: str
    version: int
    state: MeetingState
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaChange:
    """An issue that comes onto the agenda, or leaves it."""

    joins: SummonedItem | None = None
    leaves: IssueNumber | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingInput:
    """A new meeting by its summons; the other fields carry it over continue-as-new."""

    summons: Summons
    meeting: Meeting | None = None
    answered: tuple[MeetingAnswer, ...] = ()
    changes: tuple[AgendaChange, ...] = ()
    """Asked for by issues and not carried out yet."""
