"""One camera watched by the law alone: conditions, standings and issues kept in dictionaries."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from domain.alert import Alert, AlertKind, Phase
from domain.alerts import consequences as c
from domain.alerts.breaker import Buckets, let_through
from domain.alerts.circumstances import Circumstances
from domain.alerts.condition import Condition, ConditionKey
from domain.alerts.law import issue_ended, meets, passes, was_judged
from domain.alerts.policy import AlertPolicy
from domain.alerts.standing import EVERY_CAMERA, CameraStanding
from domain.alerts.words import ConditionState, Verdict
from domain.ids import CameraRef, CategoryCode, GridCode, IssueNumber

T = TypeVar("T", AlertPolicy, Alert)
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
GATE = CameraRef("gate-1")
COMMUNITY, PLACE = GridCode("qj.bh.hp"), GridCode("qj.bh.hp.fc")
PARKING, OFFLINE = AlertKind.ILLEGAL_PARKING, AlertKind.CAMERA_OFFLINE
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def _changed(thing: T, changes: Mapping[str, Any]) -> T:
    return replace(thing, **changes)


def a_policy(kind: AlertKind = PARKING, **changes: object) -> AlertPolicy:
    policy = AlertPolicy(code=kind, kind=kind, category=CategoryCode("parking"))
    return _changed(policy, changes)


def an_alert(phase: Phase = Phase.PULSE, **changes: object) -> Alert:
    alert = Alert(delivery_key="d", vendor_type="v", phase=phase, camera=GATE)
    return _changed(alert, changes)


@dataclass
class Watch:
    """What happens at one gate; time moves by `after`."""

    policies: Mapping[AlertKind, AlertPolicy] = field(default_factory=dict)
    now: datetime = NOON
    history: list[Condition] = field(default_factory=list)
    standings: dict[CameraRef, CameraStanding] = field(default_factory=dict)
    said: list[c.Consequence] = field(default_factory=list)
    issues: list[IssueNumber] = field(default_factory=list)
    given: Counter[ConditionKey] = field(default_factory=Counter)

    # --- what happens ----------------------------------------------------------------------------

    def alert(
        self, phase: Phase = Phase.PULSE, kind: AlertKind = PARKING, **changes: object
    ) -> tuple[c.Consequence, ...]:
        """An alert arrives now; what followed."""
        alert = an_alert(phase, **changes)
        key = ConditionKey(COMMUNITY, alert.camera, alert.zone, kind, "s")
        self._catch_up(key)
        before = len(self.said)
        if phase not in (Phase.HEARTBEAT, Phase.MEDIA):
            self.given[key] += 1
        self._do(meets(self.latest(key), alert, key, PLACE, self._around(key)), key)
        return tuple(self.said[before:])

    def after(self, span: timedelta) -> "Watch":
        """Time passes, and the worker's loop does what is due."""
        self.now += span
        for key in {each.key: None for each in self.history}:
            self._catch_up(key)
        return self

    def ends(self, key: ConditionKey | None = None, *, taken_back: bool = False) -> None:
        """The issue of the condition is closed."""
        key = key or self.key
        self._do(issue_ended(self.of(key), self._around(key), taken_back=taken_back), key)

    def judged(self, verdict: Verdict) -> None:
        self._do(was_judged(self.of(self.key), verdict), self.key)

    # --- what can be seen ------------------------------------------------------------------------

    @property
    def key(self) -> ConditionKey:
        return ConditionKey(COMMUNITY, GATE, None, PARKING, "s")

    @property
    def condition(self) -> Condition:
        return self.of(self.key)

    @property
    def state(self) -> ConditionState:
        return self.condition.state

    def of(self, key: ConditionKey) -> Condition:
        latest = self.latest(key)
        assert latest is not None
        return latest

    def of_kind(self, kind: AlertKind) -> Condition:
        return next(each for each in reversed(self.history) if each.key.kind is kind)

    def latest(self, key: ConditionKey) -> Condition | None:
        return next((each for each in reversed(self.history) if each.key == key), None)

    def of_one(self, key: ConditionKey) -> list[Condition]:
        return [each for each in self.history if each.key == key]

    def told(self, kind: type[c.Consequence]) -> int:
        return sum(isinstance(each, kind) for each in self.said)

    def standing(self, camera: CameraRef = GATE) -> CameraStanding:
        return self.standings.get(camera, CameraStanding(source="s", camera=camera))

    # --- how -------------------------------------------------------------------------------------

    def _around(self, key: ConditionKey, at: datetime | None = None) -> Circumstances:
        policy = self.policies.get(key.kind, a_policy(key.kind))
        return Circumstances(policy=policy, at=at or self.now, standing=self.standing(key.camera))

    def _catch_up(self, key: ConditionKey) -> None:
        for _ in range(10):
            latest = self.latest(key)
            if latest is None or latest.due_at is None or latest.due_at > self.now:
                return
            around = self._around(key, latest.due_at)
            self._do(passes(latest, around), key)
        raise AssertionError("time never comes to rest")

    def _do(self, outcome: c.Outcome, key: ConditionKey) -> None:
        around = self._around(key)
        before = Buckets(
            camera=self.standing(key.camera),
            source=self.standing(EVERY_CAMERA),
            community=self.standing(CameraRef(COMMUNITY)),
        )
        passage = let_through(outcome, around.policy, around.at, before)
        after = passage.buckets
        self.standings |= {key.camera: after.camera, EVERY_CAMERA: after.source}
        self.standings[CameraRef(COMMUNITY)] = after.community
        condition = passage.outcome.condition
        for each in passage.outcome.consequences:
            self.said.append(each)
            condition = self._carry_out(each, condition, key)
        if condition is not None:
            self._keep(condition, is_new=passage.outcome.is_new)

    def _carry_out(
        self, each: c.Consequence, condition: Condition | None, key: ConditionKey
    ) -> Condition | None:
        standing = self.standing(key.camera)
        match each:
            case c.OpenIssue():
                assert condition is not None
                self.issues.append(IssueNumber(f"QJ-{len(self.issues) + 1}"))
                return condition.opened_as(self.issues[-1])
            case c.RaiseMaintenance():
                camera = key.camera if each.kind is AlertKind.CAMERA_NOISY else EVERY_CAMERA
                self.alert(kind=each.kind, camera=camera)
            case c.SilenceCamera():
                self.standings[key.camera] = standing.silenced(each.kind, self.now)
            case c.HearCamera():
                self.standings[key.camera] = standing.heard(each.kind)
            case c.JudgeCamera():
                self.standings[key.camera] = standing.judged_as(each.verdict)
            case _:
                pass
        return condition

    def _keep(self, condition: Condition, *, is_new: bool) -> None:
        if is_new:
            self.history.append(condition)
            return
        last = max(i for i, each in enumerate(self.history) if each.key == condition.key)
        self.history[last] = condition
