"""Facts of meetings as the API shows them, with the caller's words beside the codes."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import datetime

from api.happened import meeting_event_label
from api.schemas.meeting_commands import Position
from api.schemas.meetings import (
    AgendaRead,
    ItemRead,
    MeetingDetailRead,
    MeetingEventRead,
    MeetingRead,
    OwedRead,
    PartyRead,
    StepRead,
    TaskRead,
)
from catalogue import label
from domain.ids import TextId
from domain.meeting.parts import AgendaItem, Party
from storage.meetings.views import MeetingDetail, MeetingEntry, MeetingLine, Owed

_LABELLED = {
    "kind": "meeting_kind",
    "state": "meeting_state",
    "outcome": "meeting_outcome",
    "level": "level",
    "convened_by": "convened_by",
}


Names = Mapping[str, str]
"""Of departments, by their codes."""


def departments_in(detail: MeetingDetail) -> Iterator[str | None]:
    """The codes of all departments that a meeting's page shows."""
    meeting = detail.snapshot
    yield meeting.origin.convenor
    yield from (each.code for each in meeting.parties if not each.is_person)
    for item in meeting.agenda:
        if item.decision is not None:
            yield from (item.decision.lead, *item.decision.co)
    for task in meeting.tasks:
        yield task.department
        yield None if task.reviewer_is_person else task.reviewer


def shown_meeting_line(line: MeetingLine, names: Names, locale: str) -> MeetingRead:
    labels = {
        field: label(section, value, locale)
        for field, section in _LABELLED.items()
        if (value := getattr(line, field)) is not None
    }
    if line.convenor is not None and line.convenor in names:
        labels["convenor"] = names[line.convenor]
    return MeetingRead.model_validate(line).model_copy(update={"labels": labels})


def shown_meeting(detail: MeetingDetail, names: Names, locale: str) -> MeetingDetailRead:
    meeting = detail.snapshot
    return MeetingDetailRead(
        **shown_meeting_line(detail.line, names, locale).model_dump(),
        quorum=meeting.quorum,
        present=meeting.present,
        proposed=meeting.origin.proposed,
        place=_said(detail, meeting.origin.place),
        steps=[
            StepRead(step=step, label=label("meeting_state", step, locale), since=since)
            for step, since in meeting.steps
        ],
        parties=[_party(each, names) for each in meeting.parties],
        positions={
            each.code: Position.read(kept)
            for each in meeting.parties
            if (kept := _said(detail, each.position)) is not None
        },
        agenda=_items(detail, locale),
        tasks=_tasks(detail),
        names=names,
    )


def _party(party: Party, names: Names) -> PartyRead:
    name = None if party.is_person else names.get(party.code)
    return PartyRead(**{each.name: getattr(party, each.name) for each in fields(Party)}, name=name)


def shown_agenda(detail: MeetingDetail, names: Names, locale: str) -> AgendaRead:
    meeting = detail.snapshot
    return AgendaRead(
        number=meeting.number,
        state=meeting.state,
        sits_at=meeting.sits_at,
        proposed=meeting.origin.proposed,
        place=_said(detail, meeting.origin.place),
        items=_items(detail, locale),
        tasks=_tasks(detail),
        names=names,
    )


def _items(detail: MeetingDetail, locale: str) -> list[ItemRead]:
    return [
        ItemRead(
            item=each,
            label=_item_label(each, locale),
            text=_said(detail, each.decision.text if each.decision else None),
        )
        for each in detail.snapshot.agenda
    ]


def _tasks(detail: MeetingDetail) -> list[TaskRead]:
    return [TaskRead(task=each, text=_said(detail, each.text)) for each in detail.snapshot.tasks]


def _said(detail: MeetingDetail, text: TextId | None) -> str | None:
    return detail.texts.get(text) if text is not None else None


def _item_label(item: AgendaItem, locale: str) -> str | None:
    """How it ended; while tasks are under way, what was decided."""
    outcome = item.outcome or (item.decision.outcome if item.decision else None)
    return label("item_outcome", outcome, locale) if outcome else None


def shown_entry(entry: MeetingEntry, names: Names, locale: str) -> MeetingEventRead:
    known = {each.name: getattr(entry, each.name) for each in fields(MeetingEntry)}
    name = names.get(entry.department or "")
    said = meeting_event_label(entry.name, entry.details, locale)
    return MeetingEventRead(**known, department_name=name, label=said)


def shown_duty(owed: Owed, at: datetime, locale: str) -> OwedRead:
    return OwedRead(
        meeting=owed.meeting,
        duty=owed.duty,
        label=label("duty", owed.duty, locale),
        due_by=owed.due_by,
        is_late=owed.due_by is not None and at > owed.due_by,
        task=owed.task,
        issue=owed.issue,
    )
