"""Cameras as they are read: what they said of an issue, and how often they were right."""

from datetime import datetime

from pydantic import Field

from api.schemas.issues import Read
from domain.alert import AlertKind
from domain.alerts.words import ConditionState, Decision, Reason, Verdict
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


class ConditionLineRead(Read):
    """What a camera saw, and why an issue came of it or not."""

    id: int
    source: str
    camera: str
    zone: str | None
    kind: AlertKind
    kind_label: str
    grid: str
    state: ConditionState
    state_label: str
    decision: Decision | None
    """Null before there is one."""
    decision_label: str | None
    reason: Reason | None
    """Why it was decided so, or what it waits for."""
    reason_label: str | None
    first_seen: datetime
    last_seen: datetime
    alerts: int
    sightings: int
    """Those of the alerts that said it is there, in time to be believed."""
    max_confidence: float | None
    due_at: datetime | None
    """When time alone changes something next: the debounce is over, it was not seen for long."""
    issue: str | None
    """The number of its issue."""
    former: str | None


class ConditionPage(Read):
    """Newest first; ask with `cursor` for what follows `next`."""

    items: list[ConditionLineRead]
    next: str | None


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
