"""Under which circumstances the law is asked: policy, instant, and how the camera stands."""

from dataclasses import dataclass
from datetime import datetime

from domain.alert import Alert, TimeQuality
from domain.alerts.policy import AlertPolicy
from domain.alerts.standing import CameraStanding
from domain.alerts.words import Decision, Reason

_BELIEVED = (TimeQuality.DEVICE, TimeQuality.RECEIVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Everything beside the condition itself. `at` is an instant of receipt, or the worker's."""

    policy: AlertPolicy
    at: datetime
    standing: CameraStanding

    @property
    def is_inhibited(self) -> bool:
        """A silenced camera is still believed about itself."""
        return self.standing.is_silenced and not self.policy.silences


def lateness(alert: Alert, around: Circumstances) -> Reason | None:
    """Whether it comes too late to call anybody; a device's time counts only if believable."""
    since = None
    if alert.occurred_at is not None and alert.time_quality in _BELIEVED:
        since = around.at - alert.occurred_at
    if since is not None and since > around.policy.record_only_after:
        return Reason.RECORD_ONLY
    if alert.is_late or (since is not None and since > around.policy.late_after):
        return Reason.LATE
    return None


def decided(
    around: Circumstances, confidence: float | None, *, is_flapping: bool
) -> tuple[Decision, Reason]:
    """Which band it falls into; what would be dispatched at once may still be looked at first."""
    decision, reason = _band(around, confidence)
    if decision is Decision.AUTO and around.standing.is_too_imprecise(around.policy):
        return Decision.REVIEW, Reason.IMPRECISE_CAMERA
    if decision is Decision.AUTO and is_flapping:
        return Decision.REVIEW, Reason.UNSTEADY
    return decision, reason


def _band(around: Circumstances, confidence: float | None) -> tuple[Decision, Reason]:
    policy = around.policy
    if confidence is None:
        return policy.when_unsaid, Reason.CONFIDENCE_UNSAID
    if confidence < policy.log_below:
        return Decision.LOG, Reason.LOW_CONFIDENCE
    if policy.dispatch_from is not None and confidence >= policy.dispatch_from:
        return Decision.AUTO, Reason.CONFIDENT
    return Decision.REVIEW, Reason.UNSURE
