"""Timeouts and retries by purpose. None is ever written inline."""

from datetime import timedelta

from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityConfig

_PATIENT = RetryPolicy(
    initial_interval=timedelta(milliseconds=200),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(seconds=30),
)
"""For ever: a step that was accepted is written down, however long the database is away."""

READ = ActivityConfig(start_to_close_timeout=timedelta(seconds=10), retry_policy=_PATIENT)
RECORD = ActivityConfig(start_to_close_timeout=timedelta(seconds=15), retry_policy=_PATIENT)

_BOUNDED = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_attempts=5)
"""What is done again by the next round anyway."""

CHECK = ActivityConfig(start_to_close_timeout=timedelta(minutes=5), retry_policy=_BOUNDED)


def recording(event: str) -> ActivityConfig:
    """`RECORD`, with the event as the line shown in Temporal's page."""
    return ActivityConfig(**RECORD, summary=event)
