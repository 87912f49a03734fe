"""Where an issue is, which can be erased, who said: me too, and colours of households."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Path, Sealed
from storage.models.issues import IssueRow

_DEGREES: Double[float] = Double()


class PositionRow(Base):
    """Where the matter is, in both systems: personal data, erased with who reported.

    Exactly it is in the seal alone; the columns say the middle of the cell, for what is near.

    Category and instant are those of the birth, so that what is near is found by one index.
    """

    __tablename__ = "positions"

    issue_number: Mapped[str] = mapped_column(ForeignKey(IssueRow.number), primary_key=True)
    category: Mapped[str]
    raised_at: Mapped[datetime]
    lat: Mapped[float | None] = mapped_column(_DEGREES)
    lon: Mapped[float | None] = mapped_column(_DEGREES)
    gcj_lat: Mapped[float | None] = mapped_column(_DEGREES)
    gcj_lon: Mapped[float | None] = mapped_column(_DEGREES)
    exact_sealed: Mapped[Sealed | None]
    said_in: Mapped[str]
    away_m: Mapped[int | None]
    """From the nearest grid, when it lay in none."""
    erased_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("said_in IN ('wgs84', 'gcj02')", name="said_in"),
        CheckConstraint("lat BETWEEN -90 AND 90", name="lat"),
        CheckConstraint("lon BETWEEN -180 AND 180", name="lon"),
        CheckConstraint(
            "num_nonnulls(lat, lon, gcj_lat, gcj_lon)"
            " = CASE WHEN erased_at IS NULL THEN 4 ELSE 0 END",
            name="erased",
        ),
        Index(None, "category", "lat", "lon", postgresql_where=text("lat IS NOT NULL")),
    )


class FollowerRow(Base):
    """Somebody for whom it is the same matter, and what they say of the latest resolution."""

    __tablename__ = "followers"

    issue_number: Mapped[str] = mapped_column(ForeignKey(IssueRow.number), primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    satisfaction: Mapped[str | None]
    solved: Mapped[bool | None]
    evaluated_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("length(subject) BETWEEN 1 AND 200", name="subject_size"),
        CheckConstraint(
            "num_nonnulls(satisfaction, solved, evaluated_at) IN (0, 3)", name="evaluated"
        ),
        Index(None, "subject"),
    )


class HouseholdRow(Base):
    """How closely a household, or everybody in a grid, is looked after. Never shown."""

    __tablename__ = "households"

    grid: Mapped[Path] = mapped_column(primary_key=True)
    address_key: Mapped[str] = mapped_column(primary_key=True)
    """A keyed hash; empty for the whole grid."""
    colour: Mapped[str]
    set_by: Mapped[str]
    set_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("colour IN ('red', 'yellow', 'green')", name="colour"),
        CheckConstraint("length(address_key) IN (0, 64)", name="address_key_size"),
        CheckConstraint("length(grid) BETWEEN 1 AND 200", name="grid_size"),
    )
