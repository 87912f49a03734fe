"""The sitting: agenda, minutes, decisions, its end without one."""

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from domain.ids import IssueNumber, TaskId
from domain.meeting import commands as m
from domain.meeting.acts.ending import end_item, end_items, moved_on
from domain.meeting.facts import MeetingFacts
from domain.meeting.parts import AgendaItem, Decision, Task
from domain.meeting.words import MeetingKind
from domain.refusals import Refusal, RefusalCode
from domain.vocabulary import ItemOutcome

M = TypeVar("M", bound=MeetingFacts)

DECIDABLE = frozenset(
    {ItemOutcome.DISPATCHED, ItemOutcome.PASSED_UP, ItemOutcome.NOT_OURS, ItemOutcome.SETTLED}
)
"""What a meeting may say of an issue; the rest happens to it."""


def guard_minutes(meeting: MeetingFacts, _: m.AddMinutes, __: datetime) -> None:
    if meeting.minutes >= meeting.terms.max_minutes:
        raise Refusal(RefusalCode.LIMIT_REACHED, limit=meeting.terms.max_minutes)


def add_minutes(meeting: M, _: m.AddMinutes, __: datetime) -> M:
    return replace(meeting, minutes=meeting.minutes + 1)


def guard_add(meeting: MeetingFacts, command: m.AddToAgenda, _: datetime) -> None:
    """Same place, that is, somewhere in the meeting's grid; the same matter from its district."""
    item = meeting.item(command.issue)
    if item is not None and item.is_open:
        raise Refusal(RefusalCode.FACT_GONE, number=command.issue)
    if not meeting.takes_on(command.grid, command.category):
        raise Refusal(RefusalCode.FACT_GONE, number=command.issue)


def add_to_agenda(meeting: M, command: m.AddToAgenda, at: datetime) -> M:
    """Departments that are not there yet are invited, with clocks of their own."""
    item = AgendaItem(
        ordinal=len(meeting.agenda) + 1,
        issue=command.issue,
        grid=command.grid,
        category=command.category,
        added_at=at,
    )
    return replace(meeting, agenda=(*meeting.agenda, item)).joined_by(command.departments, at)


def _open_item(meeting: MeetingFacts, issue: IssueNumber) -> AgendaItem:
    item = meeting.item(issue)
    if item is None or not item.is_open:
        raise Refusal(RefusalCode.NOT_ON_AGENDA, number=issue)
    return item


def _require_undecided(meeting: MeetingFacts, issue: IssueNumber) -> None:
    """Whoever comes second hears when it was decided, even if that was the item's end."""
    item = meeting.item(issue)
    if item is not None and item.decision is not None and item.taken_off_at is None:
        raise Refusal(RefusalCode.ITEM_DECIDED, number=issue, at=item.decision.at)
    _open_item(meeting, issue)


def guard_take_off(meeting: MeetingFacts, command: m.TakeOffAgenda, _: datetime) -> None:
    _open_item(meeting, command.issue)


def take_off(meeting: M, command: m.TakeOffAgenda, at: datetime) -> M:
    item = replace(_open_item(meeting, command.issue), taken_off_at=at)
    return moved_on(end_item(meeting, item, ItemOutcome.TAKEN_OFF, at), at)


def guard_decide(meeting: MeetingFacts, command: m.DecideItem, at: datetime) -> None:
    _require_undecided(meeting, command.issue)
    if command.outcome is ItemOutcome.SETTLED and meeting.origin.kind is not MeetingKind.COUNCIL:
        raise Refusal(RefusalCode.NOT_A_COUNCIL)
    dispatches = command.outcome is ItemOutcome.DISPATCHED
    if command.outcome not in DECIDABLE or dispatches != (command.lead is not None):
        raise Refusal(RefusalCode.DECISION_INCOMPLETE, outcome=command.outcome)
    if not dispatches and (command.co or command.tasks):
        raise Refusal(RefusalCode.DECISION_INCOMPLETE, outcome=command.outcome)
    if command.lead in command.co or len(set(command.co)) != len(command.co):
        raise Refusal(RefusalCode.LEAD_AMONG_CO, department=command.lead)
    for order in command.tasks:
        if order.due_by <= at:
            raise Refusal(RefusalCode.TASK_DUE_IN_PAST, due_by=order.due_by)
        reviewer = order.reviewer or meeting.origin.convenor
        if reviewer == order.department and not order.reviewer_is_person:
            raise Refusal(RefusalCode.OWN_TASK, department=order.department)


def decide(meeting: M, command: m.DecideItem, at: datetime) -> M:
    """A decision with tasks is open until the last of them; any other is the item's end."""
    decision = Decision(
        outcome=command.outcome, at=at, lead=command.lead, co=command.co, text=command.text
    )
    item = replace(_open_item(meeting, command.issue), decision=decision)
    first = len(meeting.tasks) + 1
    tasks = tuple(
        Task(
            id=TaskId(f"T{first + index}"),
            issue=command.issue,
            department=order.department,
            due_by=order.due_by,
            set_at=at,
            reviewer=order.reviewer,
            reviewer_is_person=order.reviewer_is_person,
            text=order.text,
        )
        for index, order in enumerate(command.tasks)
    )
    meeting = replace(meeting.with_item(item), tasks=(*meeting.tasks, *tasks))
    if not tasks:
        meeting = end_item(meeting, item, command.outcome, at)
    return moved_on(meeting, at)


def adjourn(meeting: M, _: m.AdjournMeeting, at: datetime) -> M:
    return moved_on(end_items(meeting, meeting.awaiting, ItemOutcome.PASSED_UP, at), at)


def guard_miss_decision(meeting: MeetingFacts, _: m.MissDecision, at: datetime) -> None:
    if meeting.decide_by is None or at <= meeting.decide_by:
        raise Refusal(RefusalCode.FACT_GONE)


def miss_decision(meeting: M, _: m.MissDecision, at: datetime) -> M:
    return moved_on(end_items(meeting, meeting.awaiting, ItemOutcome.NO_DECISION, at), at)
