"""Whatever anybody tries at whatever instant, the law keeps its promises."""

from datetime import datetime, timedelta
from random import Random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from typing_extensions import override

from domain import commands as c
from domain.actor import ENGINE, Actor
from domain.acts.convening import CONVENABLE
from domain.authority import may_act
from domain.ids import EvidenceId, IssueNumber, MeetingNumber
from domain.issue import LAW, Issue
from domain.parts import RequestKind
from domain.refusals import Refusal
from domain.sla import Terms
from domain.vocabulary import DeadlineKind, IssueState, ItemOutcome, Level, Part, Satisfaction
from tests.domain import cast
from tests.domain.cast import DAY, HOUR, LIFT, MINUTE, POLICE, PROPERTY, urgent
from tests.domain.life import Life, Lived, a_life

DEPARTMENTS = st.sampled_from([LIFT, PROPERTY, POLICE])
SPANS = st.sampled_from([timedelta(), MINUTE, 10 * MINUTE, HOUR, 5 * HOUR, 2 * DAY])
FIELDS: dict[type[c.Command], dict[str, st.SearchStrategy[object]]] = {
    c.VerifyIssue: {"confirmed": st.booleans()},
    c.DispatchIssue: {"lead": DEPARTMENTS, "co": st.lists(DEPARTMENTS, max_size=2).map(tuple)},
    c.HandToB: {"department": DEPARTMENTS},
    c.DecideReturn: {"approved": st.booleans()},
    c.TransferIssue: {"to": DEPARTMENTS},
    c.DecideSuspension: {"approved": st.booleans()},
    c.RequestExtension: {"by": st.sampled_from([urgent(1), urgent(48), urgent(49)])},
    c.DecideExtension: {"approved": st.booleans()},
    c.WaivePart: {"department": DEPARTMENTS},
    c.ResolveIssue: {
        "solved": st.booleans(),
        "evidence": st.sampled_from([(), (EvidenceId("photo-1"),)]),
    },
    c.EvaluateIssue: {"satisfaction": st.sampled_from(Satisfaction), "solved": st.booleans()},
    c.MarkDuplicate: {"of": st.just(IssueNumber("QJ-2026-0000002"))},
    c.DecideAppeal: {"approved": st.booleans()},
}
FINAL = [c.WithdrawIssue, c.MarkDuplicate, c.DeclineIssue]
GOING_ON = [kind for kind in c.NAMES.values() if kind not in (*FINAL, c.ConveneMeeting)]
PEOPLE: list[Actor] = [actor for actor in cast.CAST if actor != ENGINE]
PEOPLE += [cast.staff(f"{code}-{post}", code) for code in (PROPERTY, POLICE) for post in "ab"]
AFTER_THE_END = {DeadlineKind.APPEAL, DeadlineKind.DECIDE}
WITH_LEAD = {IssueState.DISPATCHED, IssueState.HANDLING, IssueState.RESOLVED}
BY_MEETING = [c.ScheduleMeeting, c.EndMeeting, c.SettleIssue, c.DispatchIssue]
BY_COUNCIL = [c.EndMeeting, c.SettleIssue, c.DispatchIssue]
LONG_ENOUGH = 40
MOVING_ON = [c.ClaimIssue, c.CompletePart, c.ResolveIssue, c.EvaluateIssue, c.AppealBreach] * 3
DECIDES: dict[type[c.Command], RequestKind] = {
    c.DecideReturn: RequestKind.RETURN,
    c.DecideSuspension: RequestKind.SUSPENSION,
    c.DecideExtension: RequestKind.EXTENSION,
    c.DecideAppeal: RequestKind.APPEAL,
}
BEGINNINGS = st.sampled_from([IssueState.VERIFYING, IssueState.DISPATCHING, IssueState.DISPATCHED])
ABSENCES = st.sampled_from([None, cast.MONDAY_NINE, cast.MONDAY_NINE + 5 * HOUR])
POLICY = cast.the_policy(
    terms=Terms(max_extensions=1, max_suspensions=2, max_transfers=2, max_urges=2, max_notes=3)
)


def sensible(issue: Issue) -> list[type[c.Command]]:
    """What people would try now; what moves the issue on comes up more often."""
    decide = {kind: request for kind, request in DECIDES.items() if issue.request(request)}
    fitting = [
        kind
        for kind in (*GOING_ON, *MOVING_ON)
        if issue.state in LAW[kind].when and kind not in (*DECIDES, c.SuperviseIssue)
    ]
    return [*fitting, *list(decide) * 3] or GOING_ON


