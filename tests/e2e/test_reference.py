"""The reference data we ship is complete and agrees with itself."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from deploy.demo.town import REFERENCE as TOWN
from deploy.reference.shipped import FOLDER, BadFile, Shipped, read
from domain.calendar import BusinessCalendar
from domain.clock import SLAClock
from domain.deadline import Deadline
from domain.facts import Origin
from domain.ids import DeadlineId, DistrictCode, GridCode, IssueNumber, Subject
from domain.reckoning import reckon
from domain.reference import GridLevel, Post, ReferenceKind, Staff
from domain.routing import choose_policy, propose
from domain.sla import Limit, RungAct, SLAPolicy, Unit
from domain.vocabulary import WINDOWS, DeadlineKind, Level, Role

K = ReferenceKind
DEFAULT = read(FOLDER)
DEMO = read(FOLDER, TOWN)
BOTH = pytest.mark.parametrize("entries", [DEFAULT, DEMO], ids=["default", "demo"])
POLICIES = pytest.mark.parametrize(
    "policy",
    [
        pytest.param(entry.body, id=f"{where}-{entry.code}")
        for where, entries in (("default", DEFAULT), ("demo", DEMO))
        for entry in entries
        if entry.kind is K.SLA_POLICY
    ],
)
D = DeadlineKind
Entries = tuple[Shipped, ...]


def bodies(entries: Entries, kind: ReferenceKind) -> list[Any]:
    return [entry.body for entry in entries if entry.kind is kind]


def codes(entries: Entries, kind: ReferenceKind) -> set[str]:
    return {entry.code for entry in entries if entry.kind is kind}


def named(entries: Entries) -> Iterator[tuple[str, ReferenceKind, str | None]]:
    """Everything an entry names: by whom, of which kind, which."""
    for each in bodies(entries, K.DISTRICT):
        yield each.code, K.GRID, each.grid
        yield each.code, K.CALENDAR, each.calendar
    for each in bodies(entries, K.GRID):
        yield each.code, K.DEPARTMENT, each.unit
        yield each.code, K.GRID, each.code.rpartition(".")[0]
    for each in bodies(entries, K.DEPARTMENT):
        yield each.code, K.GRID, each.grid
    for each in bodies(entries, K.STAFF):
        yield each.code, K.DEPARTMENT, each.department
    for each in bodies(entries, K.SLA_POLICY):
        yield each.code, K.CALENDAR, each.calendar
        yield each.code, K.CATEGORY, each.category
        yield each.code, K.WHISTLE_KIND, each.whistle_kind
    for each in bodies(entries, K.ROUTING_RULE):
        yield each.code, K.CATEGORY, each.category
        yield each.code, K.WHISTLE_KIND, each.whistle_kind
        yield each.code, K.GRID, each.grid
        yield from ((each.code, K.DEPARTMENT, called) for called in (each.lead, *each.co))


@BOTH
def test_every_code_that_is_named_exists(entries: Entries) -> None:
    missing = [
        (by, kind, code)
        for by, kind, code in named(entries)
        if code and code not in codes(entries, kind)
    ]
    assert missing == []


@BOTH
def test_every_category_has_a_policy_of_its_own(entries: Entries) -> None:
    policies = bodies(entries, K.SLA_POLICY)
    for category in bodies(entries, K.CATEGORY):
        chosen = choose_policy(policies, category.code, "ordinary")  # type: ignore[arg-type]
        assert chosen.category == category.code


@BOTH
def test_every_whistle_kind_has_a_policy(entries: Entries) -> None:
    policies = bodies(entries, K.SLA_POLICY)
    for kind in bodies(entries, K.WHISTLE_KIND):
        chosen = choose_policy(policies, "advice", kind.code)  # type: ignore[arg-type]
        assert chosen.whistle_kind == kind.code


@POLICIES
def test_every_duty_climbs_to_the_county(policy: SLAPolicy) -> None:
    for promise in policy.promises:
        if promise.kind in WINDOWS:
            continue
        first, *_, last = promise.ladder
        raised = [rung.level for rung in promise.ladder if rung.level]
        assert first.percent == 75
        assert first.acts == (RungAct.WARN,)
        assert raised == [Level.STREET, Level.COUNTY]
        assert last.level is Level.COUNTY


@POLICIES
def test_the_b_post_gets_its_turn_before_the_claim_is_late(policy: SLAPolicy) -> None:
    claim = policy.promise(D.CLAIM)
    assert claim is not None
    handed = [rung.percent for rung in claim.ladder if RungAct.HAND_TO_B in rung.acts]
    assert handed == [90]


@POLICIES
def test_every_policy_promises_the_whole_way(policy: SLAPolicy) -> None:
    assert {*D} - set(policy.kinds) <= {D.CONTACT, D.REPORT_IN, D.MEETING}


@BOTH
def test_rungs_of_every_ladder_follow_one_another(entries: Entries) -> None:
    calendars = {
        each.code: BusinessCalendar(each, ZoneInfo(each.zone), 1)
        for each in bodies(entries, K.CALENDAR)
    }
    at = datetime(2026, 9, 30, 15, 20, tzinfo=ZoneInfo("Asia/Shanghai"))
    for policy in bodies(entries, K.SLA_POLICY):
        for promise in policy.promises:
            clock = Deadline(id=DeadlineId("x"), kind=promise.kind, clock=SLAClock.started(at))
            rungs = reckon(clock, promise, calendars[policy.calendar]).rungs
            instants = [rung.at for rung in rungs]
            assert instants == sorted(instants), (policy.code, promise.kind)


def limit(policy: str, kind: DeadlineKind) -> Limit:
    found = next(each for each in bodies(DEFAULT, K.SLA_POLICY) if each.code == policy)
    promise = found.promise(kind)
    assert promise is not None
    return Limit(promise.limit.unit, promise.limit.amount)


def hours(amount: float, *, urgent: bool = False) -> Limit:
    return Limit(Unit.URGENT_HOUR if urgent else Unit.WORKING_HOUR, timedelta(hours=amount))


def days(amount: int) -> Limit:
    return Limit(Unit.WORKING_DAY, timedelta(days=amount))


REAL_LIMITS = [
    ("exposed_rubbish", D.RESOLVE, hours(4)),
    ("road_cleaning", D.RESOLVE, hours(2)),
    ("standing_water", D.RESOLVE, hours(4)),
    ("green_upkeep", D.RESOLVE, days(5)),
    ("manhole_cover_missing", D.RESOLVE, hours(2, urgent=True)),
    ("illegal_building", D.REPORT_IN, hours(4)),
    ("illegal_building", D.RESOLVE, days(20)),
    ("life_property_risk", D.CONTACT, hours(1, urgent=True)),
    ("advice", D.RESOLVE, Limit(Unit.SAME_DAY)),
    ("advice", D.OVERALL, days(3)),
    ("joint_action", D.CLAIM, hours(1)),
    ("joint_action", D.CONTACT, hours(24, urgent=True)),
    ("joint_action", D.REPORT_IN, days(3)),
    ("hard_problem", D.REPORT_IN, days(5)),
    ("joint_action", D.ANSWER, days(3)),
    ("joint_action", D.RESOLVE, days(7)),
    ("default", D.RETURN, days(2)),
    ("default", D.DECIDE, Limit(Unit.SAME_DAY)),
    ("default", D.DISPATCH, hours(0.25)),
    ("default", D.VERIFY, hours(0.5)),
    ("same_day", D.RESOLVE, Limit(Unit.SAME_DAY)),
    ("three_days", D.RESOLVE, days(3)),
]


@pytest.mark.parametrize(("policy", "kind", "real"), REAL_LIMITS)
def test_the_default_table_keeps_the_real_limits(
    policy: str, kind: DeadlineKind, real: Limit
) -> None:
    assert limit(policy, kind) == real


def test_an_urgent_matter_runs_around_the_clock_in_every_duty() -> None:
    for code in ("manhole_cover_missing", "life_property_risk", "emergency"):
        policy = next(each for each in bodies(DEFAULT, K.SLA_POLICY) if each.code == code)
        units = {each.limit.unit for each in policy.promises if each.kind not in WINDOWS}
        assert units == {Unit.URGENT_HOUR}


def test_only_a_leader_blows_the_hard_whistle() -> None:
    kinds = {each.code: each for each in bodies(DEFAULT, K.WHISTLE_KIND)}
    assert kinds["hard_problem"].may_blow == (Role.LEADER,)
    assert Role.STAFF in kinds["work_push"].may_blow
    assert Role.RESIDENT not in kinds["joint_action"].may_blow


def test_the_town_has_its_five_levels_and_its_people() -> None:
    levels = Counter(each.level for each in bodies(DEMO, K.GRID))
    assert levels == {**dict.fromkeys(GridLevel, 1), GridLevel.MICRO: 7}
    staff: list[Staff] = bodies(DEMO, K.STAFF)
    assert sum(each.code.endswith("_head") for each in staff) == 7
    assert sum("_officer_" in each.code for each in staff) == 19


def test_every_department_has_an_a_and_a_b_post() -> None:
    posts = Counter((each.department, each.post) for each in bodies(DEMO, K.STAFF) if each.post)
    departments = codes(DEMO, K.DEPARTMENT)
    assert posts == {(each, post): 1 for each in departments for post in Post}


def test_the_gate_calls_traffic_police_and_property_company_for_a_joint_whistle() -> None:
    origin = Origin(
        number=IssueNumber("QJ-2026-0000001"),
        district=DistrictCode("qj"),
        grid=GridCode("qj.bh.hp.fc"),
        category="wrong_way_traffic",  # type: ignore[arg-type]
        whistle_kind="joint_action",  # type: ignore[arg-type]
        source=Role.STAFF,
        raised_by=Subject("hupan_community_a"),
        raised_at=datetime(2026, 11, 20, tzinfo=ZoneInfo("UTC")),
    )
    proposal, broken = propose(bodies(DEMO, K.ROUTING_RULE), origin, codes(DEMO, K.DEPARTMENT))  # type: ignore[arg-type]
    assert proposal is not None
    assert (proposal.lead, proposal.co) == ("traffic_police", ("property_company",))
    assert broken == ()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("tax.json", "[]", "is no kind"),
        ("grid.json", "[", "Expecting value"),
        ("grid.json", '[{"name": "x"}]', "with a code"),
        ("grid.json", '[{"code": "a", "name": "x", "name_en": "x", "level": 2}]', "as its level"),
        ("category.json", '[{"code": "a", "name": "x", "name_en": "x", "urgent": 1}]', "urgent"),
        (
            "category.json",
            '[{"code": "a", "name": "", "name_en": ""}, {"code": "a", "name": "", "name_en": ""}]',
            "another category a",
        ),
    ],
)
def test_a_bad_file_says_what_is_wrong(tmp_path: Path, name: str, content: str, says: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(BadFile, match=says):
        read(tmp_path)
