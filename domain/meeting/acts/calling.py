"""From the call to the sitting: invitations, report-ins, absences, postponements."""

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from domain.command import Command
from domain.ids import PartyCode
from domain.meeting import commands as m
from domain.meeting.acts.ending import end_items, moved_on
from domain.meeting.authority import party_of
from domain.meeting.facts import MeetingFacts
from domain.meeting.parts import Party
from domain.meeting.words import MeetingState
from domain.refusals import Refusal, RefusalCode
from domain.vocabulary import ItemOutcome

MOST_PARTIES = 250
"""A council's regulars and fifty more: every step carries all of them."""

M = TypeVar("M", bound=MeetingFacts)


def guard_invite(meeting: MeetingFacts, _: m.InviteParties, __: datetime) -> None:
    if meeting.called_at is not None:
        raise Refusal(RefusalCode.FACT_GONE)


def invite(meeting: M, _: m.InviteParties, at: datetime) -> M:
    """At the first proposed time that still lies ahead; without one, when the policy says."""
    sits_at = next((each for each in meeting.origin.proposed if each > at), None)
    called = replace(meeting, called_at=at, sits_at=sits_at)
    return called.inviting(tuple(each.code for each in meeting.parties), at)


def _own(meeting: MeetingFacts, command: Command) -> Party:
    party = party_of(command.actor, meeting)
    assert party is not None
    return party


def guard_acknowledge(meeting: MeetingFacts, command: m.AcknowledgeInvitation, _: datetime) -> None:
    own = _own(meeting, command)
    if own.acknowledged_at is not None:
        raise Refusal(RefusalCode.ALREADY_ACKNOWLEDGED, at=own.acknowledged_at)


def acknowledge(meeting: M, command: m.AcknowledgeInvitation, at: datetime) -> M:
    return meeting.with_party(replace(_own(meeting, command), acknowledged_at=at))


def guard_report_in(meeting: MeetingFacts, command: m.ReportInToMeeting, at: datetime) -> None:
    own = _own(meeting, command)
    if own.reported_in_at is not None and not _takes_back(meeting, command):
        raise Refusal(RefusalCode.ALREADY_REPORTED_IN, at=own.reported_in_at)
    since = meeting.origin.convened_at
    if command.arrived_at is not None and not since <= command.arrived_at <= at:
        raise Refusal(RefusalCode.ARRIVED_OUT_OF_TIME, since=since)


def _takes_back(meeting: MeetingFacts, command: m.ReportInToMeeting) -> bool:
    """Once the sitting is open, who was there was there."""
    return command.instead and not command.comes and meeting.state is MeetingState.PROPOSED


def report_in(meeting: M, command: m.ReportInToMeeting, at: datetime) -> M:
    """A late report-in counts for the quorum; the absence before it stays a fact.

    Who only proposes another time has read the invitation, and still owes its report: if it had
    reported in before and the time for that is over, by the sitting.
    """
    own = _own(meeting, command)
    there = replace(
        own,
        acknowledged_at=own.acknowledged_at or at,
        reported_in_at=at if command.comes else None,
        proposed_at=command.proposes or own.proposed_at,
        position=command.position,
        arrived_at=command.arrived_at,
    )
    by = own.report_in_by
    if own.reported_in_at is not None and by is not None and by <= at:
        there = replace(there, report_in_by=meeting.sits_at)
    return meeting.with_party(there)


def _owing(meeting: MeetingFacts, codes: tuple[PartyCode, ...]) -> tuple[Party, ...]:
    parties = tuple(each for each in meeting.parties if each.code in codes)
    if not parties or len(parties) != len(codes):
        raise Refusal(RefusalCode.FACT_GONE, parties=",".join(codes))
    return parties


def guard_remind(meeting: MeetingFacts, command: m.RemindParties, _: datetime) -> None:
    for party in _owing(meeting, command.parties):
        if not party.owes_report or party.reminded_at is not None:
            raise Refusal(RefusalCode.FACT_GONE, party=party.code)


def remind(meeting: M, command: m.RemindParties, at: datetime) -> M:
    for party in _owing(meeting, command.parties):
        meeting = meeting.with_party(replace(party, reminded_at=at))
    return meeting


def guard_absences(meeting: MeetingFacts, command: m.RecordAbsences, at: datetime) -> None:
    for party in _owing(meeting, command.parties):
        late = party.report_in_by is not None and at > party.report_in_by
        if not (party.owes_report and late) or party.absent_at is not None:
            raise Refusal(RefusalCode.FACT_GONE, party=party.code)


