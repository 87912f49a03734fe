"""What a step of a meeting means for the issues on its agenda."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from domain.ids import DepartmentCode, IssueNumber, MeetingNumber, Subject, TextId
from domain.meeting.facts import MeetingFacts
from domain.meeting.parts import AgendaItem
from domain.meeting.words import MeetingKind
from domain.vocabulary import ItemOutcome, Level


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingResult:
    """What an issue is told of its item; `is_final` when the meeting is done with it."""

    meeting: MeetingNumber
    issue: IssueNumber
    outcome: ItemOutcome
    at: datetime
    is_final: bool
    lead: DepartmentCode | None = None
    co: tuple[DepartmentCode, ...] = ()
    text: TextId | None = None
    leader: Subject | None = None
    """Named by the policy of the level, should nobody sit above it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingDates:
    """When the meeting of an issue sits, and by when it decides."""

    meeting: MeetingNumber
    version: int
    """Of the meeting, so that every telling has a name."""
    sits_at: datetime
    decide_by: datetime
    level: Level | None = None
    """At which it sits: what joins an agenda cannot know."""


def results(before: MeetingFacts, after: MeetingFacts) -> tuple[MeetingResult, ...]:
    """What has come to be known of each item by one step."""
    return tuple(_results(before, after))


def _results(before: MeetingFacts, after: MeetingFacts) -> Iterator[MeetingResult]:
    known = {each.ordinal: each for each in before.agenda}
    for item in after.agenda:
        was = known.get(item.ordinal, item)
        if item.decision is not None and was.decision is None:
            yield _decided(after, item)
        elif item.outcome is not None and was.outcome is None:
            yield _result(after, item, item.outcome, is_final=True)


def results_again(
    meeting: MeetingFacts, issue: IssueNumber, *, since: datetime, undecided: bool
) -> tuple[MeetingResult, ...]:
    """What an issue that came before the meeting at `since` has to know of its item by now.

    An `undecided` issue has heard nothing yet, any other only how the decision was carried out.
    Told again it makes no difference: the issue's law drops what has lost its object.
    """
    item = meeting.item(issue)
    if item is None or (item.ended_at is not None and item.added_at < since >= item.ended_at):
        return (_never_there(meeting, issue, since),)
    told: list[MeetingResult] = []
    decision = item.decision
    if decision is not None and undecided:
        is_final = not item.is_open and not meeting.tasks_of(issue)
        decided = _result(meeting, item, decision.outcome, is_final=is_final)
        told.append(replace(decided, at=decision.at))
    if item.outcome is not None and not any(each.is_final for each in told):
        told.append(_result(meeting, item, item.outcome, is_final=True))
    return tuple(told)


def _never_there(meeting: MeetingFacts, issue: IssueNumber, at: datetime) -> MeetingResult:
    return MeetingResult(
        meeting=meeting.number, issue=issue, outcome=ItemOutcome.TAKEN_OFF, at=at, is_final=True
    )


def _decided(meeting: MeetingFacts, item: AgendaItem) -> MeetingResult:
    assert item.decision is not None
    return _result(meeting, item, item.decision.outcome, is_final=not item.is_open)


def _result(
    meeting: MeetingFacts, item: AgendaItem, outcome: ItemOutcome, *, is_final: bool
) -> MeetingResult:
    decision = item.decision
    at = item.ended_at or (decision.at if decision else item.added_at)
    return MeetingResult(
        meeting=meeting.number,
        issue=item.issue,
        outcome=outcome,
        at=at,
        is_final=is_final,
        lead=decision.lead if decision else None,
        co=decision.co if decision else (),
        text=decision.text if decision else None,
        leader=meeting.terms.leader,
    )


def dates(
    before: MeetingFacts, after: MeetingFacts
) -> tuple[tuple[IssueNumber, ...], MeetingDates | None]:
    """Who has to be told of dates, and which: all when they moved, else who has just joined."""
    if after.sits_at is None or after.decide_by is None or after.origin.kind is MeetingKind.COUNCIL:
        return (), None  # an issue's clocks do not go by its council's
    known = {each.issue for each in before.awaiting}
    moved = (before.sits_at, before.decide_by) != (after.sits_at, after.decide_by)
    told = tuple(each.issue for each in after.awaiting if moved or each.issue not in known)
    return told, MeetingDates(
        meeting=after.number,
        version=after.version,
        sits_at=after.sits_at,
        decide_by=after.decide_by,
        level=after.origin.level,
    )
