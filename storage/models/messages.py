"""What has still to be done outside of SQL, and what was already answered."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Json, SerialId
from storage.models.issues import IssueRow

LONGEST_ERROR = 1_000
LONGEST_KEY = 200


class OutboxRow(Base):
    """A notice for one recipient and channel; `dedupe_key` names the fact, so it is told once.

    It is pending until exactly one of delivered, undelivered (given up) and dropped.
    """

    __tablename__ = "notices"

    id: Mapped[SerialId]
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    issue_number: Mapped[str] = mapped_column(ForeignKey(IssueRow.number), index=True)
    recipient: Mapped[str]
    channel: Mapped[str]
    template: Mapped[str]
    stage: Mapped[str]
    level: Mapped[str]
    urgent: Mapped[bool]
    about: Mapped[str | None]
    params: Mapped[Json]
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    digest_key: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    next_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    undelivered_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]
    last_error: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("length(dedupe_key) BETWEEN 1 AND 600", name="dedupe_key_size"),
        CheckConstraint(f"length(last_error) <= {LONGEST_ERROR}", name="last_error_size"),
        CheckConstraint("length(params::text) <= 20000", name="params_size"),
        CheckConstraint(
            "num_nonnulls(next_at, delivered_at, undelivered_at, dropped_at) = 1", name="one_fate"
        ),
        Index("ix_notices_pending", "next_at", postgresql_where=text("next_at IS NOT NULL")),
    )


class IdempotencyRow(Base):
    """A request that was accepted under a key of its caller, and its answer once there is one.

    Every caller has keys of their own; the same word of two callers is two keys.
    """

    __tablename__ = "idempotency_keys"

    subject: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    route: Mapped[str]
    body_sha256: Mapped[str]
    status: Mapped[int | None]
    answer: Mapped[Json | None]
    created_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (
        CheckConstraint(f"length(key) BETWEEN 1 AND {LONGEST_KEY}", name="key_size"),
        CheckConstraint("length(body_sha256) = 64", name="body_sha256_size"),
    )


class RecheckRow(Base):
    """An issue whose workflow has to be told that what it was reckoned with has changed."""

    __tablename__ = "rechecks"

    id: Mapped[SerialId]
    issue_number: Mapped[str] = mapped_column(ForeignKey(IssueRow.number))
    reason: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    done_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("length(reason) <= 200", name="reason_size"),
        Index("ix_rechecks_pending", "id", postgresql_where=text("done_at IS NULL")),
    )
