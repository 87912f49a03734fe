"""The closed lists of words the law is written in; their Chinese labels are data."""

from enum import StrEnum


class IssueState(StrEnum):
    """Where the work is; lateness, level and suspension are facts beside it."""

    REPORTED = "reported"
    VERIFYING = "verifying"
    DISPATCHING = "dispatching"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Outcome(StrEnum):
    """What a closed issue came to."""

    SOLVED = "solved"
    UNSOLVED = "unsolved"
    NOT_ACCEPTED = "not_accepted"
    FALSE_ALARM = "false_alarm"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"


class WithdrawalReason(StrEnum):
    """Why the engine itself took an issue back."""

    NOT_SEEN = "not_seen"
    """Its camera sees it no more, and nobody had taken it up."""


class DeadlineKind(StrEnum):
    """What has to have happened by an instant."""

    VERIFY = "verify"
    DISPATCH = "dispatch"
    CLAIM = "claim"
    CONTACT = "contact"
    REPORT_IN = "report_in"
    ANSWER = "answer"
    """A co-department's part, owed to the lead."""
    RESOLVE = "resolve"
    """The present lead's own clock; a new lead gets a new one."""
    OVERALL = "overall"
    """The issue's clock from receipt to resolution, whoever handles it."""
    DECIDE = "decide"
    """A dispatcher's or supervisor's decision on a return, suspension, extension or appeal."""
    RETURN = "return"
    """Until when the lead may say it was wrongly called."""
    EVALUATE = "evaluate"
    APPEAL = "appeal"
    MEETING = "meeting"
    """A joint meeting's decision; the meeting names the instant, and says that it has passed."""


WINDOWS = frozenset({DeadlineKind.RETURN, DeadlineKind.EVALUATE, DeadlineKind.APPEAL})
"""A right that lapses, not a duty that is breached."""


class Level(StrEnum):
    """Rungs of the ladder, lowest first; `Level.rank` orders them."""

    BUILDING = "building"
    COMMUNITY = "community"
    STREET = "street"
    COUNTY = "county"

    @property
    def rank(self) -> int:
        """0 for the building, 3 for the county."""
        return list(Level).index(self)

    @property
    def above(self) -> "Level":
        """The next one up; the county is its own."""
        return list(Level)[min(self.rank + 1, Level.COUNTY.rank)]


class Role(StrEnum):
    """What an actor may be; one actor may hold several."""

    RESIDENT = "resident"
    GRID_WORKER = "grid_worker"
    BUILDING_HEAD = "building_head"
    INFORMATION_OFFICER = "information_officer"
    HOUSEHOLD_HEAD = "household_head"
    RIDER = "rider"
    HOTLINE = "hotline"
    CAMERA = "camera"
    STAFF = "staff"
    LEADER = "leader"
    """Party secretary or office head, who may blow the hard whistles."""
    DISPATCHER = "dispatcher"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    ENGINE = "engine"
    """The engine itself: routing rules and clocks."""


class Satisfaction(StrEnum):
    """What the resident said; silence is its own answer."""

    SATISFIED = "satisfied"
    BASICALLY = "basically"
    UNSATISFIED = "unsatisfied"
    NO_ANSWER = "no_answer"


class Part(StrEnum):
    """The part a department has in an issue."""

    LEAD = "lead"
    CO = "co"


class ConvenedBy(StrEnum):
    """What called a joint meeting."""

    LADDER = "ladder"
    SUPERVISOR = "supervisor"
    EVALUATION = "evaluation"
    """The second unsatisfied one."""
    MEETING = "meeting"
    """The meeting of the level below came to nothing."""
    SCHEDULE = "schedule"


class ItemOutcome(StrEnum):
    """What became of an issue on a meeting's agenda."""

    DISPATCHED = "dispatched"
    """Decided: a lead, co-departments, tasks."""
    CARRIED_OUT = "carried_out"
    """Every task of the decision was done."""
    PASSED_UP = "passed_up"
    NOT_OURS = "not_ours"
    SETTLED = "settled"
    """Settled by the meeting itself, which only a council may."""
    TAKEN_OFF = "taken_off"
    NO_QUORUM = "no_quorum"
    NOT_OPENED = "not_opened"
    """Enough parties had reported in, and nobody opened the sitting."""
    NO_DECISION = "no_decision"
    TASK_MISSED = "task_missed"


FAILED = frozenset(
    {
        ItemOutcome.PASSED_UP,
        ItemOutcome.NO_QUORUM,
        ItemOutcome.NOT_OPENED,
        ItemOutcome.NO_DECISION,
        ItemOutcome.TASK_MISSED,
    }
)
"""The next level of the ladder takes over."""
