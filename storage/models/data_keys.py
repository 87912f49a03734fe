"""Keys that personal data is sealed with, themselves wrapped by a key of the operator's."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Identity, Integer, LargeBinary, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class DataKeyRow(Base):
    """A data key of a month, or the one key of the indexes; destroyed, it leaves its number."""

    __tablename__ = "data_keys"

    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    purpose: Mapped[str]
    period: Mapped[str]
    """The month that it seals in; empty for the indexes."""
    wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    wrapped_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    destroyed_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("purpose", "period"),
        CheckConstraint("purpose IN ('seal', 'index')", name="purpose"),
        CheckConstraint("(wrapped IS NULL) = (destroyed_at IS NOT NULL)", name="destroyed"),
    )
