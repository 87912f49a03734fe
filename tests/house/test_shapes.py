"""What is in flight stays readable: the shapes of payloads only ever grow."""

from tests.house.write_shapes import as_text, shapes, written

GONE = (
    "is in histories that are still running and may not go or change its name: keep it, with a "
    "default, until no such issue is left"
)
NEW = "old histories do not have it: give it a default"
STALE = "shapes have grown: run `python -m tests.house.write_shapes` and commit shapes.json"


def test_nothing_in_flight_is_taken_away() -> None:
    now = shapes()
    gone = [
        f"{kind}.{field}"
        for kind, known in written().items()
        for field in known
        if field not in now.get(kind, {})
    ]
    assert gone == [], GONE


def test_new_fields_of_old_classes_have_defaults() -> None:
    before = written()
    required = [
        f"{kind}.{field}"
        for kind, known in shapes().items()
        for field, need in known.items()
        if need == "required" and kind in before and before[kind].get(field) != "required"
    ]
    assert required == [], NEW


def test_shapes_are_written_down() -> None:
    assert written() == shapes(), STALE


def test_shapes_reach_down_to_the_clocks() -> None:
    assert {"Interval", "Actor", "Limit"} <= set(shapes())
    assert {"actor", "id", "text"} <= shapes()["ClaimIssue"].keys()
    assert as_text().endswith("}\n")
