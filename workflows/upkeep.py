"""Periodic workflows: one compares record, workflows and law; one forgets what is old.

A Schedule starts each; the reconciler's cursor goes from run to run in the last one's result.
"""

from dataclasses import dataclass, replace

from temporalio import workflow

from activities.upkeep import (
    Batch,
    Checked,
    Finding,
    HousekeeperActivities,
    MeetingReconcilerActivities,
    PageOfIssues,
    PageOfMeetings,
    Part,
    ReconcilerActivities,
    Stale,
)
from workflows import options

MEETINGS = "2026-11-meetings-reconciled"
"""Gate: before it, a round looked at issues only."""
PICTURES = "2026-11-pictures-forgotten"
"""Gate: before it, a round forgot neither pictures nor what cameras sent."""
ALERT_EVENTS = "2026-11-alert-events-forgotten"
"""Gate: before it, a round forgot nothing of what was read of cameras' messages."""
PERSONAL_DATA = "2026-11-personal-data-forgotten"
"""Gate: before it, a round left alone what is personal about issues."""
_BEFORE_PICTURES = (Stale.NOTICES, Stale.IDEMPOTENCY_KEYS, Stale.RECHECKS)
_BEFORE_ALERT_EVENTS = (*_BEFORE_PICTURES, Stale.RAW_MESSAGES, Stale.PICTURES)
_BEFORE_PERSONAL_DATA = (*_BEFORE_ALERT_EVENTS, Stale.ALERT_EVENTS)
FINDINGS_KEPT = 200
"""Of a run's report; every finding is in the log and in the metric."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconcileInput:
    """How much of each part one run looks at."""

    page: int = 100
    open_pages: int = 2
    closed_pages: int = 1
    meeting_pages: int = 2
    """Of open meetings; of closed ones one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run has looked at and found, and where the next one goes on."""

    issues: int = 0
    findings: tuple[Finding, ...] = ()
    not_shown: int = 0
    after_open: int = 0
    after_closed: int = 0
    meetings: int = 0
    after_open_meetings: int = 0
    after_closed_meetings: int = 0

    def with_(self, checked: Checked) -> "Report":
        """The report with another page's findings."""
        room = FINDINGS_KEPT - len(self.findings)
        return replace(
            self,
            issues=self.issues + checked.issues,
            meetings=self.meetings + checked.meetings,
            findings=self.findings + checked.findings[:room],
            not_shown=self.not_shown + len(checked.findings[room:]),
        )


@workflow.defn
class ReconcileWorkflow:
    """One round: some pages of open issues, fewer of closed ones, what waits, and meetings."""

    def __init__(self) -> None:
        last = workflow.get_last_completion_result(Report) or Report()
        self._report = Report(
            after_open=last.after_open,
            after_closed=last.after_closed,
            after_open_meetings=last.after_open_meetings,
            after_closed_meetings=last.after_closed_meetings,
        )

    @workflow.run
    async def run(self, given: ReconcileInput) -> Report:
        after_open = await self._part(Part.OPEN, self._report.after_open, given)
        self._report = replace(self._report, after_open=after_open)
        after_closed = await self._part(Part.CLOSED, self._report.after_closed, given)
        self._report = replace(self._report, after_closed=after_closed)
        waiting: Checked = await workflow.execute_activity_method(
            ReconcilerActivities.check_queues, given.page, **options.CHECK
        )
        self._report = self._report.with_(waiting)
        if workflow.patched(MEETINGS):
            await self._meetings(given)
        return self._report

    async def _meetings(self, given: ReconcileInput) -> None:
        after = self._report.after_open_meetings
        for _ in range(given.meeting_pages):
            after = await self._meetings_after(Part.OPEN, after, given)
            if not after:
                break
        self._report = replace(self._report, after_open_meetings=after)
        after = self._report.after_closed_meetings
        after = await self._meetings_after(Part.CLOSED, after, given)
        self._report = replace(self._report, after_closed_meetings=after)

    async def _meetings_after(self, part: Part, after: int, given: ReconcileInput) -> int:
        page = PageOfMeetings(part=part, after=after, limit=given.page)
        checked: Checked = await workflow.execute_activity_method(
            MeetingReconcilerActivities.check_meetings, page, **options.CHECK
        )
        self._report = self._report.with_(checked)
        return checked.after

    @workflow.query
    def report(self) -> Report:
        """What has been found so far, or in the end."""
        return self._report

    async def _part(self, part: Part, after: int, given: ReconcileInput) -> int:
        """Where the part was left; its end is its beginning."""
        pages = given.open_pages if part is Part.OPEN else given.closed_pages
        for _ in range(pages):
            checked: Checked = await workflow.execute_activity_method(
                ReconcilerActivities.check_issues,
                PageOfIssues(part=part, after=after, limit=given.page),
                **options.CHECK,
            )
            self._report = self._report.with_(checked)
            after = checked.after
            if not after:
                break
        return after


@dataclass(frozen=True, slots=True, kw_only=True)
class HousekeepingInput:
    """How much one run deletes of each kind at most: `batches` times `batch` rows."""

    batch: int = 1000
    batches: int = 100


@workflow.defn
class HousekeepingWorkflow:
    """One round: a bounded number of batches of every kind."""

    @workflow.run
    async def run(self, given: HousekeepingInput) -> dict[str, int]:
        kinds: tuple[Stale, ...] = _BEFORE_PICTURES
        if workflow.patched(PICTURES):
            kinds = _BEFORE_ALERT_EVENTS
        if workflow.patched(ALERT_EVENTS):
            kinds = _BEFORE_PERSONAL_DATA
        if workflow.patched(PERSONAL_DATA):
            kinds = tuple(Stale)
        return {kind: await self._forgotten(kind, given) for kind in kinds}

    async def _forgotten(self, kind: Stale, given: HousekeepingInput) -> int:
        total = 0
        for _ in range(given.batches):
            batch = Batch(of=kind, at=workflow.now(), limit=given.batch)
            gone: int = await workflow.execute_activity_method(
                HousekeeperActivities.forget, batch, **options.CHECK
            )
            total += gone
            if gone < given.batch:
                break
        return total
