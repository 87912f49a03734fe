"""No storm makes more issues than people can go to; what is held back is kept and counted."""

from domain.alert import AlertKind
from domain.alerts import consequences as c
from domain.alerts.policy import StormLimit
from domain.alerts.words import Decision, Reason
from domain.ids import CameraRef
from tests.domain.alerts.watching import HOUR, MINUTE, PARKING, Watch, a_policy


def test_a_camera_that_sees_everything_everywhere_makes_one_issue_of_its_own() -> None:
    watch = Watch()
    for zone in range(100):
        watch.alert(zone=f"z{zone}")
    assert len(watch.issues) == 6 + 1
    assert watch.of_kind(AlertKind.CAMERA_NOISY).issue == watch.issues[-1]
    assert sum(watch.given.values()) == 100 + 94


def test_what_found_no_room_in_a_storm_is_opened_after_it_if_it_is_still_there() -> None:
    watch = Watch()
    for zone in range(6):
        watch.alert(zone=f"z{zone}")
    watch.alert()
    assert watch.told(c.RaiseMaintenance) == 1
    assert (watch.condition.issue, watch.condition.reason) == (None, Reason.STORM)
    watch.after(9 * MINUTE).alert()
    watch.after(2 * MINUTE).alert()
    assert watch.condition.issue is not None


LIMIT = StormLimit(burst=3, one_more_after=10 * MINUTE)
CROWDED = {PARKING: a_policy(storm_of_community=LIMIT)}


def from_many(watch: Watch, number: int) -> None:
    for camera in range(number):
        watch.alert(camera=CameraRef(f"c{camera}"))


def test_many_cameras_at_once_are_one_issue_more_for_their_community() -> None:
    watch = Watch(CROWDED)
    from_many(watch, 50)
    noise = watch.of_kind(AlertKind.COMMUNITY_NOISY)
    assert (len(watch.issues), noise.issue, noise.count) == (3 + 1, watch.issues[-1], 47)
    held = [each for each in watch.history if each.reason is Reason.STORM]
    assert (len(held), sum(each.count for each in held)) == (47, 47)
    assert {each.decision for each in held} == {Decision.LOG}


def test_a_community_has_room_again_with_time_and_none_is_lost() -> None:
    watch = Watch(CROWDED)
    from_many(watch, 4)
    watch.after(10 * MINUTE)
    watch.alert(camera=CameraRef("c3"))
    key = watch.key._replace(camera=CameraRef("c3"))
    assert (watch.of(key).issue, len(watch.issues)) == (watch.issues[-1], 3 + 1 + 1)


def test_without_a_limit_a_community_opens_what_its_cameras_see() -> None:
    watch = Watch({PARKING: a_policy(storm_of_community=None, storm_of_source=None)})
    from_many(watch, 200)
    assert (len(watch.issues), watch.told(c.RaiseMaintenance)) == (200, 0)


def test_the_smallest_that_is_full_is_the_one_that_is_looked_after() -> None:
    one = StormLimit(burst=1, one_more_after=HOUR)
    watch = Watch({PARKING: a_policy(storm_of_source=one, storm_of_community=one)})
    from_many(watch, 2)
    kinds = [each.kind for each in watch.said if isinstance(each, c.RaiseMaintenance)]
    assert kinds == [AlertKind.SOURCE_NOISY]
