"""`CouncilWorkflow`: calls a community's council of the month; its Schedule starts it."""

from dataclasses import dataclass

from temporalio import workflow
from temporalio.common import SearchAttributeKey
from temporalio.exceptions import FailureError

from activities.contracts import CouncilActivities, CouncilDue
from domain.ids import GridCode, IssueNumber, MeetingNumber
from domain.meeting.convening import Summons
from domain.meeting.council import CouncilCall
from workflows import options
from workflows.attending import leave, start
from workflows.contracts import CALLED_TO_COUNCIL, issue_workflow_id

PLANNED_FOR = SearchAttributeKey.for_datetime("TemporalScheduledStartTime")
"""Temporal's own, of every run that a Schedule starts; without jitter and delays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CouncilInput:
    """Whose council it is."""

    community: GridCode


@workflow.defn
class CouncilWorkflow:
    """Finds what there is to talk about, starts the meeting and tells the issues; then it ends.

    The meeting is the child of nobody's issue: it lives on alone, as any meeting does.
    """

    @workflow.run
    async def run(self, given: CouncilInput) -> MeetingNumber | None:
        summons: Summons | None = await workflow.execute_activity_method(
            CouncilActivities.prepare,
            CouncilDue(
                community=given.community,
                at=workflow.now(),
                planned_for=workflow.info().typed_search_attributes.get(PLANNED_FOR),
            ),
            **options.READ,
        )
        if summons is None:
            return None
        _ = await start(summons)
        for item in summons.items:  # an earlier run may have ended before it had called them all
            await self._call(item.issue, summons)
        return summons.number

    async def _call(self, issue: IssueNumber, summons: Summons) -> None:
        """An issue that has ended meanwhile is no matter for the council."""
        call = CouncilCall(meeting=summons.number, level=summons.level, at=workflow.now())
        handle = workflow.get_external_workflow_handle(issue_workflow_id(issue))
        try:
            await handle.signal(CALLED_TO_COUNCIL, call)
        except FailureError:
            workflow.logger.info("issue_is_over", extra={"issue": issue})
            await leave(summons.number, issue)
