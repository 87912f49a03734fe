"""The default tables keep the limits that offices really promise."""

from datetime import timedelta

import pytest

from domain.reference import ReferenceKind as K
from domain.sla import Limit, Unit
from domain.vocabulary import WINDOWS, Role
from domain.vocabulary import DeadlineKind as D
from tests.e2e.entries import DEFAULT, bodies


def limit(policy: str, kind: D) -> Limit:
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
def test_the_default_table_keeps_the_real_limits(policy: str, kind: D, real: Limit) -> None:
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
