"""Opening an issue and recording its steps, each done twice."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from domain import commands as c
from domain.calendar import CalendarException
from domain.ids import DepartmentCode, IssueNumber
from domain.reference import Absence, Category, Channel, NoticePolicy, ReferenceKind, RoutingRule
from domain.vocabulary import DeadlineKind, IssueState, Role
from storage.codec import command_text
from storage.issues import IssueRepository
from storage.outbox import Outbox
from storage.queries import Queries
from storage.session import Database
from tests.activities.desk import (
    ORIGIN,
    A,
    B,
    a_step,
    completed,
    dispatched_by_rule,
    furnished,
    issues,
    taken,
    written,
)
from tests.builders import NOON, POLICE, a_policy, an_actor, asked
from tests.domain.calendars import china_definition

HOLDER = an_actor(Role.STAFF, subject=A, department=POLICE)


async def test_opening_twice_answers_the_same(database: Database) -> None:
    number = await furnished(database)
    first = await ActivityEnvironment().run(issues(database).open, number)
    assert await issues(database).open(number) == first
    assert first.proposal is not None
    assert first.proposal.lead == POLICE
    assert first.pinned.policy_version == 1


async def test_overall_clock_starts_at_receipt(database: Database) -> None:
    opened = await issues(database).open(await furnished(database))
    overall = opened.deadline(DeadlineKind.OVERALL)
    assert overall is not None
    assert overall.clock.started_at == NOON


async def test_opening_an_unknown_issue_is_final(database: Database) -> None:
    await furnished(database)
    with pytest.raises(ApplicationError) as refused:
        await issues(database).open(IssueNumber("QJ-2026-9999999"))
    assert refused.value.non_retryable


async def test_category_that_needs_evidence_is_pinned(database: Database) -> None:
    number = await furnished(database)
    strict = Category(code=ORIGIN.category, name="积水", name_en="water", needs_evidence=True)
    await written(database, ReferenceKind.CATEGORY, strict, version=1)
    assert (await issues(database).open(number)).pinned.needs_evidence


async def test_broken_rule_leaves_it_to_a_dispatcher(database: Database) -> None:
    number = await furnished(database)
    nowhere = RoutingRule(code="police", order=1, lead=DepartmentCode("nowhere"))
    await written(database, ReferenceKind.ROUTING_RULE, nowhere, version=1)
    assert (await issues(database).open(number)).proposal is None


async def test_recording_twice_leaves_the_same_rows(database: Database) -> None:
    opened = await issues(database).open(await furnished(database))
    step = a_step(opened, dispatched_by_rule())
    first = await issues(database).record(step)
    rows = await everything(database, opened.number)
    assert await issues(database).record(step) == first
    assert await everything(database, opened.number) == rows


async def everything(database: Database, number: IssueNumber) -> tuple[object, ...]:
    async with database.read() as session:
        return (
            await IssueRepository(session).snapshot(number),
            await Queries(session).timeline(number),
            await Outbox(session).for_issue(number),
        )


async def test_step_that_came_by_wire_is_understood(database: Database) -> None:
    opened = await issues(database).open(await furnished(database))
    step = a_step(opened, dispatched_by_rule())
    wired = replace(step, command=json.loads(command_text(step.command)))
    await issues(database).record(wired)
    async with database.read() as session:
        recorded = await IssueRepository(session).recorded(opened.number, 1)
    assert recorded is not None
    assert recorded.command == step.command


async def test_every_running_clock_gets_its_instant(database: Database) -> None:
    opened = await issues(database).open(await furnished(database))
    issue = await taken(database, opened, dispatched_by_rule())
    assert not any(each.needs_reckoning for each in issue.deadlines)
    claim = issue.deadline(DeadlineKind.CLAIM)
    assert claim is not None
    assert claim.due_by == NOON + timedelta(hours=1)


async def test_posts_come_with_the_dispatch(database: Database) -> None:
    opened = await issues(database).open(await furnished(database))
    lead = (await taken(database, opened, dispatched_by_rule())).lead
    assert lead is not None
    assert lead.posts is not None
    assert (lead.posts.a, lead.posts.b, lead.posts.a_away_from) == ((A,), (B,), None)


async def test_known_absence_says_when_b_stands_in(database: Database) -> None:
    number = await furnished(database)
    leave = Absence(code="leave", staff=A, since=NOON, until=NOON + timedelta(days=3))
    await written(database, ReferenceKind.ABSENCE, leave)
    opened = await issues(database).open(number)
    lead = (await taken(database, opened, dispatched_by_rule())).lead
    assert lead is not None
    assert lead.posts is not None
    assert lead.posts.a_away_from == NOON


async def test_absence_that_is_over_counts_no_more(database: Database) -> None:
    number = await furnished(database)
    gone = Absence(
        code="leave", staff=A, since=NOON - timedelta(days=9), until=NOON - timedelta(days=2)
    )
    await written(database, ReferenceKind.ABSENCE, gone)
    opened = await issues(database).open(number)
    lead = (await taken(database, opened, dispatched_by_rule())).lead
    assert lead is not None
    assert lead.posts is not None
    assert lead.posts.a_away_from is None


async def test_another_writer_is_found_out(database: Database) -> None:
    opened = await issues(database).open(await furnished(database))
    await taken(database, opened, dispatched_by_rule())
    other = a_step(opened, c.ReferToDispatcher.by_engine("birth of another"))
    with pytest.raises(ApplicationError) as refused:
        await issues(database).record(other)
    assert refused.value.type == "VersionConflict"
    assert not refused.value.non_retryable


async def test_repeated_command_at_another_version_is_final(database: Database) -> None:
    opened = await issues(database).open(await furnished(database))
    note = asked(c.AddNote, an_actor(Role.RESIDENT, subject=ORIGIN.raised_by))
    issue = await taken(database, await taken(database, opened, dispatched_by_rule()), note)
    with pytest.raises(ApplicationError) as refused:
        await issues(database).record(a_step(issue, note))
    assert (refused.value.type, refused.value.non_retryable) == ("CommandRepeated", True)


async def test_running_issue_keeps_the_policy_it_was_born_with(database: Database) -> None:
    opened = await issues(database).open(await furnished(database))
    stricter = a_policy(promises=a_policy().promises[:1])
    await written(database, ReferenceKind.SLA_POLICY, stricter, version=1)
    issue = await taken(database, opened, dispatched_by_rule())
    assert issue.deadline(DeadlineKind.CLAIM) is not None
    assert issue.pinned.policy_version == 1


async def test_provisional_deadline_is_reckoned_again(database: Database) -> None:
    late = datetime(2026, 12, 30, 2, tzinfo=UTC)
    opened = await issues(database).open(await furnished(database))
    issue = await taken(database, opened, dispatched_by_rule(), late)
    resolve = issue.deadline(DeadlineKind.RESOLVE)
    assert resolve is not None
    assert resolve.provisional
    await written(database, ReferenceKind.CALENDAR, with_new_year(), version=1)
    again = await taken(database, issue, c.ReckonAgain.by_engine("recheck:1"), late)
    known = again.deadline(DeadlineKind.RESOLVE)
    assert known is not None
    assert known.due_by is not None
    assert known.due_by > (resolve.due_by or late)
    assert (known.provisional, known.calendar_version) == (False, 2)


def with_new_year() -> object:
    """The year after, with the three days of New Year off."""
    holidays = tuple(CalendarException(date(2027, 1, day)) for day in (1, 2, 3))
    known = china_definition()
    return replace(
        known, exceptions=(*known.exceptions, *holidays), covered_until=date(2027, 12, 31)
    )


async def test_settled_notices_are_taken_back(database: Database) -> None:
    opened = await issues(database).open(await furnished(database))
    issue = await taken(database, opened, dispatched_by_rule())
    await taken(database, issue, asked(c.ClaimIssue, HOLDER))
    async with database.read() as session:
        sent = await Outbox(session).for_issue(opened.number)
    dispatched = next(each for each in sent if each.template == "assignment_lead")
    assert dispatched.dropped_at is not None


async def test_closed_issue_is_projected(database: Database) -> None:
    opened = await issues(database).open(await furnished(database))
    issue = await taken(database, opened, dispatched_by_rule())
    resident = an_actor(Role.RESIDENT, subject=ORIGIN.raised_by)
    closed = await taken(database, issue, asked(c.WithdrawIssue, resident))
    async with database.read() as session:
        assert await IssueRepository(session).snapshot(opened.number) == closed
    assert closed.state is IssueState.CLOSED


async def test_a_step_asks_the_database_no_more_often_than_it_must(database: Database) -> None:
    """A dispatch: what most of a life's processor went into was asking."""
    opened = await issues(database).open(await furnished(database))
    step = a_step(opened, dispatched_by_rule())
    asked_for: list[str] = []

    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        asked_for.append(statement)

    event.listen(database._engine.sync_engine, "before_cursor_execute", note)
    await issues(database).record(step)
    # Snapshot; policy and calendar; staff and absences; step, assignments and deadlines; zone,
    # notice policies and notices.
    assert len(asked_for) == 10, asked_for


async def test_change_of_an_administrator_counts_from_the_next_step_on(database: Database) -> None:
    number = await furnished(database)
    desk = issues(database)
    opened = await desk.open(number)
    step = a_step(opened, dispatched_by_rule())
    issue = completed(step, await desk.record(step))
    both = NoticePolicy(
        code="default",
        channels=(Channel.LOG, Channel.WEBHOOK),
        webhook_url="https://example.org/hook",
    )
    await written(database, ReferenceKind.NOTICE_POLICY, both)
    await desk.record(a_step(issue, asked(c.ClaimIssue, HOLDER)))
    async with database.read() as session:
        sent = await Outbox(session).for_issue(number)
    assert [each.channel for each in sent] == [Channel.LOG, Channel.LOG, Channel.WEBHOOK]
