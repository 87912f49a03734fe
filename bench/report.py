"""The results as a table for people."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Results = Mapping[str, Any]
Lines = Iterator[tuple[str, str, str]]
"""What, how much, and how much it should be."""


def printed(results: Results, parts: Mapping[str, Callable[[Results], Lines]] | None = None) -> str:
    """One line for each figure, beside what it should be."""
    told = _PARTS if parts is None else parts
    lines = [line for name, of in told.items() if name in results for line in of(results[name])]
    width = max((len(name) for name, _, _ in lines), default=0)
    return "\n".join(f"{name:<{width}}  {value:>22}  {wanted}" for name, value, wanted in lines)


def _lives(part: Results) -> Lines:
    yield from compared("lives", part, "0.75")
    for name, spending in part["spent_per_life"].items():
        for what, value in spending.items():
            yield f"  {name}, per life: {what}", f"{value:.1f}", ""


def _raises(part: Results) -> Lines:
    yield from compared("raises", part, "0.60")


def compared(what: str, part: Results, wanted: str) -> Lines:
    """Both speeds and their ratio."""
    for name, values in part["per_second"].items():
        yield f"{what}/s, {name}", f"{values['median']:.1f}", ""
    yield f"{what}, ratio", f"{part['ratio']:.2f}", f">= {wanted}"


def _waits(part: Results) -> Lines:
    for callers, acts in part.items():
        for act, took in acts.items():
            value = f"{took['p50_ms']:.0f} / {took['p99_ms']:.0f} ms"
            yield f"{act}, {callers}, p50 / p99", value, ""


def _history(part: Results) -> Lines:
    ours = part["engine"]
    yield "Actions per issue", str(ours["actions"]), "<= 14"
    yield "history events per issue", str(ours["events"]), "<= 60"
    yield "history bytes per issue", str(ours["bytes"]), "<= 65536"


def _ways(part: Results) -> Lines:
    for name, way in part.items():
        value = f"{way['actions']} / {way['events']}"
        yield f"{name}: Actions / events", value, f"{way['per_second']['median']:.1f}/s"


def _workers(part: Results) -> Lines:
    for count, values in part["per_second"].items():
        yield f"lives/s, {count} workers", f"{values['median']:.1f}", ""


def _holding(part: Results) -> Lines:
    for size, memory in part["memory"].items():
        value = f"{memory['worker_mb']:.0f} / {memory['temporal_mb']:.0f} MB"
        yield f"{size} open: worker / Temporal", value, ""
    recovery = part["recovery"]
    yield f"kill -9 to claim, {recovery['open']} open", f"{recovery['first_claim_s']:.1f} s", ""
    yield "  of an issue in its cache", f"{recovery['in_cache_s']:.1f} s", ""
    yield "  of one dropped from it", f"{recovery['dropped_from_cache_s']:.1f} s", ""


_PARTS = {
    "lives": _lives,
    "raises": _raises,
    "waits": _waits,
    "history": _history,
    "ways": _ways,
    "workers": _workers,
    "holding": _holding,
}
