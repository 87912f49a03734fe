"""What happens in meetings is counted, and counted once however often a step is written down."""

import asyncio
from datetime import timedelta

from activities.contracts import MeetingStep
from domain.commands import Command
from domain.ids import PartyCode
from domain.meeting import commands as m
from domain.meeting.meeting import Meeting
from domain.meeting.planning import with_plan
from domain.reference import ReferenceKind
from domain.vocabulary import ItemOutcome
from observability import metrics
from storage.session import Database
from tests.activities.desk import furnished, written
from tests.activities.test_meetings import SUMMONS, a_step, meetings, staff_of
from tests.domain.cast import LIFT, POLICE, PROPERTY
from tests.domain.meeting.life import FIVE, ISSUE, OFFICE, POLICY, MeetingLife

LEVEL = str(SUMMONS.level)
COUNTERS = {
    "convened": metrics.MEETINGS_CONVENED_TOTAL,
    "ended": metrics.MEETINGS_ENDED_TOTAL,
    "absences": metrics.MEETING_ABSENCES_TOTAL,
    "tasks": metrics.MEETING_TASKS_TOTAL,
}


class Counted:
    """The counters of meetings since this object was made."""

    def __init__(self) -> None:
        self._before = self._now()

    def __call__(self) -> dict[tuple[str, ...], float]:
        now = self._now()
        return {
            key: value - self._before.get(key, 0)
            for key, value in now.items()
            if value != self._before.get(key, 0)
        }

    def _now(self) -> dict[tuple[str, ...], float]:
        return {
            (name, *sample.labels.values()): sample.value
            for name, counter in COUNTERS.items()
            for family in counter.collect()
            for sample in family.samples
            if sample.name.endswith("_total")
        }


async def twice(database: Database, life: MeetingLife, command: Command) -> MeetingStep:
    """The step is recorded, its answer is lost, and it is recorded again."""
    step = a_step(life.meeting, command, life)
    planned = await meetings(database).record(step)
    await meetings(database).record(step)
    life.meeting = with_plan(step.after, planned)
    return step


async def called(database: Database) -> MeetingLife:
    await furnished(database)
    await written(database, ReferenceKind.MEETING_POLICY, POLICY)
    life = MeetingLife(await meetings(database).open(SUMMONS))
    await twice(database, life, m.InviteParties.by_engine("invite"))
    return life


async def decided(database: Database, life: MeetingLife) -> Meeting:
    """Two tasks, T1 for the police and T2 for the lift company."""
    for code in (*FIVE, LIFT, PROPERTY):
        await twice(database, life, life.command(staff_of(code), m.ReportInToMeeting))
    await twice(database, life, life.command(staff_of(OFFICE), m.OpenSitting))
    decision = life.command(
        staff_of(OFFICE),
        m.DecideItem,
        issue=ISSUE,
        outcome=ItemOutcome.DISPATCHED,
        lead=POLICE,
        tasks=(life.order(POLICE), life.order(LIFT)),
    )
    await twice(database, life, decision)
    return life.meeting


async def test_meeting_is_counted_once_when_it_is_convened(database: Database) -> None:
    counted = Counted()
    await called(database)
    assert counted() == {("convened", LEVEL, str(SUMMONS.convened_by)): 1}


async def test_two_attempts_at_once_count_once(database: Database) -> None:
    life = await called(database)
    life.now += timedelta(days=30)
    absent = m.RecordAbsences.by_engine("absent", parties=(PartyCode(LIFT),))
    step = a_step(life.meeting, absent, life)
    counted = Counted()
    await asyncio.gather(*(meetings(database).record(step) for _ in range(4)))
    assert counted() == {("absences", LEVEL): 1}


async def test_every_absent_party_counts(database: Database) -> None:
    life = await called(database)
    life.now += timedelta(days=30)
    counted = Counted()
    both = (PartyCode(LIFT), PartyCode(PROPERTY))
    await twice(database, life, m.RecordAbsences.by_engine("absent", parties=both))
    assert counted() == {("absences", LEVEL): 2}
    await twice(database, life, life.command(staff_of(LIFT), m.ReportInToMeeting))
    assert counted() == {("absences", LEVEL): 2}


async def test_tasks_count_when_they_are_settled(database: Database) -> None:
    life = await called(database)
    await decided(database, life)
    counted = Counted()
    await twice(database, life, life.command(staff_of(LIFT), m.CompleteTask, task="T2"))
    convenor = staff_of(OFFICE)
    again = life.command(convenor, m.ReviewTask, task="T2", accepted=False)
    await twice(database, life, again)
    await twice(database, life, life.command(staff_of(LIFT), m.CompleteTask, task="T2"))
    assert counted() == {}
    await twice(database, life, life.command(convenor, m.ReviewTask, task="T2", accepted=True))
    assert counted() == {("tasks", "done"): 1}
    await twice(database, life, life.command(staff_of(POLICE), m.CompleteTask, task="T1"))
    life.now += timedelta(days=30)
    await twice(database, life, m.LapseReview.by_engine("lapse", task="T1"))
    assert counted() == {
        ("tasks", "done"): 1,
        ("tasks", "lapsed"): 1,
        ("ended", LEVEL, "settled"): 1,
    }


async def test_missed_task_ends_its_meeting_and_the_dropped_one_counts_as_nothing(
    database: Database,
) -> None:
    life = await called(database)
    await decided(database, life)
    life.now += timedelta(days=30)
    counted = Counted()
    await twice(database, life, m.MissTask.by_engine("missed", task="T1"))
    assert counted() == {("tasks", "missed"): 1, ("ended", LEVEL, "task_missed"): 1}
