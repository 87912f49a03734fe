"""The closed lists of words the law of conditions is written in."""

from enum import StrEnum


class ConditionState(StrEnum):
    """Where a condition stands; whether it has an issue is a fact beside it."""

    PENDING = "pending"
    """Seen, but not long or often enough yet (debounce)."""
    OPEN = "open"
    FLAPPING = "flapping"
    """Comes and goes too often to be told each time."""
    CLEARED = "cleared"
    """Seen no more; a new sighting belongs to the same condition until it is closed."""
    SUPPRESSED = "suppressed"
    """Seen by a camera that cannot be believed now: offline or tampered with."""
    CLOSED = "closed"


class Decision(StrEnum):
    """What an alert of some confidence is worth."""

    AUTO = "auto"
    """Dispatched at once."""
    REVIEW = "review"
    """A grid worker looks first."""
    LOG = "log"
    """Kept, and nobody is bothered."""


class Verdict(StrEnum):
    """What people found where the camera saw something."""

    TRUE = "true"
    FALSE_ALARM = "false_alarm"


class Reason(StrEnum):
    """Why a condition was decided as it was, or why an alert had no consequence."""

    CONFIDENT = "confident"
    UNSURE = "unsure"
    LOW_CONFIDENCE = "low_confidence"
    CONFIDENCE_UNSAID = "confidence_unsaid"
    IMPRECISE_CAMERA = "imprecise_camera"
    UNSTEADY = "unsteady"
    """It flaps, so somebody looks before departments are called."""
    STORM = "storm"
    NO_DISTRICT = "no_district"
    """Its place lies in no district, so no issue can be born."""
    DEBOUNCE = "debounce"
    UNCONFIRMED = "unconfirmed"
    INHIBITED = "inhibited"
    LATE = "late"
    RECORD_ONLY = "record_only"
    AFTER_ITS_END = "after_its_end"
    NOT_OPEN = "not_open"
    OTHERS_ARE_THERE = "others_are_there"
    """One of several objects went; the condition stays."""
    IS_FLAPPING = "is_flapping"
    ENDED_BY_SOURCE = "ended_by_source"
    NOT_SEEN_FOR_LONG = "not_seen_for_long"
    ISSUE_ENDED = "issue_ended"
    COOLED_DOWN = "cooled_down"
    HEARTBEAT = "heartbeat"
    MEDIA = "media"
    JUDGED_BEFORE = "judged_before"
    NOTHING_DUE = "nothing_due"
