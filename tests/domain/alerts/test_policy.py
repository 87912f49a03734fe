"""What a policy may say, which one holds, and in which order alerts are applied."""

from datetime import timedelta
from typing import Any

import pytest

from domain.alert import AlertKind, Phase
from domain.alerts.ordering import in_order
from domain.alerts.policy import StormLimit, choose_alert_policy
from domain.alerts.standing import Bucket
from tests.domain.alerts.watching import HOUR, MINUTE, NOON, OFFLINE, PARKING, a_policy, an_alert


@pytest.mark.parametrize(
    "nonsense",
    [
        {"debounce": -MINUTE},
        {"ttl": timedelta()},
        {"debounce": HOUR, "ttl": MINUTE},
        {"late_after": timedelta(days=2)},
        {"log_below": 1.1},
        {"log_below": 0.9, "dispatch_from": 0.5},
        {"least_precision": -0.1},
        {"flaps": 1},
        {"least_sightings": 0},
        {"least_judged": 0},
        {"enough_sightings": 1, "least_sightings": 2},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(nonsense: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        a_policy(**nonsense)


def test_a_storm_limit_lets_something_through_and_recovers() -> None:
    with pytest.raises(ValueError, match="at least one"):
        StormLimit(burst=0, one_more_after=MINUTE)
    with pytest.raises(ValueError, match="recovers"):
        StormLimit(burst=1, one_more_after=timedelta())


def test_a_source_s_own_policy_goes_before_the_one_for_all() -> None:
    everywhere, here = a_policy(), a_policy(code="a", source="here")
    policies = (here, everywhere, a_policy(OFFLINE))
    assert choose_alert_policy(policies, PARKING, "here") is here
    assert choose_alert_policy(policies, PARKING, "there") is everywhere


def test_a_kind_without_a_policy_has_the_defaults() -> None:
    chosen = choose_alert_policy((), AlertKind.FIGHT, "here")
    assert (chosen.kind, chosen.dispatch_from) == (AlertKind.FIGHT, None)


def test_a_bucket_leaks_with_time_and_not_when_time_runs_backwards() -> None:
    limit = StormLimit(burst=2, one_more_after=MINUTE)
    full = Bucket().filled(limit, NOON).filled(limit, NOON)
    assert not full.has_room(limit, NOON)
    assert not full.has_room(limit, NOON - HOUR)
    assert not full.has_room(limit, NOON + MINUTE / 2)
    assert full.has_room(limit, NOON + MINUTE)
    assert full.leaked(limit, NOON + HOUR).level == 0


def test_phases_of_one_event_wait_for_their_turn_and_others_keep_their_place() -> None:
    close, opened, other, update = (
        an_alert(Phase.CLOSE, vendor_event_id="e"),
        an_alert(Phase.OPEN, vendor_event_id="e"),
        an_alert(Phase.PULSE),
        an_alert(Phase.UPDATE, vendor_event_id="e", occurred_at=NOON),
    )
    earlier = an_alert(Phase.UPDATE, vendor_event_id="e", occurred_at=NOON - MINUTE)
    assert in_order([close, opened, other, update, earlier]) == (
        opened,
        earlier,
        update,
        close,
        other,
    )
