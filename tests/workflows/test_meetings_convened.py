"""Who convenes a meeting, who comes, and how it climbs when nobody does."""

import gc
from logging import ERROR

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.testing import WorkflowEnvironment

from domain import commands as c
from domain.meeting import commands as m
from domain.meeting.words import MeetingOutcome, MeetingState
from domain.vocabulary import ConvenedBy, DeadlineKind, IssueState, Level, Outcome, Satisfaction
from tests.workflows.office import (
    A_POST,
    DAY,
    DISPATCHER,
    HOUR,
    LIFT,
    POLICE,
    RESIDENT,
    SUPERVISOR,
)
from tests.workflows.town import (
    CHAIRMAN,
    LADDER_CONVENES,
    LEADER,
    PARTIES,
    Seat,
    Town,
    TownHall,
    party,
    town,
)


async def disappointed(issue: Seat) -> None:
    await issue.give(c.ClaimIssue, A_POST)
    await issue.give(c.ResolveIssue, A_POST)
    fields = {"satisfaction": Satisfaction.UNSATISFIED, "solved": False}
    await issue.give(c.EvaluateIssue, RESIDENT, **fields)


async def nobody_came(told: Town, number: str, times: int = 1) -> None:
    """The meeting with the latest number fails its quorum, twice; so does the next."""
    for ordinal in range(1, times + 1):
        meeting = await told.meeting(f"{number}-M{ordinal}")
        await meeting.passes(20 * DAY)
        await told.comes_to(number, "meeting_ended", ordinal)


async def test_ladder_convenes_at_its_rung(temporal_skipping: WorkflowEnvironment) -> None:
    async with town(temporal_skipping, TownHall(policy=LADDER_CONVENES)) as told:
        number, issue = await told.issue()
        convened_at = told.hall.at_of("issue_dispatched") + 11 * HOUR
        await issue.passes_to(convened_at)
        meeting = await (await told.meeting(f"{number}-M1")).snapshot()
        assert meeting.origin.convened_by is ConvenedBy.LADDER
        assert meeting.origin.convened_at == convened_at
        assert [each.code for each in meeting.parties] == [*PARTIES, LIFT]


async def test_second_unsatisfied_convenes_at_once(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping) as told:
        number, issue = await told.issue()
        await disappointed(issue)
        await disappointed(issue)
        meeting = await (await told.meeting(f"{number}-M1")).snapshot()
        assert meeting.origin.convened_by is ConvenedBy.EVALUATION
        assert meeting.origin.level is Level.STREET
        assert (await issue.snapshot()).awaits_meeting


async def test_supervisor_convenes_and_the_issue_waits_for_the_meeting(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping) as told:
        number, issue = await told.issue()
        await issue.give(c.ConveneMeeting, SUPERVISOR, level=Level.STREET)
        meeting = await (await told.meeting(f"{number}-M1")).snapshot()
        await told.comes_to(number, "meeting_scheduled")
        waiting = await issue.snapshot()
        assert waiting.deadline(DeadlineKind.MEETING).due_by == meeting.decide_by
        assert {each.kind for each in waiting.open_deadlines} == {
            DeadlineKind.OVERALL,
            DeadlineKind.MEETING,
        }
        assert await issue.refused(c.ReturnIssue, A_POST) == "in_meeting"


async def test_supervisor_says_when_and_where_and_who_else_comes(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping) as told:
        number, issue = await told.issue()
        now = await issue.now()
        proposed = (now + 9 * DAY, now + 10 * DAY)
        fields = {"proposed": proposed, "place": "p:1/place", "invites": (POLICE, LIFT)}
        await issue.give(c.ConveneMeeting, SUPERVISOR, **fields)
        meeting = await (await told.meeting(f"{number}-M1")).snapshot()
        assert (meeting.sits_at, meeting.origin.proposed) == (proposed[0], proposed)
        assert meeting.origin.place == "p:1/place"
        assert [each.code for each in meeting.parties] == [*PARTIES, LIFT, POLICE]
        await told.comes_to(number, "meeting_scheduled")
        deadline = (await issue.snapshot()).deadline(DeadlineKind.MEETING)
        assert deadline.due_by == meeting.decide_by == proposed[0] + DAY


