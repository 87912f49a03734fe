"""What holds for meetings of a level: who sits there, how many, by when. All of it is data."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time, timedelta

from domain.actor import GRID_SEPARATOR, lies_in
from domain.ids import DepartmentCode, GridCode, Subject
from domain.meeting.words import MeetingKind
from domain.sla import Limit, Unit
from domain.vocabulary import Level

_WHOLE = 100


_LAST_DAY_OF_EVERY_MONTH = 28
_MOST_ITEMS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class CouncilPlan:
    """When a community's council is called each month, and what comes onto its agenda.

    Called on its day, it sits at the same hour after the policy's `sits_after`: until then the
    parties are invited and report in.

    An issue belongs there when it has been open for long, when it was reopened, or when its grid
    has had several of its category lately.

    Raises:
        ValueError: a day that not every month has, no agenda at all, or a negative span.
    """

    day: int = 1
    at: time = time(9)
    """By the clock of the district's calendar."""
    open_for: timedelta = timedelta(days=30)
    repeats: int = 3
    repeated_within: timedelta = timedelta(days=90)
    most_items: int = 20

    def __post_init__(self) -> None:
        if not 1 <= self.day <= _LAST_DAY_OF_EVERY_MONTH:
            raise ValueError("every month has this day: 1 to 28")
        if not 1 <= self.most_items <= _MOST_ITEMS:
            raise ValueError("an agenda has 1 to 100 items")
        if self.open_for < timedelta() or self.repeated_within < timedelta():
            raise ValueError("a span is not negative")
        if self.repeats < 2:  # noqa: PLR2004 - once is no repetition
            raise ValueError("what happened once was not repeated")


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPolicy:
    """How meetings of a level are held in a grid and below it; None stands for everywhere.

    Raises:
        ValueError: a quorum outside 1 to 100, a negative bound, a party named twice.
    """

    code: str
    level: Level
    kind: MeetingKind = MeetingKind.JOINT
    grid: GridCode | None = None
    standing: tuple[DepartmentCode, ...] = ()
    """The standing parties, five by custom (五方); the departments concerned are added."""
    convenor: DepartmentCode | None = None
    """The unit of the grid at this level when nobody is named."""
    leader: Subject | None = None
    """Takes over what the county's meeting does not settle."""
    quorum_percent: int = 60
    report_in: Limit = Limit(Unit.WORKING_DAY, timedelta(days=1))  # noqa: RUF009 - frozen
    sits_after: Limit = Limit(Unit.WORKING_DAY, timedelta(days=3))  # noqa: RUF009 - frozen
    decide_within: Limit = Limit(Unit.WORKING_DAY, timedelta(days=2))  # noqa: RUF009 - frozen
    review_within: Limit = Limit(Unit.WORKING_DAY, timedelta(days=3))  # noqa: RUF009 - frozen
    hour: time | None = None
    """When it sits, by the clock of the district's calendar, on the day `sits_after` comes to.

    Without one a sitting counted in working days is at the close of that day. A council sits at
    the hour of its plan.
    """
    grace: timedelta = timedelta(hours=1)
    """How long after its time a sitting may still be opened."""
    max_postponements: int = 1
    longest_postponement: timedelta = timedelta(days=14)
    max_minutes: int = 1_000
    council: CouncilPlan | None = None
    """Councils are called every month where a policy of theirs has a plan."""

    def __post_init__(self) -> None:
        if not 1 <= self.quorum_percent <= _WHOLE:
            raise ValueError("a quorum is 1 to 100 percent")
        if self.max_postponements < 0 or self.max_minutes < 0:
            raise ValueError("a bound is not negative")
        if self.grace < timedelta() or self.longest_postponement < timedelta():
            raise ValueError("a span is not negative")
        councils = self.kind is MeetingKind.COUNCIL and self.level is Level.COMMUNITY
        if self.council is not None and not councils:
            raise ValueError("a plan is for councils, and those sit at the community")
        if len(set(self.standing)) != len(self.standing):
            raise ValueError("a party is named once")


def choose_meeting_policy(
    policies: Iterable[MeetingPolicy],
    level: Level,
    grid: GridCode,
    kind: MeetingKind = MeetingKind.JOINT,
) -> MeetingPolicy:
    """The policy of the most exact grid; the defaults of this module when there is none.

    A meeting is always possible: an issue never hangs because a table lacks a row.
    """
    fitting = [
        policy
        for policy in policies
        if policy.level is level
        and policy.kind is kind
        and (policy.grid is None or lies_in(grid, policy.grid))
    ]
    return max(
        sorted(fitting, key=lambda policy: policy.code),
        key=lambda policy: policy.grid.count(GRID_SEPARATOR) + 1 if policy.grid else 0,
        default=MeetingPolicy(code="default", level=level, kind=kind),
    )
