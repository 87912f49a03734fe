"""Actions are counted as Temporal's page on Actions says."""

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import (
    ActivityTaskStartedEventAttributes,
    HistoryEvent,
    MarkerRecordedEventAttributes,
)

from bench.histories import counted


def an_event(kind: EventType.ValueType) -> HistoryEvent:
    return HistoryEvent(event_type=kind)


def a_marker(task: int) -> HistoryEvent:
    return HistoryEvent(
        event_type=EventType.EVENT_TYPE_MARKER_RECORDED,
        marker_recorded_event_attributes=MarkerRecordedEventAttributes(
            workflow_task_completed_event_id=task
        ),
    )


def test_start_timer_update_and_signal_are_one_action_each() -> None:
    kinds = (
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
        EventType.EVENT_TYPE_TIMER_STARTED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
    )
    cost = counted([an_event(kind) for kind in kinds])
    assert cost.total == len(kinds)
    assert cost.events == len(kinds)


def test_child_is_two_actions() -> None:
    child = EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED
    assert counted([an_event(child)]).total == 2


def test_what_temporal_does_by_itself_is_free() -> None:
    kinds = (
        EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
        EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
        EventType.EVENT_TYPE_TIMER_CANCELED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
    )
    assert counted([an_event(kind) for kind in kinds]).total == 0


def test_every_attempt_of_an_activity_counts() -> None:
    third = HistoryEvent(
        event_type=EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED,
        activity_task_started_event_attributes=ActivityTaskStartedEventAttributes(attempt=3),
    )
    assert counted([third]).actions["activities"] == 3


def test_local_activities_of_one_task_are_one_action() -> None:
    cost = counted([a_marker(4), a_marker(4), a_marker(9)])
    assert cost.actions["markers"] == 2


def test_size_is_that_of_the_events() -> None:
    events = [a_marker(4), a_marker(9)]
    assert counted(events).bytes == sum(len(each.SerializeToString()) for each in events)
