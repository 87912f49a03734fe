"""Why the law says no.

Refusal
├── code      a stable word of `RefusalCode`; the API owns its HTTP status and its sentence
└── params    ids, codes and instants as text, for the sentence and for the caller's program
"""

from datetime import datetime
from enum import StrEnum


class RefusalCode(StrEnum):
    """Every reason for a no; stable, because clients program against them."""

    WRONG_STATE = "wrong_state"
    NOT_ALLOWED = "not_allowed"
    ALREADY_CLAIMED = "already_claimed"
    A_POST_PRESENT = "a_post_present"
    ALREADY_REPORTED_IN = "already_reported_in"
    ALREADY_CONTACTED = "already_contacted"
    NOT_CALLED = "not_called"
    SAME_DEPARTMENT = "same_department"
    LEAD_AMONG_CO = "lead_among_co"
    RETURN_FINAL = "return_final"
    RETURNED_BEFORE = "returned_before"
    RETURN_TOO_LATE = "return_too_late"
    REQUEST_PENDING = "request_pending"
    NOTHING_PENDING = "nothing_pending"
    OWN_REQUEST = "own_request"
    ALREADY_SUSPENDED = "already_suspended"
    NOT_SUSPENDED = "not_suspended"
    SUSPENSION_IN_PAST = "suspension_in_past"
    SUSPENSION_TOO_LONG = "suspension_too_long"
    NO_DEADLINE = "no_deadline"
    DEADLINE_PASSED = "deadline_passed"
    EXTENSION_TOO_LONG = "extension_too_long"
    LIMIT_REACHED = "limit_reached"
    PARTS_OPEN = "parts_open"
    NOT_A_PART = "not_a_part"
    PART_DONE = "part_done"
    EVIDENCE_MISSING = "evidence_missing"
    ANSWER_INCOMPLETE = "answer_incomplete"
    DUPLICATE_OF_ITSELF = "duplicate_of_itself"
    NO_BREACH = "no_breach"
    ALREADY_APPEALED = "already_appealed"
    APPEAL_TOO_LATE = "appeal_too_late"
    ALREADY_EVALUATED = "already_evaluated"
    OWN_WORK = "own_work"
    IN_MEETING = "in_meeting"
    """The issue waits for a joint meeting's decision."""
    PROPOSED_IN_PAST = "proposed_in_past"
    PROPOSED_TOO_FAR = "proposed_too_far"
    ALREADY_INVITED = "already_invited"
    ALREADY_ACKNOWLEDGED = "already_acknowledged"
    NO_QUORUM = "no_quorum"
    SITTING_TOO_EARLY = "sitting_too_early"
    ARRIVED_OUT_OF_TIME = "arrived_out_of_time"
    POSTPONED_BACKWARDS = "postponed_backwards"
    POSTPONED_TOO_FAR = "postponed_too_far"
    NOT_ON_AGENDA = "not_on_agenda"
    ITEM_DECIDED = "item_decided"
    NOT_A_COUNCIL = "not_a_council"
    DECISION_INCOMPLETE = "decision_incomplete"
    TASK_DUE_IN_PAST = "task_due_in_past"
    OWN_TASK = "own_task"
    UNKNOWN_TASK = "unknown_task"
    NOT_YOUR_TASK = "not_your_task"
    TASK_DONE = "task_done"
    NOTHING_TO_REVIEW = "nothing_to_review"
    FACT_GONE = "fact_gone"
    """An engine command whose fact no longer holds; never seen by people."""


def _said(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


class Refusal(Exception):
    """The law refuses a command; the issue is unchanged."""

    def __init__(self, code: RefusalCode, **params: object) -> None:
        self.code = code
        self.params = {name: _said(value) for name, value in params.items()}
        said = ", ".join(f"{name}={value}" for name, value in self.params.items())
        super().__init__(f"{code}: {said}" if said else str(code))
