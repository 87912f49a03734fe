"""A stand-in for Temporal's client: the calls the API makes, the law really asked."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import PollerInfo
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest, DescribeTaskQueueResponse
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from domain.commands import NAMES, Command
from domain.ids import CommandId, IssueNumber, MeetingNumber
from domain.issue import LAW, Issue
from domain.meeting.commands import MEETING_NAMES
from domain.meeting.meeting import MEETING_LAW, Meeting
from domain.meeting.planning import plan
from domain.refusals import Refusal
from storage.issues import IssueRepository
from storage.meetings.repository import MeetingRepository, RecordedMeetingStep
from storage.session import Database
from tests.builders import NOON
from tests.domain.cast import always
from tests.storage.stories import a_step, opened
from workflows.contracts import TASK_QUEUE, Answer, MeetingAnswer


def rpc_error(status: RPCStatusCode, message: str = "no") -> RPCError:
    return RPCError(message, status, b"")


def update_refused(code: object, params: dict[str, str]) -> WorkflowUpdateFailedError:
    return WorkflowUpdateFailedError(ApplicationError("no", code, params, type="Refusal"))


@dataclass
class FakeTemporal:
    """Holds updates against the law and records them, as the workflow would.

    `meanwhile` happens once, while the first update is under way; `failures` are raised first, one
    by one; `after` runs once an update took effect and may lose its answer; `is_gone` says that no
    workflow runs.
    """

    database: Database
    failures: list[BaseException] = field(default_factory=list)
    meanwhile: Callable[[], Awaitable[None]] | None = None
    after: Callable[[], None] = lambda: None
    is_gone: bool = False
    answers: dict[tuple[str, str], Answer | MeetingAnswer] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    pollers: list[datetime] = field(default_factory=lambda: [NOON])
    namespace: str = "default"

    def get_workflow_handle(self, workflow_id: str) -> "FakeHandle":
        return FakeHandle(self, workflow_id)

    @property
    def service_client(self) -> "FakeTemporal":
        return self

    @property
    def workflow_service(self) -> "FakeTemporal":
        return self

    async def check_health(self, **_: object) -> bool:
        self._fail()
        return True

    async def describe_task_queue(
        self, request: DescribeTaskQueueRequest, **_: object
    ) -> DescribeTaskQueueResponse:
        assert request.task_queue.name == TASK_QUEUE
        assert request.task_queue_type == TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW
        response = DescribeTaskQueueResponse()
        for seen in self.pollers:
            poller = PollerInfo()
            poller.last_access_time.FromDatetime(seen)
            response.pollers.append(poller)
        return response

    def _fail(self) -> None:
        if self.failures:
            raise self.failures.pop(0)


@dataclass
class FakeHandle:
    temporal: FakeTemporal
    workflow_id: str

    async def execute_update(
        self,
        name: str,
        command: Command,
        *,
        id: CommandId,  # noqa: A002 - the SDK calls it so
        result_type: type[Any],
    ) -> Answer | MeetingAnswer:
        in_meeting = self.workflow_id.startswith("meeting/")
        assert isinstance(command, (MEETING_NAMES if in_meeting else NAMES)[name])
        assert result_type is (MeetingAnswer if in_meeting else Answer)
        self.temporal.asked.append((name, id))
        meanwhile, self.temporal.meanwhile = self.temporal.meanwhile, None
        if meanwhile is not None:
            await meanwhile()
        self.temporal._fail()
        if self.temporal.is_gone:
            raise rpc_error(RPCStatusCode.NOT_FOUND, "workflow execution already completed")
        key = (self.workflow_id, id)
        if key not in self.temporal.answers:
            carry_out = self._carry_out_in_meeting if in_meeting else self._carry_out
            self.temporal.answers[key] = await carry_out(command)
        self.temporal.after()
        return self.temporal.answers[key]

    async def _carry_out(self, command: Command) -> Answer:
        number = IssueNumber(self.workflow_id.removeprefix("issue/"))
        async with self.temporal.database.begin() as session:
            issue = await opened(session, number)
            if (refusal := refusal_of(issue, command)) is not None:
                raise update_refused(refusal.code, refusal.params)
            step = a_step(issue, command)
            await IssueRepository(session).record(step)
        return Answer(
            number=number,
            command=command.id,
            event=LAW[type(command)].event,
            version=step.after.version,
            state=step.after.state,
            at=step.at,
        )

    async def _carry_out_in_meeting(self, command: Command) -> MeetingAnswer:
        number = MeetingNumber(self.workflow_id.removeprefix("meeting/"))
        async with self.temporal.database.begin() as session:
            meeting = await MeetingRepository(session).snapshot(number)
            assert meeting is not None
            if (refusal := refusal_of(meeting, command)) is not None:
                raise update_refused(refusal.code, refusal.params)
            after = plan(meeting.handle(command, NOON), always())
            step = RecordedMeetingStep(command=command, at=NOON, after=after)
            await MeetingRepository(session).record(step)
        return MeetingAnswer(
            number=number,
            command=command.id,
            event=MEETING_LAW[type(command)].event,
            version=after.version,
            state=after.state,
            at=NOON,
        )


def refusal_of(issue: Issue | Meeting, command: Command) -> Refusal | None:
    try:
        issue.check(command, NOON)
    except Refusal as refusal:
        return refusal
    return None
