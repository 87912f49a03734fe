"""What was decided is done, reviewed, refused, missed; and items that come back."""

from dataclasses import replace

from domain.actor import ENGINE
from domain.ids import CategoryCode, IssueNumber, PartyCode
from domain.meeting import commands as m
from domain.meeting.results import dates
from domain.meeting.words import MeetingOutcome, MeetingState
from domain.refusals import RefusalCode
from domain.schedule import PAST
from domain.vocabulary import ItemOutcome
from tests.domain.cast import DAY, HERE, HOUR, LIFT, POLICE, urgent
from tests.domain.meeting.life import (
    CONVENOR,
    ISSUE,
    OTHER,
    PARTIES,
    POLICEMAN,
    POLICY,
    SUPERVISOR,
    MeetingLife,
    a_meeting,
    an_item,
)

S = MeetingState


def test_missed_task_takes_its_whole_item_up() -> None:
    life = a_meeting(S.DISCUSSING)
    life.dispatch(life.order(after=DAY), life.order(LIFT))
    due_by = life.meeting.tasks[0].due_by
    life.wait(2 * DAY)
    first, second = life.meeting.tasks
    assert (first.missed_at, second.dropped_at) == (due_by, due_by + PAST)
    assert life.outcomes[-1] is ItemOutcome.TASK_MISSED
    assert life.meeting.outcome is MeetingOutcome.TASK_MISSED


def test_task_done_at_its_instant_is_done_in_time() -> None:
    life = a_meeting(S.DECIDED)
    life.wait(5 * DAY)
    life.give(POLICEMAN, m.CompleteTask, task="T1")
    assert life.done(m.RemindTask) == [life.meeting.tasks[0].set_at + 5 * DAY * 3 / 4]
    assert life.done(m.MissTask) == []


def test_refused_task_is_owed_again_until_its_deadline() -> None:
    life = a_meeting(S.REVIEWING)
    life.give(CONVENOR, m.ReviewTask, task="T1", accepted=False)
    again = life.why_not(CONVENOR, m.ReviewTask, task="T1", accepted=True)
    assert again is RefusalCode.NOTHING_TO_REVIEW
    life.give(POLICEMAN, m.CompleteTask, task="T1")
    life.give(CONVENOR, m.ReviewTask, task="T1", accepted=False)
    life.wait(6 * DAY)
    assert life.meeting.tasks[0].rejections == 2
    assert life.outcomes[-1] is ItemOutcome.TASK_MISSED


def test_refusal_gives_back_the_time_the_review_took() -> None:
    """Done a day before its deadline, refused two days after it: a day is left."""
    life = a_meeting(S.DISCUSSING, policy=replace(POLICY, review_within=urgent(96)))
    life.dispatch(life.order())
    life.wait(4 * DAY)
    life.give(POLICEMAN, m.CompleteTask, task="T1")
    life.wait(3 * DAY)
    life.give(CONVENOR, m.ReviewTask, task="T1", accepted=False, gives_back=True)
    due_by = life.now + DAY
    assert (life.meeting.tasks[0].is_owed, life.meeting.tasks[0].due_by) == (True, due_by)
    life.wait(DAY)
    assert life.done(m.MissTask) == []
    life.wait(PAST)
    assert life.meeting.tasks[0].missed_at == due_by


def test_refusal_from_before_it_gave_time_back_leaves_the_deadline() -> None:
    life = a_meeting(S.REVIEWING)
    due_by = life.meeting.tasks[0].due_by
    life.wait(HOUR)
    life.give(CONVENOR, m.ReviewTask, task="T1", accepted=False)
    assert life.meeting.tasks[0].due_by == due_by


def test_silent_reviewer_lets_the_task_stand() -> None:
    life = a_meeting(S.REVIEWING)
    life.wait(12 * HOUR + PAST)
    task = life.meeting.tasks[0]
    assert (task.lapsed_at, task.accepted) == (life.now, None)
    assert life.outcomes[-1] is ItemOutcome.CARRIED_OUT


