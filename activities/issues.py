"""The one door through which a workflow changes the record of an issue."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError
from typing_extensions import override

from activities.contracts import IssueActivities, Planned, Step
from activities.outgoing import put_notices
from activities.planning import plan, reckoned
from domain.commands import BreachDeadline, Command
from domain.events import EventName
from domain.facts import Origin, Pinned
from domain.ids import IssueNumber
from domain.issue import Issue
from domain.routing import choose_policy, propose
from domain.vocabulary import DeadlineKind, Satisfaction
from observability import metrics
from observability.logging import bound
from storage import codec
from storage.births import Births
from storage.issues import IssueRepository, RecordedStep, VersionConflict
from storage.queries import Queries
from storage.reference import ReferenceRepository
from storage.session import Database, Session

log = structlog.get_logger(__name__)


class Written(NamedTuple):
    """A step that has just been written down."""

    before: Issue | None
    after: Issue
    command: Command


class Issues(IssueActivities):
    """Activities over issues; `now` is the clock of the process, for delivery times only."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    @activity.defn(name="open_issue")
    @override
    async def open(self, number: IssueNumber) -> Issue:
        async with self._database.read() as session:
            origin = await Births(session).origin(number)
            if origin is None:
                raise ApplicationError(number, type="UnknownIssue", non_retryable=True)
            return await _born(ReferenceRepository(session), origin)

    @activity.defn(name="record_step")
    @override
    async def record(self, step: Step) -> Planned:
        number = step.after.number
        with bound(issue=number, event_name=step.event, version=step.after.version):
            try:
                async with self._database.begin() as session:
                    planned, written = await self._record(session, step)
            except VersionConflict as conflict:
                raise await self._explained(step, conflict) from conflict
            if written is not None:
                _told(step, written)
            return planned

    async def _record(self, session: Session, step: Step) -> tuple[Planned, Written | None]:
        issues = IssueRepository(session)
        before = await issues.snapshot(step.after.number)
        if before is not None and before.version >= step.after.version:
            await self._same(issues, step)
            return _planned(step.after, before), None
        command = command_of(step)
        afresh = step.event is EventName.RECKONED_AGAIN
        after = await plan(ReferenceRepository(session), step.after, step.at, afresh=afresh)
        await issues.record(
            RecordedStep(
                command=command,
                at=step.at,
                after=after,
                expected_version=after.version - 1,
            )
        )
        await put_notices(session, before, after, command, self._now())
        return _planned(step.after, after), Written(before, after, command)

    async def _explained(self, step: Step, conflict: VersionConflict) -> ApplicationError:
        """A command that stands in the record already is final; a foreign version is not.

        Nobody but the issue's workflow writes it, so a version that does not fit is for an
        operator to mend; until then the step waits and the run stays alive.
        """
        async with self._database.read() as session:
            known = await Queries(session).event_by_command(step.after.number, command_of(step).id)
        if known is not None:
            return ApplicationError(str(conflict), type="CommandRepeated", non_retryable=True)
        log.error("version_conflict", reason=str(conflict))
        return ApplicationError(str(conflict), type="VersionConflict")

    async def _same(self, issues: IssueRepository, step: Step) -> None:
        recorded = await issues.recorded(step.after.number, step.after.version)
        command = command_of(step)
        if recorded is None or recorded.command_id != command.id:
            raise VersionConflict(f"{step.after.number} at {step.after.version}")


def command_of(step: Step) -> Command:
    """The command itself: an object of its class here, a JSON object when it came by wire."""
    if isinstance(step.command, Command):
        return step.command
    return codec.command(step.event, json.dumps(step.command))


async def _born(references: ReferenceRepository, origin: Origin) -> Issue:
    chosen = await references.choices()
    policy = choose_policy(
        [entry.body for entry in chosen.policies], origin.category, origin.whistle_kind
    )
    entry = next(each for each in chosen.policies if each.code == policy.code)
    _, category, kind = await references.named_by_whistle(
        origin.grid, origin.category, origin.whistle_kind
    )
    proposal, broken = propose(chosen.rules, origin, chosen.departments)
    for rule in broken:
        metrics.RULES_BROKEN_TOTAL.labels(rule=rule).inc()
        log.error("routing_rule_broken", rule=rule, issue=origin.number)
    resolve = policy.promise(DeadlineKind.RESOLVE)
    pinned = Pinned(
        policy=policy.code,
        policy_version=entry.version,
        calendar=policy.calendar,
        kinds=policy.kinds,
        terms=policy.terms,
        resolve_limit=resolve.limit if resolve else None,
        needs_verification=not origin.at_once
        and kind is not None
        and origin.source in kind.verified_when_from,
        needs_evidence=category is not None and category.needs_evidence,
        rated_by=kind.rated_by if kind else (),
    )
    born = Issue(origin=origin, pinned=pinned, proposal=proposal)
    return born.start(DeadlineKind.OVERALL, origin.raised_at)


def _planned(asked: Issue, written: Issue) -> Planned:
    lead = written.lead
    return Planned(deadlines=reckoned(asked, written), posts=lead.posts if lead else None)


def _told(step: Step, written: Written) -> None:
    """Counted and logged after the commit, so a step that is tried again counts once."""
    before, after, command = written
    district = after.origin.district
    metrics.STEPS_TOTAL.labels(event=step.event, district=district).inc()
    if isinstance(command, BreachDeadline):
        kind = next(each.kind for each in after.deadlines if each.id == command.deadline)
        metrics.BREACHES_TOTAL.labels(kind=kind, district=district).inc()
    if before is not None and after.level is not before.level:
        metrics.ESCALATIONS_TOTAL.labels(level=after.level, district=district).inc()
    if step.event in (EventName.EVALUATED, EventName.LEFT_UNANSWERED):
        said = after.satisfaction or Satisfaction.NO_ANSWER
        metrics.EVALUATIONS_TOTAL.labels(satisfaction=said, district=district).inc()
    log.info("step_recorded", state=after.state, reached=after.level, actor=command.actor.subject)
