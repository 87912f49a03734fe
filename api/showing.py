"""Facts of storage as the API shows them, with the caller's words beside the codes."""

from dataclasses import dataclass
from datetime import datetime

from api.happened import event_label
from api.schemas.issues import (
    DeadlineRead,
    Deadlines,
    EventRead,
    IssueDetailRead,
    IssueRead,
)
from api.words import deadline_words
from catalogue import label
from domain.deadline import Deadline
from domain.explanation import explain
from domain.facts import Pinned
from domain.ids import IssueNumber
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


def shown_line(line: IssueLine, at: datetime, locale: str) -> IssueRead:
    read = IssueRead.model_validate(line)
    return read.model_copy(update={"overdue": line.is_overdue(at), "labels": _labels(line, locale)})


def _labels(line: IssueLine, locale: str) -> dict[str, str]:
    return {
        field: label(section, value, locale)
        for field, section in _LABELLED.items()
        if (value := getattr(line, field)) is not None
    }


def shown_detail(detail: IssueDetail, at: datetime, locale: str) -> IssueDetailRead:
    return IssueDetailRead(
        **shown_line(detail.line, at, locale).model_dump(),
        description=detail.description,
        description_erased_at=detail.description_erased_at,
        assignments=detail.assignments,
        pending=detail.pending,
        suspension=detail.suspension,
    )


def shown_event(entry: TimelineEntry, locale: str) -> EventRead:
    fields = {name: getattr(entry, name) for name in EventRead.model_fields if name != "label"}
    return EventRead(**fields, label=event_label(entry.name, entry.details, locale))


async def shown_deadlines(
    session: Session, number: IssueNumber, at: datetime, locale: str
) -> Deadlines | None:
    """All deadlines explained; None while the issue has not taken its first step."""
    found = await Queries(session).deadlines(number)
    if found is None:
        return None
    pinned = found.pinned
    explainer = _Explainer(ReferenceRepository(session), pinned, at, locale)
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
        sentences = deadline_words(explanation, calendar, self.locale)
        return read.model_copy(update={"explanation": explanation, "sentences": sentences})


def _plain(deadline: Deadline, locale: str) -> DeadlineRead:
    fields = {
        name: getattr(deadline, name)
        for name in DeadlineRead.model_fields
        if hasattr(deadline, name)
    }
    return DeadlineRead(**fields, label=label("deadline_kind", deadline.kind, locale))
