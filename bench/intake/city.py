"""Ten thousand real reports of a city, in the order in which they came in."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from domain.vocabulary import Role

_DATA = Path(__file__).parents[1] / "data"
_BUILDINGS = 7
_SYSTEM = "wgs84"


@dataclass(frozen=True, slots=True)
class Report:
    """Who blows the whistle, and what its body says."""

    role: Role
    body: Mapping[str, object]


def reports(count: int, data: Path = _DATA) -> Iterator[Report]:
    """The first ones. Words and persons were never in them, so the category is the text.

    Raises:
        KeyError: a category or source that the tables do not have.
    """
    categories = json.loads((data / "categories.json").read_text(encoding="utf-8"))
    sources = json.loads((data / "sources.json").read_text(encoding="utf-8"))
    with (data / "city-reports.csv").open(encoding="utf-8", newline="") as file:
        for row, _ in zip(csv.DictReader(file), range(count), strict=False):
            yield Report(Role(sources[row["source"]]), _body(row, categories[row["category"]]))


def _body(row: Mapping[str, str], category: str) -> Mapping[str, object]:
    building = int(row["area"] or 0) % _BUILDINGS + 1
    body: dict[str, object] = {
        "category": category,
        "description": row["category"],
        "grid": f"qj.bh.hp.fc.b{building}",
    }
    if row["lat"]:  # a few have no place
        body["position"] = {
            "lat": float(row["lat"]),
            "lon": float(row["lon"]),
            "system": _SYSTEM,
        }
    return body
