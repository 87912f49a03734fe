"""Cameras as they are read: what they said of an issue, and how often they were right."""

from datetime import datetime

from pydantic import Field

from api.schemas.issues import Read
from domain.alert import AlertKind
from domain.alerts.words import ConditionState, Decision, Verdict
from storage.alerts.notes import NoteWord


class AlertNoteRead(Read):
    """A line about the condition behind an issue."""

    at: datetime
    word: NoteWord
    label: str
    """In the caller's language."""
    alerts: int
    """How many there were by then."""
    former: str | None
    """The number of the issue that this one follows."""


class ConditionRead(Read):
    """What a camera saw, however often it said so."""

    camera: str
    zone: str | None
    kind: AlertKind
    kind_label: str
    state: ConditionState
    state_label: str
    first_seen: datetime
    last_seen: datetime
    alerts: int
    transitions: int
    """How often it came or went."""
    max_confidence: float | None
    """The most that was said, from 0 to 1; null when nothing was said."""
    decision: Decision | None
    verdict: Verdict | None
    """What people found on the spot."""
    former: str | None


class IssueAlerts(Read):
    """The condition behind an issue; null when people raised it."""

    condition: ConditionRead | None
    notes: list[AlertNoteRead]
    """At most 50, however long a camera goes on."""


class CameraRead(Read):
    """How a camera stands."""

    camera: str
    judged_true: int
    judged_false: int
    precision: float | None
    """Of all that was judged, how often it was right; null before the first verdict."""
    silenced_by: list[AlertKind]
    """While any of these lasts, nothing else it says is believed."""
    silenced_since: datetime | None


class CameraPage(Read):
    """Cameras by their names."""

    items: list[CameraRead]
    next: str | None = Field(default=None, description="`after` of the next page.")
