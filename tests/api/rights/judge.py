"""A stand-in for Temporal that asks the law and records nothing: every question finds the same."""

from dataclasses import dataclass

from typing_extensions import override

from domain.commands import Command
from domain.ids import IssueNumber, MeetingNumber
from domain.issue import LAW, Issue
from domain.meeting.meeting import MEETING_LAW, Meeting
from storage.meetings.repository import MeetingRepository
from tests.api.temporal import FakeHandle, FakeTemporal, refusal_of, update_refused
from tests.builders import NOON
from tests.storage.stories import opened
from workflows.contracts import Answer, MeetingAnswer


@dataclass
class Judge(FakeTemporal):
    """Says of every update whether it would be accepted."""

    @override
    def get_workflow_handle(self, workflow_id: str) -> "JudgeHandle":
        return JudgeHandle(self, workflow_id)


@dataclass
class JudgeHandle(FakeHandle):
    """The present of one matter, which stays as it is."""

    @override
    async def _carry_out(self, command: Command) -> Answer:
        number = IssueNumber(self.workflow_id.removeprefix("issue/"))
        async with self.temporal.database.read() as session:
            issue = await opened(session, number)
        _ask(issue, command)
        return Answer(
            number=number,
            command=command.id,
            event=LAW[type(command)].event,
            version=issue.version,
            state=issue.state,
            at=NOON,
        )

    @override
    async def _carry_out_in_meeting(self, command: Command) -> MeetingAnswer:
        number = MeetingNumber(self.workflow_id.removeprefix("meeting/"))
        async with self.temporal.database.read() as session:
            meeting = await MeetingRepository(session).snapshot(number)
        assert meeting is not None
        _ask(meeting, command)
        return MeetingAnswer(
            number=number,
            command=command.id,
            event=MEETING_LAW[type(command)].event,
            version=meeting.version,
            state=meeting.state,
            at=NOON,
        )


def _ask(matter: Issue | Meeting, command: Command) -> None:
    if (refusal := refusal_of(matter, command)) is not None:
        raise update_refused(refusal.code, refusal.params)
