"""What a workflow hands to its activities and gets back. Fields are only ever added.

Workflows import this module plainly and nothing else of this package: SQL never comes near the
sandbox, and the objects that come back are of the classes the workflow itself knows.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from temporalio import activity

from domain.deadline import Deadline
from domain.events import EventName
from domain.ids import GridCode, IssueNumber
from domain.issue import Issue
from domain.meeting.convening import Summons
from domain.meeting.meeting import Meeting
from domain.meeting.planning import MeetingPlan
from domain.meeting.words import MeetingEvent
from domain.parts import Posts


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An accepted command, its effective instant and the snapshot it led to.

    `command` is the command's dataclass on the way out and its JSON object on the way in; the
    event's name says which it is.
    """

    event: EventName
    command: Any
    at: datetime
    after: Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What only reference data could tell: instants of deadlines, and the lead's posts."""

    deadlines: tuple[Deadline, ...] = ()
    posts: Posts | None = None


def completed(issue: Issue, planned: Planned) -> Issue:
    """The issue with what planning said, as workflow and record both hold it."""
    for deadline in planned.deadlines:
        issue = issue.with_deadline(deadline)
    lead = issue.lead
    if lead is not None and planned.posts is not None:
        issue = issue.with_assignment(replace(lead, posts=planned.posts))
    return issue


class IssueActivities(ABC):
    """The record of issues, as workflows see it."""

    @activity.defn(name="open_issue")
    @abstractmethod
    async def open(self, number: IssueNumber) -> Issue:
        """The issue as it was born: policy pinned, route proposed, overall clock started.

        Raises:
            ApplicationError: no such issue was ever accepted; not retried.
        """

    @activity.defn(name="record_step")
    @abstractmethod
    async def record(self, step: Step) -> Planned:
        """Write a step down, once: event, projection, deadlines and notices in one transaction.

        Run again it writes nothing and answers the same.

        Raises:
            ApplicationError: the command stands in the record already (`CommandRepeated`, final),
                or the record is at a foreign version (`VersionConflict`), which is tried again
                until an operator has mended it, so that the run stays alive.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingStep:
    """An accepted command of a meeting, as `Step` is of an issue."""

    event: MeetingEvent
    command: Any
    at: datetime
    after: Meeting


class MeetingActivities(ABC):
    """The record of meetings, as workflows see it."""

    @activity.defn(name="open_meeting")
    @abstractmethod
    async def open(self, summons: Summons) -> Meeting:
        """The meeting a summons calls for: policy chosen, parties listed, nothing written yet.

        `domain.meeting.convening.convene` with the policy of the level and the grid's unit.
        """

    @activity.defn(name="record_meeting_step")
    @abstractmethod
    async def record(self, step: MeetingStep) -> MeetingPlan:
        """Write a step down, once: event, projection and notices in one transaction.

        The first step (version 1) brings the meeting into the record. Run again it writes nothing
        and answers the same.

        Raises:
            ApplicationError: as for issues: a repeated command is final, a foreign version waits.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class CouncilDue:
    """A community's council is to be called; `at` is the present of the run that asks.

    `planned_for` is when the Schedule meant the run to be: it names the month, however late it is.
    """

    community: GridCode
    at: datetime
    planned_for: datetime | None = None


class CouncilActivities(ABC):
    """What a council would talk about, as workflows see it."""

    @activity.defn(name="prepare_council")
    @abstractmethod
    async def prepare(self, due: CouncilDue) -> Summons | None:
        """The summons of this month's council; writes nothing.

        Of one that is known already: over what still waits for its word. None when no policy
        wants one any more, or when there is nothing to talk about.
        """
