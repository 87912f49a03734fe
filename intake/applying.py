"""What the sorter of alerts asks of the law of conditions, and what it hears back.

The sorter calls `apply` once for each alert that is new, has a kind and comes from a known
camera, in the transaction that marks the alert as sorted: both happen or neither. It asks in the
order of `domain.alerts.ordering.in_order`. Heartbeats and pictures may be given as well; they
change nothing. `received_at` is when the raw message was received, not when it is sorted.

Alerts that are sorted in one transaction are best given to `apply_all`. Keep transactions
small (some hundred alerts): others who sort the same conditions wait two seconds at most.

`Unreachable` may be raised when two sorters wait for one another: the transaction is lost and is
to be done again, as with any other trouble of the database. `Unstorable` says that an alert can
never be applied, e.g. because its camera's name is too long; its message belongs into quarantine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from domain.alert import Alert, AlertKind
from domain.alerts.condition import ConditionKey
from domain.alerts.consequences import Consequence
from domain.alerts.words import ConditionState, Verdict
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

    @property
    def where(self) -> GridCode:
        """Where an issue is raised."""
        return self.place or self.community


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAlert:
    """An alert with all that the sorter found out about it."""

    alert: Alert
    kind: AlertKind
    source: AlertSource
    received_at: datetime

    @property
    def key(self) -> ConditionKey:
        """An empty zone is none."""
        alert, source = self.alert, self.source
        return ConditionKey(
            source.community, alert.camera, alert.zone or None, self.kind, source.code
        )


class Entered(NamedTuple):
    """A condition of a kind came into a state."""

    kind: AlertKind
    state: ConditionState


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What became of an alert. No condition: it was a heartbeat or a picture of nothing known."""

    condition: int | None
    issue: IssueNumber | None
    """The issue of the condition, if it has one now."""
    consequences: tuple[Consequence, ...]
    entered: tuple[Entered, ...] = ()
    """All that changed its state by it, to be counted once it is committed."""


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

    async def apply_all(self, session: Session, given: Sequence[GivenAlert]) -> tuple[Applied, ...]:
        """Many at once, in this order; repeats among them cost next to nothing."""

    async def judge(self, session: Session, condition: int, verdict: Verdict) -> None:
        """A verdict from elsewhere on a condition's row; only the first one counts."""
