"""What happens to alerts is counted by what it was, once each, and only if it was committed."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from domain.alert import Alert, AlertKind
from domain.alerts import consequences as c
from domain.alerts.words import ConditionState, Decision, Reason
from domain.ids import CategoryCode, IssueNumber, WhistleKindCode
from domain.reference import ReferenceKind
from intake.applying import Applied, Entered
from intake.conditions import Conditions
from intake.counting import Became, decision_of, reason_of
from intake.sorting import Sorter
from intake.turn import Turn
from intake.watch import Watch
from observability.metrics import REGISTRY
from storage.session import Database, Unreachable, Unstorable
from tests.activities.desk import furnished
from tests.builders import NOON
from tests.domain.alerts.watching import MINUTE
from tests.intake.camera_desk import MAPPING, SOURCE, Desk, Plain
from tests.intake.gate import Gate, gate

__all__ = ["gate"]

QJ = IssueNumber("QJ-2026-0000001")
LINK, COOLED = c.LinkTo(former=QJ), c.Nothing(reason=Reason.COOLED_DOWN)
STORM = (c.Nothing(reason=Reason.STORM), c.RaiseMaintenance(kind=AlertKind.CAMERA_NOISY))


def opens(*, at_once: bool) -> c.OpenIssue:
    category, kind = CategoryCode("same_day"), WhistleKindCode("ordinary")
    return c.OpenIssue(category=category, whistle_kind=kind, at_once=at_once)


def applied(*said: c.Consequence, issue: IssueNumber | None = QJ) -> Applied:
    return Applied(condition=1, issue=issue, consequences=said)


@pytest.mark.parametrize(
    ("given", "decision"),
    [
        (applied(COOLED, opens(at_once=True), LINK), Decision.AUTO),
        (applied(opens(at_once=False)), Decision.REVIEW),
        (applied(c.NoteCleared(issue=QJ, reason=Reason.ISSUE_ENDED)), Became.CLEARED),
        (applied(c.HearCamera(kind=AlertKind.CAMERA_OFFLINE)), Became.CLEARED),
        (applied(c.CountOnIssue(issue=QJ)), Became.COUNTED),
        (applied(COOLED, c.ReopenOrComment(issue=QJ)), Became.COUNTED),
        (applied(c.NoteFlapping(issue=QJ)), Became.COUNTED),
        (applied(*STORM, issue=None), Decision.LOG),
        (applied(opens(at_once=True), issue=None), Decision.LOG),
    ],
)
def test_an_alert_counts_as_the_weightiest_of_what_followed(
    given: Applied, decision: Decision | Became
) -> None:
    assert decision_of(given) is decision


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (applied(*STORM, issue=None), Reason.STORM),
        (applied(COOLED, c.Nothing(reason=Reason.INHIBITED)), Reason.INHIBITED),
        (applied(opens(at_once=True), issue=None), Reason.NO_DISTRICT),
    ],
)
def test_what_was_held_back_counts_with_its_last_reason(given: Applied, reason: Reason) -> None:
    assert reason_of(given) is reason


class Meter:
    """What the counters have gained since it was made."""

    def __init__(self) -> None:
        self._before = self._now()

    def gained(self, name: str, **labels: str) -> float:
        key = (f"dispatch_{name}", tuple(sorted(labels.items())))
        return self._now().get(key, 0.0) - self._before.get(key, 0.0)

    @staticmethod
    def _now() -> Mapping[tuple[str, tuple[tuple[str, str], ...]], float]:
        return {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for metric in REGISTRY.collect()
            for sample in metric.samples
        }


async def a_desk(database: Database) -> Desk:
    await furnished(database)
    desk = Desk(database)
    await desk.write(ReferenceKind.ALERT_MAPPING, MAPPING, 0)
    await desk.write(ReferenceKind.ALERT_SOURCE, SOURCE, 0)
    return desk


async def test_what_is_sorted_is_counted_by_adapter_and_decision(database: Database) -> None:
    desk, meter = await a_desk(database), Meter()
    await desk.keys(a={}, b={}, c={"vendor_type": "ELSE"}, d={"is_late": True})
    await desk.keep([{}])
    law = Conditions(database, lambda: NOON)
    await Sorter(database, {"plain": Plain()}, law, lambda: NOON).drain()
    for decision, number in (("review", 1), ("counted", 2), ("log", 0), ("auto", 0)):
        found = meter.gained("alerts_accepted_total", adapter="plain", decision=decision)
        assert (decision, found) == (decision, number)
    for fate, number in (("accepted", 3), ("unmapped", 1), ("unreadable", 1)):
        assert meter.gained("alerts_total", adapter="plain", fate=fate) == number
    for state, number in (("sorted", 4), ("quarantined", 1)):
        assert meter.gained("raw_messages_settled_total", adapter="plain", state=state) == number
    assert meter.gained("alert_conditions_total", kind="illegal_parking", state="open") == 1


async def test_a_transaction_that_was_lost_counts_nothing(database: Database) -> None:
    desk, meter = await a_desk(database), Meter()
    troubles: list[Exception] = [Unreachable("lost")]

    def once(_: Alert) -> Exception | None:
        return troubles.pop() if troubles else None

    desk.conditions.trouble = once
    await desk.keys(a={})
    with pytest.raises(Unreachable):
        await desk.sorter().drain()
    assert meter.gained("alerts_total", adapter="plain", fate="accepted") == 0
    await desk.sorter().drain()
    assert meter.gained("alerts_total", adapter="plain", fate="accepted") == 1
    assert meter.gained("alerts_suppressed_total", reason="no_district") == 1


async def test_what_cannot_be_sorted_is_counted_as_quarantined_once(database: Database) -> None:
    desk, meter = await a_desk(database), Meter()
    desk.conditions.trouble = lambda alert: (
        ValueError("bad") if alert.delivery_key.endswith("b") else None
    )
    await desk.keys(a={}, b={})
    await desk.sorter().drain()
    for state in ("sorted", "quarantined"):
        assert meter.gained("raw_messages_settled_total", adapter="plain", state=state) == 1


async def test_what_time_does_is_counted_when_it_is_committed(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, meter = await gate.alert(kind=AlertKind.CROWD), Meter()
    assert said.entered == (Entered(AlertKind.CROWD, ConditionState.PENDING),)

    async def lost(_: Turn) -> None:
        raise Unstorable("lost")

    with monkeypatch.context() as patched:
        patched.setattr(Turn, "finish", lost)
        await gate.after(5 * MINUTE)
    assert meter.gained("alert_conditions_total", kind="crowd", state="open") == 0
    await gate.after(MINUTE)
    assert meter.gained("alert_conditions_total", kind="crowd", state="open") == 1


async def test_a_storm_counts_its_noise_and_repeats_enter_nothing(gate: Gate) -> None:
    for zone in range(6):
        await gate.alert(zone=f"z{zone}")
    held, repeat = await gate.alert(zone="z6"), await gate.alert(zone="z6")
    assert held.entered == (
        Entered(AlertKind.ILLEGAL_PARKING, ConditionState.OPEN),
        Entered(AlertKind.CAMERA_NOISY, ConditionState.OPEN),
    )
    assert repeat.entered == ()


@pytest.mark.parametrize(("sorted_", "lag"), [(False, 90.0), (True, 0.0)])
async def test_the_lag_is_that_of_what_waits_the_longest(
    database: Database, *, sorted_: bool, lag: float
) -> None:
    desk = await a_desk(database)
    await desk.keys(a={})
    await desk.keep([], at=NOON + MINUTE)
    if sorted_:
        desk.now += MINUTE
        await desk.sorter().drain()
    await Watch(database, lambda: NOON + timedelta(seconds=90)).look()
    assert REGISTRY.get_sample_value("dispatch_sorter_lag_seconds") == lag
