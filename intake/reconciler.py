"""Holds every issue on record against its workflow and the law; repairs what is safe.

Safe is: starting a workflow that Temporal does not know, where the record is whole; and writing
down again what the workflow has in its own history, where that leads exactly to what it holds.
Everything else is told to people. An issue that has just moved is left alone for the grace.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus
from typing_extensions import override

from activities.replaying import ReplayRefused, difference
from activities.upkeep import (
    Aggregate,
    Checked,
    Finding,
    FindingKind,
    PageOfIssues,
    Part,
    ReconcilerActivities,
)
from domain.issue import Issue
from intake import findings as told
from intake.agendas import Agendas
from intake.rewriting import Rewriter
from intake.starting import Starter, StartRefused
from intake.witness import Silent, Witness
from observability import metrics
from storage.births import Births
from storage.checks import Checks, IssueOnRecord, UnreadableIssue
from storage.meetings.checks import MeetingChecks
from storage.session import Database
from workflows.contracts import issue_workflow_id

K = FindingKind


class Reconciler(ReconcilerActivities):
    """The checks of upkeep. Several may run at once: every repair is idempotent."""

    def __init__(
        self, database: Database, client: Client, now: Callable[[], datetime], grace: timedelta
    ) -> None:
        self._database = database
        self._now = now
        self._grace = grace
        self._witness = Witness(client)
        self._agendas = Agendas(client, database)
        self._starter = Starter(client, database, now)
        self._rewriter = Rewriter(client, database)

    @activity.defn(name="check_issues")
    @override
    async def check_issues(self, page: PageOfIssues) -> Checked:
        before = self._now() - self._grace
        async with self._database.read() as session:
            issues = await Checks(session).quiet(
                is_open=page.part is Part.OPEN, after=page.after, limit=page.limit, before=before
            )
        findings = await told.checked(
            Aggregate.ISSUE, issues, lambda each: self._check_if_readable(each, before)
        )
        told.count(page.part, Aggregate.ISSUE, len(issues))
        told.tell(findings)
        is_end = len(issues) < page.limit
        return Checked(issues=len(issues), after=0 if is_end else issues[-1].id, findings=findings)

    @activity.defn(name="check_queues")
    @override
    async def check_queues(self, limit: int) -> Checked:
        before = self._now() - self._grace
        async with self._database.read() as session:
            checks = Checks(session)
            late = await checks.late_duties(before, limit)
            notices = await checks.stuck_notices(before, limit)
            rechecks = await checks.stuck_rechecks(before, limit)
            meetings = await MeetingChecks(session).late(before, limit)
        findings = (
            *(Finding(kind=K.CLOCK_IGNORED, number=each, detail="duty") for each in late),
            *filter(None, (told.ignored(each, before) for each in meetings)),
            *(Finding(kind=K.NOTICE_STUCK, number=n, detail=str(i)) for n, i in notices),
            *(Finding(kind=K.RECHECK_STUCK, number=n, detail=str(i)) for n, i in rechecks),
        )
        told.tell(findings)
        metrics.RECONCILE_LAST_RUN.set(self._now().timestamp())
        return Checked(findings=findings)

    async def _check_if_readable(
        self, issue: IssueOnRecord | UnreadableIssue, before: datetime
    ) -> list[Finding]:
        if isinstance(issue, UnreadableIssue):
            return [told.failed(Aggregate.ISSUE, issue.number, "snapshot")]
        return await self._check(issue, before)

    async def _check(self, issue: IssueOnRecord, before: datetime) -> list[Finding]:
        """What moved between the looks at record, workflow and agenda is no finding."""
        findings = await self._look_at(issue, before)
        if all(each.repaired for each in findings) or not await self._has_moved(issue):
            return findings
        return [each for each in findings if each.repaired]

    async def _has_moved(self, issue: IssueOnRecord) -> bool:
        async with self._database.read() as session:
            now = await Checks(session).issue(issue.number)
        return now is None or now.version != issue.version

    async def _look_at(self, issue: IssueOnRecord, before: datetime) -> list[Finding]:
        findings = await self._check_record(issue)
        is_whole = not findings
        if finding := await self._check_run(issue, is_whole=is_whole):
            findings.append(finding)
        if is_whole and (finding := _ignored(issue, before)):
            findings.append(finding)
        if not findings and issue.snapshot is not None:
            lost = await self._agendas.of_issue(issue.snapshot, before)
            findings += [lost] if lost else []
        return findings

    async def _check_record(self, issue: IssueOnRecord) -> list[Finding]:
        """No gap among the events, and they lead to the snapshot; all seen at one instant."""
        async with self._database.read() as session:
            now = await Checks(session).issue(issue.number)
            if now is None or now.version != issue.version or issue.snapshot is None:
                return []
            if missing := await Checks(session).gaps(issue.number, issue.version):
                return [Finding(kind=K.EVENTS_GAP, number=issue.number, detail=str(missing))]
            try:
                differing = await difference(session, issue.snapshot)
            except ReplayRefused as refused:
                return [Finding(kind=K.REPLAY_REFUSED, number=issue.number, detail=str(refused))]
        if differing:
            return [Finding(kind=K.REPLAY_DIFFERS, number=issue.number, detail=differing)]
        return []

    async def _check_run(self, issue: IssueOnRecord, *, is_whole: bool) -> Finding | None:
        status = await self._witness.status(issue_workflow_id(issue.number))
        if status is None:
            return None if issue.is_over else await self._start(issue, is_whole=is_whole)
        if status is not WorkflowExecutionStatus.RUNNING:
            kind = K.WORKFLOW_ENDED
            detail = status.name.lower()
            return None if issue.is_over else _found(kind, issue, detail)
        if issue.is_over:
            return _found(K.WORKFLOW_LEFT_OVER, issue)
        return await self._compare(issue)

    async def _start(self, issue: IssueOnRecord, *, is_whole: bool) -> Finding:
        """Where the record is whole the workflow can go on from it; else a person has to look."""
        if not is_whole:
            return _found(K.WORKFLOW_MISSING, issue, "record_not_whole")
        async with self._database.read() as session:
            origin = await Births(session).origin(issue.number)
        assert origin is not None
        try:
            started = await self._starter.start(origin, going_on=True)
        except StartRefused:
            return _found(K.WORKFLOW_MISSING, issue, "start_refused")
        async with self._database.begin() as session:
            await Births(session).mark_started([issue.number], self._now())
        detail = f"version_{issue.version}"
        return Finding(
            kind=K.WORKFLOW_MISSING, number=issue.number, detail=detail, repaired=started
        )

    async def _compare(self, issue: IssueOnRecord) -> Finding | None:
        try:
            held = await self._witness.held(issue_workflow_id(issue.number), Issue)
        except Silent as silence:
            return _found(K.WORKFLOW_SILENT, issue, str(silence))
        if await self._has_moved(issue):
            return None  # the next round sees it at rest
        kind = _disagreement(issue, held)
        if kind is None:
            return None
        detail = f"record_{issue.version}_workflow_{held.version if held else 0}"
        repaired = kind is K.RECORD_BEHIND and await self._rewriter.rewrite(issue, held)
        return _found(kind, issue, detail, repaired=repaired)


def _disagreement(issue: IssueOnRecord, held: Issue | None) -> FindingKind | None:
    version = held.version if held else 0
    if version < issue.version:
        return K.RECORD_AHEAD
    if version > issue.version:
        return K.RECORD_BEHIND
    if issue.snapshot is not None and held != issue.snapshot:
        return K.RECORD_DIFFERS
    return None


def _ignored(issue: IssueOnRecord, before: datetime) -> Finding | None:
    """What the clocks called for; a duty is found by its own query, for all issues at once."""
    if issue.snapshot is None or (issue.next_due_by is not None and issue.next_due_by < before):
        return None
    due = issue.snapshot.due(before)
    return _found(K.CLOCK_IGNORED, issue, type(due.command).__name__) if due else None


def _found(
    kind: FindingKind, issue: IssueOnRecord, detail: str = "", *, repaired: bool = False
) -> Finding:
    return Finding(kind=kind, number=issue.number, detail=detail, repaired=repaired)
