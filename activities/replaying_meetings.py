"""Leads a meeting through its recorded commands again, as the law and its calendar then were."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from activities.replaying import SKEWS, difference_of, led_on
from domain.ids import DepartmentCode, PartyCode
from domain.meeting import commands as m
from domain.meeting.meeting import Meeting
from domain.meeting.parts import AgendaItem, Party
from domain.meeting.planning import plan
from storage.hindsight import Hindsight
from storage.meetings.checks import MeetingChecks
from storage.meetings.views import RecordedMeetingEvent
from storage.session import Session

EVENTS_AT_MOST = 2000
"""Read at once, several times over with latecomers; a meeting has some hundreds."""


class TooLong(Exception):
    """So many steps are not replayed within one check."""


async def meeting_difference(session: Session, snapshot: Meeting) -> str | None:
    """None when the events of a meeting lead to its snapshot, else the facts that differ.

    Raises:
        ReplayRefused: a recorded command is against the law.
        TooLong: nothing was read.
    """
    if snapshot.version > EVENTS_AT_MOST:
        raise TooLong(snapshot.number)
    events = await MeetingChecks(session).events(snapshot.number, snapshot.version)
    joined = sum(isinstance(each.command, m.AddToAgenda) for each in events)
    items = len(snapshot.agenda) - joined
    replays = (
        partial(_replayed, session, _born(snapshot, items=items, late=late), events, skew)
        for late in _possible_latecomers(snapshot, _invited_later(events))
        for skew in SKEWS
    )
    return await difference_of(snapshot, replays)


def _invited_later(events: Sequence[RecordedMeetingEvent]) -> frozenset[PartyCode]:
    """Whom issues that joined concern, and whom people invited once the meeting was called."""
    found: list[DepartmentCode] = []
    for event in events:
        if isinstance(event.command, m.AddToAgenda):
            found += event.command.departments
        if isinstance(event.command, m.InviteDepartments):
            found += event.command.invites
    return frozenset(map(PartyCode, found))


def _possible_latecomers(snapshot: Meeting, invited: frozenset[PartyCode]) -> range:
    """How many of the parties, at most, came later; the last ones did.

    A department that an issue concerns may have been there before the issue joined.
    """
    late = 0
    for party in reversed(snapshot.parties):
        if party.code not in invited:
            break
        late += 1
    return range(late + 1)


def _born(snapshot: Meeting, *, items: int, late: int) -> Meeting:
    parties = snapshot.parties[: len(snapshot.parties) - late]
    return Meeting(
        origin=snapshot.origin,
        parties=tuple(
            Party(code=each.code, standing=each.standing, is_person=each.is_person)
            for each in parties
        ),
        agenda=tuple(
            AgendaItem(
                ordinal=each.ordinal,
                issue=each.issue,
                grid=each.grid,
                category=each.category,
                added_at=each.added_at,
            )
            for each in snapshot.agenda[:items]
        ),
    )


async def _replayed(
    session: Session, born: Meeting, events: Sequence[RecordedMeetingEvent], skew: timedelta
) -> Meeting:
    references = Hindsight(session, born.origin.convened_at)
    meeting = born
    for event in events:
        meeting = led_on(meeting, event)
        references.at = event.recorded_at + skew
        if _needs_planning(meeting):
            meeting = plan(meeting, await references.calendar(meeting.terms.calendar))
    return meeting


def _needs_planning(meeting: Meeting) -> bool:
    """Most steps call for no instant, and then nothing has to be asked."""
    return (
        (meeting.called_at is not None and meeting.decide_by is None)
        or any(each.owes_report and each.report_in_by is None for each in meeting.parties)
        or any(each.awaits_review and each.review_by is None for each in meeting.tasks)
    )
