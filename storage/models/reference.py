"""Reference data: every version of every entry."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Json, Path, Sealed


class ReferenceRow(Base):
    """One version of an entry; the highest is the present one. Append-only by a trigger.

    Only a member of staff's name may change later, as it is personal data: sealed, blanked.
    """

    __tablename__ = "reference_entries"

    kind: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[Path] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    belongs_to: Mapped[str | None]
    """The department of staff, the member of staff of an absence."""
    body: Mapped[Json]
    name_sealed: Mapped[Sealed | None]
    """Of a member of staff, whose name in the body is empty then."""
    retired: Mapped[bool]
    created_at: Mapped[datetime]
    created_by: Mapped[str]

    __table_args__ = (
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("length(code) BETWEEN 1 AND 200", name="code_size"),
        CheckConstraint("length(body::text) <= 2000000", name="body_size"),
        Index(None, "kind", "belongs_to", postgresql_where=text("belongs_to IS NOT NULL")),
    )


class ReferenceChangesRow(Base):
    """How often entries of a kind were written, for those who keep something made of them all."""

    __tablename__ = "reference_changes"

    kind: Mapped[str] = mapped_column(primary_key=True)
    changes: Mapped[int] = mapped_column(BigInteger)