def test_only_its_department_does_a_task_and_only_its_reviewer_reviews_it() -> None:
    life = a_meeting(S.DISCUSSING)
    named = replace(life.order(LIFT), reviewer=PartyCode("police"))
    life.dispatch(life.order(), named)
    not_yours = RefusalCode.NOT_YOUR_TASK
    assert life.why_not(POLICEMAN, m.CompleteTask, task="T2") is not_yours
    life.give(PARTIES[LIFT], m.CompleteTask, task="T2")
    assert life.why_not(PARTIES[LIFT], m.CompleteTask, task="T2") is RefusalCode.TASK_DONE
    assert life.why_not(CONVENOR, m.ReviewTask, task="T2", accepted=True) is not_yours
    assert life.why_not(POLICEMAN, m.CompleteTask, task="T9") is RefusalCode.UNKNOWN_TASK
    life.give(POLICEMAN, m.ReviewTask, task="T2", accepted=True)


def test_person_may_be_named_as_reviewer() -> None:
    life = a_meeting(S.DISCUSSING)
    by_name = PartyCode(SUPERVISOR.subject)
    life.dispatch(replace(life.order(), reviewer=by_name, reviewer_is_person=True))
    life.give(POLICEMAN, m.CompleteTask, task="T1")
    said = life.why_not(CONVENOR, m.ReviewTask, task="T1", accepted=True)
    assert said is RefusalCode.NOT_ALLOWED
    life.give(SUPERVISOR, m.ReviewTask, task="T1", accepted=True)


def rejoins(life: MeetingLife, issue: IssueNumber) -> None:
    fields = {"issue": issue, "grid": HERE, "category": CategoryCode("noise")}
    life.give(ENGINE, m.AddToAgenda, departments=(LIFT,), **fields)


def test_meeting_that_reviews_goes_on_reviewing() -> None:
    life = a_meeting(S.DISCUSSING, an_item(), an_item(OTHER))
    life.dispatch(life.order())
    life.dispatch(life.order(LIFT), issue=OTHER)
    life.give(POLICEMAN, m.CompleteTask, task="T1")
    life.give(CONVENOR, m.ReviewTask, task="T1", accepted=False)
    assert life.give(ENGINE, m.TakeOffAgenda, issue=OTHER).state is S.REVIEWING


def test_clocks_of_tasks_do_not_call_at_the_instant_itself() -> None:
    life = a_meeting(S.DECIDED)
    life.now = life.meeting.tasks[0].due_by
    assert life.why_not(ENGINE, m.MissTask, task="T1") is RefusalCode.FACT_GONE
    life.give(POLICEMAN, m.CompleteTask, task="T1")
    assert life.meeting.tasks[0].review_by is not None
    life.now = life.meeting.tasks[0].review_by
    assert life.why_not(ENGINE, m.LapseReview, task="T1") is RefusalCode.FACT_GONE


def test_nobody_reviews_what_the_own_department_did() -> None:
    life = a_meeting(S.DISCUSSING)
    colleague = PartyCode(POLICEMAN.subject)
    life.dispatch(replace(life.order(), reviewer=colleague, reviewer_is_person=True))
    life.give(POLICEMAN, m.CompleteTask, task="T1")
    said = life.why_not(POLICEMAN, m.ReviewTask, task="T1", accepted=True)
    assert said is RefusalCode.NOT_ALLOWED


def test_person_is_no_department_even_under_the_same_code() -> None:
    life = a_meeting(S.DISCUSSING)
    namesake = replace(life.order(), reviewer=PartyCode(POLICE), reviewer_is_person=True)
    assert life.dispatch(namesake).tasks[0].reviewer_is_person


def test_issue_taken_off_may_come_back_and_is_decided_then() -> None:
    life = a_meeting(S.DISCUSSING, an_item(), an_item(OTHER))
    life.give(ENGINE, m.TakeOffAgenda, issue=ISSUE)
    rejoins(life, ISSUE)
    life.dispatch()
    assert [each.ordinal for each in life.meeting.awaiting] == [2]
    assert life.outcomes == [ItemOutcome.TAKEN_OFF, ItemOutcome.DISPATCHED]


def test_only_who_has_just_joined_hears_dates_that_did_not_move() -> None:
    life = a_meeting()
    before = life.meeting
    rejoins(life, OTHER)
    told, known = dates(before, life.meeting)
    assert told == (OTHER,)
    assert known is not None
    assert (known.sits_at, known.level) == (life.meeting.sits_at, life.meeting.origin.level)
    before = life.meeting
    life.give(CONVENOR, m.PostponeMeeting, to=known.sits_at + DAY)
    assert dates(before, life.meeting)[0] == (ISSUE, OTHER)
    life.report_in(LIFT)
    assert dates(life.meeting, life.meeting)[0] == ()
