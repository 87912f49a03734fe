"""Stands in for the law of conditions: remembers what it was asked, and may be made to fail."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from domain.alert import Alert, AlertKind
from intake.applying import AlertSource, Applied
from storage.session import Session


@dataclass(frozen=True)
class Asked:
    """One alert as it reached its condition."""

    alert: Alert
    kind: AlertKind
    source: AlertSource
    received_at: datetime


@dataclass
class Recording:
    """What was asked in a transaction that was lost is here as well."""

    asked: list[Asked] = field(default_factory=list)
    trouble: Callable[[Alert], Exception | None] = lambda _: None

    async def apply(
        self,
        session: Session,
        alert: Alert,
        kind: AlertKind,
        source: AlertSource,
        received_at: datetime,
    ) -> Applied:
        if (error := self.trouble(alert)) is not None:
            raise error
        self.asked.append(Asked(alert, kind, source, received_at))
        return Applied(condition=None, issue=None, consequences=())

    @property
    def names(self) -> list[str]:
        return [each.alert.delivery_key.rpartition("|")[2] for each in self.asked]
