"""Whatever arrives in whatever order: one open condition of a key, one issue of a condition."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.alert import AlertKind, Phase
from domain.alerts.words import ConditionState, Decision, Verdict
from tests.domain.alerts.watching import MINUTE, OFFLINE, PARKING, Watch, a_policy

KINDS = (PARKING, OFFLINE, AlertKind.FIRE_SMOKE)
ZONES = (None, "north", "south")
EVENTS = (None, "a", "b")
TOLD = (Phase.OPEN, Phase.UPDATE, Phase.PULSE, Phase.CLOSE, Phase.MEDIA, Phase.HEARTBEAT)
POLICIES = {
    PARKING: a_policy(debounce=5 * MINUTE, enough_sightings=3, log_below=0.3, dispatch_from=0.9),
    OFFLINE: a_policy(OFFLINE, debounce=MINUTE, silences=True),
    AlertKind.FIRE_SMOKE: a_policy(AlertKind.FIRE_SMOKE, when_unsaid=Decision.AUTO),
}

alerts = st.fixed_dictionaries(
    {
        "phase": st.sampled_from(TOLD),
        "kind": st.sampled_from(KINDS),
        "zone": st.sampled_from(ZONES),
        "vendor_event_id": st.sampled_from(EVENTS),
        "confidence": st.none() | st.floats(0, 1),
        "is_late": st.sampled_from((False, False, False, True)),
        "ttl_s": st.sampled_from((None, None, 30, 3_600)),
    }
)
spans = st.integers(0, 3_600).map(lambda seconds: timedelta(seconds=seconds))
verdicts = st.sampled_from(Verdict)
happenings = st.lists(
    st.one_of(alerts, alerts, alerts, spans, verdicts, st.just("issue ends")), max_size=60
)


def lived(happened: list[object]) -> Watch:
    watch = Watch(POLICIES)
    for each in happened:
        if isinstance(each, dict):
            watch.alert(**each)
        elif isinstance(each, timedelta):
            watch.after(each)
        else:
            _heard(watch, each)
        at_rest(watch)
    return watch


def _heard(watch: Watch, what: object) -> None:
    running = [each for each in watch.history if each.has_running_issue]
    if not running:
        return
    if what == "issue ends":
        watch.ends(running[0].key)
    elif watch.latest(watch.key) is not None:
        watch.judged(Verdict(str(what)))


def at_rest(watch: Watch) -> None:
    """What holds after each step."""
    for key in {each.key for each in watch.history}:
        of_one = watch.of_one(key)
        assert sum(not each.is_closed for each in of_one) <= 1
        assert sum(each.has_running_issue for each in of_one) <= 1
        assert all(each.is_closed for each in of_one[:-1])


@settings(max_examples=400, deadline=None)
@given(happenings)
def test_no_two_conditions_of_a_key_are_open_and_no_two_issues_run(happened: list[object]) -> None:
    watch = lived(happened)
    opened = [each.issue for each in watch.history if each.issue is not None]
    assert sorted(opened) == sorted(watch.issues), "an issue belongs to exactly one condition"


@settings(max_examples=400, deadline=None)
@given(happenings)
def test_every_alert_is_counted_once(happened: list[object]) -> None:
    watch = lived(happened)
    for key, alerts_given in watch.given.items():
        assert sum(each.count for each in watch.of_one(key)) == alerts_given


@settings(max_examples=200, deadline=None)
@given(st.lists(alerts, max_size=60).flatmap(st.permutations))
def test_a_storm_in_any_order_makes_no_more_issues_than_conditions(
    storm: list[dict[str, object]],
) -> None:
    watch = lived([*storm])
    assert len(watch.issues) <= len({each.key for each in watch.history})


@settings(max_examples=200, deadline=None)
@given(happenings)
def test_what_nobody_hears_of_comes_to_its_end_by_itself(happened: list[object]) -> None:
    watch = lived(happened)
    watch.after(timedelta(days=3))
    left = {each.state for each in watch.history if not each.has_running_issue}
    assert left <= {ConditionState.CLOSED}
    running = {each.state for each in watch.history if each.has_running_issue}
    assert running <= {ConditionState.CLEARED}
