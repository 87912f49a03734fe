"""Who owes a meeting what, and by when: one question over parties, convenors and tasks."""

from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Select,
    Text,
    and_,
    cast,
    literal,
    null,
    or_,
    select,
    union_all,
)

from domain.ids import DepartmentCode, Subject
from domain.meeting.words import MeetingState
from storage.meetings.views import Duty
from storage.models import MeetingPartyRow, MeetingRow, MeetingTaskRow

_NOTHING = cast(null(), Text)


def owed_by(
    subject: Subject, department: DepartmentCode | None
) -> CompoundSelect[*tuple[Any, ...]]:
    """Rows of meeting, duty, instant, task and issue, in no order."""
    return union_all(
        _reports(subject, department),
        _of_convenor(department, Duty.OPEN),
        _of_convenor(department, Duty.DECIDE),
        _of_task(Duty.TASK).where(MeetingTaskRow.is_owed, MeetingTaskRow.department == department),
        _of_task(Duty.REVIEW).where(
            MeetingTaskRow.awaits_review,
            MeetingTaskRow.department.is_distinct_from(department),
            or_(
                and_(~MeetingTaskRow.reviewer_is_person, MeetingTaskRow.reviewer == department),
                and_(MeetingTaskRow.reviewer_is_person, MeetingTaskRow.reviewer == subject),
            ),
        ),
    )


def _reports(subject: Subject, department: DepartmentCode | None) -> Select[*tuple[Any, ...]]:
    meant = or_(
        and_(MeetingPartyRow.is_person, MeetingPartyRow.code == subject),
        and_(~MeetingPartyRow.is_person, MeetingPartyRow.code == department),
    )
    return select(
        MeetingPartyRow.meeting_number.label("meeting"),
        literal(Duty.REPORT_IN.value).label("duty"),
        MeetingPartyRow.report_in_by.label("due_by"),
        _NOTHING.label("task"),
        _NOTHING.label("issue"),
    ).where(MeetingPartyRow.owes_report, meant)


def _of_convenor(department: DepartmentCode | None, duty: Duty) -> Select[*tuple[Any, ...]]:
    opens = duty is Duty.OPEN
    due_by = MeetingRow.sits_at if opens else MeetingRow.decide_by
    state = MeetingState.PROPOSED if opens else MeetingState.DISCUSSING
    return select(MeetingRow.number, literal(duty.value), due_by, _NOTHING, _NOTHING).where(
        MeetingRow.convenor == department, MeetingRow.state == state
    )


def _of_task(duty: Duty) -> Select[*tuple[Any, ...]]:
    due_by = MeetingTaskRow.due_by if duty is Duty.TASK else MeetingTaskRow.review_by
    return select(
        MeetingTaskRow.meeting_number,
        literal(duty.value),
        due_by,
        MeetingTaskRow.task_id,
        MeetingTaskRow.issue_number,
    )
