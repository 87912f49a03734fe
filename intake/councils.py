"""Keeps one Schedule for every community that holds councils, as the reference data say."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import structlog
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from domain.ids import DistrictCode, GridCode
from domain.meeting.council import Council, Sitting, councils, sitting
from storage.meetings.communities import Communities
from storage.reference import ReferenceRepository
from storage.session import Database, Session, Unreachable
from workflows.contracts import TASK_QUEUE
from workflows.schedules import drop_councils, ensure_council

log = structlog.get_logger(__name__)

_EVERY_S = 60.0
_AGAIN_S = 3600.0
"""What was told is told again after this, should somebody have deleted a Schedule by hand."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What Temporal is to hold; the Schedules of `unclear` communities stay as they are."""

    sittings: tuple[Sitting, ...]
    unclear: tuple[GridCode, ...]


class CouncilSchedules:
    """Looks every minute; asks Temporal when something is other than it was told, or hourly."""

    def __init__(
        self,
        database: Database,
        client: Client,
        task_queue: str = TASK_QUEUE,
        again_s: float = _AGAIN_S,
    ) -> None:
        self._database = database
        self._client = client
        self._task_queue = task_queue
        self._again_s = again_s
        self._told: _Wanted | None = None
        self._told_at = 0.0

    async def run(self, stopping: asyncio.Event) -> None:
        """Keep them until `stopping` is set; whatever goes wrong, the worker goes on."""
        while not stopping.is_set():
            try:
                await self.arrange()
            except (Unreachable, RPCError) as trouble:
                log.warning("councils_troubled", error=type(trouble).__name__)
            except Exception:
                log.exception("councils_broke")
            try:
                await asyncio.wait_for(stopping.wait(), _EVERY_S)
            except TimeoutError:
                continue

    async def arrange(self) -> bool:
        """Make them as they should be; whether Temporal had to be asked."""
        wanted, now = await self._wanted(), asyncio.get_running_loop().time()
        if wanted == self._told and now - self._told_at < self._again_s:
            return False
        failed = [each for each in wanted.sittings if not await self._is_ensured(each)]
        held = (*(each.community for each in wanted.sittings), *wanted.unclear)
        await drop_councils(self._client, held)
        if not failed:
            self._told, self._told_at = wanted, now
        log.info("councils_arranged", communities=len(wanted.sittings), failed=len(failed))
        return True

    async def _is_ensured(self, wanted: Sitting) -> bool:
        """What Temporal will not take of one community never holds up the others."""
        try:
            await ensure_council(self._client, wanted, self._task_queue)
        except Exception as error:
            if isinstance(error, RPCError) and error.status is RPCStatusCode.UNAVAILABLE:
                raise
            log.exception("council_not_arranged", grid=wanted.community)
            return False
        return True

    async def _wanted(self) -> _Wanted:
        async with self._database.read() as session:
            references = ReferenceRepository(session)
            held = await _held(session, references)
            codes = sorted({each.district.code for each in held})
            zones = {code: await _zone(references, code) for code in codes}
        unclear = tuple(each.community for each in held if zones[each.district.code] is None)
        return _Wanted(tuple(_sittings(held, zones)), unclear)


async def _held(session: Session, references: ReferenceRepository) -> tuple[Council, ...]:
    """The communities are not read where no policy wants councils."""
    policies = await references.meeting_policies()
    if all(each.council is None for each in policies):
        return ()
    districts, held = await references.districts(), list[Council]()
    async for page in Communities(session).pages():
        held += councils(page, districts, policies)
    return tuple(held)


async def _zone(references: ReferenceRepository, district: DistrictCode) -> str | None:
    """None when the district's calendar is missing or broken, which is for an operator to mend."""
    try:
        return str(await references.zone(district))
    except Unreachable:
        raise
    except Exception:
        log.exception("council_district_broken", district=district)
        return None


def _sittings(held: Iterable[Council], zones: dict[DistrictCode, str | None]) -> Iterator[Sitting]:
    for each in held:
        zone = zones[each.district.code]
        if zone is not None:
            yield sitting(each, zone)
