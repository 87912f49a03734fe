"""Whoever leads a meeting invites more departments until it has decided."""

import pytest

from domain.meeting import commands as m
from domain.meeting.words import MeetingState
from domain.refusals import RefusalCode
from tests.domain.cast import DAY, HOUR, LIFT, POLICE
from tests.domain.meeting.life import (
    CONVENOR,
    PARTIES,
    POLICEMAN,
    SUPERVISOR,
    MeetingLife,
    a_meeting,
)
from tests.domain.meeting.test_notices import to_whom
from tests.domain.meeting.test_stories_calling import absences

S = MeetingState


def invited(life: MeetingLife) -> MeetingLife:
    life.give(CONVENOR, m.InviteDepartments, invites=(POLICE,))
    return life


def test_who_is_invited_later_has_the_policys_time_from_then_on() -> None:
    life = a_meeting()
    life.wait(HOUR)
    party = invited(life).meeting.party(POLICE)
    assert party is not None
    assert (party.invited_at, party.report_in_by) == (life.now, life.now + DAY)
    assert "department:police" in to_whom(life, "meeting_invitation")


def test_who_is_invited_later_counts_for_the_quorum_and_may_be_absent() -> None:
    life = a_meeting()
    life.report_in(*PARTIES)
    assert life.meeting.quorum == 5
    invited(life)
    assert (len(life.meeting.parties), life.meeting.quorum, life.meeting.present) == (8, 5, 7)
    life.wait(DAY + HOUR)
    assert len(absences(life, POLICE)) == 1


def test_who_is_invited_while_it_sits_reports_in_and_hears_the_decision() -> None:
    life = invited(a_meeting(S.DISCUSSING))
    life.give(POLICEMAN, m.ReportInToMeeting)
    life.dispatch(life.order())
    assert "department:police" in to_whom(life, "meeting_decided")


@pytest.mark.parametrize("state", [S.DECIDED, S.REVIEWING, S.CLOSED])
def test_nobody_is_invited_once_it_has_decided(state: MeetingState) -> None:
    life = a_meeting(state)
    said = life.why_not(SUPERVISOR, m.InviteDepartments, invites=(POLICE,))
    assert said is RefusalCode.WRONG_STATE


def test_nobody_is_invited_twice_and_no_party_invites() -> None:
    life = a_meeting()
    refusal = life.refused(CONVENOR, m.InviteDepartments, invites=(POLICE, LIFT))
    assert refusal.code is RefusalCode.ALREADY_INVITED
    assert refusal.params == {"department": LIFT, "field": "invites.1"}
    said = life.why_not(PARTIES[LIFT], m.InviteDepartments, invites=(POLICE,))
    assert said is RefusalCode.NOT_ALLOWED
