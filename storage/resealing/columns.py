"""Every column with sealed values, and where each of them was sealed for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, func, literal
from sqlalchemy.orm import InstrumentedAttribute

from storage.alerts.events import attributes_place
from storage.alerts.statements import body_place
from storage.entry_reads import name_place
from storage.models import (
    AlertEventRow,
    Base,
    PictureRow,
    PositionRow,
    RawMessageRow,
    ReferenceRow,
    ReporterRow,
    TextRow,
)
from storage.nearby import place_of as position_place
from storage.people import PARTS, reporter_place
from storage.pictures.pixels import key_place
from storage.said import place_of as text_place
from storage.sealing.cipher import Place
from storage.session import AnyRow

_NUMBER_AT, _NUMBER_BYTES = 2, 4


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column, the key of its rows, and what else tells the place of a value."""

    row: type[Base]
    name: str
    key: tuple[str, ...]
    place: Callable[[AnyRow], Place]
    told_by: tuple[str, ...] = ()

    @property
    def value(self) -> ColumnElement[Any]:
        column: InstrumentedAttribute[Any] = getattr(self.row, self.name)
        return column.expression

    @property
    def keys(self) -> tuple[InstrumentedAttribute[Any], ...]:
        return tuple(getattr(self.row, name) for name in self.key)

    @property
    def telling(self) -> tuple[InstrumentedAttribute[Any], ...]:
        return tuple(getattr(self.row, name) for name in self.told_by)

    def is_under(self, data_key: int) -> ColumnElement[bool]:
        number = func.substring(self.value, _NUMBER_AT, _NUMBER_BYTES, type_=LargeBinary)
        return number == literal(data_key.to_bytes(_NUMBER_BYTES, "big"), LargeBinary)


def _of_reporter(part: str) -> SealedColumn:
    return SealedColumn(
        ReporterRow,
        f"{part}_sealed",
        ("issue_number",),
        lambda row: reporter_place(part, row.issue_number),
    )


COLUMNS = (
    SealedColumn(TextRow, "body_sealed", ("id",), lambda row: text_place(row.id)),
    *map(_of_reporter, PARTS),
    SealedColumn(
        PositionRow, "exact_sealed", ("issue_number",), lambda row: position_place(row.issue_number)
    ),
    SealedColumn(PictureRow, "key_sealed", ("id",), lambda row: key_place(row.id)),
    SealedColumn(
        RawMessageRow,
        "body_sealed",
        ("id",),
        lambda row: body_place(row.source, row.fingerprint),
        ("source", "fingerprint"),
    ),
    SealedColumn(
        AlertEventRow,
        "attributes_sealed",
        ("id",),
        lambda row: attributes_place(row.source, row.delivery_key),
        ("source", "delivery_key"),
    ),
    SealedColumn(
        ReferenceRow,
        "name_sealed",
        ("kind", "code", "version"),
        lambda row: name_place(row.code, row.version),
    ),
)
