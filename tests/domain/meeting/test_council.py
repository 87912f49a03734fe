"""Which communities hold councils, when, and who comes."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter

from api.schemas.meetings import MeetingNumberText
from domain.ids import (
    CalendarCode,
    DepartmentCode,
    DistrictCode,
    GridCode,
    MeetingNumber,
    Subject,
)
from domain.meeting import commands as m
from domain.meeting import planning
from domain.meeting.convening import convene
from domain.meeting.council import (
    Council,
    council_of,
    councils,
    number_of,
    regulars,
    sitting,
    wanted,
)
from domain.meeting.meeting import Meeting
from domain.meeting.policy import CouncilPlan, MeetingPolicy
from domain.meeting.results import dates
from domain.meeting.words import MeetingKind
from domain.reference import District, Grid, GridLevel, Staff
from domain.sla import Limit
from domain.vocabulary import Level
from tests.domain import calendars
from tests.domain.cast import MONDAY_NINE
from tests.domain.meeting.life import POLICY, MeetingLife, a_summons

HERE, OTHER = GridCode("qj.bh.hp"), GridCode("qj.bh.other")
PLAN = CouncilPlan(day=5, at=time(19))
OFFICE = DepartmentCode("office")
CHINA = calendars.china()


def a_policy(code: str = "council", **changes: Any) -> MeetingPolicy:  # noqa: ANN401 - any field
    fields: dict[str, Any] = {
        "level": Level.COMMUNITY,
        "kind": MeetingKind.COUNCIL,
        "council": PLAN,
    } | changes
    return MeetingPolicy(code=code, **fields)


def a_grid(code: str) -> Grid:
    level = GridLevel(code.count(".") + 1)
    return Grid(code=GridCode(code), name=code, name_en=code, level=level)


def a_district(code: str, grid: str) -> District:
    return District(
        code=DistrictCode(code),
        name=code,
        name_en=code,
        grid=GridCode(grid),
        calendar=CalendarCode("cn"),
        prefix="QJ",
    )


COUNTY = a_district("qj", "qj")


def test_every_community_of_the_policys_grid_holds_its_own() -> None:
    grids = [a_grid(code) for code in ("qj", "qj.bh", OTHER, HERE, f"{HERE}.fc", "yj.aa.bb")]
    held = councils(grids, [COUNTY], [a_policy(grid=GridCode("qj"))])
    assert [each.community for each in held] == [HERE, OTHER]
    only = councils(grids, [COUNTY], [a_policy(grid=HERE)])
    assert [(each.community, each.plan) for each in only] == [(HERE, PLAN)]


def test_most_exact_policy_holds_and_may_want_none() -> None:
    everywhere, none = a_policy(), a_policy("none", grid=HERE, council=None)
    assert council_of(HERE, [COUNTY], [everywhere, none]) is None
    assert council_of(OTHER, [COUNTY], [everywhere, none]) is not None
    own = a_policy("own", grid=HERE, council=CouncilPlan(day=9))
    chosen = council_of(HERE, [COUNTY], [everywhere, own])
    assert chosen is not None
    assert chosen.plan.day == 9


def test_without_a_policy_or_a_district_there_is_none() -> None:
    assert council_of(HERE, [COUNTY], []) is None
    joint = MeetingPolicy(code="joint", level=Level.COMMUNITY)
    assert council_of(HERE, [COUNTY], [joint]) is None
    assert council_of(HERE, [a_district("yj", "yj")], [a_policy()]) is None


def test_nearest_district_lends_its_calendar() -> None:
    street = a_district("bh", "qj.bh")
    for order in ([COUNTY, street], [street, COUNTY]):
        found = council_of(HERE, order, [a_policy()])
        assert found is not None
        assert found.district == street


def test_council_sits_by_the_clock_of_its_place() -> None:
    when = sitting(Council(community=HERE, district=COUNTY, plan=PLAN), "Asia/Shanghai")
    assert (when.zone, when.day, when.at) == ("Asia/Shanghai", 5, time(19))


def test_number_names_the_month_of_the_place() -> None:
    late = datetime(2026, 11, 30, 23, tzinfo=ZoneInfo("UTC"))
    assert number_of(HERE, late) == MeetingNumber("qj.bh.hp-C2026-11")
    there = late.astimezone(ZoneInfo("Asia/Shanghai"))
    assert number_of(HERE, there) == MeetingNumber("qj.bh.hp-C2026-12")


def test_number_of_a_long_grid_fits_and_stays_its_own() -> None:
    one, other = GridCode("q" * 100 + "a"), GridCode("q" * 100 + "b")
    numbers = {number_of(one, MONDAY_NINE), number_of(other, MONDAY_NINE)}
    assert len(numbers) == 2
    assert {len(each) for each in numbers} == {len(number_of(GridCode("q" * 50), MONDAY_NINE))}
    assert max(len(each) for each in numbers) <= 60


def test_number_is_fit_for_a_path_whatever_the_grids_code() -> None:
    one, other = GridCode("qj:bh.hp"), GridCode("qj-bh.hp")
    allowed = TypeAdapter(MeetingNumberText)
    numbers = [allowed.validate_python(number_of(each, MONDAY_NINE)) for each in (one, other)]
    assert numbers[0] != numbers[1]
    assert numbers[1].startswith("qj-bh.hp-C")


def test_council_tells_no_dates() -> None:
    """No clock of an issue goes by them."""
    dated = MeetingLife(convene(replace(a_summons(), kind=MeetingKind.COUNCIL), POLICY, OFFICE))
    before = dated.meeting
    after = dated.carry_out(m.InviteParties.by_engine("invite"), MONDAY_NINE)
    assert after.sits_at is not None
    assert dates(before, after) == ((), None)


def called(at_text: str, sits_after: Limit, plan: CouncilPlan | None = PLAN) -> Meeting:
    """A council, or a joint meeting without a plan, called by the clock of its place."""
    kind = MeetingKind.COUNCIL if plan else MeetingKind.JOINT
    policy = a_policy(sits_after=sits_after, council=plan, kind=kind)
    meeting = convene(replace(a_summons(), kind=kind), policy, OFFICE)
    at = calendars.at(at_text)
    return planning.plan(meeting.handle(m.InviteParties.by_engine("invite"), at), CHINA)


def test_council_sits_at_its_hour_of_the_day_its_parties_had_time_for() -> None:
    friday = "2026-11-06T19:04"
    council = called(friday, calendars.working_days(3))
    assert council.sits_at == calendars.at("2026-11-11T19:00"), "the days count, not the jitter"
    naturally = called(friday, calendars.natural_days(3))
    assert naturally.sits_at == calendars.at("2026-11-09T19:00")
    joint = called(friday, calendars.working_days(3), plan=None)
    assert joint.sits_at == calendars.at("2026-11-11T18:00")


def test_council_decides_after_it_sat_and_is_heard_after_report_in() -> None:
    council = called("2026-11-06T09:00", calendars.working_days(3), replace(PLAN, at=time(9)))
    assert council.sits_at == calendars.at("2026-11-11T09:00")
    assert council.decide_by == calendars.at("2026-11-13T18:00")
    assert {each.report_in_by for each in council.parties} == {calendars.at("2026-11-09T18:00")}


def test_council_never_sits_before_it_is_called() -> None:
    soon = calendars.urgent_hours(1)
    assert called("2026-11-06T19:04", soon).sits_at == calendars.at("2026-11-07T19:00")
    assert called("2026-11-06T17:00", soon).sits_at == calendars.at("2026-11-06T19:00")


def test_council_that_nobody_opened_sits_again_at_its_hour() -> None:
    council = called("2026-11-06T19:04", calendars.working_days(3))
    assert council.sits_at is not None
    late = council.sits_at + council.terms.grace + timedelta(seconds=1)
    again = planning.plan(council.handle(m.MissSitting.by_engine("missed"), late), CHINA)
    assert again.sits_at == calendars.at("2026-11-16T19:00")


def test_regulars_stand_for_a_place_of_the_community() -> None:
    places = {"b": f"{HERE}.fc.b2", "a": f"{HERE}.fc.b1", "far": "qj.bh.hpx.fc", "none": None}
    staff = [
        Staff(code=Subject(code), department=OFFICE, stands_for=GridCode(place) if place else None)
        for code, place in places.items()
    ]
    assert regulars(staff, HERE) == (Subject("a"), Subject("b"))


def test_spans_of_the_plan_count_back_from_the_call() -> None:
    plan = CouncilPlan(open_for=timedelta(days=10), repeated_within=timedelta(days=20))
    asked = wanted(Council(community=HERE, district=COUNTY, plan=plan), MONDAY_NINE)
    assert asked.raised_before == MONDAY_NINE - timedelta(days=10)
    assert asked.repeated_since == MONDAY_NINE - timedelta(days=20)
    assert (asked.repeats, asked.limit) == (plan.repeats, plan.most_items)


@pytest.mark.parametrize(
    "wrong",
    [
        {"day": 0},
        {"day": 29},
        {"most_items": 0},
        {"most_items": 101},
        {"repeats": 1},
        {"open_for": timedelta(seconds=-1)},
        {"repeated_within": timedelta(seconds=-1)},
    ],
)
def test_impossible_plan_is_none(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=" "):
        CouncilPlan(**wrong)


@pytest.mark.parametrize("wrong", [{"kind": MeetingKind.JOINT}, {"level": Level.STREET}])
def test_only_councils_of_communities_have_a_plan(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="plan is for councils"):
        a_policy(**wrong)


def test_regulars_are_invited_in_person() -> None:
    summons = replace(
        a_summons(), kind=MeetingKind.COUNCIL, persons=(Subject("b1_head"), Subject("b1_officer"))
    )
    meeting = convene(summons, a_policy(), OFFICE)
    persons = [each.code for each in meeting.parties if each.is_person]
    assert persons == ["b1_head", "b1_officer"]
    assert meeting.origin.kind is MeetingKind.COUNCIL


def test_council_that_is_called_after_its_hour_sits_on_the_next_working_day() -> None:
    morning = replace(PLAN, at=time(9))
    council = called("2026-11-06T09:05", calendars.working_hours(4), morning)
    assert council.sits_at == calendars.at("2026-11-09T09:00"), "not on Saturday"


def test_parties_of_a_council_report_in_before_it_sits() -> None:
    morning = replace(PLAN, at=time(9))
    council = called("2026-11-05T09:05", calendars.working_days(1), morning)
    assert council.sits_at == calendars.at("2026-11-06T09:00")
    assert {each.report_in_by for each in council.parties} == {council.sits_at}
