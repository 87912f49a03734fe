"""The alert policies in force, read now and then: every alert asks, and they hardly change."""

from collections.abc import Callable
from datetime import datetime, timedelta

from domain.alert import AlertKind
from domain.alerts.policy import AlertPolicy, choose_alert_policy
from storage.reference import ReferenceRepository
from storage.session import Session

KEPT = timedelta(seconds=10)


class AlertPolicies:
    """Kept for `KEPT`; a clock that was set back makes them be read again."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._policies: tuple[AlertPolicy, ...] = ()
        self._read_at: datetime | None = None

    async def of(self, session: Session, kind: AlertKind, source: str) -> AlertPolicy:
        now = self._now()
        if self._read_at is None or not timedelta() <= now - self._read_at < KEPT:
            self._policies = await ReferenceRepository(session).alert_policies()
            self._read_at = now
        return choose_alert_policy(self._policies, kind, source)
