"""The law of conditions, when cameras, clocks and lines are not as they should be."""

from domain.alert import AlertKind, Phase, TimeQuality
from domain.alerts import consequences as c
from domain.alerts.policy import StormLimit
from domain.alerts.words import ConditionState, Decision, Reason, Verdict
from domain.ids import CameraRef
from tests.domain.alerts.watching import (
    HOUR,
    MINUTE,
    NOON,
    OFFLINE,
    PARKING,
    Watch,
    a_policy,
)

S = ConditionState
SURE = {PARKING: a_policy(dispatch_from=0.9, when_unsaid=Decision.REVIEW)}
HELD = {PARKING: a_policy(debounce=5 * MINUTE)}
DEAF = {OFFLINE: a_policy(OFFLINE, silences=True, when_unsaid=Decision.AUTO)}


def reasons(consequences: tuple[c.Consequence, ...]) -> list[Reason]:
    return [each.reason for each in consequences if isinstance(each, c.Nothing)]


# --- order ---------------------------------------------------------------------------------------


def test_a_close_before_its_open_makes_a_closed_record() -> None:
    watch = Watch()
    assert reasons(watch.alert(Phase.CLOSE, vendor_event_id="e")) == [Reason.NOT_OPEN]
    assert reasons(watch.alert(Phase.OPEN, vendor_event_id="e")) == [Reason.AFTER_ITS_END]
    assert (watch.state, watch.condition.count, watch.issues) == (S.CLOSED, 2, [])


def test_an_update_after_the_close_of_its_event_is_only_counted() -> None:
    watch = Watch()
    watch.alert(Phase.OPEN, vendor_event_id="e")
    watch.alert(Phase.CLOSE, vendor_event_id="e")
    watch.alert(Phase.UPDATE, vendor_event_id="e")
    assert (watch.state, watch.condition.count) == (S.CLEARED, 3)


def test_an_event_that_was_silent_for_long_goes_on_when_it_is_heard_again() -> None:
    watch = Watch()
    watch.alert(Phase.OPEN, vendor_event_id="e")
    watch.after(HOUR).alert(Phase.UPDATE, vendor_event_id="e")
    assert watch.state is S.OPEN


# --- flapping ------------------------------------------------------------------------------------


def flap(watch: Watch, times: int) -> None:
    for _ in range(times):
        watch.alert(Phase.OPEN)
        watch.after(MINUTE).alert(Phase.CLOSE)
        watch.after(MINUTE)


def test_a_bin_that_flaps_is_one_issue_and_told_once() -> None:
    watch = Watch()
    flap(watch, 10)
    assert (watch.state, len(watch.issues), watch.told(c.NoteFlapping)) == (S.FLAPPING, 1, 1)
    assert watch.told(c.NoteCleared) == 1
    assert (watch.condition.transitions, watch.condition.count) == (20, 20)


def test_three_comings_and_goings_are_not_yet_flapping() -> None:
    watch = Watch()
    flap(watch, 1)
    watch.alert(Phase.OPEN)
    assert watch.state is S.OPEN


def test_four_that_take_longer_than_half_an_hour_are_not_flapping() -> None:
    watch = Watch()
    for _ in range(4):
        watch.alert(Phase.OPEN)
        watch.after(9 * MINUTE).alert(Phase.CLOSE)
        watch.after(15 * MINUTE)
    assert (watch.told(c.NoteFlapping), len(watch.issues)) == (0, 1)


def test_flapping_ends_as_cleared_when_nothing_came_or_went_for_half_an_hour() -> None:
    watch = Watch()
    flap(watch, 3)
    watch.after(30 * MINUTE)
    assert (watch.state, watch.told(c.NoteCleared)) == (S.CLEARED, 2)


def test_flapping_ends_as_open_when_it_stayed_for_half_an_hour() -> None:
    watch = Watch()
    flap(watch, 3)
    for _ in range(8):
        watch.alert()
        watch.after(5 * MINUTE)
    assert watch.state is S.OPEN


def test_what_flaps_through_its_debounce_is_looked_at_and_not_dispatched() -> None:
    watch = Watch({PARKING: a_policy(debounce=5 * MINUTE, when_unsaid=Decision.AUTO)})
    flap(watch, 2)
    (issue,) = [each for each in watch.said if isinstance(each, c.OpenIssue)]
    assert (issue.at_once, watch.condition.reason) == (False, Reason.UNSTEADY)


# --- storms --------------------------------------------------------------------------------------


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


# --- inhibition ----------------------------------------------------------------------------------


def test_a_camera_that_is_offline_is_believed_about_nothing_else() -> None:
    watch = Watch(DEAF)
    watch.alert(kind=OFFLINE)
    assert reasons(watch.alert()) == [Reason.INHIBITED]
    assert (watch.state, len(watch.issues)) == (S.SUPPRESSED, 1)


