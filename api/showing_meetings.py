"""Facts of meetings as the API shows them, with the caller's words beside the codes."""

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
    StepRead,
    TaskRead,
)
from catalogue import label
from domain.ids import TextId
from domain.meeting.parts import AgendaItem
from storage.meetings.views import MeetingDetail, MeetingEntry, MeetingLine, Owed

_LABELLED = {
    "kind": "meeting_kind",
    "state": "meeting_state",
    "outcome": "meeting_outcome",
    "level": "level",
    "convened_by": "convened_by",
}


def shown_meeting_line(line: MeetingLine, locale: str) -> MeetingRead:
    labels = {
        field: label(section, value, locale)
        for field, section in _LABELLED.items()
        if (value := getattr(line, field)) is not None
    }
    return MeetingRead.model_validate(line).model_copy(update={"labels": labels})


def shown_meeting(detail: MeetingDetail, locale: str) -> MeetingDetailRead:
    meeting = detail.snapshot

    return MeetingDetailRead(
        **shown_meeting_line(detail.line, locale).model_dump(),
        quorum=meeting.quorum,
        present=meeting.present,
        steps=[
            StepRead(step=step, label=label("meeting_state", step, locale), since=since)
            for step, since in meeting.steps
        ],
        parties=meeting.parties,
        positions={
            each.code: Position.read(kept)
            for each in meeting.parties
            if (kept := _said(detail, each.position)) is not None
        },
        agenda=_items(detail, locale),
        tasks=_tasks(detail),
    )


def shown_agenda(detail: MeetingDetail, locale: str) -> AgendaRead:
    meeting = detail.snapshot
    return AgendaRead(
        number=meeting.number,
        state=meeting.state,
        items=_items(detail, locale),
        tasks=_tasks(detail),
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


def shown_entry(entry: MeetingEntry, locale: str) -> MeetingEventRead:
    fields = {
        name: getattr(entry, name) for name in MeetingEventRead.model_fields if name != "label"
    }
    return MeetingEventRead(**fields, label=meeting_event_label(entry.name, entry.details, locale))


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
