"""The reference data we ship is complete and agrees with itself."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.alert import AlertKind
from domain.alert_source import AlertSource
from domain.alerts.policy import choose_alert_policy
from domain.calendar import BusinessCalendar
from domain.clock import SLAClock
from domain.deadline import Deadline
from domain.facts import Origin
from domain.ids import DeadlineId, DistrictCode, GridCode, IssueNumber, Subject
from domain.meeting.policy import choose_meeting_policy
from domain.meeting.words import MeetingKind
from domain.position import Point
from domain.reckoning import reckon
from domain.reference import GridLevel, Post, ReferenceKind, Staff
from domain.routing import choose_policy, propose
from domain.sla import Limit, RungAct, SLAPolicy, Unit
from domain.vocabulary import WINDOWS, DeadlineKind, Level, Role
from intake.adapters.registry import ADAPTERS
from storage.grid_map import GridMap, Placed, is_an_area
from tests.e2e.entries import DEFAULT, DEMO, Entries, bodies, codes

K = ReferenceKind
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
        yield each.code, K.GRID, each.stands_for
    for each in bodies(entries, K.SLA_POLICY):
        yield each.code, K.CALENDAR, each.calendar
        yield each.code, K.CATEGORY, each.category
        yield each.code, K.WHISTLE_KIND, each.whistle_kind
    for each in bodies(entries, K.MEETING_POLICY):
        yield each.code, K.GRID, each.grid
        yield each.code, K.STAFF, each.leader
        yield from ((each.code, K.DEPARTMENT, named) for named in (each.convenor, *each.standing))
    yield from named_by_alerts(entries)
    for each in bodies(entries, K.ROUTING_RULE):
        yield each.code, K.CATEGORY, each.category
        yield each.code, K.WHISTLE_KIND, each.whistle_kind
        yield each.code, K.GRID, each.grid
        yield from ((each.code, K.DEPARTMENT, called) for called in (each.lead, *each.co))


def named_by_alerts(entries: Entries) -> Iterator[tuple[str, ReferenceKind, str | None]]:
    for each in bodies(entries, K.ALERT_POLICY):
        yield each.code, K.CATEGORY, each.category
        yield each.code, K.WHISTLE_KIND, each.whistle_kind
        yield each.code, K.ALERT_SOURCE, each.source
    for each in bodies(entries, K.ALERT_SOURCE):
        yield each.code, K.ALERT_MAPPING, each.mapping
        yield from ((each.code, K.GRID, grid) for grid in (each.grid, *_places(each)))


def _places(source: AlertSource) -> Iterator[str]:
    return (camera.grid for camera in source.cameras)


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


@BOTH
def test_every_kind_of_alert_has_a_policy_and_cameras_may_blow_its_whistle(
    entries: Entries,
) -> None:
    policies = bodies(entries, K.ALERT_POLICY)
    blown = {each.code for each in bodies(entries, K.WHISTLE_KIND) if Role.CAMERA in each.may_blow}
    for kind in AlertKind:
        chosen = choose_alert_policy(policies, kind, "any")
        assert chosen.code == kind
        assert chosen.whistle_kind in blown


def test_cameras_of_the_town_speak_in_ways_that_are_understood() -> None:
    tables = {each.code: each.adapter for each in bodies(DEMO, K.ALERT_MAPPING)}
    sources = bodies(DEMO, K.ALERT_SOURCE)
    assert sources
    for source in sources:
        assert source.adapter in ADAPTERS
        assert source.mapping is None or tables[source.mapping] == source.adapter


def test_policies_of_the_town_s_cameras_only_wait_less() -> None:
    policies = bodies(DEMO, K.ALERT_POLICY)
    own = [each for each in policies if each.source is not None]
    assert own
    for each in own:
        usual = choose_alert_policy(policies, each.kind, "any")
        assert each.debounce < usual.debounce
        assert each == replace(usual, code=each.code, source=each.source, debounce=each.debounce)


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


LEVELS = (Level.COMMUNITY, Level.STREET, Level.COUNTY)
ESTATE = GridCode("qj.bh.hp.fc")


@BOTH
@pytest.mark.parametrize("level", LEVELS)
def test_every_level_has_a_policy_of_meetings(entries: Entries, level: Level) -> None:
    chosen = choose_meeting_policy(bodies(entries, K.MEETING_POLICY), level, ESTATE)
    assert chosen.code in codes(entries, K.MEETING_POLICY)
    assert (chosen.kind, chosen.quorum_percent) == (MeetingKind.JOINT, 60)


@pytest.mark.parametrize("level", LEVELS)
def test_default_meetings_are_reported_in_to_within_a_working_day(level: Level) -> None:
    chosen = choose_meeting_policy(bodies(DEFAULT, K.MEETING_POLICY), level, ESTATE)
    assert chosen.report_in == Limit(Unit.WORKING_DAY, timedelta(days=1))
    assert chosen.report_in.amount < chosen.sits_after.amount


@pytest.mark.parametrize("level", LEVELS)
def test_the_town_seats_the_five_parties_and_names_who_leads(level: Level) -> None:
    chosen = choose_meeting_policy(bodies(DEMO, K.MEETING_POLICY), level, ESTATE)
    assert len(chosen.standing) == 5
    assert chosen.convenor is not None
    assert (chosen.leader is not None) is (level is Level.COUNTY)


@BOTH
def test_a_joint_action_nobody_reports_in_to_goes_to_the_streets_meeting(entries: Entries) -> None:
    policy = choose_policy(bodies(entries, K.SLA_POLICY), "advice", "joint_action")  # type: ignore[arg-type]
    promise = policy.promise(D.REPORT_IN)
    assert promise is not None
    convening = [rung.level for rung in promise.ladder if RungAct.CONVENE in rung.acts]
    assert convening == [Level.STREET]


def test_every_grid_of_the_demo_has_an_area_that_lies_in_that_of_its_parent() -> None:
    outlines = {each.code: each for each in bodies(DEMO, K.GRID_OUTLINE)}
    assert outlines.keys() == codes(DEMO, K.GRID)
    around = GridMap(outlines.values())
    for code, outline in outlines.items():
        assert is_an_area(outline.geometry)
        west, south = outline.geometry.polygons()[0][0][0]
        just_inside = Point(lat=south + 1e-5, lon=west + 1e-5)
        assert around.find(just_inside) == Placed(grid=code)
        parent = code.rpartition(".")[0]
        if parent:
            corners = outline.geometry.polygons()[0][0]
            alone = GridMap([outlines[parent]])
            found = {alone.find(Point(lat=lat, lon=lon)) for lon, lat in corners}
            assert found == {Placed(grid=parent)}
