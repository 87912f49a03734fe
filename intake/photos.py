"""Gets the pictures of accepted alerts, after the alerts: a late picture delays nobody."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from domain.alert_source import AlertSource
from domain.ids import EvidenceId, SourceCode, Subject
from domain.reference import ReferenceKind
from intake.adapters.contract import Adapter
from intake.fetching import Failed, Fetcher, Refused
from intake.reading import Tables, read
from observability import metrics
from storage.alerts.pictures import AlertPictures, Hanging, PictureState, WantedPicture
from storage.alerts.raw_messages import RawMessages
from storage.reference import ReferenceRepository
from storage.session import Database, Session, Unreachable

log = structlog.get_logger(__name__)

BATCH = 20
_AT_ONCE = 4
_BACKOFF = tuple(timedelta(seconds=each) for each in (10, 60, 300, 1800))
_GIVEN_UP = 2 * len(_BACKOFF)
"""So many attempts, of which none could even say that it failed, are enough."""
_EVERY_S, _TROUBLED_S = 2.0, 5.0
_UNUSED = timedelta(hours=24)
"""A condition without an issue for so long is not worth a picture; it is erased as unused."""


def subject_of(source: SourceCode) -> Subject:
    """Whose pictures they are."""
    return Subject(f"source:{source}")


class KeepsPictures(Protocol):
    """Draws a picture anew and keeps it; the same key is the same picture."""

    async def keep(self, by: Subject, key: str, content: bytes, at: datetime) -> EvidenceId:
        """What it is called from now on.

        Raises:
            Refused: it is no picture, or too large a one.
            Failed: it cannot be kept now.
        """

    async def hang(self, session: Session, by: Subject, hanging: Hanging, at: datetime) -> None:
        """On the birth of its issue; when that has enough, it is erased."""

    async def discard(
        self, session: Session, by: Subject, picture: EvidenceId, at: datetime
    ) -> None:
        """Erases it, so that there is room for others."""


class Photos:
    """Any number may run: a picture is leased to one of them at a time."""

    def __init__(
        self,
        database: Database,
        adapters: Mapping[str, Adapter],
        fetcher: Fetcher,
        pictures: KeepsPictures,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._adapters = adapters
        self._fetcher = fetcher
        self._pictures = pictures
        self._now = now

    async def run(self, stopping: asyncio.Event) -> None:
        """Get what is due, again and again, until `stopping` is set."""
        while not stopping.is_set():
            pause = _EVERY_S
            try:
                while await self.get_due() >= BATCH:
                    if stopping.is_set():
                        return
                await self.hang_due()
                await self.discard_due()
            except Unreachable as trouble:
                log.warning("photos_troubled", error=str(trouble))
                pause = _TROUBLED_S
            try:
                await asyncio.wait_for(stopping.wait(), pause)
            except TimeoutError:
                continue

    async def get_due(self) -> int:
        """One batch; how many pictures were tried."""
        async with self._database.begin() as session:
            due = await AlertPictures(session).due(self._now(), BATCH)
        turns = asyncio.Semaphore(_AT_ONCE)

        async def in_turn(wanted: WantedPicture) -> None:
            async with turns:
                await self._get(wanted)

        await asyncio.gather(*map(in_turn, due))
        return len(due)

    async def hang_due(self) -> int:
        """Pictures whose issue is born by now hang on it; how many."""
        now = self._now()
        async with self._database.begin() as session:
            pictures = AlertPictures(session)
            due = await pictures.to_hang(now - _UNUSED, BATCH)
            for each in due:
                await self._pictures.hang(session, subject_of(each.source), each, now)
            await pictures.hung([each.id for each in due], now)
        return len(due)

    async def discard_due(self) -> int:
        """Pictures of conditions that were closed without an issue make room; how many."""
        now = self._now()
        async with self._database.begin() as session:
            pictures = AlertPictures(session)
            due = await pictures.unused(BATCH)
            for each in due:
                await self._pictures.discard(session, subject_of(each.source), each.picture, now)
            await pictures.hung([each.id for each in due], now)
        return len(due)

    async def _get(self, wanted: WantedPicture) -> None:
        outcome = PictureState.STORED
        try:
            content = await self._content(wanted)
            picture = await self._pictures.keep(
                subject_of(wanted.source), f"alert-{wanted.id}", content, self._now()
            )
        except Refused as refusal:
            outcome = PictureState.REFUSED
            async with self._database.begin() as session:
                await AlertPictures(session).over(wanted.id, outcome, str(refusal), self._now())
        except Failed as failure:
            outcome = await self._failed(wanted, str(failure))
        except Unreachable:
            raise
        except Exception as trouble:
            # One picture must not stop the worker, whatever is wrong with it.
            log.exception("picture_broke", picture=wanted.id, source=wanted.source)
            outcome = await self._failed(wanted, type(trouble).__name__)
        else:
            async with self._database.begin() as session:
                await AlertPictures(session).stored(wanted.id, picture, self._now())
        metrics.ALERT_PICTURES_TOTAL.labels(outcome=outcome).inc()

    async def _failed(self, wanted: WantedPicture, error: str) -> PictureState:
        now = self._now()
        async with self._database.begin() as session:
            pictures = AlertPictures(session)
            if wanted.attempts > len(_BACKOFF):
                await pictures.over(wanted.id, PictureState.FAILED, error, now)
                return PictureState.FAILED
            await pictures.again(wanted.id, error, now + _BACKOFF[wanted.attempts - 1])
        return PictureState.PENDING

    async def _content(self, wanted: WantedPicture) -> bytes:
        if wanted.attempts > _GIVEN_UP:
            raise Failed("given_up")
        async with self._database.read() as session:
            entry = await ReferenceRepository(session).current(
                ReferenceKind.ALERT_SOURCE, wanted.source
            )
        if entry is None:
            raise Refused("source_missing")
        if wanted.url is not None:
            return await self._fetcher.fetch(wanted.url, entry.body.pictures_from)
        return await self._inline(wanted, entry.body)

    async def _inline(self, wanted: WantedPicture, source: AlertSource) -> bytes:
        """Out of the message, which is read once more: it is kept once, not twice."""
        async with self._database.read() as session:
            raw = wanted.raw_id and await RawMessages(session).one(wanted.raw_id)
        if not raw:
            raise Refused("message_purged")
        message = await asyncio.to_thread(read, raw, Tables(source=source), self._adapters)
        for alert in message.alerts:
            if alert.delivery_key == wanted.delivery_key:
                for picture in alert.pictures[wanted.ordinal : wanted.ordinal + 1]:
                    if picture.inline is not None:
                        return picture.inline
        raise Refused("message_reads_differently")
