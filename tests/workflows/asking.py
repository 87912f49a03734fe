"""Gives a command as the API does: once more, when a new run begins just then."""

from typing import Any

from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError

from domain import commands as c
from workflows.contracts import NEW_RUN, Answer


async def answer_to(handle: WorkflowHandle[Any, Any], command: c.Command) -> Answer:
    name = next(name for name, kind in c.NAMES.items() if kind is type(command))
    while True:
        try:
            answer: Answer = await handle.execute_update(
                name, command, id=command.id, result_type=Answer
            )
        except WorkflowUpdateFailedError as failure:
            if getattr(failure.cause, "type", None) != NEW_RUN:
                raise
        else:
            return answer
