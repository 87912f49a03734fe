"""The closed lists of words that only meetings use; their Chinese labels are data."""

from enum import StrEnum


class MeetingState(StrEnum):
    """The four visible steps of a meeting, and its end."""

    PROPOSED = "proposed"
    """Parties are called; they acknowledge and report in."""
    DISCUSSING = "discussing"
    DECIDED = "decided"
    """Every item has its answer; tasks are under way."""
    REVIEWING = "reviewing"
    """At least one task is done and looked at."""
    CLOSED = "closed"


UNDECIDED = frozenset({MeetingState.PROPOSED, MeetingState.DISCUSSING})
"""Its agenda still takes issues on."""


class MeetingKind(StrEnum):
    """Why people sit together."""

    JOINT = "joint"
    COUNCIL = "council"


class MeetingOutcome(StrEnum):
    """What a closed meeting came to; the worst of its items."""

    SETTLED = "settled"
    PASSED_UP = "passed_up"
    NO_QUORUM = "no_quorum"
    NOT_OPENED = "not_opened"
    """The parties had reported in; whoever leads it did not open."""
    NO_DECISION = "no_decision"
    TASK_MISSED = "task_missed"
    EMPTY = "empty"
    """Nothing was left on its agenda."""


class MeetingEvent(StrEnum):
    """Names of the append-only record of meetings; never renamed, only added to."""

    PARTIES_INVITED = "parties_invited"
    INVITATION_ACKNOWLEDGED = "invitation_acknowledged"
    PARTY_REPORTED_IN = "party_reported_in"
    PARTIES_REMINDED = "parties_reminded"
    ABSENCES_RECORDED = "absences_recorded"
    DEPARTMENTS_INVITED = "departments_invited"
    SITTING_OPENED = "sitting_opened"
    SITTING_MISSED = "sitting_missed"
    POSTPONED = "meeting_postponed"
    ADJOURNED = "meeting_adjourned"
    MINUTES_ADDED = "minutes_added"
    ITEM_ADDED = "agenda_item_added"
    ITEM_TAKEN_OFF = "agenda_item_taken_off"
    ITEM_DECIDED = "agenda_item_decided"
    DECISION_MISSED = "decision_missed"
    TASK_REMINDED = "task_reminded"
    TASK_COMPLETED = "task_completed"
    TASK_REVIEWED = "task_reviewed"
    REVIEW_LAPSED = "review_lapsed"
    TASK_MISSED = "task_missed"
