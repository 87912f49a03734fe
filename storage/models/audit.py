"""Who saw or did what, the chain that holds it, and how far the chain has come."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Json, Path, SerialId


class AuditEntryRow(Base):
    """One act. Append-only by trigger; goes only once a checkpoint of the chain covers it."""

    __tablename__ = "audit_entries"

    id: Mapped[SerialId]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    subject: Mapped[str | None]
    session: Mapped[str | None]
    appointment: Mapped[str | None]
    department: Mapped[str | None]
    grid: Mapped[Path | None]
    act: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[str]
    result: Mapped[str]
    request: Mapped[str | None]
    particulars: Mapped[Json]

    __table_args__ = (
        CheckConstraint("length(act) BETWEEN 1 AND 60", name="act_size"),
        CheckConstraint("length(object_id) <= 300", name="object_id_size"),
        CheckConstraint("length(particulars::text) <= 4000", name="particulars_size"),
        Index(None, "recorded_at"),
        Index(None, "at"),
        Index(None, "subject", "id", postgresql_where=text("subject IS NOT NULL")),
        Index(None, "object_id", "id"),
        Index(None, "grid", "id"),
        Index(None, "act", "id"),
    )


class AuditLinkRow(Base):
    """A link of the chain: the digest of one recorded row under the hash of all before it.

    Append-only by trigger, for good: it holds digests and ids, nothing that has to go.
    """

    __tablename__ = "audit_links"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    source: Mapped[str]
    key: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_at: Mapped[datetime]
    key_id: Mapped[str]
    previous: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        UniqueConstraint("source", "key"),
        CheckConstraint("seq >= 1", name="seq"),
        CheckConstraint(
            "source IN ('entry', 'issue_event', 'meeting_event', 'checkpoint')", name="source"
        ),
        CheckConstraint(
            "length(digest) = 32 AND length(previous) = 32 AND length(hash) = 32", name="sizes"
        ),
        Index("ix_audit_links_checkpoints", "seq", postgresql_where=text("source = 'checkpoint'")),
    )


class AuditMarkRow(Base):
    """Up to when the rows of a source are in the chain: a hint for the sealer, proof of nothing."""

    __tablename__ = "audit_marks"

    source: Mapped[str] = mapped_column(primary_key=True)
    recorded_at: Mapped[datetime]
    key: Mapped[str]
    """The last row of that instant, in the order of names."""
