"""What reference data may say."""

from datetime import UTC, datetime, time

import pytest

from domain.ids import DepartmentCode, GridCode, Subject
from domain.reference import (
    Absence,
    Channel,
    Grid,
    GridLevel,
    NoticePolicy,
    RoutingRule,
    grid_at,
)
from domain.vocabulary import Level

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DEEP = GridCode("qj.bh.hp.fc.b3")


@pytest.mark.parametrize(("code", "level"), [("qj", 1), ("qj.bh.hp", 3), (DEEP, 5)])
def test_grid_code_is_as_deep_as_its_level(code: str, level: int) -> None:
    given = {"name": "n", "name_en": "n", "level": GridLevel(level)}
    Grid(code=GridCode(code), **given)  # type: ignore[arg-type]  # names are those of the grid
    with pytest.raises(ValueError, match="as many parts"):
        Grid(code=GridCode(f"{code}.x"), **given)  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize("until", [NOON, NOON.replace(hour=11)])
def test_absence_ends_after_it_begins(until: datetime) -> None:
    with pytest.raises(ValueError, match="ends after"):
        Absence(code="a", staff=Subject("lift-a"), since=NOON, until=until)


def test_absence_carries_its_zone() -> None:
    naive = NOON.replace(tzinfo=None)
    for since, until in ((naive, NOON), (NOON, naive)):
        with pytest.raises(ValueError, match="zone"):
            Absence(code="a", staff=Subject("lift-a"), since=since, until=until)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"channels": (Channel.WEBHOOK,)}, "needs its address"),
        ({"webhook_url": "ftp://example.org"}, "begins with https"),
        ({"quiet_from": time(22)}, "two ends"),
        ({"quiet_until": time(7)}, "two ends"),
        ({"digest_minutes": -1}, "a day at most"),
        ({"digest_minutes": 1441}, "a day at most"),
    ],
)
def test_notice_policy_makes_sense(said: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        NoticePolicy(code="default", **said)  # type: ignore[arg-type]  # as written by hand


def test_plain_notice_policy_is_complete() -> None:
    policy = NoticePolicy(code="default")
    assert (policy.channels, policy.digest_minutes) == ((Channel.LOG,), 0)


@pytest.mark.parametrize("co", [("lift",), ("police", "police"), ("police", "lift")])
def test_routing_rule_names_each_department_once(co: tuple[str, ...]) -> None:
    called = tuple(DepartmentCode(code) for code in co)
    with pytest.raises(ValueError, match="once"):
        RoutingRule(code="r", order=1, lead=DepartmentCode("lift"), co=called)


@pytest.mark.parametrize(
    ("level", "ancestor"),
    [
        (Level.BUILDING, DEEP),
        (Level.COMMUNITY, "qj.bh.hp"),
        (Level.STREET, "qj.bh"),
        (Level.COUNTY, "qj"),
    ],
)
def test_level_of_the_ladder_is_an_ancestor(level: Level, ancestor: str) -> None:
    assert grid_at(level, DEEP) == ancestor


def test_shallow_grid_answers_for_itself() -> None:
    assert grid_at(Level.BUILDING, GridCode("qj.bh")) == "qj.bh"


def test_levels_rise_from_building_to_county() -> None:
    assert [level.rank for level in Level] == [0, 1, 2, 3]
