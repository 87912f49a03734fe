"""What residents without an account come in by: links for one issue, codes for one act."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.models.issues import IssueRow


class ResidentLinkRow(Base):
    """A link for one issue; its token is made from the id by a key that is not here."""

    __tablename__ = "resident_links"

    id: Mapped[str] = mapped_column(primary_key=True)
    issue_number: Mapped[str] = mapped_column(ForeignKey(IssueRow.number))
    kind: Mapped[str]
    subject: Mapped[str]
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    fact: Mapped[str | None]
    """What it was made for by itself; made by hand it has none."""
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("issue_number", "fact"),
        CheckConstraint("id ~ '^[0-9a-f]{32}$'", name="id"),
        CheckConstraint("kind IN ('own', 'board')", name="kind"),
        CheckConstraint("length(subject) BETWEEN 1 AND 200", name="subject_size"),
        CheckConstraint("length(token_sha256) = 32", name="token_sha256_size"),
        CheckConstraint("length(fact) BETWEEN 1 AND 200", name="fact_size"),
    )


class ResidentCodeRow(Base):
    """A code that was asked for; its digits are made from the id, as tokens are."""

    __tablename__ = "resident_codes"

    id: Mapped[str] = mapped_column(primary_key=True)
    issue_number: Mapped[str] = mapped_column(ForeignKey(IssueRow.number), index=True)
    link_id: Mapped[str] = mapped_column(ForeignKey(ResidentLinkRow.id), index=True)
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    used_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("id ~ '^[0-9a-f]{32}$'", name="id"),
        CheckConstraint("tries BETWEEN 0 AND 5", name="tries"),
    )