def some_fields(data: st.DataObject, kind: type[c.Command], now: datetime) -> dict[str, object]:
    fields = {name: data.draw(value) for name, value in FIELDS.get(kind, {}).items()}
    return fields | ({"until": now + data.draw(SPANS)} if kind is c.RequestSuspension else {})


class AnyLife(RuleBasedStateMachine):
    """Random commands by random actors at increasing instants, what is due between them."""

    life: Life
    born: Issue
    seen = 0

    @initialize(first=BEGINNINGS, away=ABSENCES, evidence=st.booleans())
    def is_born(self, first: IssueState, away: datetime | None, evidence: bool) -> None:
        routed = first is IssueState.DISPATCHED
        self.born = cast.born_under(POLICY, routed=routed, needs_evidence=evidence)
        self.life = a_life(first, self.born, policy=POLICY, a_away_from=away)
        self.life.wait(timedelta())

    @rule(data=st.data(), chance=st.randoms(use_true_random=True), times=st.integers(5, 15))
    def who_may_tries(self, data: st.DataObject, chance: Random, times: int) -> None:
        for _ in range(times):
            kind = chance.choice(sensible(self.life.issue))
            able = [actor for actor in PEOPLE if may_act(actor, self.life.issue, LAW[kind].who)]
            fields = some_fields(data, kind, self.life.now)
            self.tries(self.life.command(chance.choice(able or PEOPLE), kind, **fields))
            self.life.wait(chance.choice([timedelta(), MINUTE, HOUR, 6 * HOUR]))

    @rule(data=st.data(), kind=st.sampled_from(GOING_ON), actor=st.sampled_from(PEOPLE))
    def anybody_tries(self, data: st.DataObject, kind: type[c.Command], actor: Actor) -> None:
        fields = some_fields(data, kind, self.life.now)
        self.tries(self.life.command(actor, kind, **fields))

    @precondition(lambda self: len(self.life.steps) > LONG_ENOUGH)
    @rule(data=st.data(), kind=st.sampled_from(FINAL))
    def somebody_ends_it(self, data: st.DataObject, kind: type[c.Command]) -> None:
        actor = cast.OFFICER if kind is c.WithdrawIssue else cast.DISPATCHER
        fields = some_fields(data, kind, self.life.now)
        self.tries(self.life.command(actor, kind, **fields))

    @rule(data=st.data(), kind=st.sampled_from([c.BreachDeadline, c.ClimbRung]))
    def a_stale_timer_fires(self, data: st.DataObject, kind: type[c.Command]) -> None:
        fields: dict[str, object] = {
            "deadline": data.draw(st.sampled_from(self.life.issue.deadlines)).id
        }
        if kind is c.ClimbRung:
            fields["rung"] = data.draw(st.integers(0, 3))
        self.tries(self.life.command(ENGINE, kind, **fields))

    @precondition(lambda self: not isinstance(self.life.steps[-1].command, c.ReckonAgain))
    @rule()
    def a_calendar_is_loaded(self) -> None:
        self.tries(self.life.command(ENGINE, c.ReckonAgain))

    @precondition(lambda self: self.life.issue.state in CONVENABLE)
    @rule(level=st.sampled_from([None, *Level]))
    def a_supervisor_convenes(self, level: Level | None) -> None:
        self.tries(self.life.command(cast.SUPERVISOR, c.ConveneMeeting, level=level))

    @rule(month=st.sampled_from(["11", "12"]))
    def a_council_calls(self, month: str) -> None:
        number = MeetingNumber(f"qj.bh.hp-C2026-{month}")
        before = self.life.issue.deadlines
        self.tries(self.life.command(ENGINE, c.CallToCouncil, meeting=number))
        assert self.life.issue.deadlines == before

    @precondition(lambda self: self.life.issue.council is not None)
    @rule(data=st.data(), kind=st.sampled_from(BY_COUNCIL))
    def the_council_speaks(self, data: st.DataObject, kind: type[c.Command]) -> None:
        assert self.life.issue.council is not None
        fields: dict[str, object] = {"meeting": self.life.issue.council.number}
        if kind is c.EndMeeting:
            fields["outcome"] = data.draw(st.sampled_from(ItemOutcome))
        if kind is c.DispatchIssue:
            fields |= {"lead": data.draw(DEPARTMENTS), "with_tasks": data.draw(st.booleans())}
        self.tries(self.life.command(ENGINE, kind, **fields))

    @precondition(lambda self: self.life.issue.meeting is not None)
    @rule(data=st.data(), kind=st.sampled_from(BY_MEETING))
    def the_meeting_speaks(self, data: st.DataObject, kind: type[c.Command]) -> None:
        assert self.life.issue.meeting is not None
        fields: dict[str, object] = {"meeting": self.life.issue.meeting.number}
        if kind is c.ScheduleMeeting:
            sits_at = self.life.now + data.draw(SPANS)
            fields |= {"sits_at": sits_at, "decide_by": sits_at + HOUR}
        if kind is c.EndMeeting:
            fields["outcome"] = data.draw(st.sampled_from(ItemOutcome))
        if kind is c.DispatchIssue:
            fields |= {"lead": data.draw(DEPARTMENTS), "with_tasks": data.draw(st.booleans())}
        self.tries(self.life.command(ENGINE, kind, **fields))

    @rule(span=SPANS)
    def time_passes(self, span: timedelta) -> None:
        self.life.wait(span)

    def tries(self, command: c.Command) -> None:
        before = self.life.issue
        try:
            self.life.carry_out(command, self.life.now)
        except Refusal:
            assert self.life.issue == before
        self.life.wait(timedelta())

    # --- what always holds -----------------------------------------------------------------------

    @invariant()
    def every_step_keeps_what_is_written(self) -> None:
        for step in self.life.steps[self.seen :]:
            assert_kept(step)
        self.seen = len(self.life.steps)

    @invariant()
    def nothing_due_is_left_over(self) -> None:
        instant = self.life.issue.next_instant()
        assert instant is None or instant > self.life.now
        assert all(each.due_by for each in self.life.issue.deadlines)

    @invariant()
    def facts_fit_the_state(self) -> None:
        assert_consistent(self.life.issue)

    @override
    def teardown(self) -> None:
        if not hasattr(self, "life"):
            return
        ids = [step.command.id for step in self.life.steps]
        assert len(ids) == len(set(ids))
        again = Life(policy=POLICY, issue=self.born, a_away_from=self.life.a_away_from)
        again.issue = again.planned(self.born)
        for step in self.life.steps:
            again.carry_out(step.command, step.at)
        assert again.issue == self.life.issue


