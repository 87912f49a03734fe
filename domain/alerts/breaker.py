"""The storm breaker: how many issues a camera and its source may open, whatever they see.

Repeats cost nobody anything, so they take nothing from the bucket; only births do. What finds no
room is kept and counted, and makes the noise itself a condition.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from domain.alert import AlertKind
from domain.alerts.consequences import Nothing, OpenIssue, Outcome, RaiseMaintenance
from domain.alerts.policy import AlertPolicy, StormLimit
from domain.alerts.standing import CameraStanding
from domain.alerts.words import Decision, Reason

NOISE = frozenset({AlertKind.CAMERA_NOISY, AlertKind.SOURCE_NOISY})
"""Never held back: what tells of a storm must not be lost in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What came through, and how the camera and its source stand after it."""

    outcome: Outcome
    camera: CameraStanding
    source: CameraStanding


def opens_issue(outcome: Outcome) -> bool:
    return any(isinstance(each, OpenIssue) for each in outcome.consequences)


def let_through(
    outcome: Outcome,
    policy: AlertPolicy,
    at: datetime,
    camera: CameraStanding,
    source: CameraStanding,
) -> Passage:
    """The outcome itself while there is room; otherwise one without the issue."""
    if not opens_issue(outcome) or policy.kind in NOISE:
        return Passage(outcome=outcome, camera=camera, source=source)
    if not _has_room(camera, policy.storm_of_camera, at):
        outcome = _withheld(outcome, AlertKind.CAMERA_NOISY)
    elif not _has_room(source, policy.storm_of_source, at):
        outcome = _withheld(outcome, AlertKind.SOURCE_NOISY)
    else:
        camera = _filled(camera, policy.storm_of_camera, at)
        source = _filled(source, policy.storm_of_source, at)
    return Passage(outcome=outcome, camera=camera, source=source)


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