async def test_missed_sitting_is_put_off_to_the_next_proposed_time(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    """Before the gate: `histories/0.1/missed_sitting_was_put_off_as_the_policy_says.json`."""
    async with town(temporal_skipping) as told:
        number, issue = await told.issue()
        now = await issue.now()
        proposed = (now + 2 * DAY, now + 5 * DAY)
        await issue.give(c.ConveneMeeting, SUPERVISOR, proposed=proposed)
        meeting = await told.meeting(f"{number}-M1")
        await told.comes_to(number, "meeting_scheduled")
        await meeting.passes_to(proposed[0] + 2 * HOUR)
        await told.comes_to(number, "meeting_scheduled", 2)
        await told.restart_worker()
        known, on_record = await meeting.snapshot(), told.hall.last_of(f"{number}-M1")
        assert known == on_record
        assert (known.sits_at, known.postponements) == (proposed[1], 1)
        deadline = (await issue.snapshot()).deadline(DeadlineKind.MEETING)
        assert deadline.due_by == known.decide_by == proposed[1] + DAY


async def test_departments_come_with_the_issue_that_joins(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping) as told:
        number, issue = await told.issue()
        _, second = await told.issue()
        await issue.give(c.ConveneMeeting, SUPERVISOR)
        meeting = await told.meeting(f"{number}-M1")
        await second.give(c.ConveneMeeting, SUPERVISOR, joins=f"{number}-M1", invites=(POLICE,))
        await told.comes_to(f"{number}-M1", "agenda_item_added")
        parties = (await meeting.snapshot()).parties
        assert [each.code for each in parties] == [*PARTIES, LIFT, POLICE]


async def test_meeting_is_found_by_its_place_and_level(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping) as told:
        number, issue = await told.issue()
        await issue.give(c.ConveneMeeting, SUPERVISOR, level=Level.STREET)
        meeting = await told.meeting(f"{number}-M1")
        described = await meeting.handle.describe()
        attributes = {pair.key.name: pair.value for pair in described.typed_search_attributes}
        assert attributes["DispatchLevel"] == "street"
        assert attributes["DispatchGrid"] == "qj.bh"
        assert await described.static_summary() == f"{number}-M1 street"


async def test_party_that_does_not_report_in_is_recorded_absent_and_may_still_come(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping) as told:
        number, issue = await told.issue()
        await issue.give(c.ConveneMeeting, SUPERVISOR)
        meeting = await told.meeting(f"{number}-M1")
        for code in PARTIES:
            await meeting.give(m.ReportInToMeeting, party(code))
        await meeting.passes(25 * HOUR)
        absent = (await meeting.snapshot()).party(LIFT)
        assert absent.absences == (absent.report_in_by,)
        await meeting.give(m.ReportInToMeeting, party(LIFT))
        opened = await meeting.give(m.OpenSitting, CHAIRMAN)
        assert opened.state is MeetingState.DISCUSSING


async def test_quorum_fails_then_another_day_then_the_next_level(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping) as told:
        number, issue = await told.issue()
        await issue.give(c.ConveneMeeting, SUPERVISOR)
        meeting = await told.meeting(f"{number}-M1")
        await meeting.give(m.ReportInToMeeting, party(LIFT))
        await meeting.passes(2 * DAY + HOUR)
        assert await meeting.refused(m.OpenSitting, CHAIRMAN) == "no_quorum"
        await nobody_came(told, number)
        assert told.hall.events_of(f"{number}-M1").count("sitting_missed") == 2
        assert told.hall.last_of(f"{number}-M1").outcome is MeetingOutcome.NO_QUORUM
        following = await (await told.meeting(f"{number}-M2")).snapshot()
        assert following.origin.level is Level.STREET
        assert following.origin.convened_by is ConvenedBy.MEETING


async def test_above_the_county_a_named_leader_supervises(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping) as told:
        number, issue = await told.issue()
        await issue.give(c.ConveneMeeting, SUPERVISOR)
        await nobody_came(told, number, times=3)
        left = await issue.snapshot()
        assert left.beyond_county
        assert left.supervised_by == LEADER
        assert (left.level, left.state) == (Level.COUNTY, IssueState.DISPATCHING)
        assert told.hall.events_of(number).count("meeting_convened") == 3


async def test_no_decision_in_time_is_a_breach_and_climbs(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping) as told:
        number, issue = await told.issue()
        await issue.give(c.ConveneMeeting, SUPERVISOR)
        meeting = await told.sitting(f"{number}-M1")
        decide_by = (await meeting.snapshot()).decide_by
        await meeting.passes(4 * DAY)
        await told.meeting(f"{number}-M2")
        ended = told.hall.last_of(number)
        assert ended.first_breach_kind is DeadlineKind.MEETING
        assert ended.first_breach_at == decide_by


async def test_postponed_meeting_moves_the_issues_clock(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping) as told:
        number, issue = await told.issue()
        await issue.give(c.ConveneMeeting, SUPERVISOR)
        meeting = await told.meeting(f"{number}-M1")
        await told.comes_to(number, "meeting_scheduled")
        to = (await meeting.snapshot()).sits_at + 3 * DAY
        await meeting.give(m.PostponeMeeting, CHAIRMAN, to=to)
        assert await meeting.refused(m.PostponeMeeting, CHAIRMAN, to=to + DAY) == "limit_reached"
        await told.comes_to(number, "meeting_scheduled", 2)
        known = await issue.snapshot()
        assert known.deadline(DeadlineKind.MEETING).due_by == to + DAY
        assert known.meeting.sits_at == to


@pytest.mark.parametrize("ending", [c.WithdrawIssue, c.ResolveIssue, c.DispatchIssue])
async def test_issue_that_needs_no_meeting_takes_itself_off(
    temporal_skipping: WorkflowEnvironment, ending: type[c.Command]
) -> None:
    async with town(temporal_skipping) as told:
        number, issue = await told.issue()
        await issue.give(c.ClaimIssue, A_POST)
        await issue.give(c.ConveneMeeting, SUPERVISOR)
        meeting = await told.meeting(f"{number}-M1")
        actors = {c.WithdrawIssue: RESIDENT, c.ResolveIssue: A_POST, c.DispatchIssue: DISPATCHER}
        fields = {"lead": LIFT} if ending is c.DispatchIssue else {}
        await issue.give(ending, actors[ending], **fields)
        await meeting.handle.result()
        assert told.hall.last_of(f"{number}-M1").outcome is MeetingOutcome.EMPTY
        assert "meeting_ended" not in told.hall.events_of(number)


async def test_withdrawn_issue_ends_though_its_meeting_goes_on_for_another(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    async with town(temporal_skipping) as told:
        number, issue = await told.issue()
        other, second = await told.issue()
        await issue.give(c.ConveneMeeting, SUPERVISOR)
        meeting = await told.meeting(f"{number}-M1")
        await second.give(c.ConveneMeeting, SUPERVISOR, joins=f"{number}-M1")
        await told.comes_to(f"{number}-M1", "agenda_item_added")
        await issue.give(c.WithdrawIssue, RESIDENT)
        await issue.handle.result()
        await told.comes_to(f"{number}-M1", "agenda_item_taken_off")
        assert told.hall.last_of(number).outcome is Outcome.WITHDRAWN
        assert [each.issue for each in (await meeting.snapshot()).awaiting] == [other]


async def test_terminated_meeting_leaves_no_error_behind_in_the_issue(
    temporal_skipping: WorkflowEnvironment, caplog: pytest.LogCaptureFixture
) -> None:
    async with town(temporal_skipping) as told:
        number, issue = await told.issue()
        await issue.give(c.ConveneMeeting, SUPERVISOR, level=Level.STREET)
        meeting = await told.meeting(f"{number}-M1")
        await told.comes_to(number, "meeting_scheduled")
        await meeting.handle.terminate()
        while not await _has(issue, EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED):
            continue
        await issue.give(c.AddNote, SUPERVISOR)
        gc.collect()
        assert [each.getMessage() for each in caplog.records if each.levelno >= ERROR] == []


async def _has(seat: Seat, kind: EventType.ValueType) -> bool:
    history = await seat.handle.fetch_history()
    return any(each.event_type == kind for each in history.events)
