"""The law: which command is allowed in which state, to whom, and what it makes of an issue.

`LAW` is the only place that knows it. An act is added by adding a row; `docs/states.md` is drawn
from the table, and a test walks every (state, command) pair.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from domain import commands as c
from domain.acts import clocks, closing, dispatching, handling, pausing
from domain.authority import Who, may_act
from domain.events import EventName
from domain.facts import IssueFacts
from domain.parts import RequestKind
from domain.refusals import Refusal, RefusalCode
from domain.schedule import Due, next_due, next_instant
from domain.vocabulary import DeadlineKind, IssueState

S = IssueState
_OPEN = frozenset(S) - {S.CLOSED}
_BEFORE_RESOLVED = _OPEN - {S.RESOLVED}
_WITH_DEPARTMENT = frozenset({S.DISPATCHED, S.HANDLING})
_ANY = frozenset(S)
_UNCHANGED: frozenset[IssueState] = frozenset()


def _nothing(_: IssueFacts, __: Any, ___: datetime) -> None:  # noqa: ANN401 - fits every guard
    """Some acts ask no more than their state and actor."""


def _pending(kind: RequestKind) -> Callable[[IssueFacts, Any, datetime], None]:
    def guard(issue: IssueFacts, command: c.Command, _: datetime) -> None:
        pausing.guard_pending(issue, kind, command)

    return guard


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the law: from where, to where (empty: unchanged), by whom, what it is called."""

    when: frozenset[IssueState]
    then: frozenset[IssueState]
    who: tuple[Who, ...]
    event: EventName
    act: Callable[[Any, Any, datetime], Any]
    guard: Callable[[IssueFacts, Any, datetime], None] = _nothing
    otherwise: Callable[[IssueFacts], None] = lambda _: None
    """May refuse more exactly than `wrong_state` when the state does not fit."""


