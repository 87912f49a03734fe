"""Whatever anybody tries at whatever instant, the law of meetings keeps its promises."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from typing_extensions import override

from domain.actor import ENGINE, Actor
from domain.command import Command
from domain.ids import CategoryCode, PartyCode
from domain.meeting import commands as m
from domain.meeting.law import MEETING_LAW
from domain.meeting.meeting import Meeting
from domain.meeting.parts import TaskOrder
from domain.meeting.words import MeetingState
from domain.refusals import Refusal
from domain.vocabulary import ItemOutcome
from tests.domain.cast import DAY, HERE, HOUR, LIFT, POLICE, PROPERTY
from tests.domain.meeting.life import (
    CONVENOR,
    EVERYBODY,
    ISSUE,
    OTHER,
    PARTIES,
    MeetingLife,
    an_item,
    uninvited,
)

S = MeetingState
SPANS = st.sampled_from([timedelta(), HOUR, 6 * HOUR, DAY, 2 * DAY])
ISSUES = st.sampled_from([ISSUE, OTHER])
TASKS = st.sampled_from(["T1", "T2", "T3"])
OF_PEOPLE = st.sampled_from(sorted(m.MEETING_NAMES.values(), key=lambda kind: kind.__name__))
OF_ENGINE = [kind for kind in MEETING_LAW if kind not in m.MEETING_NAMES.values()]
COMING = st.lists(st.sampled_from(list(PARTIES.values())), min_size=3, unique=True)

_GIVEN: dict[type[Command], dict[str, object]] = {
    m.AddToAgenda: {"grid": HERE, "category": CategoryCode("noise"), "departments": (POLICE,)},
    m.InviteDepartments: {"invites": (POLICE,)},
}


def some_fields(data: st.DataObject, kind: type[Command], life: MeetingLife) -> dict[str, object]:
    fields = dict(_GIVEN.get(kind, {}))
    if kind is m.PostponeMeeting:
        fields["to"] = life.now + data.draw(SPANS)
    if kind in (m.TakeOffAgenda, m.DecideItem, m.AddToAgenda):
        fields["issue"] = data.draw(ISSUES)
    if kind is m.DecideItem:
        fields |= a_decision(data, life)
    if kind in (m.CompleteTask, m.ReviewTask, m.RemindTask, m.LapseReview, m.MissTask):
        fields["task"] = data.draw(TASKS)
    if kind is m.ReviewTask:
        fields["accepted"] = data.draw(st.booleans())
    if kind in (m.RemindParties, m.RecordAbsences):
        fields["parties"] = (PartyCode(data.draw(st.sampled_from(list(PARTIES)))),)
    return fields


def a_decision(data: st.DataObject, life: MeetingLife) -> dict[str, object]:
    outcome = data.draw(st.sampled_from([*ItemOutcome, *[ItemOutcome.DISPATCHED] * 6]))
    if outcome is not ItemOutcome.DISPATCHED:
        return {"outcome": outcome}
    orders = data.draw(
        st.lists(st.tuples(st.sampled_from([LIFT, POLICE, PROPERTY]), SPANS), max_size=2)
    )
    tasks = tuple(TaskOrder(department=who, due_by=life.now + span) for who, span in orders)
    return {"outcome": outcome, "lead": POLICE, "tasks": tasks}


class AnyMeeting(RuleBasedStateMachine):
    """Random commands by random actors at increasing instants, what is due between them."""

    @initialize(several=st.booleans())
    def is_convened(self, several: bool) -> None:
        items = (an_item(), an_item(OTHER)) if several else (an_item(),)
        self.life = uninvited(*items)
        self.born = self.life.meeting
        self.seen = [self.born]
        self.tries(m.InviteParties.by_engine("invite"))

    @rule(coming=COMING)
    def some_come(self, coming: list[Actor]) -> None:
        for actor in coming:
            self.tries(self.life.command(actor, m.ReportInToMeeting))

    @rule(data=st.data(), kind=OF_PEOPLE, actor=st.sampled_from(EVERYBODY))
    def anybody_tries(self, data: st.DataObject, kind: type[Command], actor: Actor) -> None:
        self.tries(self.life.command(actor, kind, **some_fields(data, kind, self.life)))

    @rule(data=st.data(), kind=st.sampled_from([*m.MEETING_NAMES.values()]))
    def who_leads_tries(self, data: st.DataObject, kind: type[Command]) -> None:
        self.tries(self.life.command(CONVENOR, kind, **some_fields(data, kind, self.life)))

    @precondition(lambda self: self.life.meeting.tasks)
    @rule(data=st.data())
    def somebody_does_a_task(self, data: st.DataObject) -> None:
        task = data.draw(st.sampled_from(self.life.meeting.tasks))
        actors = [each for each in EVERYBODY if each.department == task.department]
        self.tries(self.life.command(actors[0], m.CompleteTask, task=task.id))

    @rule(data=st.data(), kind=st.sampled_from(OF_ENGINE))
    def a_stale_word_of_the_engine(self, data: st.DataObject, kind: type[Command]) -> None:
        self.tries(self.life.command(ENGINE, kind, **some_fields(data, kind, self.life)))

    @rule(span=SPANS)
    def time_passes(self, span: timedelta) -> None:
        self.passes(span)

    def tries(self, command: Command) -> None:
        before = self.life.meeting
        try:
            self.seen.append(self.life.carry_out(command, self.life.now))
        except Refusal:
            assert self.life.meeting == before
        self.passes(timedelta())

    def passes(self, span: timedelta) -> None:
        before = len(self.life.steps)
        self.life.wait(span)
        assert len(self.life.steps) - before < 50

    # --- what always holds -----------------------------------------------------------------------

    @invariant()
    def absences_are_never_taken_back(self) -> None:
        for before, after in zip(self.seen, self.seen[1:], strict=False):
            for party in before.parties:
                now = after.party(party.code)
                assert now is not None
                assert now.absences[: len(party.absences)] == party.absences
        self.seen = self.seen[-1:]

    @invariant()
    def nothing_due_is_left_over(self) -> None:
        instant = self.life.meeting.next_instant()
        assert instant is None or instant > self.life.now

    @invariant()
    def facts_fit_the_step(self) -> None:
        assert_consistent(self.life.meeting)

    @invariant()
    def every_item_ends_at_most_once_for_its_issue(self) -> None:
        ends = [told for told in self.life.told if told.is_final]
        closed = [item for item in self.life.meeting.agenda if not item.is_open]
        assert len(ends) == len(closed)

    @override
    def teardown(self) -> None:
        if not hasattr(self, "life"):
            return
        ids = [command.id for command, _ in self.life.steps]
        assert len(ids) == len(set(ids))
        self.life.wait(60 * DAY)
        assert self.life.meeting.is_finished
        again = MeetingLife(self.born)
        for command, at in self.life.steps:
            again.carry_out(command, at)
        assert again.meeting == self.life.meeting


def assert_consistent(meeting: Meeting) -> None:
    assert meeting.postponements <= meeting.terms.max_postponements
    assert (meeting.outcome is not None) == (meeting.state is S.CLOSED) == bool(meeting.closed_at)
    assert any(each.is_open for each in meeting.agenda) == (meeting.state is not S.CLOSED)
    if meeting.state in (S.DECIDED, S.REVIEWING):
        assert meeting.awaiting == ()
    if meeting.state is S.CLOSED:
        assert all(each.is_settled for each in meeting.tasks)
        assert meeting.next_instant() is None
    else:
        assert meeting.next_instant() is not None
    if meeting.opened_at is not None:
        assert meeting.has_quorum or meeting.present >= 1


AnyMeeting.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
test_law_of_meetings_keeps_its_promises = AnyMeeting.TestCase
