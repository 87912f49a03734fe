"""Writes down again what a workflow has in its own history and the record has lost.

After a restore of the database to an earlier instant. Notices are not put again: most of them
had gone out, and a person told twice trusts the engine less than one who is told a step later.
"""

from temporalio.client import Client

from activities import issues, meetings
from activities.contracts import MeetingStep, Planned, Step, completed
from domain.issue import Issue
from domain.meeting.meeting import Meeting
from domain.meeting.planning import MeetingPlan, with_plan
from intake.histories import Book, Histories
from storage.checks import IssueOnRecord
from storage.issues import IssueRepository, RecordedStep, VersionConflict
from storage.meetings.repository import (
    MeetingRepository,
    MeetingVersionConflict,
    RecordedMeetingStep,
)
from storage.session import Database
from workflows import contracts

_OF_ISSUES: Book[Step, Planned, Issue] = Book(
    "record_step", Step, Planned, lambda step, planned: completed(step.after, planned)
)
_OF_MEETINGS: Book[MeetingStep, MeetingPlan, Meeting] = Book(
    "record_meeting_step",
    MeetingStep,
    MeetingPlan,
    lambda step, planned: with_plan(step.after, planned),
)


class Rewriter:
    """Lets the workflow's history be the copy from which the record is made whole.

    Each of its methods answers whether the record now stands where the workflow does.
    """

    def __init__(self, client: Client, database: Database) -> None:
        self._issues = Histories(client, _OF_ISSUES)
        self._meetings = Histories(client, _OF_MEETINGS)
        self._database = database

    async def rewrite(self, issue: IssueOnRecord, held: Issue | None) -> bool:
        """Of an issue."""
        if held is None:
            return False
        workflow_id = contracts.issue_workflow_id(issue.number)
        taken = await self._issues.missing(workflow_id, issue.snapshot, issue.version, held)
        if taken is None:
            return False
        steps = [
            RecordedStep(
                command=issues.command_of(each.step),
                at=each.step.at,
                after=each.after,
                expected_version=each.after.version - 1,
            )
            for each in taken
        ]
        try:
            async with self._database.begin() as session:
                for step in steps:
                    await IssueRepository(session).record(step)
        except VersionConflict:
            return False
        return True

    async def rewrite_meeting(self, recorded: Meeting | None, held: Meeting | None) -> bool:
        """Of a meeting; from its first step on, where nothing is on record."""
        if held is None:
            return False
        workflow_id = contracts.meeting_workflow_id(held.number)
        since = recorded.version if recorded else 0
        taken = await self._meetings.missing(workflow_id, recorded, since, held)
        if taken is None:
            return False
        steps = [
            RecordedMeetingStep(
                command=meetings.command_of(each.step), at=each.step.at, after=each.after
            )
            for each in taken
        ]
        try:
            async with self._database.begin() as session:
                for step in steps:
                    await MeetingRepository(session).record(step)
        except MeetingVersionConflict:
            return False
        return True
