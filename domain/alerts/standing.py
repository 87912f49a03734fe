"""How a camera stands: how much it opened lately, whether it is believed, how often right."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from domain.alert import AlertKind
from domain.alerts.policy import AlertPolicy, StormLimit
from domain.alerts.words import Verdict
from domain.ids import CameraRef, GridCode

EVERY_CAMERA = CameraRef("*")
"""In the place of a camera: the source as a whole."""
EVERY_SOURCE = "*"
"""In the place of a source, with a community in that of the camera: all that is seen in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A token bucket, as how full it was at an instant; it leaks with time and never overflows.

    Filling it instead of emptying it lets one bucket be held against different limits.
    """

    level: float = 0.0
    at: datetime | None = None

    def leaked(self, limit: StormLimit, at: datetime) -> Self:
        """As it stands at `at`; time that runs backwards leaks nothing."""
        if self.at is None:
            return replace(self, at=at)
        passed = max(at - self.at, timedelta())
        level = max(self.level - passed / limit.one_more_after, 0.0)
        return replace(self, level=level, at=max(at, self.at))

    def has_room(self, limit: StormLimit, at: datetime) -> bool:
        return self.leaked(limit, at).level + 1 <= limit.burst

    def filled(self, limit: StormLimit, at: datetime) -> Self:
        """After one more went through."""
        now = self.leaked(limit, at)
        return replace(now, level=now.level + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraStanding:
    """What is known of a camera beside its conditions."""

    source: str
    camera: CameraRef
    bucket: Bucket = Bucket()
    silenced_by: tuple[AlertKind, ...] = ()
    """Offline, tampered with: while any of these lasts, nothing else it says is believed."""
    silenced_since: datetime | None = None
    judged_true: int = 0
    judged_false: int = 0

    @property
    def judged(self) -> int:
        return self.judged_true + self.judged_false

    @property
    def precision(self) -> float | None:
        """How often it was right, of all that was judged; None before the first verdict."""
        return self.judged_true / self.judged if self.judged else None

    @property
    def is_silenced(self) -> bool:
        return bool(self.silenced_by)

    def is_too_imprecise(self, policy: AlertPolicy) -> bool:
        """Whether somebody has to look first, however sure the camera says it is."""
        precision = self.precision
        enough = self.judged >= policy.least_judged
        return enough and precision is not None and precision < policy.least_precision

    def judged_as(self, verdict: Verdict) -> Self:
        if verdict is Verdict.TRUE:
            return replace(self, judged_true=self.judged_true + 1)
        return replace(self, judged_false=self.judged_false + 1)

    def silenced(self, kind: AlertKind, at: datetime) -> Self:
        if kind in self.silenced_by:
            return self
        since = self.silenced_since or at
        return replace(self, silenced_by=(*self.silenced_by, kind), silenced_since=since)

    def heard(self, kind: AlertKind) -> Self:
        """One of the reasons not to believe it is gone."""
        left = tuple(each for each in self.silenced_by if each is not kind)
        return replace(self, silenced_by=left, silenced_since=self.silenced_since if left else None)


def in_community(community: GridCode) -> tuple[str, CameraRef]:
    """Where a community's own bucket is kept, beside those of cameras and sources."""
    return EVERY_SOURCE, CameraRef(community)
