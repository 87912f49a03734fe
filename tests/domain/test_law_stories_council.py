"""An issue before a council: nobody's clock stands still, and what comes of the council's word."""

import pytest

from domain import commands as c
from domain.actor import ENGINE
from domain.acts.convening import left_meetings
from domain.ids import MeetingNumber
from domain.refusals import RefusalCode
from domain.vocabulary import ConvenedBy, IssueState, ItemOutcome, Level, Outcome
from tests.domain import cast
from tests.domain.cast import COUNCIL, DAY, LIFT, POLICE
from tests.domain.convened import NOTHING, D, S, convened, decided, ended, open_kinds
from tests.domain.life import Life, a_life, disappoint, resolve

NEXT = MeetingNumber("qj.bh.hp-C2026-12")
GONE = RefusalCode.FACT_GONE


def before_council(state: IssueState = S.HANDLING) -> Life:
    life = a_life(state)
    life.give(ENGINE, c.CallToCouncil, meeting=COUNCIL)
    return life


def says(life: Life, outcome: ItemOutcome) -> None:
    life.give(ENGINE, c.EndMeeting, meeting=COUNCIL, outcome=outcome)


def left(life: Life) -> tuple[MeetingNumber, ...]:
    last = life.steps[-1]
    return left_meetings(last.before, last.after, last.command)


# --- talked about --------------------------------------------------------------------------------


def test_no_clock_starts_ends_or_stops_for_a_council() -> None:
    plain, talked_about = a_life(S.HANDLING), before_council()
    assert talked_about.issue.deadlines == plain.issue.deadlines
    assert talked_about.issue.level is plain.issue.level
    assert talked_about.issue.assignments == plain.issue.assignments


def test_departments_ask_and_work_as_before() -> None:
    life = before_council()
    life.give(cast.A_POST, c.RequestSuspension, until=life.now + DAY)
    life.give(cast.DISPATCHER, c.DecideSuspension, approved=True)
    life.wait(2 * DAY)
    life.give(cast.A_POST, c.TransferIssue, to=POLICE)
    assert life.issue.council is not None
    assert left(life) == ()


def test_deadline_is_missed_while_the_council_waits() -> None:
    life = before_council()
    life.wait(10 * DAY)
    assert life.issue.first_breach_at is not None
    assert life.issue.council is not None


def test_council_calls_an_issue_once() -> None:
    life = before_council()
    assert life.why_not(ENGINE, c.CallToCouncil, meeting=COUNCIL) is GONE


def test_next_months_council_takes_over_from_one_that_said_nothing() -> None:
    life = before_council()
    life.give(ENGINE, c.CallToCouncil, meeting=NEXT)
    assert left(life) == (COUNCIL,)
    assert life.why_not(ENGINE, c.SettleIssue, meeting=COUNCIL) is GONE


def test_joint_meeting_goes_before_a_council() -> None:
    assert convened().why_not(ENGINE, c.CallToCouncil, meeting=COUNCIL) is GONE
    life = before_council()
    life.give(cast.SUPERVISOR, c.ConveneMeeting)
    assert left(life) == (COUNCIL,)
    assert life.issue.council is None


def test_second_unsatisfied_takes_the_issue_from_the_council() -> None:
    life = a_life()
    disappoint(life)
    life.give(ENGINE, c.CallToCouncil, meeting=COUNCIL)
    disappoint(life)
    assert life.issue.council is None
    life.wait(NOTHING)
    assert life.issue.in_meeting is not None


@pytest.mark.parametrize("ending", [c.WithdrawIssue, c.ResolveIssue, c.MarkDuplicate])
def test_issue_that_ends_leaves_the_council(ending: type[c.Command]) -> None:
    life = before_council()
    if ending is c.ResolveIssue:
        resolve(life)
    elif ending is c.WithdrawIssue:
        life.give(cast.OFFICER, ending)
    else:
        life.give(cast.DISPATCHER, ending, of=MeetingNumber("QJ-2026-0000009"))
    assert left(life) == (COUNCIL,)
    assert life.issue.council is None


def test_dispatcher_may_dispatch_anew_and_the_council_still_has_its_say() -> None:
    life = before_council()
    life.give(cast.DISPATCHER, c.DispatchIssue, lead=POLICE)
    assert left(life) == ()
    life.give(ENGINE, c.SettleIssue, meeting=COUNCIL)
    assert life.issue.state is S.CLOSED


# --- what it says --------------------------------------------------------------------------------


def test_what_the_council_settled_is_closed_as_solved() -> None:
    life = before_council()
    life.give(ENGINE, c.SettleIssue, meeting=COUNCIL)
    assert (life.issue.state, life.issue.outcome) == (S.CLOSED, Outcome.SOLVED)
    assert life.issue.council is None
    assert left(life) == ()


