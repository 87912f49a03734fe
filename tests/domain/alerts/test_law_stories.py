"""The law of conditions, told as what happens at one gate."""

from datetime import timedelta

from domain.alert import Phase
from domain.alerts import consequences as c
from domain.alerts.words import ConditionState, Decision, Reason
from tests.domain.alerts.watching import (
    HOUR,
    MINUTE,
    OFFLINE,
    PARKING,
    SECOND,
    Watch,
    a_policy,
)

S = ConditionState
SURE = {PARKING: a_policy(dispatch_from=0.9, when_unsaid=Decision.REVIEW)}
HELD = {PARKING: a_policy(debounce=5 * MINUTE)}
DEAF = {OFFLINE: a_policy(OFFLINE, silences=True, when_unsaid=Decision.AUTO)}


def reasons(consequences: tuple[c.Consequence, ...]) -> list[Reason]:
    return [each.reason for each in consequences if isinstance(each, c.Nothing)]


# --- one thing, one issue ------------------------------------------------------------------------


def test_a_car_seen_600_times_in_a_minute_is_one_issue_that_counts_600() -> None:
    watch = Watch()
    for _ in range(600):
        watch.alert()
        watch.after(SECOND / 10)
    assert (len(watch.issues), watch.condition.count) == (1, 600)
    assert watch.told(c.CountOnIssue) == 599


def test_the_same_kind_in_another_zone_is_another_condition() -> None:
    watch = Watch()
    watch.alert(zone="north")
    watch.alert(zone="south")
    assert len(watch.issues) == 2


def test_heartbeats_and_pictures_say_nothing() -> None:
    watch = Watch()
    assert reasons(watch.alert(Phase.HEARTBEAT)) == [Reason.HEARTBEAT]
    assert reasons(watch.alert(Phase.MEDIA)) == [Reason.MEDIA]
    assert watch.history == []


# --- debounce ------------------------------------------------------------------------------------


def test_what_does_not_last_calls_nobody() -> None:
    watch = Watch(HELD)
    watch.alert(Phase.OPEN, vendor_event_id="e")
    watch.after(2 * MINUTE).alert(Phase.CLOSE, vendor_event_id="e")
    watch.after(2 * HOUR)
    assert (watch.issues, watch.state) == ([], S.CLOSED)


def test_what_lasts_opens_when_the_debounce_is_over_without_another_word() -> None:
    watch = Watch(HELD)
    assert reasons(watch.alert()) == [Reason.DEBOUNCE]
    watch.after(5 * MINUTE - SECOND)
    assert (watch.issues, watch.state) == ([], S.PENDING)
    watch.after(SECOND)
    assert (len(watch.issues), watch.state) == (1, S.OPEN)


def test_enough_sightings_do_not_wait_for_the_debounce() -> None:
    watch = Watch({PARKING: a_policy(debounce=10 * MINUTE, enough_sightings=2)})
    watch.alert()
    watch.after(MINUTE).alert()
    assert len(watch.issues) == 1


def test_too_few_sightings_are_not_enough_however_long_it_lasts() -> None:
    watch = Watch({PARKING: a_policy(debounce=MINUTE, least_sightings=2)})
    watch.alert()
    watch.after(2 * MINUTE)
    assert (watch.issues, watch.state) == ([], S.PENDING)
    watch.alert()
    assert len(watch.issues) == 1


def test_too_few_sightings_are_closed_when_their_time_is_over() -> None:
    watch = Watch({PARKING: a_policy(least_sightings=2)})
    watch.alert()
    watch.after(HOUR)
    assert (watch.state, watch.condition.reason) == (S.CLOSED, Reason.UNCONFIRMED)


def test_a_source_that_says_how_long_it_lives_is_believed() -> None:
    watch = Watch(HELD)
    watch.alert(ttl_s=60)
    watch.after(5 * MINUTE)
    assert (watch.issues, watch.condition.reason) == ([], Reason.UNCONFIRMED)


# --- confidence ----------------------------------------------------------------------------------


