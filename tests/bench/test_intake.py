"""What comes in is counted so that nothing that is lost, doubled or left over goes unseen."""

from collections import Counter
from dataclasses import replace

import pytest

from bench.intake.cameras import CAMERAS, SOURCES, said
from bench.intake.city import reports
from bench.intake.counting import Found, Reports, balance, faults
from bench.intake.report import printed
from bench.intake.storm import Acknowledged
from deploy.reference.shipped import FOLDER, read
from domain.alert import AlertKind
from domain.reference import ReferenceKind
from domain.vocabulary import Role
from intake.adapters.cloudevents import CloudEvents
from intake.adapters.contract import RawMessage, SourceView
from tests.builders import NOON

NAMES = ("storm-0", "storm-1", "storm-2")
RIGHT = Found(
    messages=[(name, "sorted") for name in NAMES],
    events=3,
    counted=3,
    conditions=2,
    issues=1,
    open_twice=0,
)


def test_nothing_is_wrong_when_all_is_there_once() -> None:
    assert faults(NAMES, RIGHT) == ()


@pytest.mark.parametrize(
    ("found", "wrong"),
    [
        (replace(RIGHT, messages=RIGHT.messages[1:], events=2, counted=2), "are lost"),
        (replace(RIGHT, messages=[*RIGHT.messages[1:], (NAMES[0], "waiting")]), "still wait"),
        (replace(RIGHT, messages=[*RIGHT.messages[1:], (NAMES[0], "quarantined")]), "set aside"),
        (replace(RIGHT, events=2, counted=2), "too few alerts"),
        (replace(RIGHT, events=4, counted=4), "too many alerts"),
        (replace(RIGHT, counted=2), "no condition counts"),
        (replace(RIGHT, counted=4), "counted twice"),
        (replace(RIGHT, issues=3), "more issues than conditions"),
        (replace(RIGHT, open_twice=1), "two open conditions"),
    ],
)
def test_each_kind_of_loss_is_named_with_its_number(found: Found, wrong: str) -> None:
    told = faults(NAMES, found)
    assert len(told) == 1
    assert told[0].startswith("1 ")
    assert wrong in told[0]


def test_what_the_broker_said_twice_may_be_kept_twice_but_counts_once() -> None:
    again = replace(RIGHT, messages=[*RIGHT.messages, (NAMES[0], "sorted")])
    figures = balance(NAMES, again)
    assert figures["faults"] == []
    assert (figures["raw_rows"], figures["kept_again"], figures["sorted"]) == (4, 1, 4)


def test_only_what_a_killed_broker_had_not_saved_is_its_own_loss() -> None:
    kept = replace(RIGHT, messages=RIGHT.messages[2:], events=1, counted=1)
    figures = balance(NAMES, kept, unsaved=[NAMES[0], NAMES[2]])
    assert figures["forgotten_by_broker"] == 1
    assert figures["faults"] == ["1 acknowledged messages are lost"]


def test_a_report_is_one_issue() -> None:
    assert Reports(["QJ-1", "QJ-2"], ["QJ-2", "QJ-1"]).faults() == ()
    assert Reports(["QJ-1", "QJ-1"], ["QJ-1"]).faults() == ("1 share an issue",)
    assert Reports(["QJ-1"], ["QJ-1", "QJ-2"]).faults() == ("1 nobody reported",)
    assert Reports(["QJ-1", "QJ-2"], ["QJ-1"]).faults() == ("1 are lost",)


async def test_killer_waits_for_so_many_acknowledged_and_not_for_repeats() -> None:
    acknowledged = Acknowledged()
    acknowledged.add("a")
    acknowledged.add("a")
    await acknowledged.reach(1)
    assert acknowledged.names == {"a"}


def test_storm_is_of_all_cameras_and_no_two_alerts_are_the_same_delivery() -> None:
    view = SourceView(code="bench-0", zone="Asia/Shanghai")
    alerts = [
        CloudEvents()
        .read(RawMessage(body=each.body, received_at=NOON, content_type="", headers={}), view)
        .alerts[0]
        for each in said("storm", 2 * CAMERAS)
    ]
    assert len({each.delivery_key for each in alerts}) == len(alerts)
    assert set(Counter(each.camera for each in alerts).values()) == {2}
    assert all(isinstance(each.kind, AlertKind) for each in alerts)
    assert {each.source for each in said("storm", CAMERAS)} == set(range(SOURCES))


def test_every_real_report_has_a_category_of_ours_and_a_role() -> None:
    ours = {entry.code for entry in read(FOLDER) if entry.kind is ReferenceKind.CATEGORY}
    found = list(reports(10_000))
    assert len(found) == 10_000
    assert {str(each.body["category"]) for each in found} <= ours
    assert {each.role for each in found} == {Role.RESIDENT, Role.GRID_WORKER}


def test_missing_broker_is_said_and_a_slow_whistle_is_held_against_the_quiet() -> None:
    storm = {
        "alerts": 3,
        "acknowledged_per_second": 2.0,
        "kept_per_second": 2.0,
        "sorted_per_second": 1.0,
        "whistles": {"asked": 9, "p50_ms": 20.0, "p99_ms": 80.0},
        "counted": balance(NAMES, replace(RIGHT, issues=3)),
    }
    told = printed(
        {
            "quiet": {"asked": 9, "p50_ms": 10.0, "p99_ms": 20.0},
            "storm_over_http": storm,
            "kills": {"missing": "no mosquitto"},
        }
    )
    assert "4.00" in told
    assert "1 more issues than conditions" in told
    assert "NOT MEASURED" in told
