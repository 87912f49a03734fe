"""What may be asked of an issue. Imperative, frozen; fields are only ever added, with defaults.

Free text is never here: it lies in SQL and a command carries its `TextId`.
"""

from dataclasses import dataclass
from datetime import datetime

from domain.command import Command as Command
from domain.commands_convening import CallToCouncil as CallToCouncil
from domain.commands_convening import ConveneMeeting as ConveneMeeting
from domain.commands_convening import EndMeeting as EndMeeting
from domain.commands_convening import ScheduleMeeting as ScheduleMeeting
from domain.commands_convening import SettleIssue as SettleIssue
from domain.ids import DeadlineId, DepartmentCode, EvidenceId, IssueNumber, MeetingNumber
from domain.sla import Limit, RungAct
from domain.vocabulary import Level, Satisfaction, WithdrawalReason

# --- the way of an issue -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RequireVerification(Command):
    """A doubtful report is looked at on the spot before anybody is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferToDispatcher(Command):
    """No routing rule fits: a person decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyIssue(Command):
    """What the grid worker found: true, or a false alarm."""

    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineIssue(Command):
    """Not a matter for this engine; `text` gives the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchIssue(Command):
    """One lead department, any number of co-departments; `rule` when a routing rule said so.

    `meeting` when a joint meeting decided it; with tasks, the issue stays the meeting's until they
    are done.
    """

    lead: DepartmentCode
    co: tuple[DepartmentCode, ...] = ()
    rule: str | None = None
    meeting: MeetingNumber | None = None
    with_tasks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimIssue(Command):
    """A person takes the assignment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandToB(Command):
    """The A post is away, or silent: the B post may claim too."""

    department: DepartmentCode


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactReporter(Command):
    """The department has spoken with who reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportIn(Command):
    """The actor's department is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnIssue(Command):
    """Wrongly dispatched, says the lead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideReturn(Command):
    """The dispatcher's word on a return; it is final."""

    approved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferIssue(Command):
    """The lead hands the issue to another department, with its reason."""

    to: DepartmentCode


@dataclass(frozen=True, slots=True, kw_only=True)
class AddNote(Command):
    """Something worth keeping; changes nothing else."""


# --- pauses and targets --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSuspension(Command):
    """Ask to stop the clocks until an instant."""

    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideSuspension(Command):
    """Grant or refuse the pending suspension."""

    approved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeIssue(Command):
    """Clocks run again: asked early by a person, or by the engine at the date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestExtension(Command):
    """Ask to move the lead's deadline by `by`, before it has passed."""

    by: Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideExtension(Command):
    """Grant or refuse the pending extension; never by who asked."""

    approved: bool


# --- the end -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletePart(Command):
    """A co-department has done its part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaivePart(Command):
    """A co-department's part is no longer needed."""

    department: DepartmentCode


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveIssue(Command):
    """The lead's statement of what was done."""

    solved: bool = True
    evidence: tuple[EvidenceId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateIssue(Command):
    """The resident's word; once for each resolution."""

    satisfaction: Satisfaction
    solved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseUnanswered(Command):
    """The evaluation window ended in silence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawIssue(Command):
    """Who raised it takes it back; or the engine, with its reason, while nobody has taken it up."""

    why: WithdrawalReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkDuplicate(Command):
    """The same matter is already known as `of`."""

    of: IssueNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealBreach(Command):
    """A department asks to keep its breach out of the statistics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideAppeal(Command):
    """A supervisor's word on the appeal; the breach itself stays."""

    approved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseAppealWindow(Command):
    """Nobody appealed in time."""


# --- attention and clocks ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgeIssue(Command):
    """Who raised it asks for haste."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuperviseIssue(Command):
    """A supervisor watches this issue from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClimbRung(Command):
    """The instant of a ladder's rung has come; `acts` and `level` tell readers what it does."""

    deadline: DeadlineId
    rung: int
    acts: tuple[RungAct, ...] = ()
    level: Level | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachDeadline(Command):
    """A deadline passed unmet."""

    deadline: DeadlineId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReckonAgain(Command):
    """A year was loaded or an absence entered: provisional clocks and posts are looked up anew."""


NAMES: dict[str, type[Command]] = {
    "verify": VerifyIssue,
    "decline": DeclineIssue,
    "dispatch": DispatchIssue,
    "claim": ClaimIssue,
    "hand_to_b": HandToB,
    "contact": ContactReporter,
    "report_in": ReportIn,
    "return": ReturnIssue,
    "decide_return": DecideReturn,
    "transfer": TransferIssue,
    "note": AddNote,
    "request_suspension": RequestSuspension,
    "decide_suspension": DecideSuspension,
    "resume": ResumeIssue,
    "request_extension": RequestExtension,
    "decide_extension": DecideExtension,
    "complete_part": CompletePart,
    "waive_part": WaivePart,
    "resolve": ResolveIssue,
    "evaluate": EvaluateIssue,
    "withdraw": WithdrawIssue,
    "mark_duplicate": MarkDuplicate,
    "appeal": AppealBreach,
    "decide_appeal": DecideAppeal,
    "urge": UrgeIssue,
    "supervise": SuperviseIssue,
    "convene": ConveneMeeting,
}
"""The commands people may give, by the name of their Update and of their path in the API."""
