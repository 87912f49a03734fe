"""The bodies of the commands of meetings, one model each, and the table from command to model."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, StrictBool, model_validator
from typing_extensions import override

from api.schemas.command import CommandBody, Plain, Reasoned, example, require_reason
from api.schemas.text import MOST_CO, Body, Code, Instant, Number, Subject, Text
from domain.actor import Actor
from domain.commands import Command
from domain.ids import CommandId, DepartmentCode, IssueNumber, PartyCode, TaskId, TextId
from domain.meeting import commands as m
from domain.meeting.parts import TaskOrder
from domain.vocabulary import ItemOutcome

MOST_TASKS = 20


class Position(Body):
    """A place on earth, in degrees of WGS 84."""

    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]

    def kept(self) -> str:
        """As a text, to about a metre."""
        return f"{self.lat:.5f},{self.lon:.5f}"

    @classmethod
    def read(cls, kept: str) -> Self:
        lat, lon = kept.split(",")
        return cls(lat=float(lat), lon=float(lon))


class ReportInToMeeting(CommandBody):
    """That the party comes, or is there; with `proposes`, that it cannot then, but at that time.

    Who proposes has read the invitation, does not count for the quorum, and still has to report in.
    """

    model_config = example(text="已到社区会议室", position={"lat": 26.91234, "lon": 102.92876})
    proposes: Instant | None = None
    position: Position | None = None
    """Where it is; kept like a text, and erased like one."""
    arrived_at: Instant | None = None
    """Since when it is there: after the meeting was convened, and not later than now."""

    @override
    def details(self) -> Mapping[str, Any]:
        return {"comes": self.proposes is None}

    @override
    def texts(self, name: TextId) -> Mapping[TextId, str]:
        place = {_of_position(name): self.position.kept()} if self.position else {}
        return {**super().texts(name), **place}

    @override
    def to_command(
        self, kind: type[Command], actor: Actor, id_: CommandId, name: TextId
    ) -> Command:
        return m.ReportInToMeeting(
            actor=actor,
            id=id_,
            text=name if self.text else None,
            proposes=self.proposes,
            comes=self.proposes is None,
            instead=self.proposes is not None,
            position=_of_position(name) if self.position else None,
            arrived_at=self.arrived_at,
        )


def _of_position(name: TextId) -> TextId:
    return TextId(f"{name}/position")


class Minutes(CommandBody):
    """What was said."""

    model_config = example(text="物业承诺三日内恢复门禁")
    text: Text
    """The minutes, in any number of parts."""


class TaskBody(Body):
    """Something a decision asks of a department."""

    department: Code
    due_by: Instant
    reviewer: Subject | None = None
    """The department that looks at it; the convenor when none is named."""
    reviewer_is_person: StrictBool = False
    """The reviewer is the subject of a person instead: staff, or in person a party."""
    text: Text | None = None
    """What is to be done."""


class Decision(CommandBody):
    """What becomes of one issue: a dispatch names a lead, anything else only its reason."""

    model_config = example(
        issue="QJ-2026-0000001",
        outcome="dispatched",
        lead="police",
        co=["water"],
        tasks=[
            {"department": "water", "due_by": "2026-12-01T09:00:00+08:00", "text": "恢复门禁"},
        ],
        text="五方一致同意",
    )
    departments: ClassVar[tuple[str, ...]] = ("lead", "co")
    issue: Number
    outcome: Literal[
        ItemOutcome.DISPATCHED, ItemOutcome.PASSED_UP, ItemOutcome.NOT_OURS, ItemOutcome.SETTLED
    ]
    lead: Code | None = None
    co: list[Code] = Field(default=[], max_length=MOST_CO)
    tasks: list[TaskBody] = Field(default=[], max_length=MOST_TASKS)

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.outcome is not ItemOutcome.DISPATCHED:
            require_reason(self)
        return self

    @override
    def named(self) -> Iterator[tuple[str, str]]:
        yield from super().named()
        for index, task in enumerate(self.tasks):
            yield f"tasks.{index}.department", task.department
            if task.reviewer is not None and not task.reviewer_is_person:
                yield f"tasks.{index}.reviewer", task.reviewer

    @override
    def persons(self) -> Iterator[tuple[str, str]]:
        for index, task in enumerate(self.tasks):
            if task.reviewer is not None and task.reviewer_is_person:
                yield f"tasks.{index}.reviewer", task.reviewer

    @override
    def texts(self, name: TextId) -> Mapping[TextId, str]:
        tasks = {_of_task(name, at): each.text for at, each in enumerate(self.tasks) if each.text}
        return {**super().texts(name), **tasks}

    @override
    def to_command(
        self, kind: type[Command], actor: Actor, id_: CommandId, name: TextId
    ) -> Command:
        return m.DecideItem(
            actor=actor,
            id=id_,
            text=name if self.text else None,
            issue=IssueNumber(self.issue),
            outcome=self.outcome,
            lead=DepartmentCode(self.lead) if self.lead else None,
            co=tuple(map(DepartmentCode, self.co)),
            tasks=tuple(
                TaskOrder(
                    department=DepartmentCode(each.department),
                    due_by=each.due_by,
                    reviewer=PartyCode(each.reviewer) if each.reviewer else None,
                    reviewer_is_person=each.reviewer_is_person and each.reviewer is not None,
                    text=_of_task(name, at) if each.text else None,
                )
                for at, each in enumerate(self.tasks)
            ),
        )


def _of_task(name: TextId, at: int) -> TextId:
    """What is said of a task is a text of its own, beside the reason of the decision."""
    return TextId(f"{name}/task/{at}")


class Invite(CommandBody):
    """More departments, before the decision."""

    model_config = example(invites=["police"], text="涉及消防通道")
    departments: ClassVar[tuple[str, ...]] = ("invites",)
    invites: list[Code] = Field(min_length=1, max_length=MOST_CO)

    @override
    def fields(self) -> Mapping[str, Any]:
        return {"invites": tuple(map(DepartmentCode, dict.fromkeys(self.invites)))}


class Postpone(Reasoned):
    """To when, and why. Everybody reports in again for the new day."""

    model_config = example(to="2026-12-03T09:00:00+08:00", text="两方不能到会")
    to: Instant

    @override
    def fields(self) -> Mapping[str, Any]:
        return {"to": self.to, "anew": True}


class OfIssue(CommandBody):
    """A command about one issue of the agenda."""

    model_config = example(issue="QJ-2026-0000001", text="已由部门自行解决")
    issue: Number

    @override
    def fields(self) -> Mapping[str, Any]:
        return {"issue": IssueNumber(self.issue)}


class OfTask(CommandBody):
    """A command about one task."""

    model_config = example(task="T1", text="门禁已恢复")
    task: Code

    @override
    def fields(self) -> Mapping[str, Any]:
        return {"task": TaskId(self.task)}


class Review(CommandBody):
    """The reviewer's word; what is not accepted is done again, and told why."""

    model_config = example(task="T1", accepted=True)
    task: Code
    accepted: StrictBool

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if not self.accepted:
            require_reason(self)
        return self

    @override
    def fields(self) -> Mapping[str, Any]:
        return {"task": TaskId(self.task), "accepted": self.accepted, "gives_back": True}


MEETING_BODIES: Mapping[type[Command], type[CommandBody]] = {
    m.AcknowledgeInvitation: Plain,
    m.ReportInToMeeting: ReportInToMeeting,
    m.OpenSitting: Plain,
    m.AddMinutes: Minutes,
    m.DecideItem: Decision,
    m.InviteDepartments: Invite,
    m.PostponeMeeting: Postpone,
    m.AdjournMeeting: Reasoned,
    m.TakeOffAgenda: OfIssue,
    m.CompleteTask: OfTask,
    m.ReviewTask: Review,
}
"""The body of every command that people may give to a meeting; a test holds it against them."""
