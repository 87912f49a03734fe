"""Who hears what of a meeting, and what need not be told any more."""

from collections.abc import Iterator
from dataclasses import replace

from domain.actor import ENGINE
from domain.ids import GridCode, PartyCode
from domain.meeting import commands as m
from domain.meeting.facts import MeetingOrigin
from domain.meeting.notices import notices_for, settled
from domain.meeting.words import MeetingKind, MeetingState
from domain.notice import Notice
from domain.schedule import PAST
from domain.vocabulary import Level
from tests.domain.cast import DAY, HOUR, LIFT, POLICE, PROPERTY
from tests.domain.meeting.life import (
    CONVENOR,
    ISSUE,
    PARTIES,
    POLICEMAN,
    POLICY,
    SUPERVISOR,
    MeetingLife,
    a_meeting,
    uninvited,
)

S = MeetingState
EVERYBODY = {f"department:{code}" for code in PARTIES}
OFFICE = "department:street_office"


def told(life: MeetingLife, template: str) -> list[Notice]:
    """What all steps so far made known under this template, each step written down at once."""
    again = MeetingLife(uninvited(policy=life.policy).meeting)
    found: list[Notice] = []
    for command, at in life.steps:
        before = again.meeting
        after = again.carry_out(command, at)
        found += notices_for(before, after, command, at)
    return [each for each in found if each.template == template]


def to_whom(life: MeetingLife, template: str) -> set[str]:
    return {each.recipient for each in told(life, template)}


def test_everybody_is_invited_once() -> None:
    life = a_meeting()
    notices = told(life, "meeting_invitation")
    assert {each.recipient for each in notices} == EVERYBODY
    assert len(notices) == len(EVERYBODY)
    assert {each.about for each in notices} == {f"invitation:{code}" for code in PARTIES}


def test_silent_are_reminded_then_they_and_the_convenor_hear_of_the_absence() -> None:
    life = a_meeting()
    life.report_in(LIFT)
    life.wait(DAY + HOUR)
    silent = EVERYBODY - {"department:lift"}
    assert to_whom(life, "meeting_report_in_due") == silent
    assert to_whom(life, "meeting_absence") == silent
    assert to_whom(life, "meeting_absence_seen") == {OFFICE}


def test_reminder_written_down_too_late_is_not_sent() -> None:
    life = a_meeting()
    life.wait(18 * HOUR)
    before, late = life.meeting, life.now + DAY
    command = m.RemindParties.by_engine("late", parties=(PartyCode(LIFT),))
    assert notices_for(before, before, command, late) == ()
    assert len(notices_for(before, before, command, life.now)) == 1


def test_another_day_is_told_to_everybody_and_to_each_once_per_day() -> None:
    life = a_meeting()
    life.report_in(LIFT)
    life.wait(3 * DAY)
    notices = told(life, "meeting_postponed")
    assert {each.recipient for each in notices} == EVERYBODY
    assert len({(each.recipient, each.stage) for each in notices}) == len(notices)


def test_decision_is_told_to_the_parties_and_tasks_to_those_who_have_them() -> None:
    life = a_meeting(S.DECIDED)
    assert to_whom(life, "meeting_decided") == EVERYBODY
    assert to_whom(life, "meeting_task") == {"department:police"}


def test_reviewer_hears_of_what_is_done_and_the_department_of_what_is_refused() -> None:
    life = a_meeting(S.REVIEWING)
    life.give(CONVENOR, m.ReviewTask, task="T1", accepted=False)
    life.wait(5 * DAY + HOUR)
    assert to_whom(life, "meeting_review_please") == {OFFICE}
    assert to_whom(life, "meeting_task_again") == {"department:police"}
    assert to_whom(life, "meeting_task_due") == {"department:police"}
    county = "supervisor:qj"
    assert to_whom(life, "meeting_task_missed") == {"department:police", OFFICE, county}


def test_task_missed_at_the_county_is_told_its_supervisor_once() -> None:
    life = a_meeting(S.DECIDED)
    missed = life.meeting.tasks[0].due_by + PAST
    origin = life.meeting.origin
    origin = replace(origin, level=Level.COUNTY, grid=GridCode("qj"), convenor=None)
    before = replace(life.meeting, origin=origin)
    command = m.MissTask.by_engine("missed", task="T1")
    notices = notices_for(before, before.handle(command, missed), command, missed)
    assert [each.recipient for each in notices] == ["department:police", "supervisor:qj"]


def test_named_reviewer_is_asked_as_a_department_or_as_a_person() -> None:
    life = a_meeting(S.DISCUSSING)
    person, department = PartyCode(SUPERVISOR.subject), PartyCode(PROPERTY)
    life.dispatch(
        replace(life.order(), reviewer=person, reviewer_is_person=True),
        replace(life.order(), reviewer=department),
    )
    life.give(POLICEMAN, m.CompleteTask, task="T1")
    life.give(POLICEMAN, m.CompleteTask, task="T2")
    asked = to_whom(life, "meeting_review_please")
    assert asked == {f"subject:{SUPERVISOR.subject}", "department:property"}


def test_supervisors_of_the_grid_stand_in_for_an_unknown_convenor() -> None:
    life = a_meeting(policy=replace(POLICY, convenor=None))
    life.wait(DAY + HOUR)
    assert to_whom(life, "meeting_absence_seen") == {"supervisor:qj.bh"}


def test_what_is_done_settles_its_reminders() -> None:
    life = a_meeting(S.DECIDED)
    assert f"invitation:{LIFT}" in settled(life.meeting)
    assert "task:T1" not in settled(life.meeting)
    life.give(POLICEMAN, m.CompleteTask, task="T1")
    assert "task:T1" in settled(life.meeting)
    assert "review:T1" not in settled(life.meeting)
    life.give(CONVENOR, m.ReviewTask, task="T1", accepted=True)
    assert "review:T1" in settled(life.meeting)


def test_nothing_a_council_makes_known_is_called_a_joint_meeting() -> None:
    life = a_meeting(S.REVIEWING)
    life.give(CONVENOR, m.ReviewTask, task="T1", accepted=False)
    life.wait(6 * DAY)
    for begun, kind, stem in (
        (life.meeting.origin, MeetingKind.JOINT, "meeting_"),
        (replace(life.meeting.origin, kind=MeetingKind.COUNCIL), MeetingKind.COUNCIL, "council_"),
    ):
        templates = set(templates_of(life, begun))
        assert begun.kind is kind
        assert {each[: len(stem)] for each in templates} == {stem}
        assert len(templates) == 7


def templates_of(life: MeetingLife, origin: MeetingOrigin) -> Iterator[str]:
    """What the same steps would make known of a meeting of this origin."""
    again = MeetingLife(replace(uninvited(policy=life.policy).meeting, origin=origin))
    for command, at in life.steps:
        before = again.meeting
        after = again.carry_out(command, at)
        yield from (each.template for each in notices_for(before, after, command, at))


def test_closed_meeting_invites_nobody_any_more() -> None:
    life = a_meeting()
    assert settled(life.meeting) == ()
    life.give(ENGINE, m.TakeOffAgenda, issue=ISSUE)
    assert {f"invitation:{code}" for code in PARTIES} <= set(settled(life.meeting))
    assert POLICE not in PARTIES
