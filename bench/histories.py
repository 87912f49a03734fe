"""What a finished issue cost Temporal, read from its own history.

Actions are counted by the rules of Temporal Cloud's page on Actions: a start, every timer
(implicit ones too), every Update, every signal, every started attempt of an activity, every upsert
of search attributes, two for a child; all markers of one workflow task are one Action.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

_ACTIONS = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: ("workflow started", 1),
    EventType.EVENT_TYPE_TIMER_STARTED: ("timers", 1),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: ("updates", 1),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: ("signals", 1),
    EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED: ("activities", 1),
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: ("search attributes", 1),
    EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: ("children", 2),
}


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one run: Actions by kind, events, and bytes of its history."""

    actions: dict[str, int]
    events: int
    bytes: int

    @property
    def total(self) -> int:
        return sum(self.actions.values())


async def cost_of(client: Client, workflow_id: str) -> Cost:
    """Of the newest run of a workflow; it should be over."""
    history = await client.get_workflow_handle(workflow_id).fetch_history()
    return counted(history.events)


def counted(events: Sequence[HistoryEvent]) -> Cost:
    """Events of one history, in order."""
    actions: Counter[str] = Counter()
    with_markers: set[int] = set()
    for event in events:
        kind = _ACTIONS.get(event.event_type)
        if kind is not None:
            name, number = kind
            attempts = max(event.activity_task_started_event_attributes.attempt, 1)
            actions[name] += number * attempts
        if event.event_type == EventType.EVENT_TYPE_MARKER_RECORDED:
            with_markers.add(
                event.marker_recorded_event_attributes.workflow_task_completed_event_id
            )
    actions["markers"] = len(with_markers)
    size = sum(event.ByteSize() for event in events)
    return Cost(dict(actions), len(events), size)
