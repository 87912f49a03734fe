"""Facts of storage as the API shows them, with the caller's words beside the codes."""

from dataclasses import dataclass
from datetime import datetime

from api.happened import event_label
from api.moves import Grant, Moves, grants
from api.schemas.issues import (
    DeadlineRead,
    Deadlines,
    EventRead,
    IssueDetailRead,
    IssueRead,
)
from api.schemas.pictures import PictureRead
from api.schemas.places import PositionRead
from api.words import deadline_words
from catalogue import label, say
from domain.actor import Actor
from domain.deadline import Deadline
from domain.explanation import explain
from domain.facts import Pinned
from domain.position import Position
from domain.rights import Act, may
from storage.queries import Queries
from storage.reference import ReferenceRepository, UnknownReference
from storage.session import Session
from storage.views import IssueDetail, IssueLine, TimelineEntry

_LABELLED = {
    "state": "state",
    "outcome": "outcome",
    "level": "level",
    "source": "role",
    "satisfaction": "satisfaction",
    "first_breach_kind": "deadline_kind",
}


def shown_line(line: IssueLine, viewer: Actor, at: datetime, locale: str) -> IssueRead:
    read = IssueRead.model_validate(line)
    # Elsewhere, priority that comes from where an issue was raised would tell of its household.
    priority = line.priority or (
        line.raised_with_priority and may(viewer, Act.SEE_PRIORITY_OF_BIRTH)
    )
    changes = {"overdue": line.is_overdue(at), "priority": priority}
    return read.model_copy(update={**changes, "labels": _labels(line, locale)})


def _labels(line: IssueLine, locale: str) -> dict[str, str]:
    return {
        field: label(section, value, locale)
        for field, section in _LABELLED.items()
        if (value := getattr(line, field)) is not None
    }


def place_note(away_m: int | None, locale: str) -> str | None:
    """What is said of a position that lies in no grid."""
    return None if away_m is None else say("place.outside", locale, away_m=away_m)


def shown_detail(
    detail: IssueDetail,
    pictures: tuple[PictureRead, ...],
    viewer: Actor,
    at: datetime,
    locale: str,
) -> IssueDetailRead:
    found = detail.snapshot
    return IssueDetailRead(
        **shown_line(detail.line, viewer, at, locale).model_dump(),
        description=detail.description,
        description_erased_at=detail.description_erased_at,
        said_at=detail.said_at,
        position=_shown_position(detail.position),
        place_note=place_note(detail.away_m, locale),
        followers=detail.followers,
        followers_say=detail.followers_say,
        assignments=detail.assignments,
        pending=detail.pending,
        suspension=detail.suspension,
        meeting=found.meeting if found else None,
        beyond_county=found is not None and found.beyond_county,
        supervised_by=found.supervised_by if found else None,
        pictures=pictures,
    )


def _shown_position(position: Position | None) -> PositionRead | None:
    return None if position is None else PositionRead.model_validate(position)


def shown_event(entry: TimelineEntry, pictures: tuple[PictureRead, ...], locale: str) -> EventRead:
    """The event with those of the pictures that came with it."""
    fields = {name: getattr(entry, name) for name in EventRead.model_fields if hasattr(entry, name)}
    shown = tuple(each for each in pictures if each.version == entry.version)
    label_ = event_label(entry.name, entry.details, locale)
    return EventRead(**fields, label=label_, pictures=shown)


async def shown_deadlines(
    session: Session, detail: IssueDetail, at: datetime, locale: str
) -> Deadlines | None:
    """All deadlines explained; None while the issue has not taken its first step."""
    found = detail.snapshot
    if found is None:
        return None
    pinned, suspension = found.pinned, found.suspension
    was_extended = any(each.extensions for each in found.deadlines)
    granted = await grants(Queries(session), found.number) if was_extended else ()
    until = suspension.until if suspension else None
    explainer = _Explainer(ReferenceRepository(session), pinned, at, locale, until, granted)
    return Deadlines(
        policy=pinned.policy,
        policy_version=pinned.policy_version,
        calendar=pinned.calendar,
        items=[await explainer.shown(each) for each in found.deadlines],
    )


@dataclass(frozen=True, slots=True)
class _Explainer:
    """Explains by the pinned policy and by the version of the calendar that did the reckoning."""

    reference: ReferenceRepository
    pinned: Pinned
    at: datetime
    locale: str
    until: datetime | None
    grants: tuple[Grant, ...]

    async def shown(self, deadline: Deadline) -> DeadlineRead:
        read = _plain(deadline, self.locale)
        try:
            policy = await self.reference.policy(self.pinned.policy, self.pinned.policy_version)
            calendar = await self.reference.calendar(
                self.pinned.calendar, deadline.calendar_version or None
            )
        except UnknownReference:
            return read
        promise = policy.promise(deadline.kind)
        if promise is None or deadline.due_by is None:
            return read
        explanation = explain(deadline, promise, calendar, self.at)
        moves = Moves(calendar.zone, self.locale, self.until, self.grants).of(explanation)
        sentences = deadline_words(explanation, calendar, self.locale, moves)
        return read.model_copy(update={"explanation": explanation, "sentences": sentences})


def _plain(deadline: Deadline, locale: str) -> DeadlineRead:
    fields = {
        name: getattr(deadline, name)
        for name in DeadlineRead.model_fields
        if hasattr(deadline, name)
    }
    return DeadlineRead(**fields, label=label("deadline_kind", deadline.kind, locale))
