"""The storm breaker: how many issues a camera, its source and a community may open.

Repeats cost nobody anything, so they take nothing from a bucket; only births do. What finds no
room is kept and counted, and makes the noise itself a condition.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple, Self

from domain.alert import AlertKind
from domain.alerts.consequences import Nothing, OpenIssue, Outcome, RaiseMaintenance
from domain.alerts.policy import AlertPolicy, StormLimit
from domain.alerts.standing import CameraStanding
from domain.alerts.words import Decision, Reason

NOISE = frozenset({AlertKind.CAMERA_NOISY, AlertKind.SOURCE_NOISY, AlertKind.COMMUNITY_NOISY})
"""Never held back: what tells of a storm must not be lost in it."""


class Buckets(NamedTuple):
    """All that one birth takes room in, the smallest first."""

    camera: CameraStanding
    source: CameraStanding
    community: CameraStanding

    def full(self, policy: AlertPolicy, at: datetime) -> AlertKind | None:
        """The noise there is: of the smallest that has no room left."""
        if not _has_room(self.camera, policy.storm_of_camera, at):
            return AlertKind.CAMERA_NOISY
        if not _has_room(self.source, policy.storm_of_source, at):
            return AlertKind.SOURCE_NOISY
        if not _has_room(self.community, policy.storm_of_community, at):
            return AlertKind.COMMUNITY_NOISY
        return None

    def filled(self, policy: AlertPolicy, at: datetime) -> Self:
        """After one more birth."""
        return self._replace(
            camera=_filled(self.camera, policy.storm_of_camera, at),
            source=_filled(self.source, policy.storm_of_source, at),
            community=_filled(self.community, policy.storm_of_community, at),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What came through, and how full the buckets are after it."""

    outcome: Outcome
    buckets: Buckets


def opens_issue(outcome: Outcome) -> bool:
    return any(isinstance(each, OpenIssue) for each in outcome.consequences)


def let_through(outcome: Outcome, policy: AlertPolicy, at: datetime, buckets: Buckets) -> Passage:
    """The outcome itself while there is room; otherwise one without the issue."""
    if not opens_issue(outcome) or policy.kind in NOISE:
        return Passage(outcome=outcome, buckets=buckets)
    noise = buckets.full(policy, at)
    if noise is not None:
        return Passage(outcome=_withheld(outcome, noise), buckets=buckets)
    return Passage(outcome=outcome, buckets=buckets.filled(policy, at))


def _has_room(standing: CameraStanding, limit: StormLimit | None, at: datetime) -> bool:
    return limit is None or standing.bucket.has_room(limit, at)


def _filled(standing: CameraStanding, limit: StormLimit | None, at: datetime) -> CameraStanding:
    if limit is None:
        return standing
    return replace(standing, bucket=standing.bucket.filled(limit, at))


def _withheld(outcome: Outcome, noise: AlertKind) -> Outcome:
    condition = outcome.condition
    assert condition is not None  # only a condition opens an issue
    return replace(
        outcome,
        condition=replace(condition, decision=Decision.LOG, reason=Reason.STORM),
        consequences=(Nothing(reason=Reason.STORM), RaiseMaintenance(kind=noise)),
    )
