"""What happens to one issue over days and weeks, told in milliseconds."""

import asyncio
from datetime import datetime, timedelta

from temporalio.testing import WorkflowEnvironment

from domain import commands as c
from domain.ids import IssueNumber
from domain.issue import Issue
from domain.schedule import PAST
from domain.sla import Limit, Unit
from domain.vocabulary import DeadlineKind, IssueState, Level, Outcome, Satisfaction
from tests.workflows.office import (
    A_POST,
    B_POST,
    COLLEAGUE,
    DAY,
    DISPATCHER,
    GRID_WORKER,
    HOUR,
    RESIDENT,
    SUPERVISOR,
    Office,
    Story,
    calendar,
    key,
    story,
    with_resolve,
)


async def claimed(told: Story) -> None:
    await told.give(c.ClaimIssue(actor=A_POST, id=key()))


async def resolved(told: Story) -> None:
    await claimed(told)
    await told.give(c.ResolveIssue(actor=A_POST, id=key()))


def unsatisfied() -> c.EvaluateIssue:
    return c.EvaluateIssue(
        actor=RESIDENT, id=key(), satisfaction=Satisfaction.UNSATISFIED, solved=False
    )


def satisfied() -> c.EvaluateIssue:
    return c.EvaluateIssue(
        actor=RESIDENT, id=key(), satisfaction=Satisfaction.SATISFIED, solved=True
    )


async def test_whistle_to_evaluation_ends_the_run(temporal_skipping: WorkflowEnvironment) -> None:
    async with story(temporal_skipping) as told:
        await resolved(told)
        await told.give(satisfied())
        await told.handle.result()
        assert told.office.steps[-1].after.outcome is Outcome.SOLVED
        assert [e for e in told.office.events if e != "note_added"] == [
            "issue_dispatched",
            "issue_claimed",
            "issue_resolved",
            "issue_evaluated",
        ]


