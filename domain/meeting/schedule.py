"""What the clocks of a meeting call for, in order of their instants."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from domain.ids import PartyCode
from domain.meeting import commands as m
from domain.meeting.facts import MeetingFacts
from domain.meeting.parts import Party, Task
from domain.meeting.words import MeetingState
from domain.schedule import PAST, Due

_REMIND_AT = 75
_WHOLE = 100
_UNDECIDED = (MeetingState.PROPOSED, MeetingState.DISCUSSING)


def next_due(meeting: MeetingFacts, at: datetime) -> Due | None:
    """The earliest due thing at or before `at`, or None."""
    due = min(_calls(meeting), key=lambda each: each.at, default=None)
    return due if due is not None and due.at <= at else None


def next_instant(meeting: MeetingFacts) -> datetime | None:
    """The instant of the earliest call, past or future."""
    return min((each.at for each in _calls(meeting)), default=None)


def _calls(meeting: MeetingFacts) -> Iterator[Due]:
    if meeting.state in _UNDECIDED:
        yield from _report_ins(meeting)
        yield from _sitting(meeting)
    if meeting.state is not MeetingState.CLOSED:
        for task in meeting.tasks:
            yield from _task(task, meeting.number)


def _report_ins(meeting: MeetingFacts) -> Iterator[Due]:
    """Parties with the same instants are reminded, and missed, together."""
    waiting = [each for each in meeting.parties if each.owes_report and each.absent_at is None]
    for at, codes in _together(waiting, _reminder):
        fact = f"remind:{meeting.number}:{codes[0]}@{at.isoformat()}"
        yield Due(at=at, command=m.RemindParties.by_engine(fact, parties=codes))
    for at, codes in _together(waiting, lambda party: party.report_in_by):
        fact = f"absent:{meeting.number}:{codes[0]}@{at.isoformat()}"
        yield Due(at=at + PAST, command=m.RecordAbsences.by_engine(fact, parties=codes))


def _together(
    parties: Iterable[Party], instant_of: Callable[[Party], datetime | None]
) -> Iterator[tuple[datetime, tuple[PartyCode, ...]]]:
    found: dict[datetime, tuple[PartyCode, ...]] = {}
    for party in parties:
        instant = instant_of(party)
        if instant is not None:
            found[instant] = (*found.get(instant, ()), party.code)
    yield from found.items()


def _reminder(party: Party) -> datetime | None:
    if party.invited_at is None or party.report_in_by is None or party.reminded_at is not None:
        return None
    return _most_of(party.invited_at, party.report_in_by)


def _sitting(meeting: MeetingFacts) -> Iterator[Due]:
    number = meeting.number
    if meeting.state is MeetingState.PROPOSED and meeting.sits_at is not None:
        fact = f"no_sitting:{number}@{meeting.sits_at.isoformat()}"
        at = meeting.sits_at + meeting.terms.grace + PAST
        to, quorate = meeting.next_proposed(at), meeting.has_quorum
        missed = m.MissSitting.by_engine(fact, to=to, anew=True, quorate=quorate)
        yield Due(at=at, command=missed)
    if meeting.state is MeetingState.DISCUSSING and meeting.decide_by is not None:
        fact = f"no_decision:{number}@{meeting.decide_by.isoformat()}"
        yield Due(at=meeting.decide_by + PAST, command=m.MissDecision.by_engine(fact))


def _task(task: Task, number: str) -> Iterator[Due]:
    fact = f"{number}:{task.id}"
    if task.is_owed:
        if task.reminded_at is None:
            yield Due(
                at=_most_of(task.set_at, task.due_by),
                command=m.RemindTask.by_engine(f"remind:{fact}", task=task.id),
            )
        yield Due(
            at=task.due_by + PAST, command=m.MissTask.by_engine(f"missed:{fact}", task=task.id)
        )
    elif task.awaits_review and task.review_by is not None:
        at = task.review_by + PAST
        yield Due(at=at, command=m.LapseReview.by_engine(f"lapse:{fact}", task=task.id))


def _most_of(since: datetime, by: datetime) -> datetime:
    return since + max(by - since, by - by) * _REMIND_AT // _WHOLE