def record_absences(meeting: M, command: m.RecordAbsences, _: datetime) -> M:
    """The fact carries the instant the report-in was due, however late it is written down."""
    for party in _owing(meeting, command.parties):
        due_by = party.report_in_by
        assert due_by is not None
        absent = replace(party, absent_at=due_by, absences=(*party.absences, due_by))
        meeting = meeting.with_party(absent)
    return meeting


def guard_invite_more(meeting: MeetingFacts, command: m.InviteDepartments, _: datetime) -> None:
    for index, department in enumerate(command.invites):
        if meeting.party(department) is not None:
            field = f"invites.{index}"
            raise Refusal(RefusalCode.ALREADY_INVITED, department=department, field=field)
    if len(meeting.parties) + len(command.invites) > MOST_PARTIES:
        raise Refusal(RefusalCode.LIMIT_REACHED, limit=MOST_PARTIES)


def invite_more(meeting: M, command: m.InviteDepartments, at: datetime) -> M:
    """Each is a party like any other: it counts for the quorum and owes its report."""
    return meeting.joined_by(command.invites, at)


def guard_postpone(meeting: MeetingFacts, command: m.PostponeMeeting, at: datetime) -> None:
    terms, sits_at = meeting.terms, meeting.sits_at
    if meeting.postponements >= terms.max_postponements:
        raise Refusal(RefusalCode.LIMIT_REACHED, limit=terms.max_postponements)
    if sits_at is None or command.to <= max(sits_at, at):
        raise Refusal(RefusalCode.POSTPONED_BACKWARDS, sits_at=sits_at)
    if command.to - sits_at > terms.longest_postponement:
        longest = terms.longest_postponement
        raise Refusal(
            RefusalCode.POSTPONED_TOO_FAR,
            longest_days=longest.days,
            longest_seconds=int(longest.total_seconds()),
        )


def postpone(meeting: M, command: m.PostponeMeeting, at: datetime) -> M:
    """Who puts it off chooses the hour; commands from before they said `anew` did not."""
    again = _called_again(meeting, at, anew=command.anew)
    return replace(again, sits_at=command.to, put_off_to=command.to if command.anew else None)


def _called_again(meeting: M, at: datetime, *, anew: bool) -> M:
    """Who reported in did so for another day: everybody is invited `anew` and owes it again."""
    if anew:
        for party in meeting.parties:
            meeting = meeting.with_party(_as_if_silent(party))
    meeting = replace(
        meeting,
        called_at=at,
        sits_at=None,
        decide_by=None,
        postponements=meeting.postponements + 1,
    )
    return meeting.inviting(tuple(each.code for each in meeting.parties if each.owes_report), at)


def _as_if_silent(party: Party) -> Party:
    return replace(party, acknowledged_at=None, reported_in_at=None, position=None, arrived_at=None)


def guard_miss_sitting(meeting: MeetingFacts, _: m.MissSitting, at: datetime) -> None:
    if meeting.sits_at is None or at <= meeting.sits_at + meeting.terms.grace:
        raise Refusal(RefusalCode.FACT_GONE)


def miss_sitting(meeting: M, command: m.MissSitting, at: datetime) -> M:
    """Another day by itself, as often as the policy allows; then the next level takes over.

    The command names a proposed time, so that a step from before it could keeps its day.
    """
    if meeting.postponements < meeting.terms.max_postponements:
        return replace(_called_again(meeting, at, anew=command.anew), sits_at=command.to)
    outcome = ItemOutcome.NOT_OPENED if command.quorate else ItemOutcome.NO_QUORUM
    return moved_on(end_items(meeting, meeting.awaiting, outcome, at), at)


def guard_open(meeting: MeetingFacts, _: m.OpenSitting, at: datetime) -> None:
    if not meeting.has_quorum:
        raise Refusal(RefusalCode.NO_QUORUM, present=meeting.present, quorum=meeting.quorum)
    early = meeting.sits_at is None or at < meeting.sits_at
    if early and meeting.present < len(meeting.parties):
        raise Refusal(RefusalCode.SITTING_TOO_EARLY, sits_at=meeting.sits_at)


def open_sitting(meeting: M, _: m.OpenSitting, at: datetime) -> M:
    return replace(meeting, state=MeetingState.DISCUSSING, opened_at=at)
