"""A workflow that breaks the rules: it looks at the clock of the machine."""

import time

from temporalio import workflow


@workflow.defn
class Clockwatcher:
    """What the sandbox has to stop."""

    @workflow.run
    async def run(self) -> float:
        return time.time()  # noqa: TID251 - that it is banned is the point