async def test_nobody_claims_and_every_rung_is_climbed(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with story(temporal_skipping) as told:
        await told.passes(20 * HOUR)
        issue = await told.issue()
        assert issue.level is Level.COUNTY
        lead = issue.lead
        assert lead is not None
        assert lead.handed_to_b_at == lead.dispatched_at + 9 * HOUR
        assert issue.first_breach_at == lead.dispatched_at + 10 * HOUR
        climbed = [s.at - lead.dispatched_at for s in told.office.steps if "rung" in s.event]
        assert climbed == [7.5 * HOUR, 9 * HOUR, 14 * HOUR, 18 * HOUR]


async def test_first_warning_comes_alone(temporal_skipping: WorkflowEnvironment) -> None:
    async with story(temporal_skipping) as told:
        await told.passes(8 * HOUR)
        assert told.office.events.count("rung_climbed") == 1
        assert "deadline_breached" not in told.office.events


async def test_b_may_claim_once_a_was_silent(temporal_skipping: WorkflowEnvironment) -> None:
    async with story(temporal_skipping) as told:
        code, _ = await told.refused(c.ClaimIssue(actor=B_POST, id=key()))
        assert code == "a_post_present"
        await told.passes(9.5 * HOUR)
        await told.give(c.ClaimIssue(actor=B_POST, id=key()))
        assert await told.is_in(IssueState.HANDLING)


async def test_absence_of_a_hands_over_by_itself(temporal_skipping: WorkflowEnvironment) -> None:
    office = Office()
    async with story(temporal_skipping, office) as told:
        office.a_away_from = await told.now() + HOUR
        await told.handle.signal("reckon_again", "1")
        await told.passes(2 * HOUR)
        assert "issue_handed_to_b" in office.events
        await told.give(c.ClaimIssue(actor=B_POST, id=key()))


async def test_two_claim_and_exactly_one_wins(temporal_skipping: WorkflowEnvironment) -> None:
    async with story(temporal_skipping) as told:
        outcomes = await asyncio.gather(
            told.give(c.ClaimIssue(actor=A_POST, id=key())),
            told.refused(c.ClaimIssue(actor=COLLEAGUE, id=key())),
            return_exceptions=True,
        )
        if isinstance(outcomes[0], BaseException):
            _, winner = outcomes, COLLEAGUE
        else:
            winner = A_POST
        lead = (await told.issue()).lead
        assert lead is not None
        assert lead.claimed_by == winner.subject
        assert told.office.events.count("issue_claimed") == 1


async def test_loser_is_told_who_claimed(temporal_skipping: WorkflowEnvironment) -> None:
    async with story(temporal_skipping) as told:
        await claimed(told)
        code, params = await told.refused(c.ClaimIssue(actor=COLLEAGUE, id=key()))
        assert (code, params["claimed_by"]) == ("already_claimed", A_POST.subject)


async def test_repeated_command_gets_the_first_answer(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with story(temporal_skipping) as told:
        command = c.ClaimIssue(actor=A_POST, id=key())
        first = await told.give(command)
        await told.passes(HOUR)
        assert await told.give(command) == first
        assert told.office.events.count("issue_claimed") == 1


async def test_late_claim_is_taken_and_breach_stays(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with story(temporal_skipping) as told:
        await told.passes(11 * HOUR)
        await claimed(told)
        issue = await told.issue()
        assert issue.state is IssueState.HANDLING
        assert issue.first_breach_kind is DeadlineKind.CLAIM


async def test_suspension_over_a_holiday_costs_nothing(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    office = Office(policy=with_resolve(Limit(Unit.WORKING_HOUR, 48 * HOUR)))
    async with story(temporal_skipping, office) as told:
        start = await told.now()
        office.calendar = always = calendar(*((start + n * DAY).date() for n in (2, 3, 7)))
        await claimed(told)
        await _suspended(told, start + 5 * DAY)
        await told.passes(6 * DAY)
        issue = await told.issue()
        resumed, paused = office.at_of("issue_resumed"), office.at_of("suspension_decided")
        used = always.between(office.at_of("issue_dispatched"), paused)
        assert used + always.between(resumed, _due(issue)) == 48 * HOUR
        assert "deadline_breached" not in office.events


async def _suspended(told: Story, until: datetime) -> None:
    asked = c.RequestSuspension(actor=A_POST, id=key(), until=until)
    await told.give(asked)
    await told.give(c.DecideSuspension(actor=DISPATCHER, id=key(), approved=True))


def _due(issue: Issue) -> datetime:
    deadline = issue.deadline(DeadlineKind.RESOLVE)
    assert deadline is not None
    assert deadline.due_by is not None
    return deadline.due_by


async def _has(told: Story, event: str) -> None:
    """Time that has passed to a timer has not yet seen what the timer leads to."""
    while event not in told.office.events:
        await told.handle.describe()


async def test_suspension_ends_by_itself(temporal_skipping: WorkflowEnvironment) -> None:
    async with story(temporal_skipping) as told:
        await claimed(told)
        until = await told.now() + 30 * DAY
        await _suspended(told, until)
        await told.passes(29 * DAY)
        assert "issue_resumed" not in told.office.events
        await told.passes(1 * DAY + HOUR)
        await _has(told, "issue_resumed")
        assert told.office.at_of("issue_resumed") == until
        assert "deadline_breached" not in told.office.events


async def test_silence_is_no_answer(temporal_skipping: WorkflowEnvironment) -> None:
    async with story(temporal_skipping) as told:
        await resolved(told)
        await told.passes(73 * HOUR)
        await told.handle.result()
        last = told.office.steps[-1].after
        assert last.satisfaction is Satisfaction.NO_ANSWER
        assert last.outcome is Outcome.SOLVED


async def test_second_reopen_awaits_a_meeting(temporal_skipping: WorkflowEnvironment) -> None:
    async with story(temporal_skipping) as told:
        await resolved(told)
        await told.give(unsatisfied())
        assert await told.is_in(IssueState.DISPATCHED)
        await resolved(told)
        await told.give(unsatisfied())
        issue = await told.issue()
        assert issue.state is IssueState.DISPATCHING
        assert issue.awaits_meeting
        assert issue.level is Level.STREET


async def test_withdrawal_ends_the_run_for_good(temporal_skipping: WorkflowEnvironment) -> None:
    async with story(temporal_skipping) as told:
        await told.give(c.WithdrawIssue(actor=RESIDENT, id=key()))
        await told.handle.result()
        assert told.office.steps[-1].after.outcome is Outcome.WITHDRAWN
        assert told.office.events[-1] == "issue_withdrawn"


async def test_breached_issue_waits_for_an_appeal(temporal_skipping: WorkflowEnvironment) -> None:
    async with story(temporal_skipping) as told:
        await told.passes(11 * HOUR)
        await resolved(told)
        await told.give(satisfied())
        await told.give(c.AppealBreach(actor=A_POST, id=key()))
        await told.give(c.DecideAppeal(actor=SUPERVISOR, id=key(), approved=True))
        await told.handle.result()
        last = told.office.steps[-1].after
        assert last.exempt
        assert last.first_breach_at is not None


async def test_appeal_window_closes_unused(temporal_skipping: WorkflowEnvironment) -> None:
    async with story(temporal_skipping) as told:
        await told.passes(11 * HOUR)
        await told.give(c.MarkDuplicate(actor=DISPATCHER, id=key(), of=IssueNumber("QJ-1")))
        await told.passes(6 * DAY)
        await told.handle.result()
        assert told.office.events[-1] == "appeal_window_closed"


async def test_doubtful_report_is_verified_first(temporal_skipping: WorkflowEnvironment) -> None:
    async with story(temporal_skipping, Office(verified=True)) as told:
        assert await told.is_in(IssueState.VERIFYING)
        await told.give(c.VerifyIssue(actor=GRID_WORKER, id=key(), confirmed=False))
        await told.handle.result()
        assert told.office.steps[-1].after.outcome is Outcome.FALSE_ALARM


async def test_extension_moves_the_target_once(temporal_skipping: WorkflowEnvironment) -> None:
    async with story(temporal_skipping) as told:
        await claimed(told)
        before = _due(await told.issue())
        asked = c.RequestExtension(actor=A_POST, id=key(), by=told.office.policy.promises[3].limit)
        await told.give(asked)
        await told.give(c.DecideExtension(actor=DISPATCHER, id=key(), approved=True))
        assert _due(await told.issue()) == before + 72 * HOUR
        await told.passes(100 * HOUR)
        assert "deadline_breached" not in told.office.events


async def test_breach_is_noted_just_past_its_instant(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with story(temporal_skipping) as told:
        lead = (await told.issue()).lead
        assert lead is not None
        await told.passes(10 * HOUR + timedelta(minutes=1))
        breach = told.office.at_of("deadline_breached")
        assert breach == lead.dispatched_at + 10 * HOUR + PAST
