"""What follows from an alert, a verdict or the passing of time: data, carried out by the intake."""

from dataclasses import dataclass
from typing import TypeAlias

from domain.alert import AlertKind
from domain.alerts.condition import Condition
from domain.alerts.words import Reason, Verdict
from domain.ids import CategoryCode, IssueNumber, WhistleKindCode


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIssue:
    """An issue is to be born: dispatched at once, or looked at first by the nearest grid worker."""

    category: CategoryCode
    whistle_kind: WhistleKindCode
    at_once: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CountOnIssue:
    """Seen again; the issue there is stands for it."""

    issue: IssueNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteCleared:
    """Seen no more. It never closes what somebody was called to: a person says if it is solved."""

    issue: IssueNumber
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack:
    """Its issue is to be taken back; the issue refuses if somebody has taken it up."""

    issue: IssueNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteFlapping:
    """It comes and goes; from here on that is told no more."""

    issue: IssueNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenOrComment:
    """It came back, while its issue runs or shortly after: a word on that issue, not a new one."""

    issue: IssueNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTo:
    """The new issue is about the same place and thing as a former one."""

    former: IssueNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseMaintenance:
    """Something is wrong with the camera or source itself, which is a condition of its own."""

    kind: AlertKind


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceCamera:
    """Offline or tampered with: nothing else it says is believed."""

    kind: AlertKind


@dataclass(frozen=True, slots=True, kw_only=True)
class HearCamera:
    """It is back, as far as this kind goes."""

    kind: AlertKind


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeCamera:
    """It was right, or it was not."""

    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """Kept and counted; the reason why that is all."""

    reason: Reason


Consequence: TypeAlias = (
    OpenIssue
    | CountOnIssue
    | NoteCleared
    | TakeBack
    | NoteFlapping
    | ReopenOrComment
    | LinkTo
    | RaiseMaintenance
    | SilenceCamera
    | HearCamera
    | JudgeCamera
    | Nothing
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the law made of it. No condition: there was none, and none had to be made."""

    condition: Condition | None
    is_new: bool = False
    """The condition begins here; the one before it stays as it was."""
    consequences: tuple[Consequence, ...]
