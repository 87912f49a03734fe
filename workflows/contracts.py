"""What callers of the workflows need to know: ids, queue, attributes, inputs and answers."""

from dataclasses import dataclass
from datetime import datetime

from temporalio.common import Priority, SearchAttributeKey

from domain.facts import Origin
from domain.ids import CommandId, IssueNumber
from domain.issue import Issue
from domain.vocabulary import IssueState

TASK_QUEUE = "dispatch"

DISTRICT = SearchAttributeKey.for_keyword("DispatchDistrict")
GRID = SearchAttributeKey.for_keyword("DispatchGrid")
CATEGORY = SearchAttributeKey.for_keyword("DispatchCategory")
WHISTLE_KIND = SearchAttributeKey.for_keyword("DispatchWhistleKind")
SOURCE = SearchAttributeKey.for_keyword("DispatchSource")
EMERGENCY = SearchAttributeKey.for_bool("DispatchEmergency")
RAISED_AT = SearchAttributeKey.for_datetime("DispatchRaisedAt")

SEARCH_ATTRIBUTES = (DISTRICT, GRID, CATEGORY, WHISTLE_KIND, SOURCE, EMERGENCY, RAISED_AT)
"""Set once at start; codes and instants only, because no codec hides a search attribute."""

_EMERGENCY_FIRST = 1
_IN_TURN = 3


def issue_workflow_id(number: IssueNumber) -> str:
    """One issue, one workflow."""
    return f"issue/{number}"


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