def assert_kept(step: Lived) -> None:
    before, after = step.before, step.after
    rule = LAW[type(step.command)]
    assert after.version == before.version + 1
    assert after.state in (rule.then or {before.state})
    assert after.level.rank >= before.level.rank
    if before.first_breach_at is not None:
        assert after.first_breach_at == before.first_breach_at
        assert after.first_breach_kind is before.first_breach_kind
    for old, new in zip(before.deadlines, after.deadlines, strict=False):
        assert old.id == new.id
        assert old.breached_at in (None, new.breached_at)
        assert old.is_open or new == old


def assert_consistent(issue: Issue) -> None:
    leads = [each for each in issue.active if each.part is Part.LEAD]
    assert len(leads) == (issue.state in WITH_LEAD)
    assert (issue.suspension is None) or issue.state in WITH_LEAD - {IssueState.RESOLVED}
    waiting = {each.id for each in issue.open_deadlines if each.kind is DeadlineKind.DECIDE}
    assert waiting == {each.deadline for each in issue.pending}
    if issue.state is IssueState.CLOSED:
        assert {each.kind for each in issue.open_deadlines} <= AFTER_THE_END
        assert issue.active == ()
    if issue.in_meeting is not None:
        assert issue.state in CONVENABLE
    if issue.before_council is not None:
        assert issue.state in CONVENABLE
        assert issue.in_meeting is None
    owed = [each for each in issue.open_deadlines if each.kind is DeadlineKind.MEETING]
    assert len(owed) <= (issue.in_meeting is not None)
    assert issue.meeting_called is None
    assert (issue.outcome is not None) == (issue.state is IssueState.CLOSED)
    assert (issue.first_breach_at is None) == (issue.first_breach_kind is None)
    assert issue.first_breach_at is None or any(each.breached_at for each in issue.deadlines)


AnyLife.TestCase.settings = settings(max_examples=200, stateful_step_count=25, deadline=None)
test_law_keeps_its_promises = AnyLife.TestCase
