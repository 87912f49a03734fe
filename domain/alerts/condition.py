"""A condition: one thing of a kind in one zone of a camera, however often it is told."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple, Self

from domain.alert import AlertKind
from domain.alerts.words import ConditionState, Decision, Reason, Verdict
from domain.ids import CameraRef, GridCode, IssueNumber

_MOST_EVENTS = 16
"""Of the events a vendor has open at once, and of those that ended last."""


class ConditionKey(NamedTuple):
    """Two alerts with one key are about one thing; two sources never speak of one camera."""

    community: GridCode
    camera: CameraRef
    zone: str | None
    kind: AlertKind
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorEvents:
    """Which events of the vendor are going on, and which ended last."""

    live: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()

    def began(self, event: str | None) -> Self:
        """An event that ended before it began stays ended: its messages came in the wrong order."""
        if event is None or event in self.live or event in self.ended:
            return self
        return replace(self, live=(*self.live, event)[-_MOST_EVENTS:])

    def over(self, event: str | None) -> Self:
        """One is over; an end that names no event ends them all."""
        if event is None:
            return replace(self, live=(), ended=(*self.ended, *self.live)[-_MOST_EVENTS:])
        live = tuple(each for each in self.live if each != event)
        others = tuple(each for each in self.ended if each != event)
        return replace(self, live=live, ended=(*others, event)[-_MOST_EVENTS:])

    def forgotten(self) -> Self:
        """Nothing was heard of them for long; should one be heard again, it goes on."""
        return replace(self, live=())

    def is_over(self, event: str | None) -> bool:
        return event is not None and event in self.ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Its whole life; no two of one key are open at once, and each has one issue at most.

    All instants are those of receipt.
    """

    key: ConditionKey
    place: GridCode
    """Where its issue is raised: the camera's grid, or the community."""
    state: ConditionState
    first_seen: datetime
    last_seen: datetime
    count: int = 0
    """Alerts about it, whatever they had for a consequence."""
    sightings: int = 0
    """Those that said it is there, in time to be believed."""
    transitions: int = 0
    flips: tuple[datetime, ...] = ()
    """When it came or went last; as many as flapping takes."""
    is_seen: bool = True
    """What was said last: there, or gone."""
    max_confidence: float | None = None
    opens_at: datetime | None = None
    """When its debounce is over; None once it is."""
    expires_at: datetime | None = None
    cooldown_until: datetime | None = None
    issue: IssueNumber | None = None
    issue_ended_at: datetime | None = None
    former: IssueNumber | None = None
    """The issue of the condition of the same key before this one."""
    decision: Decision | None = None
    reason: Reason | None = None
    verdict: Verdict | None = None
    events: VendorEvents = VendorEvents()

    @property
    def source(self) -> str:
        return self.key.source

    @property
    def is_closed(self) -> bool:
        return self.state is ConditionState.CLOSED

    @property
    def has_running_issue(self) -> bool:
        return self.issue is not None and self.issue_ended_at is None

    @property
    def due_at(self) -> datetime | None:
        """The next instant at which time alone changes something."""
        match self.state:
            case ConditionState.CLOSED:
                return None
            case ConditionState.PENDING:
                return _earliest(self.opens_at, self.expires_at)
            case ConditionState.CLEARED:
                return None if self.has_running_issue else self.cooldown_until
            case _:
                return self.expires_at

    def opened_as(self, number: IssueNumber) -> Self:
        """Its issue is born."""
        return replace(self, issue=number)


def _earliest(*instants: datetime | None) -> datetime | None:
    return min((each for each in instants if each is not None), default=None)
