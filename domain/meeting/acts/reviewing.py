"""What was decided is done, looked at, or missed."""

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from domain.ids import TaskId
from domain.meeting import commands as m
from domain.meeting.acts.ending import end_item, moved_on
from domain.meeting.authority import is_reviewer_of, speaks_for
from domain.meeting.facts import MeetingFacts
from domain.meeting.parts import Task
from domain.refusals import Refusal, RefusalCode
from domain.vocabulary import ItemOutcome

M = TypeVar("M", bound=MeetingFacts)


def _task(meeting: MeetingFacts, wanted: TaskId) -> Task:
    task = meeting.task(wanted)
    if task is None:
        raise Refusal(RefusalCode.UNKNOWN_TASK, task=wanted)
    return task


def guard_complete(meeting: MeetingFacts, command: m.CompleteTask, _: datetime) -> None:
    task = _task(meeting, command.task)
    if not speaks_for(command.actor, task.department):
        raise Refusal(RefusalCode.NOT_YOUR_TASK, department=task.department)
    if not task.is_owed:
        raise Refusal(RefusalCode.TASK_DONE, task=task.id)


def complete(meeting: M, command: m.CompleteTask, at: datetime) -> M:
    done = replace(_task(meeting, command.task), done_at=at, review_by=None)
    return moved_on(meeting.with_task(done), at)


def guard_review(meeting: MeetingFacts, command: m.ReviewTask, _: datetime) -> None:
    task = _task(meeting, command.task)
    if not is_reviewer_of(command.actor, task, meeting):
        raise Refusal(RefusalCode.NOT_YOUR_TASK, department=task.department)
    if not task.awaits_review:
        raise Refusal(RefusalCode.NOTHING_TO_REVIEW, task=task.id)


def review(meeting: M, command: m.ReviewTask, at: datetime) -> M:
    """Refused, it is owed again, and the review took none of the department's time.

    From the refusal on as much is left as was when it was done.
    """
    was = _task(meeting, command.task)
    task = replace(was, reviewed_at=at, accepted=command.accepted)
    if not command.accepted:
        task = replace(task, done_at=None, review_by=None, rejections=task.rejections + 1)
        if command.gives_back and was.done_at is not None:
            task = replace(task, due_by=task.due_by + (at - was.done_at))
        return meeting.with_task(task)
    return _carried_on(meeting.with_task(task), task, at)


def guard_lapse(meeting: MeetingFacts, command: m.LapseReview, at: datetime) -> None:
    task = _task(meeting, command.task)
    if not task.awaits_review or task.review_by is None or at <= task.review_by:
        raise Refusal(RefusalCode.FACT_GONE, task=task.id)


def lapse_review(meeting: M, command: m.LapseReview, at: datetime) -> M:
    """Silence is silence: the task stands as done, the review is recorded as missing."""
    task = replace(_task(meeting, command.task), lapsed_at=at)
    return _carried_on(meeting.with_task(task), task, at)


def _carried_on(meeting: M, task: Task, at: datetime) -> M:
    item = meeting.item(task.issue)
    if item is not None and all(each.is_settled for each in meeting.tasks_of(task.issue)):
        meeting = end_item(meeting, item, ItemOutcome.CARRIED_OUT, at)
    return moved_on(meeting, at)


def guard_remind(meeting: MeetingFacts, command: m.RemindTask, _: datetime) -> None:
    task = _task(meeting, command.task)
    if not task.is_owed or task.reminded_at is not None:
        raise Refusal(RefusalCode.FACT_GONE, task=task.id)


def remind(meeting: M, command: m.RemindTask, at: datetime) -> M:
    return meeting.with_task(replace(_task(meeting, command.task), reminded_at=at))


def guard_miss(meeting: MeetingFacts, command: m.MissTask, at: datetime) -> None:
    task = _task(meeting, command.task)
    if not task.is_owed or at <= task.due_by:
        raise Refusal(RefusalCode.FACT_GONE, task=task.id)


def miss(meeting: M, command: m.MissTask, at: datetime) -> M:
    """The fact carries the task's own instant; the rest of the decision has lost its object."""
    task = _task(meeting, command.task)
    meeting = meeting.with_task(replace(task, missed_at=task.due_by))
    item = meeting.item(task.issue)
    assert item is not None
    return moved_on(end_item(meeting, item, ItemOutcome.TASK_MISSED, at), at)
