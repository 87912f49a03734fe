"""A joint meeting as lists show it, what happened to it, and who owes what in it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Codes, Json, Path, SerialId
from storage.models.issues import IssueRow


class MeetingRow(Base):
    """The present of a meeting: written by its recorded steps alone."""

    __tablename__ = "meetings"

    id: Mapped[SerialId]
    number: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int]
    kind: Mapped[str]
    state: Mapped[str]
    outcome: Mapped[str | None]
    district: Mapped[str]
    grid: Mapped[Path]
    level: Mapped[str]
    convened_by: Mapped[str]
    convened_at: Mapped[datetime]
    convenor: Mapped[str | None]
    members: Mapped[Codes]
    sits_at: Mapped[datetime | None]
    decide_by: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    postponements: Mapped[int]
    minutes: Mapped[int]
    closed_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    """When its clocks call next; also None in rows that older workers wrote last."""
    snapshot: Mapped[Json]
    updated_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("length(number) BETWEEN 1 AND 60", name="number_size"),
        CheckConstraint("length(grid) BETWEEN 1 AND 200", name="grid_size"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
        CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name="outcome"),
        Index(None, "state", "id"),
        Index(None, "grid", "id"),
        Index(None, "members", postgresql_using="gin"),
        Index("ix_meetings_convenor", "convenor", postgresql_where=text("closed_at IS NULL")),
        Index("ix_meetings_clock", "next_at", postgresql_where=text("next_at IS NOT NULL")),
    )


class MeetingEventRow(Base):
    """An accepted command of a meeting. Append-only: a trigger refuses any other change."""

    __tablename__ = "meeting_events"

    meeting_number: Mapped[str] = mapped_column(ForeignKey(MeetingRow.number), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor: Mapped[str]
    department: Mapped[str | None]
    command_id: Mapped[str]
    state: Mapped[str]
    text_id: Mapped[str | None]
    payload: Mapped[Json]

    __table_args__ = (
        UniqueConstraint("meeting_number", "command_id"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("length(command_id) BETWEEN 1 AND 300", name="command_id_size"),
        CheckConstraint("length(payload::text) <= 100000", name="payload_size"),
        Index(None, "text_id", postgresql_where=text("text_id IS NOT NULL")),
        Index(None, "recorded_at"),
    )


class MeetingPartyRow(Base):
    """Whoever is invited, and whether they came."""

    __tablename__ = "meeting_parties"

    meeting_number: Mapped[str] = mapped_column(ForeignKey(MeetingRow.number), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    is_person: Mapped[bool]
    standing: Mapped[bool]
    invited_at: Mapped[datetime | None]
    report_in_by: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    reported_in_at: Mapped[datetime | None]
    absent_at: Mapped[datetime | None]
    absences: Mapped[int]
    owes_report: Mapped[bool]

    __table_args__ = (
        CheckConstraint("absences >= 0", name="absences"),
        Index("ix_meeting_parties_owing", "code", postgresql_where=text("owes_report")),
    )


class MeetingItemRow(Base):
    """An issue's place on an agenda."""

    __tablename__ = "meeting_items"

    meeting_number: Mapped[str] = mapped_column(ForeignKey(MeetingRow.number), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    issue_number: Mapped[str] = mapped_column(ForeignKey(IssueRow.number), index=True)
    added_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name="ended"),
        Index(
            "uq_meeting_items_open",
            "meeting_number",
            "issue_number",
            unique=True,
            postgresql_where=text("outcome IS NULL"),
        ),
    )


class MeetingTaskRow(Base):
    """What a decision asks of a department; `reviewer` is the convenor when nobody was named."""

    __tablename__ = "meeting_tasks"

    meeting_number: Mapped[str] = mapped_column(ForeignKey(MeetingRow.number), primary_key=True)
    task_id: Mapped[str] = mapped_column(primary_key=True)
    issue_number: Mapped[str] = mapped_column(ForeignKey(IssueRow.number))
    department: Mapped[str]
    reviewer: Mapped[str | None]
    reviewer_is_person: Mapped[bool]
    due_by: Mapped[datetime]
    review_by: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    missed_at: Mapped[datetime | None]
    is_owed: Mapped[bool]
    awaits_review: Mapped[bool]

    __table_args__ = (
        CheckConstraint("NOT (is_owed AND awaits_review)", name="one_duty"),
        Index("ix_meeting_tasks_owed", "department", postgresql_where=text("is_owed")),
        Index("ix_meeting_tasks_review", "reviewer", postgresql_where=text("awaits_review")),
    )
