"""What an issue that missed the meeting's words has to be told of its item."""

from domain.ids import IssueNumber
from domain.meeting import commands as m
from domain.meeting.meeting import Meeting
from domain.meeting.results import MeetingResult, results_again
from domain.meeting.words import MeetingState
from domain.vocabulary import ItemOutcome
from tests.domain.cast import HOUR, MONDAY_NINE
from tests.domain.meeting.life import CONVENOR, ISSUE, OTHER, a_meeting

S = MeetingState


def told(
    meeting: Meeting, issue: IssueNumber = ISSUE, *, undecided: bool = True
) -> tuple[MeetingResult, ...]:
    return results_again(meeting, issue, since=MONDAY_NINE, undecided=undecided)


def test_nothing_was_said_yet() -> None:
    assert told(a_meeting(S.PROPOSED).meeting) == ()
    assert told(a_meeting(S.DISCUSSING).meeting) == ()


def test_issue_that_is_not_on_the_agenda_is_turned_away() -> None:
    (result,) = told(a_meeting().meeting, OTHER)
    assert (result.issue, result.outcome, result.is_final) == (OTHER, ItemOutcome.TAKEN_OFF, True)
    assert result.at == MONDAY_NINE


def test_end_without_a_decision_is_what_was_said_the_first_time() -> None:
    life = a_meeting(S.DISCUSSING)
    life.give(CONVENOR, m.AdjournMeeting)
    assert told(life.meeting) == tuple(life.told)


def test_decision_with_tasks_is_told_and_not_as_the_end() -> None:
    life = a_meeting(S.DECIDED)
    assert told(life.meeting) == tuple(life.told)
    assert not life.told[0].is_final
    assert told(life.meeting, undecided=False) == ()


def test_decision_and_end_are_told_in_order() -> None:
    life = a_meeting(S.CLOSED)
    assert told(life.meeting) == tuple(life.told)
    assert told(life.meeting, undecided=False) == tuple(life.told[1:])


def test_issue_that_came_again_is_not_told_of_its_first_time() -> None:
    life = a_meeting(S.PROPOSED)
    life.wait(HOUR)
    life.give(CONVENOR, m.TakeOffAgenda, issue=ISSUE)
    again = life.now + HOUR
    (result,) = results_again(life.meeting, ISSUE, since=again, undecided=True)
    assert (result.outcome, result.at) == (ItemOutcome.TAKEN_OFF, again)
