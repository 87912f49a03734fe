"""Conditions of cameras, how each camera stands, and what is noted on an issue about them."""

from datetime import datetime
from typing import Annotated

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Codes, Path, SerialId
from storage.models.issues import IssueRow

Instants = Annotated[list[datetime], mapped_column(ARRAY(TIMESTAMP(timezone=True)))]


class AlertConditionRow(Base):
    """One thing of a kind in one zone of a camera; no two of a key are open at once.

    `zone` is empty where a camera has none, because NULLs would be told apart by the index.
    """

    __tablename__ = "alert_conditions"

    id: Mapped[SerialId]
    community: Mapped[Path]
    camera: Mapped[str]
    zone: Mapped[str]
    kind: Mapped[str]
    source: Mapped[str]
    place: Mapped[Path]
    state: Mapped[str]
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    alerts: Mapped[int]
    sightings: Mapped[int]
    transitions: Mapped[int]
    flips: Mapped[Instants]
    is_seen: Mapped[bool]
    max_confidence: Mapped[float | None]
    opens_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    cooldown_until: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    issue_number: Mapped[str | None] = mapped_column(ForeignKey(IssueRow.number), unique=True)
    issue_ended_at: Mapped[datetime | None]
    former: Mapped[str | None] = mapped_column(ForeignKey(IssueRow.number))
    decision: Mapped[str | None]
    reason: Mapped[str | None]
    verdict: Mapped[str | None]
    live_events: Mapped[Codes]
    ended_events: Mapped[Codes]
    updated_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("alerts >= 0 AND sightings >= 0 AND transitions >= 0", name="counts"),
        CheckConstraint("length(camera) BETWEEN 1 AND 300 AND length(zone) <= 300", name="key"),
        CheckConstraint("issue_ended_at IS NULL OR issue_number IS NOT NULL", name="issue"),
        Index(
            "uq_alert_conditions_open_of_source",
            "community",
            "camera",
            "zone",
            "kind",
            "source",
            unique=True,
            postgresql_where=text("state <> 'closed'"),
        ),
        Index(
            "ix_alert_conditions_key_of_source",
            "source",
            "camera",
            "zone",
            "kind",
            "community",
            "id",
        ),
        Index(
            "ix_alert_conditions_due", "due_at", "id", postgresql_where=text("due_at IS NOT NULL")
        ),
        Index(
            "ix_alert_conditions_running",
            "id",
            postgresql_where=text("issue_number IS NOT NULL AND issue_ended_at IS NULL"),
        ),
    )


class AlertNoteRow(Base):
    """What an issue's readers should know of its condition: seen again, cleared, flapping."""

    __tablename__ = "alert_notes"

    id: Mapped[SerialId]
    condition_id: Mapped[int] = mapped_column(ForeignKey(AlertConditionRow.id), index=True)
    issue_number: Mapped[str] = mapped_column(ForeignKey(IssueRow.number), index=True)
    word: Mapped[str]
    alerts: Mapped[int]
    former: Mapped[str | None] = mapped_column(ForeignKey(IssueRow.number))
    at: Mapped[datetime]


class AlertWithdrawalRow(Base):
    """An issue that is to be taken back, because what it is about is seen no more."""

    __tablename__ = "alert_withdrawals"

    id: Mapped[SerialId]
    issue_number: Mapped[str] = mapped_column(ForeignKey(IssueRow.number), index=True)
    condition_id: Mapped[int] = mapped_column(ForeignKey(AlertConditionRow.id))
    asked_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("(next_at IS NULL) = (outcome IS NOT NULL)", name="settled"),
        Index("ix_alert_withdrawals_due", "next_at", postgresql_where=text("next_at IS NOT NULL")),
    )


class CameraStandingRow(Base):
    """How a camera, or with `*` its whole source, stands with us."""

    __tablename__ = "camera_standing"

    source: Mapped[str] = mapped_column(primary_key=True)
    camera: Mapped[str] = mapped_column(primary_key=True)
    bucket_level: Mapped[float] = mapped_column(server_default=text("0"))
    bucket_at: Mapped[datetime | None]
    silenced_by: Mapped[Codes] = mapped_column(server_default=text("'{}'"))
    silenced_since: Mapped[datetime | None]
    judged_true: Mapped[int] = mapped_column(server_default=text("0"))
    judged_false: Mapped[int] = mapped_column(server_default=text("0"))

    __table_args__ = (
        CheckConstraint("bucket_level >= 0", name="bucket"),
        CheckConstraint("judged_true >= 0 AND judged_false >= 0", name="judged"),
    )
