"""What happened to an issue, who had which part in it, and what was promised."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Json
from storage.models.issues import IssueRow


class EventRow(Base):
    """An accepted command with its instant. Append-only: a trigger refuses any other change.

    The payload is the whole command, the actor included; `actor` and `department` repeat what is
    asked for in queries. The birth is the event of version 0 and has no command.
    """

    __tablename__ = "events"

    issue_number: Mapped[str] = mapped_column(ForeignKey(IssueRow.number), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
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
        UniqueConstraint("issue_number", "command_id"),
        CheckConstraint("version >= 0", name="version"),
        CheckConstraint("length(command_id) BETWEEN 1 AND 300", name="command_id_size"),
        CheckConstraint("length(payload::text) <= 100000", name="payload_size"),
        Index(None, "text_id", postgresql_where=text("text_id IS NOT NULL")),
        Index(None, "at"),
        Index(None, "recorded_at"),
    )


class AssignmentRow(Base):
    """A department's part in an issue."""

    __tablename__ = "assignments"

    issue_number: Mapped[str] = mapped_column(ForeignKey(IssueRow.number), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    part: Mapped[str]
    department: Mapped[str]
    dispatched_at: Mapped[datetime]
    handed_to_b_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None]
    claimed_at: Mapped[datetime | None]
    contacted_at: Mapped[datetime | None]
    reported_in_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    waived_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("part IN ('lead', 'co')", name="part"),
        CheckConstraint("(claimed_by IS NULL) = (claimed_at IS NULL)", name="claimed"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ended"),
        Index(None, "department", postgresql_where=text("ended_at IS NULL")),
        Index(
            "uq_assignments_lead",
            "issue_number",
            unique=True,
            postgresql_where=text("part = 'lead' AND ended_at IS NULL"),
        ),
    )


class DeadlineRow(Base):
    """A promise at work on an issue; `body` is the whole deadline, columns are for questions."""

    __tablename__ = "deadlines"

    issue_number: Mapped[str] = mapped_column(ForeignKey(IssueRow.number), primary_key=True)
    deadline_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    department: Mapped[str | None]
    started_at: Mapped[datetime]
    due_by: Mapped[datetime | None]
    is_running: Mapped[bool]
    warned_at: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    provisional: Mapped[bool]
    calendar: Mapped[str]
    calendar_version: Mapped[int]
    policy: Mapped[str]
    policy_version: Mapped[int]
    body: Mapped[Json]

    __table_args__ = (
        CheckConstraint("met_at IS NULL OR ended_at IS NULL", name="settled_once"),
        CheckConstraint("NOT is_running OR (met_at IS NULL AND ended_at IS NULL)", name="running"),
        Index(
            "ix_deadlines_provisional",
            "calendar",
            postgresql_where=text("provisional AND met_at IS NULL AND ended_at IS NULL"),
        ),
        Index(None, "breached_at", postgresql_where=text("breached_at IS NOT NULL")),
    )
