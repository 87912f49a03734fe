"""The law of conditions, when cameras, clocks and lines are not as they should be."""

from domain.alert import Phase, TimeQuality
from domain.alerts import consequences as c
from domain.alerts.words import ConditionState, Decision, Reason, Verdict
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


def test_it_is_believed_again_though_its_issue_ended_before() -> None:
    watch = Watch(DEAF)
    watch.alert(Phase.OPEN, kind=OFFLINE)
    watch.ends(watch.of_kind(OFFLINE).key)
    watch.after(MINUTE).alert(Phase.OPEN, kind=OFFLINE)
    assert watch.standing().is_silenced
    assert reasons(watch.alert(Phase.CLOSE, kind=OFFLINE)) == []
    assert reasons(watch.alert(Phase.CLOSE, kind=OFFLINE)) == [Reason.NOT_OPEN]
    watch.alert()
    assert (watch.state, len(watch.issues)) == (S.OPEN, 2)


def test_it_is_believed_again_though_its_kind_silences_no_more() -> None:
    watch = Watch(DEAF)
    watch.alert(Phase.OPEN, kind=OFFLINE)
    watch.policies = {OFFLINE: a_policy(OFFLINE, when_unsaid=Decision.AUTO)}
    watch.alert(Phase.CLOSE, kind=OFFLINE)
    assert not watch.standing().is_silenced
