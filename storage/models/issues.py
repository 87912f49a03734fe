"""An issue as the lists show it, and what people said about it, which can be erased."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Sequence, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Codes, Json, Path, Sealed, SerialId

LONGEST_TEXT = 10_000
LONGEST_NAME, LONGEST_PHONE, LONGEST_ADDRESS = 100, 50, 500

ISSUE_NUMBERS = Sequence("issue_number_seq", metadata=Base.metadata)


class IssueRow(Base):
    """The present of an issue: written by its birth, then only by its recorded steps."""

    __tablename__ = "issues"

    id: Mapped[SerialId]
    number: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(server_default=text("0"))
    state: Mapped[str]
    outcome: Mapped[str | None]
    district: Mapped[str]
    grid: Mapped[Path]
    category: Mapped[str]
    whistle_kind: Mapped[str]
    source: Mapped[str]
    emergency: Mapped[bool]
    at_once: Mapped[bool] = mapped_column(server_default=text("false"))
    raised_by: Mapped[str]
    resident: Mapped[str | None]
    raised_at: Mapped[datetime]
    said_at: Mapped[datetime | None]
    lead_department: Mapped[str | None]
    departments: Mapped[Codes] = mapped_column(server_default=text("'{}'"))
    level: Mapped[str]
    level_rank: Mapped[int]
    warned: Mapped[bool] = mapped_column(server_default=text("false"))
    first_breach_at: Mapped[datetime | None]
    first_breach_kind: Mapped[str | None]
    next_due_by: Mapped[datetime | None]
    overdue_since: Mapped[datetime | None]
    suspended_until: Mapped[datetime | None]
    reopened: Mapped[int] = mapped_column(server_default=text("0"))
    satisfaction: Mapped[str | None]
    solved_says: Mapped[bool | None]
    awaits_meeting: Mapped[bool] = mapped_column(server_default=text("false"))
    exempt: Mapped[bool] = mapped_column(server_default=text("false"))
    priority: Mapped[bool] = mapped_column(server_default=text("false"))
    raised_with_priority: Mapped[bool] = mapped_column(server_default=text("false"))
    beyond_county: Mapped[bool] = mapped_column(server_default=text("false"))
    duplicate_of: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    anonymised_at: Mapped[datetime | None]
    """Since when nothing personal is left of it."""
    snapshot: Mapped[Json | None]
    workflow_started_at: Mapped[datetime | None]
    start_after: Mapped[datetime | None]
    updated_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("version >= 0", name="version"),
        CheckConstraint("length(number) BETWEEN 1 AND 40", name="number_size"),
        CheckConstraint("length(grid) BETWEEN 1 AND 200", name="grid_size"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
        CheckConstraint("(version = 0) = (snapshot IS NULL)", name="snapshot"),
        CheckConstraint("anonymised_at IS NULL OR closed_at IS NOT NULL", name="anonymised"),
        Index(None, "state", "id"),
        Index(None, "grid", "id"),
        Index(None, "raised_by", "id"),
        Index(None, "resident", "id", postgresql_where=text("resident IS NOT NULL")),
        Index(None, "departments", postgresql_using="gin"),
        Index(None, "next_due_by", postgresql_where=text("next_due_by IS NOT NULL")),
        Index("ix_issues_overdue", "id", postgresql_where=text("overdue_since IS NOT NULL")),
        Index(
            "ix_issues_to_anonymise",
            "closed_at",
            postgresql_where=text("closed_at IS NOT NULL AND anonymised_at IS NULL"),
        ),
        Index("ix_issues_unstarted", "id", postgresql_where=text("workflow_started_at IS NULL")),
    )


class TextRow(Base):
    """Free text: the description of an issue or a remark of a command. The body can be erased."""

    __tablename__ = "texts"

    id: Mapped[str] = mapped_column(primary_key=True)
    issue_number: Mapped[str] = mapped_column(ForeignKey(IssueRow.number), index=True)
    kind: Mapped[str]
    author: Mapped[str]
    body: Mapped[str | None]
    """Empty where it is sealed."""
    body_sealed: Mapped[Sealed | None]
    grams: Mapped[list[int] | None] = mapped_column(ARRAY(Integer))
    """What a description is made of, as keyed hashes, to be searched by."""
    at: Mapped[datetime]
    erased_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("kind IN ('description', 'remark')", name="kind"),
        CheckConstraint(f"length(body) <= {LONGEST_TEXT}", name="body_size"),
        CheckConstraint("(body IS NULL) = (erased_at IS NOT NULL)", name="erased"),
        CheckConstraint("length(id) BETWEEN 1 AND 300", name="id_size"),
        Index(None, "author", postgresql_where=text("erased_at IS NULL")),
        Index(
            "uq_texts_description",
            "issue_number",
            unique=True,
            postgresql_where=text("kind = 'description'"),
        ),
        Index("ix_texts_plain", "id", postgresql_where=text("body <> ''")),
        Index(None, "grams", postgresql_using="gin", postgresql_where=text("grams IS NOT NULL")),
    )


class ReporterRow(Base):
    """Who reported: personal data, which can be erased."""

    __tablename__ = "reporters"

    issue_number: Mapped[str] = mapped_column(ForeignKey(IssueRow.number), primary_key=True)
    name: Mapped[str | None]
    phone: Mapped[str | None]
    address: Mapped[str | None]
    name_sealed: Mapped[Sealed | None]
    phone_sealed: Mapped[Sealed | None]
    address_sealed: Mapped[Sealed | None]
    phone_hash: Mapped[Sealed | None]
    """Keyed, to find a number exactly."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    erased_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(f"length(name) <= {LONGEST_NAME}", name="name_size"),
        CheckConstraint(f"length(phone) <= {LONGEST_PHONE}", name="phone_size"),
        CheckConstraint(f"length(address) <= {LONGEST_ADDRESS}", name="address_size"),
        CheckConstraint(
            "erased_at IS NULL OR coalesce(name, phone, address) IS NULL", name="erased"
        ),
        Index(None, "phone_hash", postgresql_where=text("phone_hash IS NOT NULL")),
    )
