"""Asks Frigate for the reviews that were missed while nobody listened.

It publishes once, at QoS 0 unless it was told otherwise, and a restart of it closes reviews without
a word. So with each connection to the broker, ours or its own, its list `/api/review` is asked for
what came since the source was heard last. Pages are kept as they came, like any message, and their
elements have the names they have over MQTT: what was heard is known, what was missed is new.
"""

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import structlog

from domain.alert_source import AlertSource
from intake.adapters.frigate import AVAILABLE, Frigate
from intake.adapters.frigate_reviews import ALERT, API, DETECTIONS, seconds_of
from intake.adapters.safe_json import LARGEST, read_json
from intake.adapters.values import LONGEST_URL, Unreadable, fields, text
from intake.fetching import JSON, Failed, Fetcher, Refused
from observability import metrics
from storage.alerts.hearing import heard_until, is_heard
from storage.alerts.raw_messages import RawMessages
from storage.alerts.views import Arrival
from storage.session import Database, Unreachable, Unstorable

log = structlog.get_logger(__name__)

ONLINE = b"online"
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_REVIEWED = (0, 1)
"""Asked for both: some releases list all with 1 and some only what a person has seen, and left out
it means all to some and what nobody has seen to others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How far back is asked, and how much at most."""

    first: timedelta = timedelta(days=1)
    """Of a source that was never heard."""
    longest: timedelta = timedelta(days=7)
    overlap: timedelta = timedelta(hours=1)
    """A review is found by its beginning; what was going on when we left began before."""
    page: int = 100
    pages: int = 200
    seconds: float = 120.0
    most_bytes: int = 8 * LARGEST
    """As much as the adapter reads at once."""
    mark_every: timedelta = timedelta(minutes=1)
    pauses: tuple[float, ...] = (5.0, 30.0, 120.0, 300.0)
    """Seconds between tries; the last one for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A page: these cameras' reviews that began after and, if they are over, ended before."""

    cameras: tuple[str, ...]
    reviewed: int
    after: float
    before: float

    def narrower(self, begun: Sequence[float]) -> Iterator["Question"]:
        """What to ask when a page was full: each half of the cameras, or a camera's rest.

        A camera has one review at a time, so whatever is left of it ended before the oldest began.
        """
        half = len(self.cameras) // 2
        if half:
            yield replace(self, cameras=self.cameras[:half])
            yield replace(self, cameras=self.cameras[half:])
        elif begun and min(begun) < self.before:
            yield replace(self, before=min(begun))


