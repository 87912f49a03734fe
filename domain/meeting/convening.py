"""From a call for a meeting to the meeting itself, before anything has happened to it."""

from dataclasses import dataclass
from datetime import datetime

from domain.ids import (
    CalendarCode,
    CategoryCode,
    DepartmentCode,
    DistrictCode,
    GridCode,
    IssueNumber,
    MeetingNumber,
    PartyCode,
    Subject,
    TextId,
)
from domain.meeting.facts import MeetingOrigin, MeetingTerms
from domain.meeting.meeting import Meeting
from domain.meeting.parts import AgendaItem, Party
from domain.meeting.policy import MeetingPolicy
from domain.meeting.words import MeetingKind
from domain.reference import grid_at
from domain.vocabulary import ConvenedBy, Level


@dataclass(frozen=True, slots=True, kw_only=True)
class SummonedItem:
    """An issue for the agenda, and the departments it concerns."""

    issue: IssueNumber
    grid: GridCode
    category: CategoryCode
    departments: tuple[DepartmentCode, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Summons:
    """What calls for a meeting: where, at which level, over what."""

    number: MeetingNumber
    district: DistrictCode
    grid: GridCode
    level: Level
    calendar: CalendarCode
    convened_by: ConvenedBy
    convened_at: datetime
    items: tuple[SummonedItem, ...]
    kind: MeetingKind = MeetingKind.JOINT
    persons: tuple[Subject, ...] = ()
    """Invited in person, as the regulars of a council are."""
    proposed: tuple[datetime, ...] = ()
    place: TextId | None = None


def summons_again(meeting: Meeting) -> Summons:
    """What called for a meeting that is known, over what still waits for its word."""
    origin = meeting.origin
    return Summons(
        number=origin.number,
        district=origin.district,
        grid=origin.grid,
        level=origin.level,
        calendar=origin.terms.calendar,
        convened_by=origin.convened_by,
        convened_at=origin.convened_at,
        items=tuple(
            SummonedItem(issue=each.issue, grid=each.grid, category=each.category)
            for each in meeting.awaiting
        ),
        kind=origin.kind,
        persons=tuple(Subject(each.code) for each in meeting.parties if each.is_person),
        proposed=origin.proposed,
        place=origin.place,
    )


def convene(summons: Summons, policy: MeetingPolicy, unit: DepartmentCode | None) -> Meeting:
    """The meeting a summons calls for; `unit` is the office of the grid it sits at."""
    return Meeting(
        origin=MeetingOrigin(
            number=summons.number,
            kind=summons.kind,
            district=summons.district,
            grid=grid_at(summons.level, summons.grid),
            level=summons.level,
            convened_by=summons.convened_by,
            convened_at=summons.convened_at,
            convenor=policy.convenor or unit,
            terms=_terms(policy, summons.calendar),
            proposed=summons.proposed,
            place=summons.place,
        ),
        parties=_parties(summons, policy),
        agenda=tuple(
            AgendaItem(
                ordinal=ordinal,
                issue=each.issue,
                grid=each.grid,
                category=each.category,
                added_at=summons.convened_at,
            )
            for ordinal, each in enumerate(summons.items, start=1)
        ),
    )


def _parties(summons: Summons, policy: MeetingPolicy) -> tuple[Party, ...]:
    """Standing parties, departments concerned, persons; each once, in this order."""
    found: dict[PartyCode, Party] = {}
    for department in policy.standing:
        code = PartyCode(department)
        found.setdefault(code, Party(code=code, standing=True))
    for department in (each for item in summons.items for each in item.departments):
        code = PartyCode(department)
        found.setdefault(code, Party(code=code))
    for person in summons.persons:
        code = PartyCode(person)
        found.setdefault(code, Party(code=code, standing=True, is_person=True))
    return tuple(found.values())


def _terms(policy: MeetingPolicy, calendar: CalendarCode) -> MeetingTerms:
    return MeetingTerms(
        policy=policy.code,
        calendar=calendar,
        quorum_percent=policy.quorum_percent,
        report_in=policy.report_in,
        sits_after=policy.sits_after,
        decide_within=policy.decide_within,
        review_within=policy.review_within,
        grace=policy.grace,
        max_postponements=policy.max_postponements,
        longest_postponement=policy.longest_postponement,
        max_minutes=policy.max_minutes,
        leader=policy.leader,
        hour=policy.council.at if policy.council else policy.hour,
    )
