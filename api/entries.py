"""Reference data over HTTP: strict validation in, nothing personal out."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import JsonValue, TypeAdapter, ValidationError

from api.dependencies import require_right
from api.findings import field_errors
from api.problems import ApiCode, FieldError, Problem
from api.references import named_by, require
from api.schemas.opaque import PERSONAL_NUMBER, is_personal
from api.schemas.reference import EntryRead
from domain.actor import Actor
from domain.alert_source import AlertSource
from domain.calendar import CalendarDefinition
from domain.outline import GridOutline
from domain.reference import ReferenceKind as Kind
from domain.reference import Staff
from domain.rights import Act, may
from domain.visibility import act_of_reading, entry_scope_of
from intake.adapters.registry import ADAPTERS
from storage.grid_map import is_an_area
from storage.reference import MODELS, ReferenceRepository
from storage.session import Session
from storage.views import Entry

REFERS: Mapping[Kind, tuple[tuple[str, Kind], ...]] = {
    Kind.DISTRICT: (("grid", Kind.GRID), ("calendar", Kind.CALENDAR)),
    Kind.GRID: (("unit", Kind.DEPARTMENT),),
    Kind.GRID_OUTLINE: (("code", Kind.GRID),),
    Kind.DEPARTMENT: (("grid", Kind.GRID),),
    Kind.STAFF: (("department", Kind.DEPARTMENT), ("stands_for", Kind.GRID)),
    Kind.ABSENCE: (("staff", Kind.STAFF),),
    Kind.SLA_POLICY: (
        ("calendar", Kind.CALENDAR),
        ("category", Kind.CATEGORY),
        ("whistle_kind", Kind.WHISTLE_KIND),
    ),
    Kind.ROUTING_RULE: (
        ("lead", Kind.DEPARTMENT),
        ("co", Kind.DEPARTMENT),
        ("category", Kind.CATEGORY),
        ("whistle_kind", Kind.WHISTLE_KIND),
        ("grid", Kind.GRID),
    ),
    Kind.ALERT_MAPPING: (("grid", Kind.GRID),),
    Kind.ALERT_SOURCE: (
        ("grid", Kind.GRID),
        ("cameras.grid", Kind.GRID),
        ("mapping", Kind.ALERT_MAPPING),
    ),
    Kind.MEETING_POLICY: (
        ("standing", Kind.DEPARTMENT),
        ("convenor", Kind.DEPARTMENT),
        ("grid", Kind.GRID),
    ),
    Kind.ALERT_POLICY: (("category", Kind.CATEGORY), ("whistle_kind", Kind.WHISTLE_KIND)),
}
"""Fields that name other entries, which have to exist."""
_ROOT = "entry"


def require_reader(actor: Actor, kind: Kind) -> None:
    """Returns when the actor may read any entries of this kind."""
    require_right(actor, act_of_reading(kind))


async def require_sight(
    reference: ReferenceRepository, actor: Actor, kind: Kind, code: str
) -> None:
    """Returns when the entry, as it is now, is one that the actor may read.

    Raises:
        Problem: `not_found`, whether it does not exist or is none of theirs.
    """
    scope = entry_scope_of(actor, kind)
    if scope is not None and not await reference.is_within(kind, code, scope):
        raise Problem(ApiCode.NOT_FOUND)


def shown(entry: Entry[Any], actor: Actor) -> EntryRead:
    """An entry as this actor may see it."""
    body = json.loads(TypeAdapter(MODELS[entry.kind]).dump_json(entry.body))
    if entry.kind is Kind.STAFF and not may(actor, Act.READ_STAFF_NAMES):
        body.pop("name", None)
    return EntryRead(
        kind=entry.kind,
        code=entry.code,
        version=entry.version,
        retired=entry.retired,
        created_at=entry.created_at,
        created_by=entry.created_by,
        entry=body,
    )


def parsed(kind: Kind, code: str, given: Mapping[str, JsonValue]) -> Any:  # noqa: ANN401 - of MODELS
    """The domain object that an entry describes.

    Raises:
        Problem: `invalid_input`, with the path of every field that is wrong.
    """
    if given.get("code", code) != code:
        raise Problem.invalid(FieldError.of(f"{_ROOT}.code", "code_mismatch"))
    adapter = TypeAdapter(MODELS[kind])
    entry = {**given, "code": code}
    try:
        body = adapter.validate_json(json.dumps(entry))
    except ValidationError as error:
        raise Problem.invalid(*field_errors(error.errors(), _ROOT)) from error
    except ValueError as error:  # surrogates and the like
        raise Problem.invalid(FieldError.of(_ROOT, "other")) from error
    faults = [
        *_faults(entry, adapter.dump_python(body, mode="json"), _ROOT),
        *_zone_fault(body),
        *_adapter_fault(body),
        *_code_fault(body),
        *_area_fault(body),
    ]
    if faults:
        raise Problem.invalid(*faults)
    return body


def _faults(given: JsonValue, known: JsonValue, path: str) -> Iterator[FieldError]:
    """What was given and not understood, and text that cannot be stored."""
    match given, known:
        case dict(), dict():
            for name, value in given.items():
                if name in known:
                    yield from _faults(value, known[name], f"{path}.{name}")
                else:
                    yield FieldError.of(f"{path}.{name[:64]}", "extra_forbidden")
        case list(), list():
            for index, (value, read) in enumerate(zip(given, known, strict=False)):
                yield from _faults(value, read, f"{path}.{index}")
        case str(), _ if "\x00" in given:
            yield FieldError.of(path, "nul_character")


def _zone_fault(body: object) -> Iterator[FieldError]:
    if isinstance(body, CalendarDefinition | AlertSource):
        try:
            ZoneInfo(body.zone)
        except (LookupError, ValueError, OSError):
            yield FieldError.of(f"{_ROOT}.zone", "unknown_code")


def _adapter_fault(body: object) -> Iterator[FieldError]:
    """Otherwise its address would be a 404 for ever, and nobody could see why."""
    if isinstance(body, AlertSource) and body.adapter not in ADAPTERS:
        yield FieldError.of(f"{_ROOT}.adapter", "unknown_code")


def _code_fault(body: object) -> Iterator[FieldError]:
    """The code of a member of staff is the subject that histories name."""
    if isinstance(body, Staff) and is_personal(body.code):
        yield FieldError.of(f"{_ROOT}.code", PERSONAL_NUMBER)


def _area_fault(body: object) -> Iterator[FieldError]:
    if isinstance(body, GridOutline) and not is_an_area(body.geometry):
        yield FieldError.of(f"{_ROOT}.geometry", "no_area")


async def require_references(session: Session, kind: Kind, body: object | None) -> None:
    """Returns when everything the entry names exists; None names nothing."""
    if body is not None:
        await require(session, named_by(body, REFERS.get(kind, ()), f"{_ROOT}."))
