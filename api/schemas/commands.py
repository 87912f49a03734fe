"""The bodies of the commands, one model each, and the table from command to model."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field, StrictBool
from typing_extensions import override

from api.schemas.command import CommandBody, Plain, Reasoned, Shown, example
from api.schemas.convening import Convene
from api.schemas.pictures import PictureIds
from api.schemas.text import (
    MOST_CO,
    Code,
    Instant,
    LimitBody,
    Number,
    Text,
)
from domain import commands as c
from domain.ids import DepartmentCode, EvidenceId, IssueNumber
from domain.vocabulary import Satisfaction
from storage.pictures.views import PictureRole


class Note(Reasoned):
    """Something worth keeping, with pictures if that says more."""

    model_config = example(text="已联系居民，约定明日上门")
    pictures: PictureIds = Field(default=[])

    @override
    def fields(self) -> Mapping[str, Any]:
        return {}

    @property
    @override
    def shown(self) -> Shown:
        return Shown("pictures", tuple(map(EvidenceId, self.pictures)))


class Verify(CommandBody):
    """What was found on the spot."""

    model_config = example(confirmed=True, text="情况属实")
    confirmed: StrictBool


class Dispatch(CommandBody):
    """Who is called: one lead, any number of co-departments."""

    model_config = example(lead="traffic_police", co=["property"], text="小区门口逆行")
    departments: ClassVar[tuple[str, ...]] = ("lead", "co")
    lead: Code
    co: list[Code] = Field(default=[], max_length=MOST_CO)

    @override
    def fields(self) -> Mapping[str, Any]:
        return {"lead": DepartmentCode(self.lead), "co": tuple(map(DepartmentCode, self.co))}


class OfDepartment(CommandBody):
    """A command about one called department."""

    model_config = example(department="property")
    departments: ClassVar[tuple[str, ...]] = ("department",)
    department: Code


class DecideReturn(CommandBody):
    """The dispatcher's final word on a return."""

    model_config = example(approved=True, text="同意退单，改派物业")
    approved: StrictBool


class Decide(CommandBody):
    """A word on what was asked for."""

    model_config = example(approved=True)
    approved: StrictBool


class Transfer(Reasoned):
    """To whom the lead hands the issue, and why."""

    model_config = example(to="housing", text="涉及公共维修资金，转住建")
    departments: ClassVar[tuple[str, ...]] = ("to",)
    to: Code


class RequestSuspension(Reasoned):
    """Until when the clocks are to stand still, and why."""

    model_config = example(until="2026-11-25T09:00:00+08:00", text="等待配件到货")
    until: Instant


class RequestExtension(Reasoned):
    """How much more time is asked for, and why."""

    model_config = example(by={"unit": "working_day", "days": 2}, text="需停水施工")
    by: LimitBody

    @override
    def fields(self) -> Mapping[str, Any]:
        return {"by": self.by.to_limit()}


class Resolve(CommandBody):
    """What was done; evidence where the category asks for it."""

    model_config = example(
        solved=True, evidence=["0b6f4a526c1e4f579d6e5a1d4f2f8c11"], text="已更换灯泡"
    )
    text: Text
    """What was done."""
    solved: StrictBool = True
    evidence: PictureIds = Field(default=[])
    """Ids of pictures of what was done, uploaded by you and used nowhere else."""

    @override
    def fields(self) -> Mapping[str, Any]:
        return {"solved": self.solved, "evidence": tuple(map(EvidenceId, self.evidence))}

    @property
    @override
    def shown(self) -> Shown:
        return Shown("evidence", tuple(map(EvidenceId, self.evidence)), PictureRole.AFTER)


class Evaluate(CommandBody):
    """The resident's word; silence cannot be said."""

    model_config = example(satisfaction="satisfied", solved=True)
    satisfaction: Literal[Satisfaction.SATISFIED, Satisfaction.BASICALLY, Satisfaction.UNSATISFIED]
    solved: StrictBool
    pictures: PictureIds = Field(default=[])
    """How it looks now."""

    @override
    def fields(self) -> Mapping[str, Any]:
        return {"satisfaction": self.satisfaction, "solved": self.solved}

    @property
    @override
    def shown(self) -> Shown:
        return Shown("pictures", tuple(map(EvidenceId, self.pictures)), PictureRole.AFTER)


class MarkDuplicate(CommandBody):
    """The number under which the same matter is already known."""

    model_config = example(of="QJ-2026-0000001")
    of: Number

    @override
    def fields(self) -> Mapping[str, Any]:
        return {"of": IssueNumber(self.of)}


BODIES: Mapping[type[c.Command], type[CommandBody]] = {
    c.VerifyIssue: Verify,
    c.DeclineIssue: Reasoned,
    c.DispatchIssue: Dispatch,
    c.ClaimIssue: Plain,
    c.HandToB: OfDepartment,
    c.ContactReporter: Plain,
    c.ReportIn: Plain,
    c.ReturnIssue: Reasoned,
    c.DecideReturn: DecideReturn,
    c.TransferIssue: Transfer,
    c.AddNote: Note,
    c.RequestSuspension: RequestSuspension,
    c.DecideSuspension: Decide,
    c.ResumeIssue: Plain,
    c.RequestExtension: RequestExtension,
    c.DecideExtension: Decide,
    c.CompletePart: Plain,
    c.WaivePart: OfDepartment,
    c.ResolveIssue: Resolve,
    c.EvaluateIssue: Evaluate,
    c.WithdrawIssue: Plain,
    c.MarkDuplicate: MarkDuplicate,
    c.AppealBreach: Reasoned,
    c.DecideAppeal: Decide,
    c.UrgeIssue: Plain,
    c.SuperviseIssue: Plain,
    c.ConveneMeeting: Convene,
}
"""The body of every command that people may give; a test holds it against `domain.commands`."""
