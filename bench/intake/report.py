"""The figures of what came in, beside what they should be."""

from bench import report
from bench.report import Lines, Results

MOST_SLOWER = 3.0


def printed(results: Results) -> str:
    """One line for each figure; what is missing or wrong is said loudly."""
    return report.printed(_with_quiet(results), _PARTS)


def _with_quiet(results: Results) -> Results:
    """Storms are held against the quiet, if it was measured."""
    quiet = results.get("quiet")
    return {
        name: {**part, "quiet": quiet} if quiet and name in _STORMS else part
        for name, part in results.items()
    }


def _acceptance(part: Results) -> Lines:
    yield from report.compared("alerts accepted", part, "0.60")


def _quiet(part: Results) -> Lines:
    yield "whistle, quiet, p50 / p99", _waits(part), f"{part['asked']} whistles"


def _storm(part: Results) -> Lines:
    if "missing" in part:
        yield "storm over MQTT", "NOT MEASURED", part["missing"]
        return
    what = f"{part['alerts']} alerts"
    for name in ("acknowledged", "kept", "sorted"):
        yield f"{what}: {name}/s", f"{part[f'{name}_per_second']:.0f}", ""
    whistles, quiet = part["whistles"], part.get("quiet")
    yield "whistle in it, p50 / p99", _waits(whistles), f"{whistles['asked']} whistles"
    if quiet:
        slower = whistles["p99_ms"] / quiet["p99_ms"]
        yield "  p99, times its quiet value", f"{slower:.2f}", f"<= {MOST_SLOWER:.0f}"
    yield from _counted(part["counted"])


def _kills(part: Results) -> Lines:
    if "missing" in part:
        yield "kills", "NOT MEASURED", part["missing"]
        return
    for name, times in part["killed"].items():
        yield f"kill -9 of the {name}", f"{times} times", ""
    forgotten = part["counted"]["forgotten_by_broker"]
    yield "  forgotten by the broker", str(forgotten), "acknowledged, not saved when it was killed"
    yield from _counted(part["counted"])


def _city(part: Results) -> Lines:
    yield "real reports/s", f"{part['per_second']:.1f}", f"p50 / p99 {_waits(part)}"
    yield "  accepted / issues", f"{part['accepted']} / {part['issues']}", "the same"
    yield "  offered as a duplicate", str(part["offered_as_duplicate"]), ""
    yield "  taken up meanwhile", str(part["taken_up_meanwhile"]), ""
    yield from _faults(part["faults"])


def _counted(counted: Results) -> Lines:
    told = f"{counted['acknowledged']} / {counted['raw_rows']} / {counted['sorted']}"
    yield "  acknowledged / raw rows / sorted", told, f"{counted['kept_again']} kept again"
    told = f"{counted['alerts']} / {counted['counted_on_conditions']}"
    yield "  alerts / counted on conditions", told, "the same"
    yield "  conditions / issues", f"{counted['conditions']} / {counted['issues']}", "no more"
    yield from _faults(counted["faults"])


def _faults(faults: list[str]) -> Lines:
    yield "  wrong", "; ".join(faults) or "nothing", "nothing"


def _waits(part: Results) -> str:
    return f"{part['p50_ms']:.0f} / {part['p99_ms']:.0f} ms"


_STORMS = ("storm_over_http", "storm_over_mqtt")
_PARTS = {
    "acceptance": _acceptance,
    "quiet": _quiet,
    **dict.fromkeys(_STORMS, _storm),
    "kills": _kills,
    "city": _city,
}
