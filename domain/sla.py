"""What is promised: limits in five units, when they start to count, and the ladder behind them."""

from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum

from domain.household import Colour
from domain.ids import CalendarCode, CategoryCode, PolicyCode, WhistleKindCode
from domain.vocabulary import DeadlineKind, Level


class Unit(StrEnum):
    """How a limit is measured."""

    URGENT_HOUR = "urgent_hour"
    """Runs around the clock."""
    WORKING_HOUR = "working_hour"
    """Runs only in opening hours of working days."""
    WORKING_DAY = "working_day"
    """Whole working days; ends at closing time of the Nth one.

    At once, the day of receipt is the first if it is received before its closing or cut-off.
    """
    NATURAL_DAY = "natural_day"
    """Calendar days; ends at the same wall-clock time N days later, from the next day at 24:00."""
    SAME_DAY = "same_day"
    """Closing time of the day of receipt, or of the next working day."""


_HOURS = frozenset({Unit.URGENT_HOUR, Unit.WORKING_HOUR})
_DAY = timedelta(days=1)
LONGEST = timedelta(days=366)
_WHOLE = 100


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount of a unit.

    Hour units take any positive span, day units whole days, `SAME_DAY` takes none.

    Raises:
        ValueError: the amount does not fit the unit, or is longer than 366 days.
    """

    unit: Unit
    amount: timedelta = timedelta()

    def __post_init__(self) -> None:
        if self.unit is Unit.SAME_DAY:
            if self.amount:
                raise ValueError("same_day takes no amount")
            return
        if not timedelta() < self.amount <= LONGEST:
            raise ValueError("a limit is positive and at most 366 days")
        if self.unit not in _HOURS and self.amount % _DAY:
            raise ValueError(f"{self.unit} takes whole days")

    @property
    def days(self) -> int:
        """Whole days of a day unit; one for `SAME_DAY`."""
        return 1 if self.unit is Unit.SAME_DAY else self.amount // _DAY

    def at_most(self, other: "Limit") -> bool:
        """Whether this limit, as an extension of `other`, is no longer than `other` itself.

        A same-day promise is extended in working days, one at most; any other in its own unit.
        """
        if other.unit is Unit.SAME_DAY:
            return self.unit is Unit.WORKING_DAY and self.days == 1
        return self.unit is other.unit and self.amount <= other.amount


class StartRule(StrEnum):
    """When a limit starts to count."""

    AT_ONCE = "at_once"
    NEXT_DAY = "next_day"
    """次日起: from the next natural day for natural days, else from the next working day."""


class RungAct(StrEnum):
    """What happens when a rung is reached; each act can stand on any rung."""

    WARN = "warn"
    HAND_TO_B = "hand_to_b"
    RAISE_LEVEL = "raise_level"
    CONVENE = "convene"
    """A joint meeting, at the level the issue has by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One step of a ladder: at a share of the limit, or at an offset after the deadline.

    Raises:
        ValueError: not exactly one of `percent` and `after`, or a level without raising it.
    """

    acts: tuple[RungAct, ...]
    percent: int | None = None
    after: Limit | None = None
    level: Level | None = None

    def __post_init__(self) -> None:
        if (self.percent is None) == (self.after is None):
            raise ValueError("a rung stands at a percent or after the deadline")
        if self.percent is not None and not 1 <= self.percent <= _WHOLE:
            raise ValueError("percent is 1 to 100")
        if (RungAct.RAISE_LEVEL in self.acts) != (self.level is not None):
            raise ValueError("raise_level names its level")
        if not self.acts:
            raise ValueError("a rung does something")


WARN_AT_75 = Rung(percent=75, acts=(RungAct.WARN,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One deadline kind of a policy: limit, start rule, cut-off and ladder.

    `cut_off` is a local wall-clock time; what is received at it or later counts as received at
    the opening of the next working day. It applies to same-day and working-day limits that start
    at once; from the next day, the day of receipt does not count anyhow.
    """

    kind: DeadlineKind
    limit: Limit
    start: StartRule = StartRule.AT_ONCE
    cut_off: time | None = None
    ladder: tuple[Rung, ...] = (WARN_AT_75,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Bounds the law asks for; pinned to an issue at birth."""

    max_extensions: int = 2
    max_suspensions: int = 3
    longest_suspension: timedelta = timedelta(days=90)
    max_transfers: int = 2
    max_urges: int = 5
    max_notes: int = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SLAPolicy:
    """The promises for a category and whistle kind; None stands for any.

    Raises:
        ValueError: two promises of one kind.
    """

    code: PolicyCode
    calendar: CalendarCode
    promises: tuple[Promise, ...]
    category: CategoryCode | None = None
    whistle_kind: WhistleKindCode | None = None
    terms: Terms = field(default_factory=Terms)
    priority_for: tuple[Colour, ...] = (Colour.RED,)
    """Issues from households of these colours begin with priority."""

    def __post_init__(self) -> None:
        kinds = [promise.kind for promise in self.promises]
        if len(kinds) != len(set(kinds)):
            raise ValueError("one promise per kind")

    @property
    def kinds(self) -> tuple[DeadlineKind, ...]:
        return tuple(promise.kind for promise in self.promises)

    def promise(self, kind: DeadlineKind) -> Promise | None:
        return next((promise for promise in self.promises if promise.kind is kind), None)