def test_councils_dispatch_calls_the_department_with_full_clocks() -> None:
    life = before_council()
    life.give(ENGINE, c.DispatchIssue, lead=POLICE, rule=f"meeting:{COUNCIL}", meeting=COUNCIL)
    assert life.issue.lead is not None
    assert (life.issue.state, life.issue.lead.department) == (S.DISPATCHED, POLICE)
    assert life.latest(D.RESOLVE).counts_from is not None
    assert life.latest(D.RESOLVE, POLICE).clock.intervals[0].start == life.now
    assert life.issue.council is None
    assert left(life) == ()


def test_tasks_of_a_council_outlive_its_dispatch_and_a_good_end() -> None:
    life = before_council()
    fields = {"lead": LIFT, "meeting": COUNCIL, "with_tasks": True}
    life.give(ENGINE, c.DispatchIssue, **fields)
    assert life.issue.council is not None
    assert life.issue.before_council is None
    resolve(life)
    assert left(life) == ()
    says(life, ItemOutcome.CARRIED_OUT)
    last = life.steps[-1].after
    assert (last.state, last.council) == (S.RESOLVED, None)


@pytest.mark.parametrize("outcome", [ItemOutcome.PASSED_UP, ItemOutcome.TASK_MISSED])
def test_what_is_passed_up_is_whistled_to_the_street(outcome: ItemOutcome) -> None:
    life = before_council()
    says(life, outcome)
    assert life.issue.council is None
    life.wait(NOTHING)
    meeting = life.issue.in_meeting
    assert meeting is not None
    assert (meeting.level, life.issue.level) == (Level.STREET, Level.STREET)
    last = life.steps[-1].command
    assert isinstance(last, c.ConveneMeeting)
    assert last.by is ConvenedBy.MEETING


def test_what_has_climbed_past_the_street_is_not_sent_back_to_it() -> None:
    life = before_council()
    life.issue = life.issue.raised_to(Level.COUNTY)
    says(life, ItemOutcome.PASSED_UP)
    life.wait(NOTHING)
    meeting = life.issue.in_meeting
    assert meeting is not None
    assert (meeting.level, life.issue.level) == (Level.COUNTY, Level.COUNTY)


@pytest.mark.parametrize(
    "outcome",
    [
        ItemOutcome.TAKEN_OFF,
        ItemOutcome.NO_QUORUM,
        ItemOutcome.NOT_OPENED,
        ItemOutcome.NO_DECISION,
        ItemOutcome.NOT_OURS,
    ],
)
def test_council_that_comes_to_nothing_changes_nothing(outcome: ItemOutcome) -> None:
    life = before_council()
    before = life.issue
    says(life, outcome)
    life.wait(NOTHING)
    assert (life.issue.state, life.issue.level) == (before.state, before.level)
    assert life.issue.deadlines == before.deadlines
    assert (life.issue.council, life.issue.meeting) == (None, None)


def test_missed_task_of_a_resolved_issue_calls_nobody() -> None:
    life = before_council()
    life.give(ENGINE, c.DispatchIssue, lead=LIFT, meeting=COUNCIL, with_tasks=True)
    resolve(life)
    says(life, ItemOutcome.TASK_MISSED)
    assert (life.issue.state, life.issue.meeting_called) == (S.RESOLVED, None)


def test_councils_task_missed_during_a_joint_meeting_waits_for_that_one() -> None:
    life = a_life(S.HANDLING)
    life.give(cast.SUPERVISOR, c.ConveneMeeting)
    decided(life, with_tasks=True)
    life.give(ENGINE, c.CallToCouncil, meeting=COUNCIL)
    says(life, ItemOutcome.PASSED_UP)
    assert life.issue.meeting_called is not None
    life.wait(NOTHING)
    assert life.issue.meeting is not None
    assert life.issue.meeting.number.endswith("-M2")


def test_joint_meetings_end_leaves_the_council_alone() -> None:
    life = a_life(S.HANDLING)
    life.give(cast.SUPERVISOR, c.ConveneMeeting)
    decided(life, with_tasks=True)
    life.give(ENGINE, c.CallToCouncil, meeting=COUNCIL)
    kinds = open_kinds(life)
    ended(life, ItemOutcome.CARRIED_OUT)
    assert (life.issue.meeting, open_kinds(life)) == (None, kinds)
    assert life.issue.before_council is not None


def test_stranger_council_is_not_heard() -> None:
    life = before_council()
    assert life.why_not(ENGINE, c.SettleIssue, meeting=NEXT) is GONE
    assert life.why_not(ENGINE, c.DispatchIssue, lead=POLICE, meeting=NEXT) is GONE
    nothing = {"meeting": NEXT, "outcome": ItemOutcome.PASSED_UP}
    assert life.why_not(ENGINE, c.EndMeeting, **nothing) is GONE
