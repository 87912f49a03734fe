"""What is seen no more and nobody has taken up is taken back, where the policy says so."""

import pytest

from domain.alert import AlertKind, Phase
from domain.alerts import consequences as c
from domain.alerts.policy import AlertPolicy
from domain.alerts.words import ConditionState, Verdict
from tests.domain.alerts.watching import MINUTE, PARKING, Watch, a_policy

S = ConditionState
BACK = {PARKING: a_policy(withdraws_unassigned=True)}


@pytest.mark.parametrize(("policies", "asked"), [(BACK, 1), ({}, 0)])
def test_a_clear_takes_its_issue_back_only_where_the_policy_says_so(
    policies: dict[AlertKind, AlertPolicy], asked: int
) -> None:
    watch = Watch(policies)
    watch.alert(Phase.OPEN)
    watch.after(MINUTE).alert(Phase.CLOSE)
    assert (watch.told(c.NoteCleared), watch.told(c.TakeBack)) == (1, asked)


def test_silence_takes_back_as_an_end_does_and_without_an_issue_nothing_is_taken_back() -> None:
    watch = Watch({PARKING: a_policy(withdraws_unassigned=True, log_below=0.5)})
    watch.alert(confidence=0.9)
    watch.alert(zone="z", confidence=0.1)
    watch.after(10 * MINUTE)
    assert [each.issue for each in watch.said if isinstance(each, c.TakeBack)] == watch.issues


def test_what_people_found_to_be_true_is_not_taken_back() -> None:
    watch = Watch(BACK)
    watch.alert()
    watch.judged(Verdict.TRUE)
    watch.after(10 * MINUTE)
    assert (watch.told(c.NoteCleared), watch.told(c.TakeBack)) == (1, 0)


def test_what_is_seen_after_its_issue_was_taken_back_is_new_at_once() -> None:
    watch = Watch(BACK)
    watch.alert()
    watch.after(10 * MINUTE)
    watch.ends(taken_back=True)
    assert watch.state is S.CLOSED
    watch.after(MINUTE).alert()
    assert (watch.state, len(watch.issues)) == (S.OPEN, 2)
    assert watch.condition.former == watch.issues[0]
