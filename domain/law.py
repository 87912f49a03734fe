"""The law: which command is allowed in which state, to whom, and what it makes of an issue.

An act is added by adding a row; `docs/states.md` is drawn from the table, and a test walks every
(state, command) pair.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from domain import commands as c
from domain.acts import clocks, closing, dispatching, handling, pausing
from domain.events import EventName
from domain.facts import IssueFacts
from domain.law_convening import CONVENING
from domain.parts import RequestKind
from domain.rights import Who
from domain.rule import Rule
from domain.vocabulary import IssueState

S = IssueState
_OPEN = frozenset(S) - {S.CLOSED}
_BEFORE_RESOLVED = _OPEN - {S.RESOLVED}
_WITH_DEPARTMENT = frozenset({S.DISPATCHED, S.HANDLING})
_ANY = frozenset(S)


def _pending(kind: RequestKind) -> Callable[[IssueFacts, Any, datetime], None]:
    def guard(issue: IssueFacts, command: c.Command, _: datetime) -> None:
        pausing.guard_pending(issue, kind, command)

    return guard


E = EventName
LAW: Mapping[type[c.Command], Rule[IssueState, Who, EventName]] = {
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
        who=(Who.ENGINE, Who.DISPATCHER),
        event=E.HANDED_TO_B,
        guard=dispatching.guard_hand_to_b,
        act=dispatching.hand_to_b,
    ),
    c.ContactReporter: Rule(
        when=_WITH_DEPARTMENT,
        who=(Who.LEAD,),
        event=E.CONTACTED,
        guard=handling.guard_contact,
        act=handling.contact,
    ),
    c.ReportIn: Rule(
        when=_WITH_DEPARTMENT,
        who=(Who.CALLED,),
        event=E.REPORTED_IN,
        guard=handling.guard_report_in,
        act=handling.report_in,
    ),
    c.ReturnIssue: Rule(
        when=_WITH_DEPARTMENT,
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
        who=(Who.PARTY,),
        event=E.NOTED,
        guard=handling.guard_note,
        act=handling.note,
    ),
    c.RequestSuspension: Rule(
        when=_WITH_DEPARTMENT,
        who=(Who.LEAD,),
        event=E.SUSPENSION_REQUESTED,
        guard=pausing.guard_suspension,
        act=pausing.ask_suspension,
    ),
    c.DecideSuspension: Rule(
        when=_WITH_DEPARTMENT,
        who=(Who.DISPATCHER,),
        event=E.SUSPENSION_DECIDED,
        guard=pausing.guard_decide_suspension,
        act=pausing.decide_suspension,
    ),
    c.ResumeIssue: Rule(
        when=_WITH_DEPARTMENT,
        who=(Who.ENGINE, Who.LEAD, Who.DISPATCHER),
        event=E.RESUMED,
        guard=pausing.guard_resume,
        act=pausing.resume,
    ),
    c.RequestExtension: Rule(
        when=_WITH_DEPARTMENT,
        who=(Who.LEAD,),
        event=E.EXTENSION_REQUESTED,
        guard=pausing.guard_extension,
        act=pausing.ask_extension,
    ),
    c.DecideExtension: Rule(
        when=_WITH_DEPARTMENT,
        who=(Who.DISPATCHER,),
        event=E.EXTENSION_DECIDED,
        guard=pausing.guard_decide_extension,
        act=pausing.decide_extension,
    ),
    c.CompletePart: Rule(
        when=_WITH_DEPARTMENT,
        who=(Who.CO,),
        event=E.PART_COMPLETED,
        guard=handling.guard_complete,
        act=handling.complete,
    ),
    c.WaivePart: Rule(
        when=_WITH_DEPARTMENT,
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
        who=(Who.RAISER, Who.CAMERA),
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
        who=(Who.LATE,),
        event=E.BREACH_APPEALED,
        guard=closing.guard_appeal,
        act=closing.appeal,
    ),
    c.DecideAppeal: Rule(
        when=frozenset({S.CLOSED}),
        who=(Who.SUPERVISOR,),
        event=E.APPEAL_DECIDED,
        guard=_pending(RequestKind.APPEAL),
        act=closing.decide_appeal,
    ),
    c.CloseAppealWindow: Rule(
        when=frozenset({S.CLOSED}),
        who=(Who.ENGINE,),
        event=E.APPEAL_WINDOW_CLOSED,
        guard=closing.guard_appeal_window,
        act=closing.close_appeal_window,
    ),
    **CONVENING,
    c.UrgeIssue: Rule(
        when=_OPEN,
        who=(Who.RAISER,),
        event=E.URGED,
        guard=handling.guard_urge,
        act=handling.urge,
    ),
    c.SuperviseIssue: Rule(
        when=_OPEN,
        who=(Who.SUPERVISOR,),
        event=E.SUPERVISED,
        act=handling.supervise,
    ),
    c.ClimbRung: Rule(
        when=_ANY,
        who=(Who.ENGINE,),
        event=E.RUNG_CLIMBED,
        guard=clocks.guard_rung,
        act=clocks.climb,
    ),
    c.BreachDeadline: Rule(
        when=_ANY,
        who=(Who.ENGINE,),
        event=E.DEADLINE_BREACHED,
        guard=clocks.guard_breach,
        act=clocks.breach,
    ),
    c.ReckonAgain: Rule(
        when=_ANY,
        who=(Who.ENGINE,),
        event=E.RECKONED_AGAIN,
        act=clocks.reckon_again,
    ),
}
