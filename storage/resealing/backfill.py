"""Seals what lies open from before there were seals, portion by portion, beside everybody's work.

Also what a process from before has erased since: it blanked the words, and knew of no seal.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import InstrumentedAttribute

from domain.ids import TextId
from domain.position import Point, Position, System
from domain.reference import ReferenceKind
from storage.alerts.events import attributes_place
from storage.alerts.statements import body_place
from storage.entry_reads import name_place
from storage.models import (
    AlertEventRow,
    Base,
    PositionRow,
    RawMessageRow,
    ReferenceRow,
    ReporterRow,
    TextRow,
)
from storage.nearby import exact, in_cell
from storage.nearby import place_of as position_place
from storage.people import PARTS, reporter_place
from storage.said import place_of as text_place
from storage.sealing import seals
from storage.sealing.index import BlindIndex
from storage.sealing.seals import Sealer
from storage.session import AnyRow, Database, Session

PORTION = 500
_DEGREES = ("lat", "lon", "gcj_lat", "gcj_lon")
Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Open:
    """What lies open in a table, and what its rows become."""

    row: type[Base]
    key: tuple[str, ...]
    is_open: ColumnElement[bool]
    reads: tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...]
    sealed: Callable[[AnyRow, Sealer, BlindIndex], Values]

    @property
    def keys(self) -> tuple[InstrumentedAttribute[Any], ...]:
        return tuple(getattr(self.row, name) for name in self.key)


async def backfill(database: Database, what: Open, portion: int = PORTION) -> int:
    """Seals the whole table; how many rows were open. Interrupted, it is simply run again."""
    done, after = 0, None
    while True:
        async with database.begin() as session:
            rows = await _portion(session, what, after, portion)
            sealer, index = await seals.sealer(session), await seals.index(session)
            for row in rows:
                same = and_(*(key == getattr(row, key.key) for key in what.keys))
                values = what.sealed(row, sealer, index)
                await session.execute(update(what.row).where(same).values(**values))
        done += len(rows)
        if len(rows) < portion:
            return done
        after = tuple(getattr(rows[-1], name) for name in what.key)


async def count_open(session: Session, what: Open) -> int:
    found = select(func.count()).select_from(what.row).where(what.is_open)
    return (await session.execute(found)).scalar_one()


async def _portion(
    session: Session, what: Open, after: tuple[Any, ...] | None, limit: int
) -> list[AnyRow]:
    found = select(*what.keys, *what.reads).where(what.is_open).order_by(*what.keys).limit(limit)
    if after is not None:
        found = found.where(tuple_(*what.keys) > after)
    return list(await session.execute(found.with_for_update()))


def _text(row: AnyRow, sealer: Sealer, index: BlindIndex) -> Values:
    if row.erased_at is not None:
        return {"body_sealed": None, "grams": None}
    grams = index.grams(row.body) if row.kind == "description" else None
    sealed = sealer.text(text_place(TextId(row.id)), row.body)
    return {"body": "", "body_sealed": sealed, "grams": grams}


def _reporter(row: AnyRow, sealer: Sealer, index: BlindIndex) -> Values:
    if row.erased_at is not None:
        return dict.fromkeys((*(f"{part}_sealed" for part in PARTS), "phone_hash"))
    number, said = row.issue_number, {part: getattr(row, part) for part in PARTS}
    sealed = {
        f"{part}_sealed": sealer.text(reporter_place(part, number), words)
        for part, words in said.items()
        if words is not None
    }
    if row.phone is not None:
        sealed["phone_hash"] = index.phone(row.phone)
    return {**dict.fromkeys(PARTS), **sealed}


def _position(row: AnyRow, sealer: Sealer, _: BlindIndex) -> Values:
    if row.erased_at is not None:
        return {"exact_sealed": None}
    position = Position(
        wgs84=Point(lat=row.lat, lon=row.lon),
        gcj02=Point(lat=row.gcj_lat, lon=row.gcj_lon),
        said_in=System(row.said_in),
    )
    sealed = sealer.data(position_place(row.issue_number), exact(position))
    cell = {name: in_cell(getattr(row, name)) for name in _DEGREES}
    return {**cell, "exact_sealed": sealed}


def _message(row: AnyRow, sealer: Sealer, _: BlindIndex) -> Values:
    place = body_place(row.source, row.fingerprint)
    return {"body": b"", "body_sealed": sealer.data(place, row.body)}


def _event(row: AnyRow, sealer: Sealer, _: BlindIndex) -> Values:
    place = attributes_place(row.source, row.delivery_key)
    return {"attributes": "{}", "attributes_sealed": sealer.text(place, row.attributes)}


def _name(row: AnyRow, sealer: Sealer, _: BlindIndex) -> Values:
    nameless = ReferenceRow.body.op("||")(func.jsonb_build_object("name", ""))
    place = name_place(row.code, row.version)
    return {"body": nameless, "name_sealed": sealer.text(place, row.name)}


def _was_erased(row: type[Base], *sealed: str) -> ColumnElement[bool]:
    """By a process that knew of no seal."""
    left = or_(*(getattr(row, name).is_not(None) for name in sealed))
    return and_(getattr(row, "erased_at").is_not(None), left)  # noqa: B009 - three tables have one


OPEN = (
    Open(
        TextRow,
        ("id",),
        or_(TextRow.body != "", _was_erased(TextRow, "body_sealed")),
        (TextRow.kind, TextRow.body, TextRow.erased_at),
        _text,
    ),
    Open(
        ReporterRow,
        ("issue_number",),
        or_(
            func.num_nonnulls(ReporterRow.name, ReporterRow.phone, ReporterRow.address) > 0,
            _was_erased(ReporterRow, *(f"{part}_sealed" for part in PARTS)),
        ),
        (ReporterRow.name, ReporterRow.phone, ReporterRow.address, ReporterRow.erased_at),
        _reporter,
    ),
    Open(
        PositionRow,
        ("issue_number",),
        or_(
            and_(PositionRow.lat.is_not(None), PositionRow.exact_sealed.is_(None)),
            _was_erased(PositionRow, "exact_sealed"),
        ),
        (
            *(getattr(PositionRow, name) for name in _DEGREES),
            PositionRow.said_in,
            PositionRow.erased_at,
        ),
        _position,
    ),
    Open(
        RawMessageRow,
        ("id",),
        and_(RawMessageRow.body_sealed.is_(None), func.length(RawMessageRow.body) > 0),
        (RawMessageRow.source, RawMessageRow.fingerprint, RawMessageRow.body),
        _message,
    ),
    Open(
        AlertEventRow,
        ("id",),
        AlertEventRow.attributes != literal("{}", JSONB),
        (AlertEventRow.source, AlertEventRow.delivery_key, AlertEventRow.attributes),
        _event,
    ),
    Open(
        ReferenceRow,
        ("kind", "code", "version"),
        and_(ReferenceRow.kind == ReferenceKind.STAFF, ReferenceRow.body["name"].astext != ""),
        (ReferenceRow.body["name"].astext.label("name"),),
        _name,
    ),
)
