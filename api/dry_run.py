"""What a new policy would have meant for open issues; nothing is written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from api.schemas.reference import DryRun, DryRunBody, DueChange, IssueChange
from catalogue import label
from domain.actor import Actor
from domain.calendar import BusinessCalendar
from domain.deadline import Deadline
from domain.issue import Issue
from domain.reckoning import reckon
from domain.rights import Act, grids_of
from domain.routing import choose_policy
from domain.sla import SLAPolicy
from storage.queries import Queries
from storage.reference import ReferenceRepository
from storage.session import Session


@dataclass(frozen=True, slots=True)
class Trial:
    """A policy in force instead of its present version."""

    policy: SLAPolicy
    others: tuple[SLAPolicy, ...]
    calendar: BusinessCalendar

    def holds_for(self, issue: Issue) -> bool:
        """Whether a new issue like this one would be pinned to it."""
        origin = issue.origin
        policies = (self.policy, *self.others)
        chosen = choose_policy(policies, origin.category, origin.whistle_kind)
        return chosen.code == self.policy.code

    def changes(self, issue: Issue) -> Iterator[tuple[Deadline, datetime | None]]:
        """Running deadlines whose instant would be another, with that instant."""
        for deadline in issue.open_deadlines:
            if not deadline.is_running or deadline.due_by is None:
                continue
            promise = self.policy.promise(deadline.kind)
            would = reckon(deadline, promise, self.calendar).due_by if promise else None
            if would != deadline.due_by:
                yield deadline, would


async def dry_run(
    session: Session, policy: SLAPolicy, asked: DryRunBody, actor: Actor, locale: str
) -> DryRun:
    """One page of open issues in the actor's grids, and which of them the policy would change.

    Raises:
        BadCursor: `asked.after` is not from an earlier page.
        UnknownReference: the policy names a calendar that does not exist.
    """
    reference = ReferenceRepository(session)
    in_force = [entry.body for entry in await reference.policies()]
    trial = Trial(
        policy,
        tuple(other for other in in_force if other.code != policy.code),
        await reference.calendar(policy.calendar),
    )
    page = await Queries(session).open_issues(
        category=policy.category,
        whistle_kind=policy.whistle_kind,
        after=asked.after,
        limit=asked.limit,
        grids=grids_of(actor, Act.TRY_POLICY),
    )
    found = [_change(trial, issue, locale) for issue in page.items if trial.holds_for(issue)]
    items = [change for change in found if change.deadlines]
    return DryRun(examined=len(page.items), items=items, next=page.next)


def _change(trial: Trial, issue: Issue, locale: str) -> IssueChange:
    return IssueChange(
        number=issue.number,
        policy=issue.pinned.policy,
        policy_version=issue.pinned.policy_version,
        deadlines=[_due_change(*each, locale) for each in trial.changes(issue)],
    )


def _due_change(deadline: Deadline, would_be: datetime | None, locale: str) -> DueChange:
    assert deadline.due_by is not None
    return DueChange(
        id=deadline.id,
        kind=deadline.kind,
        label=label("deadline_kind", deadline.kind, locale),
        department=deadline.department,
        due_by=deadline.due_by,
        would_be=would_be,
    )