def test_a_sure_camera_is_followed_at_once_and_an_unsure_one_is_looked_at() -> None:
    (sure,) = Watch(SURE).alert(confidence=0.95)
    (unsure,) = Watch(SURE).alert(confidence=0.6)
    assert isinstance(sure, c.OpenIssue)
    assert isinstance(unsure, c.OpenIssue)
    assert (sure.at_once, unsure.at_once) == (True, False)


def test_no_confidence_is_not_a_confidence_of_0() -> None:
    policies = {PARKING: a_policy(log_below=0.5)}
    zero, unsaid = Watch(policies), Watch(policies)
    assert reasons(zero.alert(confidence=0.0)) == [Reason.LOW_CONFIDENCE]
    unsaid.alert(confidence=None)
    assert (len(zero.issues), len(unsaid.issues)) == (0, 1)
    assert unsaid.condition.max_confidence is None


def test_what_was_only_kept_opens_when_the_camera_becomes_surer() -> None:
    watch = Watch({PARKING: a_policy(log_below=0.5)})
    watch.alert(confidence=0.2)
    watch.after(MINUTE).alert(confidence=0.7)
    assert (len(watch.issues), watch.condition.decision) == (1, Decision.REVIEW)


# --- cleared, cooldown, next ---------------------------------------------------------------------


def test_cleared_is_noted_and_never_closes_the_issue() -> None:
    watch = Watch()
    watch.alert(Phase.OPEN, vendor_event_id="e")
    said = watch.after(MINUTE).alert(Phase.CLOSE, vendor_event_id="e")
    assert said == (c.NoteCleared(issue=watch.issues[0], reason=Reason.ENDED_BY_SOURCE),)
    watch.after(timedelta(days=30))
    assert (watch.state, watch.condition.issue_ended_at) == (S.CLEARED, None)


def test_without_any_end_it_is_cleared_by_its_time_to_live() -> None:
    watch = Watch()
    watch.alert()
    watch.after(10 * MINUTE)
    assert watch.said[-1] == c.NoteCleared(issue=watch.issues[0], reason=Reason.NOT_SEEN_FOR_LONG)


def test_what_comes_back_while_its_issue_runs_is_a_word_on_it() -> None:
    watch = Watch()
    watch.alert()
    said = watch.after(timedelta(days=2)).alert()
    assert said == (c.ReopenOrComment(issue=watch.issues[0]),)
    assert (len(watch.issues), watch.state) == (1, S.OPEN)


def test_a_repeat_in_the_cooldown_is_a_word_on_the_ended_issue() -> None:
    watch = Watch()
    watch.alert()
    watch.ends()
    said = watch.after(29 * MINUTE).alert()
    assert said == (c.ReopenOrComment(issue=watch.issues[0]),)
    assert len(watch.issues) == 1


def test_a_repeat_after_the_cooldown_is_a_new_issue_linked_to_the_former() -> None:
    watch = Watch()
    watch.alert()
    watch.ends()
    _, link = watch.after(31 * MINUTE).alert()
    assert link == c.LinkTo(former=watch.issues[0])
    assert len(watch.issues) == 2


def test_one_of_two_cars_leaving_does_not_clear_the_lane() -> None:
    watch = Watch()
    watch.alert(Phase.OPEN, vendor_event_id="a")
    watch.alert(Phase.OPEN, vendor_event_id="b")
    assert reasons(watch.alert(Phase.CLOSE, vendor_event_id="a")) == [Reason.OTHERS_ARE_THERE]
    before = watch.state
    watch.alert(Phase.CLOSE, vendor_event_id="b")
    assert (before, watch.state) == (S.OPEN, S.CLEARED)


def test_a_car_that_never_left_gets_a_new_issue_when_the_cooldown_is_over() -> None:
    watch = Watch()
    watch.alert()
    watch.ends()
    for _ in range(31):
        watch.after(MINUTE).alert()
    assert (len(watch.issues), watch.told(c.LinkTo)) == (2, 1)
    assert watch.told(c.ReopenOrComment) == 29


def test_what_lives_exactly_as_long_as_its_debounce_opens() -> None:
    watch = Watch({PARKING: a_policy(debounce=10 * MINUTE)})
    watch.alert()
    watch.after(10 * MINUTE)
    assert len(watch.issues) == 1
