"""What cameras sent, as it came and as it was read, and what their sources show to be let in."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from domain.alert import LONGEST_KEY, LONGEST_TEXT, MOST_ATTRIBUTES_BYTES
from storage.models.base import Base, Json, Path, Sealed, SerialId

LONGEST_FINGERPRINT = 100


class CredentialRow(Base):
    """A token of a source; only its hash is here. Several may be valid while they rotate."""

    __tablename__ = "alert_credentials"

    id: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(index=True)
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    issued_at: Mapped[datetime]
    issued_by: Mapped[str]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("length(id) BETWEEN 1 AND 64", name="id_size"),
        CheckConstraint("length(token_sha256) = 32", name="token_sha256_size"),
    )


class HeardSourceRow(Base):
    """Until when nothing that a source said was missed; what came later has to be asked for."""

    __tablename__ = "alert_sources_heard"

    source: Mapped[str] = mapped_column(primary_key=True)
    heard_until: Mapped[datetime]


class RawMessageRow(Base):
    """A message as it arrived. It waits, with the instant it may be taken, until it is sorted."""

    __tablename__ = "raw_messages"

    id: Mapped[SerialId]
    source: Mapped[str]
    adapter: Mapped[str]
    grid: Mapped[Path]
    """Of its source when it arrived: who may see it."""
    fingerprint: Mapped[Path]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    """Empty where it is sealed."""
    body_sealed: Mapped[Sealed | None]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    headers: Mapped[Json]
    content_type: Mapped[str]
    topic: Mapped[str | None]
    peer: Mapped[str | None]
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default=text("'waiting'"))
    next_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    faults: Mapped[Json] = mapped_column(server_default=text("'[]'::jsonb"))
    sorted_at: Mapped[datetime | None]
    purge_after: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (
        UniqueConstraint("source", "fingerprint"),
        CheckConstraint("(state = 'waiting') = (next_at IS NOT NULL)", name="waiting"),
        CheckConstraint("state IN ('waiting', 'sorted', 'quarantined')", name="state"),
        CheckConstraint(
            f"length(fingerprint) BETWEEN 1 AND {LONGEST_FINGERPRINT}", name="fingerprint_size"
        ),
        CheckConstraint("length(headers::text) <= 20000", name="headers_size"),
        CheckConstraint("length(faults::text) <= 100000", name="faults_size"),
        Index("ix_raw_messages_waiting", "next_at", postgresql_where=text("next_at IS NOT NULL")),
        Index("ix_raw_messages_quarantined", "id", postgresql_where=text("state = 'quarantined'")),
    )


class AlertEventRow(Base):
    """One element of a message in our words, and what was decided of it.

    Written once; only what could not be decided then is decided later.
    """

    __tablename__ = "alert_events"

    id: Mapped[SerialId]
    source: Mapped[str]
    adapter: Mapped[str]
    raw_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey(RawMessageRow.id, ondelete="SET NULL"), index=True
    )
    grid: Mapped[Path]
    """Of the camera, or of the source while the camera is unknown."""
    delivery_key: Mapped[str]
    vendor_event_id: Mapped[str | None]
    vendor_type: Mapped[str]
    vendor_type_name: Mapped[str | None]
    phase: Mapped[str]
    kind: Mapped[str | None]
    fate: Mapped[str]
    camera: Mapped[str]
    zone: Mapped[str | None]
    severity: Mapped[int | None]
    confidence: Mapped[float | None]
    seen: Mapped[Json | None]
    occurred_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    device_time: Mapped[str | None]
    received_at: Mapped[datetime]
    skew_ms: Mapped[int | None] = mapped_column(BigInteger)
    time_quality: Mapped[str]
    late: Mapped[bool]
    ttl_s: Mapped[int | None]
    pictures: Mapped[Json]
    attributes: Mapped[Json]
    """Empty where they are sealed; they may name a plate or a person."""
    attributes_sealed: Mapped[Sealed | None]
    mapping_version: Mapped[int | None]
    decided_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("source", "delivery_key"),
        CheckConstraint("(fate = 'accepted') <= (kind IS NOT NULL)", name="kind"),
        CheckConstraint(f"length(delivery_key) BETWEEN 1 AND {LONGEST_KEY}", name="key_size"),
        CheckConstraint(f"length(vendor_type) <= {LONGEST_TEXT}", name="vendor_type_size"),
        CheckConstraint(f"length(camera) <= {LONGEST_TEXT}", name="camera_size"),
        CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence"),
        CheckConstraint(
            f"octet_length(attributes::text) <= {2 * MOST_ATTRIBUTES_BYTES}",
            name="attributes_size",
        ),
        Index(
            "ix_alert_events_undecided",
            "fate",
            "id",
            postgresql_where=text("fate <> 'accepted'"),
        ),
        Index(None, "camera", "id"),
        Index(
            "ix_alert_events_vendor_event",
            "source",
            "vendor_event_id",
            postgresql_where=text("vendor_event_id IS NOT NULL"),
        ),
        Index("ix_alert_events_outlived", "received_at", postgresql_where=text("raw_id IS NULL")),
    )


class AlertPictureRow(Base):
    """A picture of an event; it is to be had, with the instant of the next try, until it is over.

    Without a URL it lies within the message.
    """

    __tablename__ = "alert_pictures"

    id: Mapped[SerialId]
    event_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey(AlertEventRow.id, ondelete="CASCADE")
    )
    condition_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    """The condition on whose issue it is to hang."""
    ordinal: Mapped[int]
    url: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default=text("'pending'"))
    next_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    error: Mapped[str | None]
    picture: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    hung_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("event_id", "ordinal"),
        CheckConstraint("(state = 'pending') = (next_at IS NOT NULL)", name="pending"),
        CheckConstraint("(state = 'stored') = (picture IS NOT NULL)", name="stored"),
        CheckConstraint("length(url) <= 2000", name="url_size"),
        Index(
            "ix_alert_pictures_unhung",
            "settled_at",
            postgresql_where=text("state = 'stored' AND hung_at IS NULL"),
        ),
        Index("ix_alert_pictures_pending", "next_at", postgresql_where=text("next_at IS NOT NULL")),
    )