class CatchUp:
    """For one source at a time: `run` until the connection ends; the source is heard meanwhile."""

    def __init__(
        self,
        database: Database,
        fetcher: Fetcher,
        now: Callable[[], datetime],
        keep_raw: timedelta,
        bounds: Bounds = Bounds(),
    ) -> None:
        self._database = database
        self._fetcher = replace(fetcher, most_bytes=bounds.most_bytes)
        self._now = now
        self._keep_raw = keep_raw
        self._bounds = bounds

    def asks(self, source: AlertSource) -> bool:
        """Whether there is somebody to be asked."""
        return source.adapter == Frigate.name and _api(source) is not None

    def is_back(self, topic: str, payload: bytes) -> bool:
        """Frigate is back at the broker: what it saw meanwhile was published to nobody."""
        return topic.endswith(f"/{AVAILABLE}") and payload.strip() == ONLINE

    async def run(self, source: AlertSource) -> None:
        """Ask until it is done, however often it fails; then note that the source is heard."""
        for pause in _pauses(self._bounds.pauses):
            try:
                async with asyncio.timeout(self._bounds.seconds):
                    kept = await self.ask(source)
            except (Failed, Refused, Unreadable, Unreachable, Unstorable, TimeoutError) as trouble:
                why = str(trouble) or "timeout"
                log.warning("reviews_not_asked", source=source.code, error=why, pause=pause)
                metrics.CATCH_UPS_TOTAL.labels(outcome="failed").inc()
                await asyncio.sleep(pause)
                continue
            log.info("reviews_asked", source=source.code, pages=kept)
            metrics.CATCH_UPS_TOTAL.labels(outcome="done").inc()
            break
        await self._go_on(source)

    async def ask(self, source: AlertSource) -> int:
        """Everything since it was heard last; how many pages were new.

        Raises:
            Refused: the source's `pictures_from` does not allow it, or it is no list.
            Failed: nothing answered in time.
        """
        begun = self._now()
        questions = [*self._questions(source, await self._since(source, begun), begun)]
        kept = 0
        for _ in range(self._bounds.pages):
            if not questions:
                break
            question = questions.pop()
            body = await self._fetcher.fetch(
                self._address(source, question), source.pictures_from, JSON
            )
            items = _items(body)
            if items:
                kept += await self._keep(source, body)
            if len(items) >= self._bounds.page:
                questions += question.narrower([*_begun(items)])
        if questions:
            log.error("reviews_left_out", source=source.code, questions=len(questions))
        await self._mark(source, begun)
        return kept

    # --- how -------------------------------------------------------------------------------------

    async def _since(self, source: AlertSource, now: datetime) -> datetime:
        async with self._database.read() as session:
            heard = await heard_until(session, source.code)
        since = now - self._bounds.first if heard is None else heard - self._bounds.overlap
        return max(since, now - self._bounds.longest)

    def _questions(self, source: AlertSource, since: datetime, now: datetime) -> Iterator[Question]:
        """By the clock of the recorder, which may be wrong by what the source says."""
        off = source.clock_offset_s
        cameras = tuple(each.ref for each in source.cameras if "," not in each.ref)
        for reviewed in _REVIEWED if cameras else ():
            yield Question(
                cameras=cameras,
                reviewed=reviewed,
                after=since.timestamp() - off,
                before=now.timestamp() - off + self._bounds.overlap.total_seconds(),
            )

    def _address(self, source: AlertSource, question: Question) -> str:
        asked: dict[str, object] = {
            "after": f"{question.after:.6f}",
            "before": f"{question.before:.6f}",
            "cameras": ",".join(question.cameras),
            "reviewed": question.reviewed,
            "limit": self._bounds.page,
        }
        if source.options.get(DETECTIONS) is not True:
            asked["severity"] = ALERT
        return f"{_api(source)}/api/review?{urlencode(asked)}"

    async def _keep(self, source: AlertSource, body: bytes) -> bool:
        """Whether it was not kept before: the same page is the same news for ever."""
        at, digest = self._now(), hashlib.sha256(body)
        arrival = Arrival(
            source=source.code,
            adapter=source.adapter,
            grid=source.grid,
            fact=f"rest:{digest.hexdigest()}",
            bucket=0,
            repeats_since=_EVER,
            body=body,
            sha256=digest.digest(),
            headers={},
            content_type="application/json",
            received_at=at,
            purge_after=at + self._keep_raw,
        )
        async with self._database.begin() as session:
            is_new = await RawMessages(session).keep(arrival) is not None
        outcome = "kept" if is_new else "repeated"
        metrics.RAW_MESSAGES_TOTAL.labels(adapter=source.adapter, outcome=outcome).inc()
        return is_new

    async def _mark(self, source: AlertSource, until: datetime) -> None:
        async with self._database.begin() as session:
            await is_heard(session, [source.code], until)

    async def _go_on(self, source: AlertSource) -> None:
        """While the connection lasts, nothing has to be asked for again."""
        while True:
            await asyncio.sleep(self._bounds.mark_every.total_seconds())
            try:
                await self._mark(source, self._now())
            except Unreachable as trouble:
                log.warning("hearing_not_marked", source=source.code, error=str(trouble))


def _pauses(pauses: Sequence[float]) -> Iterator[float]:
    yield from pauses
    while True:
        yield pauses[-1]


def _api(source: AlertSource) -> str | None:
    try:
        written = text(source.options.get(API), LONGEST_URL)
    except Unreadable:
        return None
    return written.rstrip("/") if written else None


def _items(body: bytes) -> Sequence[Mapping[str, object]]:
    """Of the list; what is none is refused as a whole."""
    read = read_json(body, largest=8 * LARGEST)
    if not isinstance(read, list):
        raise Unreadable("not_a_list")
    return [fields(each) for each in read]


def _begun(items: Sequence[Mapping[str, object]]) -> Iterator[float]:
    """Of those that are over; the one that goes on is listed whatever is asked."""
    for each in items:
        at = seconds_of(each.get("start_time"))
        if at is not None and each.get("end_time") is not None:
            yield at
