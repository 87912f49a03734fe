"""Keeps one Schedule for every community that holds councils, as the reference data say."""

import asyncio

import structlog
from temporalio.client import Client
from temporalio.service import RPCError

from domain.meeting.council import Sitting, councils, sitting
from storage.reference import ReferenceRepository
from storage.session import Database, Unreachable
from workflows.contracts import TASK_QUEUE
from workflows.schedules import ensure_councils

log = structlog.get_logger(__name__)

_EVERY_S = 60.0


class CouncilSchedules:
    """Looks every minute; asks Temporal only when something is other than it was told last."""

    def __init__(self, database: Database, client: Client, task_queue: str = TASK_QUEUE) -> None:
        self._database = database
        self._client = client
        self._task_queue = task_queue
        self._told: tuple[Sitting, ...] | None = None

    async def run(self, stopping: asyncio.Event) -> None:
        """Keep them until `stopping` is set."""
        while not stopping.is_set():
            try:
                await self.arrange()
            except (Unreachable, RPCError) as trouble:
                log.warning("councils_troubled", error=str(trouble))
            try:
                await asyncio.wait_for(stopping.wait(), _EVERY_S)
            except TimeoutError:
                continue

    async def arrange(self) -> bool:
        """Make them as they should be; whether Temporal had to be asked."""
        wanted = await self._wanted()
        if wanted == self._told:
            return False
        await ensure_councils(self._client, wanted, self._task_queue)
        self._told = wanted
        log.info("councils_arranged", communities=len(wanted))
        return True

    async def _wanted(self) -> tuple[Sitting, ...]:
        async with self._database.read() as session:
            references = ReferenceRepository(session)
            held = councils(
                await references.grids(),
                await references.districts(),
                await references.meeting_policies(),
            )
            codes = {each.district.code for each in held}
            zones = {code: str(await references.zone(code)) for code in codes}
        return tuple(sitting(each, zones[each.district.code]) for each in held)
