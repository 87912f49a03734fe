"""Who owes a meeting what, and by when: one question over parties, convenors and tasks."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Text,
    and_,
    cast,
    exists,
    literal,
    null,
    or_,
    select,
    union_all,
)

from domain.ids import DepartmentCode, GridCode, Subject
from domain.meeting.words import MeetingState
from storage.filters import lies_in_one_of
from storage.meetings.views import Duty
from storage.models import MeetingPartyRow, MeetingRow, MeetingTaskRow

_NOTHING = cast(null(), Text)


def owed_by(
    subject: Subject, department: DepartmentCode | None, supervised: tuple[GridCode, ...] = ()
) -> CompoundSelect[*tuple[Any, ...]]:
    """Rows of meeting, duty, instant, task and issue, in no order.

    A meeting without a convenor is led by whoever supervises its grid.
    """
    led = _is_led_by(department, supervised)
    return union_all(
        _reports(subject, department),
        _of_convenor(led, Duty.OPEN),
        _of_convenor(led, Duty.DECIDE),
        _of_task(Duty.TASK).where(MeetingTaskRow.is_owed, MeetingTaskRow.department == department),
        _of_task(Duty.REVIEW).where(
            MeetingTaskRow.awaits_review,
            MeetingTaskRow.department.is_distinct_from(department),
            or_(
                and_(
                    MeetingTaskRow.reviewer.is_(None),
                    exists().where(MeetingRow.number == MeetingTaskRow.meeting_number, led),
                ),
                and_(
                    MeetingTaskRow.reviewer.is_not(None),
                    ~MeetingTaskRow.reviewer_is_person,
                    MeetingTaskRow.reviewer == department,
                ),
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


def _is_led_by(
    department: DepartmentCode | None, supervised: tuple[GridCode, ...]
) -> ColumnElement[bool]:
    """Comparing with no department would find every meeting that has no convenor."""
    nobody = and_(MeetingRow.convenor.is_(None), lies_in_one_of(MeetingRow.grid, supervised))
    return nobody if department is None else or_(MeetingRow.convenor == department, nobody)


def _of_convenor(led: ColumnElement[bool], duty: Duty) -> Select[*tuple[Any, ...]]:
    opens = duty is Duty.OPEN
    due_by = MeetingRow.sits_at if opens else MeetingRow.decide_by
    state = MeetingState.PROPOSED if opens else MeetingState.DISCUSSING
    return select(MeetingRow.number, literal(duty.value), due_by, _NOTHING, _NOTHING).where(
        led, MeetingRow.state == state
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
