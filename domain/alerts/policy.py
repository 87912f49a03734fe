"""What holds for alerts of a kind: how long, how sure, how often. All of it is data."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from domain.alert import AlertKind
from domain.alerts.words import Decision
from domain.ids import CategoryCode, WhistleKindCode

_MOST_FLAPS = 50
_MINUTE = timedelta(minutes=1)
_CATEGORY, _WHISTLE_KIND = CategoryCode("same_day"), WhistleKindCode("ordinary")


@dataclass(frozen=True, slots=True, kw_only=True)
class StormLimit:
    """How many issues may be opened at a stroke, and after how long one more may.

    Raises:
        ValueError: it lets nothing through, or never recovers.
    """

    burst: int
    one_more_after: timedelta

    def __post_init__(self) -> None:
        if self.burst < 1 or self.one_more_after <= timedelta():
            raise ValueError("a storm limit lets at least one through, and recovers")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPolicy:
    """What becomes of alerts of a kind, from one source or, with None, from all.

    Raises:
        ValueError: bands that cross, a negative span, or counts that cannot be reached.
    """

    code: str
    kind: AlertKind
    source: str | None = None
    category: CategoryCode = _CATEGORY
    whistle_kind: WhistleKindCode = _WHISTLE_KIND
    debounce: timedelta = timedelta()
    """It has to hold for so long before anybody is called."""
    enough_sightings: int | None = None
    """So many sightings are enough before the debounce is over."""
    least_sightings: int = 1
    """Fewer are not enough, even after it."""
    log_below: float = 0.0
    """Less confidence than this is only kept."""
    dispatch_from: float | None = None
    """This much is dispatched at once; None: somebody always looks first."""
    when_unsaid: Decision = Decision.REVIEW
    """For sources that say no confidence, which is not 0."""
    ttl: timedelta = 10 * _MINUTE
    """Not seen for so long, it is taken for gone: no end of a source is relied on."""
    cooldown: timedelta = 30 * _MINUTE
    """After its issue ended, sightings are comments for so long."""
    flaps: int = 4
    """So many comings and goings within `flap_window` are flapping."""
    flap_window: timedelta = 30 * _MINUTE
    storm_of_camera: StormLimit | None = StormLimit(burst=6, one_more_after=10 * _MINUTE)
    storm_of_source: StormLimit | None = StormLimit(burst=60, one_more_after=_MINUTE)
    storm_of_community: StormLimit | None = StormLimit(burst=120, one_more_after=_MINUTE / 2)
    """Of all sources in it: the same people have to go there."""
    least_precision: float = 0.5
    """A camera that is right less often is not followed at once any more."""
    least_judged: int = 5
    """Before so many verdicts its precision says nothing."""
    silences: bool = False
    """While it lasts, what else this camera sees is not believed: offline, tampered with."""
    withdraws_unassigned: bool = False
    """Once it is seen no more, its issue is taken back, unless somebody has taken it up."""
    late_after: timedelta = 15 * _MINUTE
    """What was seen longer ago than this calls nobody."""
    record_only_after: timedelta = timedelta(hours=24)

    def __post_init__(self) -> None:
        spans = (self.debounce, self.cooldown, self.flap_window, self.late_after)
        if any(span < timedelta() for span in spans) or self.ttl <= timedelta():
            raise ValueError("a span is not negative, and a time to live is some")
        if self.ttl < self.debounce:
            raise ValueError("what is taken for gone during its debounce never opens")
        if self.record_only_after < self.late_after:
            raise ValueError("what is only recorded is late before")
        shares = (self.log_below, self.least_precision, self.dispatch_from or 0.0)
        if not all(0 <= share <= 1 for share in shares):
            raise ValueError("confidence and precision are from 0 to 1")
        if self.dispatch_from is not None and self.dispatch_from < self.log_below:
            raise ValueError("what is dispatched at once is surer than what is only kept")
        self._check_counts()

    def _check_counts(self) -> None:
        if not 2 <= self.flaps <= _MOST_FLAPS:  # noqa: PLR2004 - once is no flapping
            raise ValueError(f"flapping is 2 to {_MOST_FLAPS} comings and goings")
        if self.least_sightings < 1 or self.least_judged < 1:
            raise ValueError("at least one sighting, at least one verdict")
        if self.enough_sightings is not None and self.enough_sightings < self.least_sightings:
            raise ValueError("enough sightings are no fewer than the least")


def choose_alert_policy(
    policies: Iterable[AlertPolicy], kind: AlertKind, source: str
) -> AlertPolicy:
    """The source's own policy, else the one for all; the defaults of this module without any.

    An alert always has a policy: it never hangs because a table lacks a row.
    """
    fitting = [
        policy for policy in policies if policy.kind is kind and policy.source in (None, source)
    ]
    return max(
        sorted(fitting, key=lambda policy: policy.code),
        key=lambda policy: policy.source is not None,
        default=AlertPolicy(code="default", kind=kind),
    )
