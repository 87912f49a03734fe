"""What sorted messages and changed conditions add to the counters: called after the commit.

A transaction that is lost and done again has counted nothing the first time.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.alerts import consequences as c
from domain.alerts.words import Decision, Reason
from intake.applying import Applied, Entered
from intake.reading import ReadMessage
from observability import metrics
from storage.alerts.events import Key, NewEvent, Written
from storage.alerts.views import RawState

_ON_ISSUE = (c.CountOnIssue, c.ReopenOrComment, c.NoteFlapping)
_GONE = (c.NoteCleared, c.HearCamera)


class Became(StrEnum):
    """What an accepted alert came to, beside the decisions on those that open an issue."""

    COUNTED = "counted"
    """On the issue there is."""
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """What one transaction of the sorter has done."""

    messages: Sequence[ReadMessage]
    events: Sequence[NewEvent]
    new: Mapping[Key, Written]
    applied: Sequence[tuple[str, Applied]]
    """With the adapter each came through."""


def count_sorted(done: Sorted, now: datetime) -> None:
    _count_fates(done)
    for adapter, applied in done.applied:
        _count_applied(adapter, applied)
    for message in done.messages:
        count_settled(message, quarantined=bool(message.faults))
        late = max((now - message.raw.received_at).total_seconds(), 0.0)
        metrics.RAW_DELAY_SECONDS.observe(late)


def count_settled(message: ReadMessage, *, quarantined: bool) -> None:
    state = RawState.QUARANTINED if quarantined else RawState.SORTED
    metrics.RAW_SETTLED_TOTAL.labels(adapter=message.raw.adapter, state=state).inc()


def count_entered(entered: Iterable[Entered]) -> None:
    for (kind, state), number in Counter(entered).items():
        metrics.CONDITIONS_TOTAL.labels(kind=kind, state=state).inc(number)


def _count_fates(done: Sorted) -> None:
    fates = Counter((event.adapter, _fate_of(event, done.new)) for event in done.events)
    fates.update((each.raw.adapter, "unreadable") for each in done.messages for _ in each.faults)
    for (adapter, fate), number in fates.items():
        metrics.ALERTS_TOTAL.labels(adapter=adapter, fate=fate).inc(number)


def _fate_of(event: NewEvent, new: Mapping[Key, Written]) -> str:
    return new[event.key].fate if event.key in new else "repeated"


def _count_applied(adapter: str, applied: Applied) -> None:
    decision = decision_of(applied)
    metrics.ALERTS_ACCEPTED_TOTAL.labels(adapter=adapter, decision=decision).inc()
    if decision is Decision.LOG:
        metrics.ALERTS_SUPPRESSED_TOTAL.labels(reason=reason_of(applied)).inc()
    count_entered(applied.entered)


def decision_of(applied: Applied) -> Decision | Became:
    """Of all that followed from an alert, what weighs most."""
    said = applied.consequences
    opened = next((each for each in said if isinstance(each, c.OpenIssue)), None)
    if opened is not None and applied.issue is not None:
        return Decision.AUTO if opened.at_once else Decision.REVIEW
    if any(isinstance(each, _ON_ISSUE) for each in said):
        return Became.COUNTED
    if any(isinstance(each, _GONE) for each in said):
        return Became.CLEARED
    return Decision.LOG


def reason_of(applied: Applied) -> Reason:
    """Why it had no consequence: the last word, as what time did before it is said first."""
    reasons = [each.reason for each in applied.consequences if isinstance(each, c.Nothing)]
    return reasons[-1] if reasons else Reason.NO_DISTRICT
