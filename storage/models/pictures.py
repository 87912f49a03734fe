"""Pictures: whose they are, which step they hang on, and what is left of them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Sealed
from storage.models.issues import IssueRow


class PictureRow(Base):
    """A picture from its upload on; its pixels lie in the object store under its id.

    Uploaded, stored, claimed by a step, settled once that step is recorded. Erased ones are shown
    to nobody; once their pixels are gone they are removed too.
    """

    __tablename__ = "pictures"

    id: Mapped[str] = mapped_column(primary_key=True)
    uploaded_by: Mapped[str]
    key: Mapped[str]
    uploaded_at: Mapped[datetime]
    sha256: Mapped[str]
    """Of the original, byte for byte as it came in."""
    key_sealed: Mapped[Sealed | None]
    """The key of its pixels alone: without it they are noise, wherever a copy lies."""
    original_bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    stored_at: Mapped[datetime | None]
    issue_number: Mapped[str | None] = mapped_column(ForeignKey(IssueRow.number))
    command_id: Mapped[str | None]
    role: Mapped[str | None]
    ordinal: Mapped[int | None]
    claimed_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("uploaded_by", "key"),
        CheckConstraint("id ~ '^[0-9a-f]{32}$'", name="id"),
        CheckConstraint("length(key) BETWEEN 1 AND 128", name="key_size"),
        CheckConstraint("length(sha256) = 64", name="sha256_size"),
        CheckConstraint("width > 0 AND height > 0 AND original_bytes > 0", name="size"),
        CheckConstraint("role IN ('before', 'during', 'after')", name="role"),
        CheckConstraint(
            "num_nulls(issue_number, command_id, role, ordinal, claimed_at) IN (0, 5)",
            name="claimed",
        ),
        CheckConstraint("issue_number IS NULL OR stored_at IS NOT NULL", name="stored"),
        CheckConstraint("settled_at IS NULL OR claimed_at IS NOT NULL", name="settled"),
        CheckConstraint("removed_at IS NULL OR erased_at IS NOT NULL", name="removed"),
        Index(None, "issue_number", postgresql_where=text("issue_number IS NOT NULL")),
        Index(
            "ix_pictures_unsettled",
            "uploaded_at",
            postgresql_where=text("settled_at IS NULL AND erased_at IS NULL"),
        ),
        Index(
            "ix_pictures_doomed",
            "erased_at",
            postgresql_where=text("erased_at IS NOT NULL AND removed_at IS NULL"),
        ),
    )
