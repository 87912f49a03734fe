"""What the sorter of alerts asks of the law of conditions, and what it hears back.

The sorter calls `apply` once for each alert that is new, has a kind and comes from a known
camera, in the transaction that marks the alert as sorted: both happen or neither. It asks in the
order of `domain.alerts.ordering.in_order`. Heartbeats and pictures may be given as well; they
change nothing. `received_at` is when the raw message was received, not when it is sorted.

`storage.session.Unreachable` may be raised when two sorters wait for one another: the
transaction is lost and is to be done again, as with any other trouble of the database.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.alert import Alert, AlertKind
from domain.alerts.consequences import Consequence
from domain.ids import GridCode, IssueNumber
from storage.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSource:
    """Where an alert comes from, as far as its condition has to know."""

    code: str
    community: GridCode
    """The grid the source belongs to; never taken from a payload."""
    place: GridCode | None = None
    """The grid in which the camera stands, when it is known more exactly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What became of an alert. No condition: it was a heartbeat or a picture of nothing known."""

    condition: int | None
    issue: IssueNumber | None
    """The issue of the condition, if it has one now."""
    consequences: tuple[Consequence, ...]


class AppliesAlerts(Protocol):
    """Implemented by `intake.conditions.Conditions`."""

    async def apply(
        self,
        session: Session,
        alert: Alert,
        kind: AlertKind,
        source: AlertSource,
        received_at: datetime,
    ) -> Applied:
        """The alert is counted on its condition, and what follows from it is done."""
