"""A step stands in SQL a moment before its workflow knows; nobody is misjudged in between."""

import asyncio
from dataclasses import dataclass, field

from temporalio import activity
from temporalio.testing import WorkflowEnvironment
from typing_extensions import override

from activities.contracts import Planned, Step
from domain import commands as c
from domain.vocabulary import IssueState, Satisfaction
from tests.workflows.office import A_POST, COLLEAGUE, RESIDENT, Office, key, story


@dataclass
class SlowOffice(Office):
    """Has written the resolution down, and does not say so until it is let go."""

    written: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    @override
    @activity.defn(name="record_step")
    async def record(self, step: Step) -> Planned:
        planned = await super().record(step)
        if step.event == "issue_resolved":
            self.written.set()
            await self.let_go.wait()
        return planned


async def test_who_saw_the_step_may_act_on_it_at_once(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    office = SlowOffice()
    async with story(temporal_skipping, office) as told:
        await told.give(c.ClaimIssue(actor=A_POST, id=key()))
        resolving = await told.start(c.ResolveIssue(actor=A_POST, id=key()))
        await office.written.wait()
        evaluation = c.EvaluateIssue(
            actor=RESIDENT, id=key(), satisfaction=Satisfaction.SATISFIED, solved=True
        )
        evaluating = await told.start(evaluation)
        claiming = asyncio.create_task(told.refused(c.ClaimIssue(actor=COLLEAGUE, id=key())))
        office.let_go.set()
        assert (await resolving.result()).state is IssueState.RESOLVED
        assert (await evaluating.result()).state is IssueState.CLOSED
        assert (await claiming)[0] == "wrong_state"
