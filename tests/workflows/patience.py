"""Workers of tests on a machine that does other things as well."""

from temporalio.worker import Worker

_DEADLOCK_SECONDS = 20


def patient(worker: Worker) -> Worker:
    """The SDK takes two seconds without a yield for a deadlock and interrupts the workflow.

    With the domain inside the sandbox, the first task of a run imports it and builds its models,
    which takes longer on a machine under load; the interruption then surfaces as a warning, that
    is, as the failure of whatever test is running.
    """
    assert worker._workflow_worker is not None
    worker._workflow_worker._deadlock_timeout_seconds = _DEADLOCK_SECONDS
    return worker