def test_it_is_believed_again_when_it_is_back() -> None:
    watch = Watch(DEAF)
    watch.alert(Phase.OPEN, kind=OFFLINE)
    watch.alert()
    watch.alert(Phase.CLOSE, kind=OFFLINE)
    watch.alert()
    assert (watch.state, len(watch.issues)) == (S.OPEN, 2)


def test_a_camera_that_never_says_it_is_back_is_heard_after_its_time_to_live() -> None:
    watch = Watch(DEAF)
    watch.alert(kind=OFFLINE)
    watch.after(10 * MINUTE)
    assert not watch.standing().is_silenced


def test_what_held_its_debounce_while_the_camera_went_offline_calls_nobody() -> None:
    watch = Watch(HELD | DEAF)
    watch.alert()
    watch.alert(kind=OFFLINE)
    watch.after(5 * MINUTE)
    assert (watch.state, len(watch.issues)) == (S.SUPPRESSED, 1)


def test_another_camera_is_believed_all_the_same() -> None:
    watch = Watch(DEAF)
    watch.alert(kind=OFFLINE)
    watch.alert(camera="gate-2")
    assert len(watch.issues) == 2


# --- late ----------------------------------------------------------------------------------------


def test_what_was_seen_a_quarter_of_an_hour_ago_calls_nobody() -> None:
    watch = Watch()
    said = watch.alert(occurred_at=NOON - 16 * MINUTE, time_quality=TimeQuality.DEVICE)
    assert reasons(said) == [Reason.LATE]
    assert (watch.state, watch.issues) == (S.CLOSED, [])


def test_what_is_sent_again_later_is_late_whatever_its_time() -> None:
    assert reasons(Watch().alert(is_late=True)) == [Reason.LATE]


def test_a_clock_that_cannot_be_believed_makes_nothing_late() -> None:
    watch = Watch()
    watch.alert(occurred_at=NOON - 5 * HOUR, time_quality=TimeQuality.SKEWED)
    assert len(watch.issues) == 1


def test_a_late_alert_is_attached_to_the_issue_and_a_day_later_only_kept() -> None:
    watch = Watch()
    watch.alert()
    late = watch.alert(occurred_at=NOON - HOUR, time_quality=TimeQuality.DEVICE)
    old = watch.alert(occurred_at=NOON - 25 * HOUR, time_quality=TimeQuality.DEVICE)
    assert late == (c.CountOnIssue(issue=watch.issues[0]),)
    assert (reasons(old), watch.condition.count) == ([Reason.RECORD_ONLY], 3)


def test_a_late_alert_does_not_keep_a_condition_alive() -> None:
    watch = Watch()
    watch.alert()
    watch.after(9 * MINUTE).alert(is_late=True)
    watch.after(MINUTE)
    assert watch.state is S.CLEARED


# --- verdicts ------------------------------------------------------------------------------------


def test_the_first_verdict_counts_for_the_camera_and_no_second() -> None:
    watch = Watch()
    watch.alert()
    watch.judged(Verdict.FALSE_ALARM)
    watch.judged(Verdict.TRUE)
    standing = watch.standing()
    assert (standing.judged_true, standing.judged_false, standing.precision) == (0, 1, 0.0)


def test_a_camera_that_was_wrong_too_often_is_looked_at_first() -> None:
    watch = Watch(SURE)
    for _ in range(5):
        watch.alert(confidence=0.99)
        watch.judged(Verdict.FALSE_ALARM)
        watch.ends()
        watch.after(HOUR)
    watch.alert(confidence=0.99)
    asked = [each.at_once for each in watch.said if isinstance(each, c.OpenIssue)]
    assert asked == [True] * 5 + [False]
    assert watch.condition.reason is Reason.IMPRECISE_CAMERA


def test_what_a_camera_saw_while_offline_holds_anew_when_it_is_back() -> None:
    watch = Watch(HELD | DEAF)
    watch.alert(Phase.OPEN, kind=OFFLINE)
    watch.alert()
    watch.after(MINUTE).alert(Phase.CLOSE, kind=OFFLINE)
    assert reasons(watch.alert()) == [Reason.DEBOUNCE]


def test_what_was_only_kept_opens_nothing_while_its_camera_is_offline() -> None:
    watch = Watch({PARKING: a_policy(log_below=0.5)} | DEAF)
    watch.alert(confidence=0.2)
    watch.alert(kind=OFFLINE)
    assert reasons(watch.alert(confidence=0.9)) == [Reason.INHIBITED]
    assert watch.condition.issue is None
