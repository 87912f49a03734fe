"""Metrics are named alike, count in base units and never grow with the number of issues."""

from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase

from observability import metrics

ALL = {name: each for name, each in vars(metrics).items() if isinstance(each, MetricWrapperBase)}
UNBOUNDED = {"issue", "number", "grid", "subject", "actor", "workflow", "run", "path", "text"}
UNITS_WE_AVOID = ("milliseconds", "ms", "minutes", "hours", "days", "percent")


def full_name(metric: MetricWrapperBase) -> str:
    """The name without the `_total` that the client adds to counters."""
    return str(metric._name)


def test_every_metric_bears_our_prefix() -> None:
    assert ALL
    assert [name for name, each in ALL.items() if not full_name(each).startswith("dispatch_")] == []


def test_counters_and_only_they_are_totals() -> None:
    counters = {name for name, each in ALL.items() if isinstance(each, Counter)}
    assert {name for name in ALL if name.endswith("_TOTAL")} == counters


def test_spans_are_histograms_in_seconds() -> None:
    spans = {name: full_name(each) for name, each in ALL.items() if isinstance(each, Histogram)}
    assert {name for name, said in spans.items() if not said.endswith("_seconds")} == set()


def test_gauges_are_neither_totals_nor_odd_units() -> None:
    gauges = [full_name(each) for each in ALL.values() if isinstance(each, Gauge)]
    assert [name for name in gauges if name.endswith(("_total", *UNITS_WE_AVOID))] == []


def test_no_label_grows_with_the_issues() -> None:
    labelled = {name: set(each._labelnames) & UNBOUNDED for name, each in ALL.items()}
    assert {name for name, labels in labelled.items() if labels} == set()


def test_every_metric_is_in_our_registry() -> None:
    registered = set(metrics.REGISTRY._collector_to_names)
    assert {name for name, each in ALL.items() if each not in registered} == set()


def test_every_metric_says_what_it_counts() -> None:
    assert [name for name, each in ALL.items() if len(str(each._documentation)) < 10] == []