E = EventName
LAW: Mapping[type[c.Command], Rule] = {
    c.RequireVerification: Rule(
        when=frozenset({S.REPORTED}),
        then=frozenset({S.VERIFYING}),
        who=(Who.ENGINE,),
        event=E.VERIFICATION_REQUIRED,
        act=dispatching.require_verification,
    ),
    c.ReferToDispatcher: Rule(
        when=frozenset({S.REPORTED}),
        then=frozenset({S.DISPATCHING}),
        who=(Who.ENGINE,),
        event=E.REFERRED,
        act=dispatching.refer,
    ),
    c.VerifyIssue: Rule(
        when=frozenset({S.VERIFYING}),
        then=frozenset({S.DISPATCHED, S.DISPATCHING, S.CLOSED}),
        who=(Who.GRID_WORKER, Who.DISPATCHER),
        event=E.VERIFIED,
        act=dispatching.verify,
    ),
    c.DeclineIssue: Rule(
        when=frozenset({S.DISPATCHING}),
        then=frozenset({S.CLOSED}),
        who=(Who.DISPATCHER,),
        event=E.DECLINED,
        act=dispatching.decline,
    ),
    c.DispatchIssue: Rule(
        when=frozenset({S.REPORTED, S.DISPATCHING}) | _WITH_DEPARTMENT,
        then=frozenset({S.DISPATCHED}),
        who=(Who.ENGINE, Who.DISPATCHER),
        event=E.DISPATCHED,
        guard=dispatching.guard_dispatch,
        act=dispatching.dispatch,
    ),
    c.ClaimIssue: Rule(
        when=frozenset({S.DISPATCHED}),
        then=frozenset({S.HANDLING}),
        who=(Who.LEAD,),
        event=E.CLAIMED,
        guard=dispatching.guard_claim,
        act=dispatching.claim,
        otherwise=dispatching.refuse_second_claim,
    ),
    c.HandToB: Rule(
        when=frozenset({S.DISPATCHED}),
        then=_UNCHANGED,
        who=(Who.ENGINE, Who.DISPATCHER),
        event=E.HANDED_TO_B,
        guard=dispatching.guard_hand_to_b,
        act=dispatching.hand_to_b,
    ),
    c.ContactReporter: Rule(
        when=_WITH_DEPARTMENT,
        then=_UNCHANGED,
        who=(Who.LEAD,),
        event=E.CONTACTED,
        guard=handling.guard_contact,
        act=handling.contact,
    ),
    c.ReportIn: Rule(
        when=_WITH_DEPARTMENT,
        then=_UNCHANGED,
        who=(Who.CALLED,),
        event=E.REPORTED_IN,
        guard=handling.guard_report_in,
        act=handling.report_in,
    ),
    c.ReturnIssue: Rule(
        when=_WITH_DEPARTMENT,
        then=_UNCHANGED,
        who=(Who.LEAD,),
        event=E.RETURN_REQUESTED,
        guard=dispatching.guard_return,
        act=dispatching.ask_return,
    ),
    c.DecideReturn: Rule(
        when=_WITH_DEPARTMENT,
        then=frozenset({S.DISPATCHING, S.DISPATCHED, S.HANDLING}),
        who=(Who.DISPATCHER,),
        event=E.RETURN_DECIDED,
        guard=_pending(RequestKind.RETURN),
        act=dispatching.decide_return,
    ),
    c.TransferIssue: Rule(
        when=frozenset({S.HANDLING}),
        then=frozenset({S.DISPATCHED}),
        who=(Who.LEAD,),
        event=E.TRANSFERRED,
        guard=dispatching.guard_transfer,
        act=dispatching.transfer,
    ),
    c.AddNote: Rule(
        when=_OPEN,
        then=_UNCHANGED,
        who=(Who.PARTY,),
        event=E.NOTED,
        guard=handling.guard_note,
        act=handling.note,
    ),
    c.RequestSuspension: Rule(
        when=_WITH_DEPARTMENT,
        then=_UNCHANGED,
        who=(Who.LEAD,),
        event=E.SUSPENSION_REQUESTED,
        guard=pausing.guard_suspension,
        act=pausing.ask_suspension,
    ),
    c.DecideSuspension: Rule(
        when=_WITH_DEPARTMENT,
        then=_UNCHANGED,
        who=(Who.DISPATCHER,),
        event=E.SUSPENSION_DECIDED,
        guard=pausing.guard_decide_suspension,
        act=pausing.decide_suspension,
    ),
    c.ResumeIssue: Rule(
        when=_WITH_DEPARTMENT,
        then=_UNCHANGED,
        who=(Who.ENGINE, Who.LEAD, Who.DISPATCHER),
        event=E.RESUMED,
        guard=pausing.guard_resume,
        act=pausing.resume,
    ),
    c.RequestExtension: Rule(
        when=_WITH_DEPARTMENT,
        then=_UNCHANGED,
        who=(Who.LEAD,),
        event=E.EXTENSION_REQUESTED,
        guard=pausing.guard_extension,
        act=pausing.ask_extension,
    ),
    c.DecideExtension: Rule(
        when=_WITH_DEPARTMENT,
        then=_UNCHANGED,
        who=(Who.DISPATCHER,),
        event=E.EXTENSION_DECIDED,
        guard=pausing.guard_decide_extension,
        act=pausing.decide_extension,
    ),
    c.CompletePart: Rule(
        when=_WITH_DEPARTMENT,
        then=_UNCHANGED,
        who=(Who.CO,),
        event=E.PART_COMPLETED,
        guard=handling.guard_complete,
        act=handling.complete,
    ),
    c.WaivePart: Rule(
        when=_WITH_DEPARTMENT,
        then=_UNCHANGED,
        who=(Who.LEAD, Who.DISPATCHER),
        event=E.PART_WAIVED,
        guard=handling.guard_waive,
        act=handling.waive,
    ),
    c.ResolveIssue: Rule(
        when=frozenset({S.HANDLING}),
        then=frozenset({S.RESOLVED}),
        who=(Who.LEAD,),
        event=E.RESOLVED,
        guard=handling.guard_resolve,
        act=handling.resolve,
    ),
    c.EvaluateIssue: Rule(
        when=frozenset({S.RESOLVED}),
        then=frozenset({S.CLOSED, S.DISPATCHED, S.DISPATCHING}),
        who=(Who.EVALUATOR,),
        event=E.EVALUATED,
        guard=handling.guard_evaluate,
        act=handling.evaluate,
        otherwise=handling.refuse_second_evaluation,
    ),
    c.CloseUnanswered: Rule(
        when=frozenset({S.RESOLVED}),
        then=frozenset({S.CLOSED}),
        who=(Who.ENGINE,),
        event=E.LEFT_UNANSWERED,
        guard=handling.guard_unanswered,
        act=handling.close_unanswered,
    ),
    c.WithdrawIssue: Rule(
        when=_BEFORE_RESOLVED,
        then=frozenset({S.CLOSED}),
        who=(Who.RAISER,),
        event=E.WITHDRAWN,
        act=closing.withdraw,
    ),
    c.MarkDuplicate: Rule(
        when=_BEFORE_RESOLVED,
        then=frozenset({S.CLOSED}),
        who=(Who.DISPATCHER,),
        event=E.MARKED_DUPLICATE,
        guard=closing.guard_duplicate,
        act=closing.mark_duplicate,
    ),
    c.AppealBreach: Rule(
        when=frozenset({S.CLOSED}),
        then=_UNCHANGED,
        who=(Who.FORMER_LEAD,),
        event=E.BREACH_APPEALED,
        guard=closing.guard_appeal,
        act=closing.appeal,
    ),
    c.DecideAppeal: Rule(
        when=frozenset({S.CLOSED}),
        then=_UNCHANGED,
        who=(Who.SUPERVISOR,),
        event=E.APPEAL_DECIDED,
        guard=_pending(RequestKind.APPEAL),
        act=closing.decide_appeal,
    ),
    c.CloseAppealWindow: Rule(
        when=frozenset({S.CLOSED}),
        then=_UNCHANGED,
        who=(Who.ENGINE,),
        event=E.APPEAL_WINDOW_CLOSED,
        guard=closing.guard_appeal_window,
        act=closing.close_appeal_window,
    ),
    c.UrgeIssue: Rule(
        when=_OPEN,
        then=_UNCHANGED,
        who=(Who.RAISER,),
        event=E.URGED,
        guard=handling.guard_urge,
        act=handling.urge,
    ),
    c.SuperviseIssue: Rule(
        when=_OPEN,
        then=_UNCHANGED,
        who=(Who.SUPERVISOR,),
        event=E.SUPERVISED,
        act=handling.supervise,
    ),
    c.ClimbRung: Rule(
        when=_ANY,
        then=_UNCHANGED,
        who=(Who.ENGINE,),
        event=E.RUNG_CLIMBED,
        guard=clocks.guard_rung,
        act=clocks.climb,
    ),
    c.BreachDeadline: Rule(
        when=_ANY,
        then=_UNCHANGED,
        who=(Who.ENGINE,),
        event=E.DEADLINE_BREACHED,
        guard=clocks.guard_breach,
        act=clocks.breach,
    ),
    c.ReckonAgain: Rule(
        when=_ANY,
        then=_UNCHANGED,
        who=(Who.ENGINE,),
        event=E.RECKONED_AGAIN,
        act=clocks.reckon_again,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue(IssueFacts):
    """One issue and the law over it. Every answer is a new snapshot; nothing is mutated."""

    def check(self, command: c.Command, at: datetime) -> None:
        """Ask the law.

        Raises:
            Refusal: the actor may not, the state does not fit, or the facts speak against it.
        """
        rule = LAW[type(command)]
        if not may_act(command.actor, self, rule.who):
            raise Refusal(RefusalCode.NOT_ALLOWED, allowed=",".join(rule.who), state=self.state)
        if self.state not in rule.when:
            rule.otherwise(self)
            raise Refusal(
                RefusalCode.WRONG_STATE, state=self.state, allowed=",".join(sorted(rule.when))
            )
        rule.guard(self, command, at)

    def handle(self, command: c.Command, at: datetime) -> Self:
        """The next snapshot, one version on.

        Raises:
            Refusal: as `check`.
        """
        self.check(command, at)
        changed: Self = LAW[type(command)].act(self, command, at)
        return replace(changed, version=self.version + 1)

    def due(self, at: datetime) -> Due | None:
        """The earliest thing the clocks call for by `at`, with its own instant."""
        return next_due(self, at)

    def next_instant(self) -> datetime | None:
        """When the clocks will call next; None when only people can move the issue."""
        return next_instant(self)

    @property
    def is_finished(self) -> bool:
        """Closed, and nobody may appeal or has to decide an appeal any more."""
        waiting = (DeadlineKind.APPEAL, DeadlineKind.DECIDE)
        return (
            self.state is IssueState.CLOSED
            and not self.pending
            and not any(each.kind in waiting for each in self.open_deadlines)
        )
