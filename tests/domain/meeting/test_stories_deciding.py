"""The sitting and what comes of it: decisions, tasks, reviews, agendas of several issues."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.actor import ENGINE
from domain.ids import CategoryCode, GridCode, PartyCode
from domain.meeting import commands as m
from domain.meeting.words import MeetingKind, MeetingOutcome, MeetingState
from domain.refusals import RefusalCode
from domain.schedule import PAST
from domain.vocabulary import ItemOutcome
from tests.domain.cast import DAY, ELSEWHERE, HERE, HOUR, LIFT, POLICE, PROPERTY
from tests.domain.meeting.life import (
    CONVENOR,
    ISSUE,
    LEADER,
    OFFICE,
    OTHER,
    PARTIES,
    POLICEMAN,
    SUPERVISOR,
    a_meeting,
    an_item,
)

S = MeetingState
FAR = GridCode("zz.yy")
TRAFFIC, NOISE = CategoryCode("traffic"), CategoryCode("noise")


def test_decision_without_tasks_ends_the_meeting() -> None:
    life = a_meeting(S.DISCUSSING)
    meeting = life.dispatch()
    assert (meeting.state, meeting.outcome) == (S.CLOSED, MeetingOutcome.SETTLED)
    (told,) = life.told
    assert (told.outcome, told.lead, told.co) == (ItemOutcome.DISPATCHED, POLICE, (PROPERTY,))
    assert told.is_final
    assert told.leader == LEADER


def test_decision_with_tasks_is_open_until_the_last_is_reviewed() -> None:
    life = a_meeting(S.DISCUSSING)
    assert life.dispatch(life.order(), life.order(LIFT)).state is S.DECIDED
    assert not life.told[0].is_final
    life.give(POLICEMAN, m.CompleteTask, task="T1")
    life.give(CONVENOR, m.ReviewTask, task="T1", accepted=True)
    assert life.meeting.state is S.REVIEWING
    life.give(PARTIES[LIFT], m.CompleteTask, task="T2")
    life.give(CONVENOR, m.ReviewTask, task="T2", accepted=True)
    assert life.meeting.outcome is MeetingOutcome.SETTLED
    assert life.outcomes == [ItemOutcome.DISPATCHED, ItemOutcome.CARRIED_OUT]


@pytest.mark.parametrize(
    ("outcome", "meets"),
    [
        (ItemOutcome.PASSED_UP, MeetingOutcome.PASSED_UP),
        (ItemOutcome.NOT_OURS, MeetingOutcome.SETTLED),
    ],
)
def test_meeting_may_say_something_else(outcome: ItemOutcome, meets: MeetingOutcome) -> None:
    life = a_meeting(S.DISCUSSING)
    meeting = life.give(CONVENOR, m.DecideItem, issue=ISSUE, outcome=outcome)
    assert (meeting.state, meeting.outcome) == (S.CLOSED, meets)
    assert [(each.outcome, each.is_final) for each in life.told] == [(outcome, True)]


def test_decision_has_to_fit_together() -> None:
    life = a_meeting(S.DISCUSSING)

    def why_not(outcome: ItemOutcome, **fields: object) -> RefusalCode:
        return life.why_not(CONVENOR, m.DecideItem, issue=ISSUE, outcome=outcome, **fields)

    order = life.order()
    assert why_not(ItemOutcome.DISPATCHED) is RefusalCode.DECISION_INCOMPLETE
    assert why_not(ItemOutcome.PASSED_UP, lead=POLICE) is RefusalCode.DECISION_INCOMPLETE
    assert why_not(ItemOutcome.PASSED_UP, tasks=(order,)) is RefusalCode.DECISION_INCOMPLETE
    assert why_not(ItemOutcome.NOT_OURS, co=(LIFT,)) is RefusalCode.DECISION_INCOMPLETE
    assert why_not(ItemOutcome.CARRIED_OUT) is RefusalCode.DECISION_INCOMPLETE
    twice = {"lead": POLICE, "co": (LIFT, LIFT)}
    assert why_not(ItemOutcome.DISPATCHED, **twice) is RefusalCode.LEAD_AMONG_CO
    itself = {"lead": POLICE, "co": (POLICE,)}
    assert why_not(ItemOutcome.DISPATCHED, **itself) is RefusalCode.LEAD_AMONG_CO


def test_task_lies_ahead_and_is_reviewed_by_somebody_else() -> None:
    life = a_meeting(S.DISCUSSING)
    fields = {"issue": ISSUE, "outcome": ItemOutcome.DISPATCHED, "lead": POLICE}
    now = life.order(after=timedelta())
    own = life.order(OFFICE)
    itself = replace(life.order(), reviewer=PartyCode(POLICE))
    said = [
        life.why_not(CONVENOR, m.DecideItem, tasks=(order,), **fields)
        for order in (now, own, itself)
    ]
    assert said == [RefusalCode.TASK_DUE_IN_PAST, RefusalCode.OWN_TASK, RefusalCode.OWN_TASK]


def test_each_issue_gets_its_own_decision_once() -> None:
    life = a_meeting(S.DISCUSSING, an_item(), an_item(OTHER))
    life.dispatch()
    assert life.meeting.state is S.DISCUSSING
    decided_at = life.now
    life.wait(HOUR)
    again = life.refused(CONVENOR, m.DecideItem, issue=ISSUE, outcome=ItemOutcome.PASSED_UP)
    assert again.code is RefusalCode.ITEM_DECIDED
    assert again.params == {"number": ISSUE, "at": decided_at.isoformat()}
    life.give(CONVENOR, m.DecideItem, issue=OTHER, outcome=ItemOutcome.PASSED_UP)
    assert [(each.issue, each.outcome) for each in life.told] == [
        (ISSUE, ItemOutcome.DISPATCHED),
        (OTHER, ItemOutcome.PASSED_UP),
    ]
    assert life.meeting.outcome is MeetingOutcome.PASSED_UP


def test_item_under_way_is_not_decided_a_second_time() -> None:
    life = a_meeting(S.DISCUSSING, an_item(), an_item(OTHER))
    life.dispatch(life.order())
    again = life.why_not(CONVENOR, m.DecideItem, issue=ISSUE, outcome=ItemOutcome.PASSED_UP)
    assert again is RefusalCode.ITEM_DECIDED


def test_only_a_council_settles_an_issue_by_its_own_word() -> None:
    life = a_meeting(S.DISCUSSING)
    settled = {"issue": ISSUE, "outcome": ItemOutcome.SETTLED}
    assert life.why_not(CONVENOR, m.DecideItem, **settled) is RefusalCode.NOT_A_COUNCIL
    origin = replace(life.meeting.origin, kind=MeetingKind.COUNCIL)
    life.meeting = replace(life.meeting, origin=origin)
    meeting = life.give(CONVENOR, m.DecideItem, **settled)
    assert (meeting.state, meeting.outcome) == (S.CLOSED, MeetingOutcome.SETTLED)
    assert life.outcomes == [ItemOutcome.SETTLED]


def test_issue_joins_from_the_same_place_or_with_the_same_matter() -> None:
    life = a_meeting()

    def why_not(issue: str, grid: GridCode, category: CategoryCode) -> RefusalCode | None:
        fields = {"issue": issue, "grid": grid, "category": category}
        command = life.command(ENGINE, m.AddToAgenda, **fields)
        try:
            life.meeting.check(command, life.now)
        except Exception as refusal:  # noqa: BLE001 - whatever it is, it is shown
            return getattr(refusal, "code", None)
        return None

    assert why_not(OTHER, ELSEWHERE, NOISE) is None
    assert why_not(OTHER, FAR, TRAFFIC) is None
    assert why_not(OTHER, FAR, NOISE) is RefusalCode.FACT_GONE
    assert why_not(ISSUE, HERE, TRAFFIC) is RefusalCode.FACT_GONE


def test_joining_issue_brings_its_departments_with_clocks_of_their_own() -> None:
    life = a_meeting()
    life.wait(HOUR)
    fields = {"issue": OTHER, "grid": HERE, "category": NOISE, "departments": (LIFT, POLICE)}
    life.give(ENGINE, m.AddToAgenda, **fields)
    party = life.meeting.party(POLICE)
    assert party is not None
    assert party.report_in_by == life.now + DAY
    assert len(life.meeting.parties) == len(PARTIES) + 1


def test_withdrawn_issue_leaves_the_rest_to_the_meeting() -> None:
    life = a_meeting(S.DISCUSSING, an_item(), an_item(OTHER))
    life.give(ENGINE, m.TakeOffAgenda, issue=ISSUE)
    assert life.meeting.state is S.DISCUSSING
    off = life.why_not(CONVENOR, m.DecideItem, issue=ISSUE, outcome=ItemOutcome.PASSED_UP)
    assert off is RefusalCode.NOT_ON_AGENDA
    life.give(CONVENOR, m.DecideItem, issue=OTHER, outcome=ItemOutcome.NOT_OURS)
    assert life.meeting.outcome is MeetingOutcome.SETTLED


def test_meeting_over_nothing_ends_empty() -> None:
    life = a_meeting()
    meeting = life.give(ENGINE, m.TakeOffAgenda, issue=ISSUE)
    assert (meeting.state, meeting.outcome) == (S.CLOSED, MeetingOutcome.EMPTY)
    assert life.meeting.next_instant() is None


def test_withdrawing_after_the_decision_drops_its_tasks() -> None:
    life = a_meeting(S.DECIDED)
    meeting = life.give(ENGINE, m.TakeOffAgenda, issue=ISSUE)
    assert meeting.state is S.CLOSED
    assert meeting.tasks[0].dropped_at == life.now


def test_no_decision_in_time_passes_at_its_own_instant() -> None:
    life = a_meeting(S.DISCUSSING)
    assert life.meeting.decide_by is not None
    passed = life.meeting.decide_by + PAST
    life.wait(10 * DAY)
    assert life.done(m.MissDecision) == [passed]
    assert life.outcomes == [ItemOutcome.NO_DECISION]
    assert life.told[0].at == passed
    assert life.meeting.outcome is MeetingOutcome.NO_DECISION


def test_no_decision_on_one_item_leaves_the_task_of_the_other() -> None:
    life = a_meeting(S.DISCUSSING, an_item(), an_item(OTHER))
    life.dispatch(life.order(after=9 * DAY))
    life.wait(4 * DAY)
    assert life.meeting.state is S.DECIDED
    assert life.outcomes == [ItemOutcome.DISPATCHED, ItemOutcome.NO_DECISION]


def test_adjourning_passes_up_what_is_not_decided() -> None:
    life = a_meeting(S.DISCUSSING, an_item(), an_item(OTHER))
    life.dispatch()
    life.give(SUPERVISOR, m.AdjournMeeting)
    assert life.outcomes == [ItemOutcome.DISPATCHED, ItemOutcome.PASSED_UP]


def test_minutes_are_bounded() -> None:
    life = a_meeting(S.DISCUSSING)
    for _ in range(3):
        life.give(CONVENOR, m.AddMinutes)
    assert life.why_not(CONVENOR, m.AddMinutes) is RefusalCode.LIMIT_REACHED
