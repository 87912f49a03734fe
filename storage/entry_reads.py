"""Statements that read reference data, built once, and what their rows become.

Building a statement costs more than running it, and every step of an issue reads some.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    Text,
    any_,
    bindparam,
    exists,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from domain.ids import Subject
from domain.reference import ReferenceKind
from storage import codec
from storage.models import ReferenceRow
from storage.sealing import seals
from storage.sealing.cipher import Place
from storage.sealing.seals import Opener
from storage.session import AnyRow, Session
from storage.views import Entry


class Wanted(NamedTuple):
    """An entry at a version, or at the present one."""

    kind: ReferenceKind
    code: str
    version: int | None = None


_LATER = aliased(ReferenceRow)
IS_LATEST = ~exists().where(
    _LATER.kind == ReferenceRow.kind,
    _LATER.code == ReferenceRow.code,
    _LATER.version > ReferenceRow.version,
)
ENTRIES = select(
    ReferenceRow.kind,
    ReferenceRow.code,
    ReferenceRow.version,
    ReferenceRow.body,
    ReferenceRow.name_sealed,
    ReferenceRow.retired,
    ReferenceRow.created_at,
    ReferenceRow.created_by,
)
_OF_CODE = ENTRIES.where(
    ReferenceRow.kind == bindparam("_kind"), ReferenceRow.code == bindparam("_code")
)
CURRENT = _OF_CODE.order_by(ReferenceRow.version.desc()).limit(1)
VERSION = _OF_CODE.where(ReferenceRow.version == bindparam("_version"))
_PRESENT = ENTRIES.where(IS_LATEST, ~ReferenceRow.retired).order_by(ReferenceRow.code)
IN_FORCE = _PRESENT.where(ReferenceRow.kind == bindparam("_kind"))
IN_FORCE_OF = IN_FORCE.where(ReferenceRow.belongs_to.in_(bindparam("_owners", expanding=True)))
KINDS_IN_FORCE = _PRESENT.where(ReferenceRow.kind == any_(bindparam("_kinds", type_=ARRAY(Text))))


def _these() -> Select[*tuple[Any, ...]]:
    """Any number of `Wanted`, each found by the primary key."""
    wanted = select(
        func.unnest(bindparam("_kinds", type_=ARRAY(Text))).label("kind"),
        func.unnest(bindparam("_codes", type_=ARRAY(Text))).label("code"),
        func.unnest(bindparam("_versions", type_=ARRAY(Integer))).label("wanted"),
    ).subquery("wanted")
    found = (
        ENTRIES.where(
            ReferenceRow.kind == wanted.c.kind,
            ReferenceRow.code == wanted.c.code,
            or_(wanted.c.wanted.is_(None), ReferenceRow.version == wanted.c.wanted),
        )
        .order_by(ReferenceRow.version.desc())
        .limit(1)
        .lateral("found")
    )
    return select(wanted.c.wanted, *found.c).select_from(wanted.join(found, true()))


THESE = _these()


def entries_of(kind: ReferenceKind) -> Select[*tuple[Any, ...]]:
    return ENTRIES.where(ReferenceRow.kind == kind)


def entries_in_force(kind: ReferenceKind) -> Select[*tuple[Any, ...]]:
    """For those who want only some of them: present, not retired, by code."""
    return _PRESENT.where(ReferenceRow.kind == kind)


async def entries_from(session: Session, rows: Sequence[AnyRow]) -> tuple[Entry[Any], ...]:
    """The entries of rows of `ENTRIES`, with the names of staff if they open."""
    opener = await seals.opener(session, (row.name_sealed for row in rows))
    return tuple(_entry(row, opener) for row in rows)


async def entry_from(session: Session, row: AnyRow) -> Entry[Any]:
    (entry,) = await entries_from(session, [row])
    return entry


def name_place(code: str, version: int) -> Place:
    return Place("reference_entries", "name", f"{ReferenceKind.STAFF}/{code}/{version}")


def _entry(row: AnyRow, opener: Opener) -> Entry[Any]:
    kind = ReferenceKind(row.kind)
    body = codec.body(kind, row.body)
    if row.name_sealed is not None:
        body = replace(body, name=_name(row, opener))
    return Entry(
        kind=kind,
        code=row.code,
        version=row.version,
        body=body,
        retired=row.retired,
        created_at=row.created_at,
        created_by=Subject(row.created_by),
    )


def _name(row: AnyRow, opener: Opener) -> str:
    return opener.text(name_place(row.code, row.version), row.name_sealed) or ""


def is_named(name: str) -> ColumnElement[bool]:
    """Of entries with a name in two languages."""
    body = ReferenceRow.body
    return or_(body["name"].astext == name, body["name_en"].astext == name)
