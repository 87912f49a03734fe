"""Reference data as files: `<kind>.json` or `<kind>-<part>.json`, an entry or a list of them.

Outlines of grids may be GeoJSON as map programs export it, a collection of features.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.reference import ReferenceKind
from storage import codec

FOLDER = Path(__file__).parent
"""What any installation can start with: the calendar of China and the default tables."""

ORDER = (
    ReferenceKind.CALENDAR,
    ReferenceKind.DEPARTMENT,
    ReferenceKind.GRID,
    ReferenceKind.GRID_OUTLINE,
    ReferenceKind.DISTRICT,
    ReferenceKind.STAFF,
    ReferenceKind.ABSENCE,
    ReferenceKind.CATEGORY,
    ReferenceKind.WHISTLE_KIND,
    ReferenceKind.SLA_POLICY,
    ReferenceKind.ROUTING_RULE,
    ReferenceKind.NOTICE_POLICY,
    ReferenceKind.MEETING_POLICY,
    ReferenceKind.ALERT_MAPPING,
    ReferenceKind.ALERT_SOURCE,
    ReferenceKind.ALERT_POLICY,
)
"""What is named by others comes first; departments and grids name each other."""


_GEOJSON = "FeatureCollection"


class BadFile(ValueError):
    """A file that cannot be loaded; says which entry of it, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """One entry of a file. `body` is the domain's object, `document` what the file says."""

    kind: ReferenceKind
    code: str
    body: Any
    document: Mapping[str, Any]
    file: Path


def read(*folders: Path) -> tuple[Shipped, ...]:
    """Every entry of the folders and what lies below them, in the order of loading.

    Of entries with one kind and code the last folder's holds.

    Raises:
        BadFile: a file is not JSON, not of a known kind, or an entry does not fit its kind.
    """
    found: dict[tuple[ReferenceKind, str], Shipped] = {}
    for folder in folders:
        here = {(entry.kind, entry.code): entry for entry in _once(_entries(folder))}
        found |= here
    return tuple(sorted(found.values(), key=_turn))


def _turn(entry: Shipped) -> tuple[int, int, str]:
    return ORDER.index(entry.kind), entry.code.count("."), entry.code


def _once(entries: Iterable[Shipped]) -> Iterator[Shipped]:
    seen: set[tuple[ReferenceKind, str]] = set()
    for entry in entries:
        if (entry.kind, entry.code) in seen:
            raise BadFile(f"{entry.file}: there is another {entry.kind} {entry.code}")
        seen.add((entry.kind, entry.code))
        yield entry


def _entries(folder: Path) -> Iterator[Shipped]:
    files = sorted(folder.rglob("*.json"))
    if not files:
        raise BadFile(f"{folder}: there is no JSON file")
    for file in files:
        kind = _kind(file)
        for document in _documents(file):
            yield _entry(kind, document, file)


def _kind(file: Path) -> ReferenceKind:
    name = file.stem.partition("-")[0]
    try:
        return ReferenceKind(name)
    except ValueError as unknown:
        kinds = ", ".join(ReferenceKind)
        raise BadFile(f"{file}: {name} is no kind; there are {kinds}") from unknown


def _documents(file: Path) -> list[Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as bad:
        raise BadFile(f"{file}: {bad}") from bad
    if isinstance(content, dict) and content.get("type") == _GEOJSON:
        return [_outline(each) for each in content.get("features", [])]
    return content if isinstance(content, list) else [content]


def _outline(feature: Any) -> Any:  # noqa: ANN401 - JSON
    """What a map program exports: the grid's code among the properties of its area."""
    try:
        return {"code": feature["properties"]["code"], "geometry": feature["geometry"]}
    except (KeyError, TypeError):
        return feature


def _entry(kind: ReferenceKind, document: object, file: Path) -> Shipped:
    if not isinstance(document, dict) or not isinstance(document.get("code"), str):
        raise BadFile(f"{file}: every entry is an object with a code")
    code = document["code"]
    try:
        body = codec.body(kind, json.dumps(document))
    except ValueError as bad:
        raise BadFile(f"{file}: {code}: {bad}") from bad
    if unknown := sorted(_unknown(document, json.loads(codec.body_text(kind, body)))):
        raise BadFile(f"{file}: {code}: unknown {', '.join(unknown)}")
    return Shipped(kind=kind, code=code, body=body, document=document, file=file)


def _unknown(given: object, known: object) -> Iterator[str]:
    """Names that the file says and the domain does not know; a misspelt one must not be lost."""
    if isinstance(given, dict) and isinstance(known, dict):
        for name, value in given.items():
            if name not in known:
                yield name
            else:
                yield from _unknown(value, known[name])
    elif isinstance(given, list) and isinstance(known, list):
        for one, other in zip(given, known, strict=True):
            yield from _unknown(one, other)
