"""An issue living through the law, driven as its workflow drives it, in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from domain import commands as c
from domain.actor import Actor
from domain.deadline import Deadline
from domain.ids import CommandId, DepartmentCode
from domain.issue import Issue
from domain.notices import Notice, notices_for
from domain.reckoning import reckon
from domain.refusals import Refusal, RefusalCode
from domain.sla import SLAPolicy, Terms
from domain.vocabulary import DeadlineKind, IssueState, Part, Satisfaction
from tests.domain import cast

ALWAYS = cast.always()
S = IssueState
Kind = Callable[..., c.Command]


@dataclass(frozen=True, kw_only=True)
class Lived:
    """One accepted step."""

    at: datetime
    command: c.Command
    before: Issue
    after: Issue


@dataclass(kw_only=True)
class Life:
    """What is due first, then the command, then the plan; `now` moves only by `wait`."""

    policy: SLAPolicy
    issue: Issue
    now: datetime = cast.MONDAY_NINE
    a_away_from: datetime | None = None
    steps: list[Lived] = field(default_factory=list)
    given: int = 0

    def give(self, actor: Actor, kind: Kind, **fields: object) -> Issue:
        """The command is accepted now; the issue after it."""
        return self.carry_out(self.command(actor, kind, **fields), self.now)

    def refused(self, actor: Actor, kind: Kind, **fields: object) -> Refusal:
        """The command is refused now; the issue is as it was."""
        before = self.issue
        with pytest.raises(Refusal) as caught:
            self.carry_out(self.command(actor, kind, **fields), self.now)
        assert self.issue == before
        return caught.value

    def why_not(self, actor: Actor, kind: Kind, **fields: object) -> RefusalCode:
        return self.refused(actor, kind, **fields).code

    def command(self, actor: Actor, kind: Kind, **fields: object) -> c.Command:
        self.given += 1
        return kind(actor=actor, id=CommandId(f"c{self.given}"), **fields)

    def carry_out(self, command: c.Command, at: datetime) -> Issue:
        before, after = self.issue, self.issue.handle(command, at)
        self.issue = self.planned(after)
        self.steps.append(Lived(at=at, command=command, before=before, after=self.issue))
        return self.issue

    def wait(self, span: timedelta) -> Issue:
        """Time passes; whatever the clocks call for takes effect at its own instant."""
        self.now += span
        while (due := self.issue.due(self.now)) is not None:
            self.carry_out(due.command, due.at)
        return self.issue

    def planned(self, issue: Issue) -> Issue:
        for deadline in issue.deadlines:
            promise = self.policy.promise(deadline.kind)
            if deadline.needs_reckoning and promise is not None:
                issue = issue.with_deadline(reckon(deadline, promise, ALWAYS))
        lead = issue.lead
        if lead is None or lead.posts is not None:
            return issue
        posts = cast.posts_of(lead.department, self.a_away_from)
        return issue.with_assignment(replace(lead, posts=posts))

    def latest(self, kind: DeadlineKind, owed_by: DepartmentCode | None = None) -> Deadline:
        """The newest deadline of a kind, open or not."""
        return [
            each
            for each in self.issue.deadlines
            if each.kind is kind and owed_by in (None, each.department)
        ][-1]

    def left(self, kind: DeadlineKind, owed_by: DepartmentCode | None = None) -> timedelta:
        """How long until the newest deadline of a kind."""
        due_by = self.latest(kind, owed_by).due_by
        assert due_by is not None
        return due_by - self.now

    def notices(self, now: datetime | None = None) -> tuple[Notice, ...]:
        """What the last step made known, written down at `now`."""
        last = self.steps[-1]
        return notices_for(last.before, last.after, last.command, now or self.now)

    def told(self) -> set[tuple[str, str]]:
        """Recipient and template of what the last step made known."""
        return {(each.recipient, each.template) for each in self.notices()}


def a_life(
    state: IssueState = S.DISPATCHED,
    issue: Issue | None = None,
    *,
    policy: SLAPolicy | None = None,
    a_away_from: datetime | None = None,
    terms: Terms | None = None,
) -> Life:
    """A life that has come to `state`, all at its first instant, by the shortest way."""
    policy = policy or cast.the_policy(terms=terms)
    if issue is None:
        issue = cast.born_under(policy, routed=state is not S.DISPATCHING)
    life = Life(policy=policy, issue=issue, a_away_from=a_away_from)
    life.issue = life.planned(issue)
    bring(life, state)
    return life


def bring(life: Life, state: IssueState) -> None:
    """From birth to `state`."""
    proposal = life.issue.proposal
    if state is S.VERIFYING:
        life.carry_out(c.RequireVerification.by_engine("birth"), life.now)
    elif state is not S.REPORTED and proposal is None:
        life.carry_out(c.ReferToDispatcher.by_engine("birth"), life.now)
    elif state is not S.REPORTED and proposal is not None:
        to = {"lead": proposal.lead, "co": proposal.co, "rule": proposal.rule}
        life.carry_out(c.DispatchIssue.by_engine("birth", **to), life.now)
    if state is S.HANDLING:
        life.give(cast.A_POST, c.ClaimIssue)
    if state in (S.RESOLVED, S.CLOSED):
        resolve(life)
    if state is S.CLOSED:
        evaluate(life)


def resolve(life: Life, **fields: object) -> Issue:
    """The lead states it is done; open parts of others are waived, an unclaimed issue claimed."""
    lead = life.issue.lead
    assert lead is not None
    for each in life.issue.active:
        if each.part is Part.CO and not each.is_settled:
            life.give(cast.DISPATCHER, c.WaivePart, department=each.department)
    by = cast.staff(f"{lead.department}-a", lead.department)
    if life.issue.state is S.DISPATCHED:
        life.give(by, c.ClaimIssue)
    return life.give(by, c.ResolveIssue, **fields)


def evaluate(
    life: Life, satisfaction: Satisfaction = Satisfaction.SATISFIED, *, solved: bool = True
) -> Issue:
    return life.give(cast.RESIDENT, c.EvaluateIssue, satisfaction=satisfaction, solved=solved)


def disappoint(life: Life) -> Issue:
    """Resolved, and not to the resident's liking."""
    resolve(life)
    return evaluate(life, Satisfaction.UNSATISFIED, solved=False)


def breached_and_closed(policy: SLAPolicy | None = None) -> Life:
    """Claimed too late, then solved: closed with a breach that may be appealed."""
    life = a_life(S.DISPATCHED, policy=policy)
    life.wait(cast.DAY)
    resolve(life)
    evaluate(life)
    return life
