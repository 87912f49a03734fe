"""The sorter: every message that was kept becomes alerts, and every alert reaches its condition.

What is read, decided and applied of some messages commits together, so a message that was taken
and not finished is simply taken again. One that cannot be done with others is done alone, and one
that cannot be done at all is set aside.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from domain.alert import AlertKind, Phase
from domain.ids import SourceCode
from domain.reference import ReferenceKind
from intake import applying
from intake.adapters.contract import Adapter, Fault
from intake.applying import Applied, AppliesAlerts, GivenAlert
from intake.counting import Sorted, count_settled, count_sorted
from intake.portions import chunks, patience
from intake.reading import ReadMessage, Tables, read
from intake.sequels import conditions_of, follow, is_sequel
from storage.alerts.events import AlertEvents, Key, NewEvent, Written
from storage.alerts.pictures import AlertPictures, Wanted
from storage.alerts.raw_messages import RawMessages
from storage.alerts.views import Fate, Raw, RawState, Taken
from storage.reference import ReferenceRepository
from storage.session import Database, Session, Unreachable

log = structlog.get_logger(__name__)

BATCH = 200
_GIVEN_UP = 12
"""Attempts after which a message is set aside."""
_CALM = timedelta(seconds=5)
"""Polling is only a net under the bell."""
_TROUBLED = timedelta(seconds=1)
_MOST_FAULTS, _LONGEST_FAULT = 50, 200


class Sorter:
    """Sorts what waits. Several may run: a message is leased to one of them at a time."""

    def __init__(
        self,
        database: Database,
        adapters: Mapping[str, Adapter],
        conditions: AppliesAlerts,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._adapters = adapters
        self._conditions = conditions
        self._now = now

    async def run(
        self, wait: Callable[[float], Awaitable[object]], stopping: asyncio.Event
    ) -> None:
        """Sort, then wait for the bell or for a while, until `stopping` is set."""
        while not stopping.is_set():
            pause = _CALM
            try:
                while await self.drain() >= BATCH:
                    if stopping.is_set():
                        return
            except Unreachable as trouble:
                log.warning("sorter_troubled", error=str(trouble))
                pause = _TROUBLED
            await wait(pause.total_seconds())

    async def drain(self) -> int:
        """One batch; how many messages were taken."""
        now = self._now()
        async with self._database.begin() as session:
            taken = await RawMessages(session).take(BATCH, now)
        left = {each.id: each for each in taken}
        chunk: list[int] = []
        try:
            for chunk in chunks(taken):
                await self._sort(chunk)
                for each in chunk:
                    del left[each]
        except Unreachable:
            # What was not done is due again, if the database can still be told.
            await self._put_back(chunk, left, now)
            raise
        return len(taken)

    async def _put_back(self, failed: list[int], left: Mapping[int, Taken], now: datetime) -> None:
        """Trouble counts only for those that were tried: it may be theirs.

        Those that had it together are tried alone in the end; the others lose nothing.
        """
        wait = patience(left[failed[0]].attempts) if failed else timedelta()
        others = sorted(left.keys() - set(failed))
        async with self._database.begin() as session:
            await RawMessages(session).put_back(failed, now + wait)
            await RawMessages(session).untried(others, now)

    async def _sort(self, ids: Sequence[int]) -> None:
        async with self._database.read() as session:
            raws = await RawMessages(session).read(ids)
            tables = {each: await _tables(session, each) for each in {raw.source for raw in raws}}
        messages = await asyncio.to_thread(self._read, raws, tables)
        try:
            await self._write(messages)
        except Unreachable:
            raise
        except Exception:
            log.exception("messages_unsortable", raw_messages=list(ids))
            await self._sort_alone(messages)

    async def _sort_alone(self, messages: Sequence[ReadMessage]) -> None:
        """Each in a transaction of its own; the only one that fails in it is set aside."""
        if len(messages) > 1:
            for each in messages:
                await self._sort([each.raw.id])
            return
        (message,) = messages
        async with self._database.begin() as session:
            fault = Fault(element="message", rule="unsortable")
            await RawMessages(session).settle(
                message.raw.id, RawState.QUARANTINED, _told([fault]), self._now()
            )
        count_settled(message, quarantined=True)

    def _read(
        self, raws: Sequence[Raw], tables: Mapping[SourceCode, Tables | None]
    ) -> list[ReadMessage]:
        """In a thread: a long message must not hold up what else the worker does."""
        return [self._read_one(raw, tables[raw.source]) for raw in raws]

    def _read_one(self, raw: Raw, tables: Tables | None) -> ReadMessage:
        if raw.attempts > _GIVEN_UP:
            given_up = Fault(element="message", rule="given_up")
            return ReadMessage(raw=raw, tables=None, faults=(given_up,))
        return read(raw, tables, self._adapters)

    async def _write(self, messages: Sequence[ReadMessage]) -> None:
        now = self._now()
        events = [event for message in messages for event in _events(message, now)]
        async with self._database.begin() as session:
            new = await AlertEvents(session).put(events)
            applied = await self._apply(session, events, new)
            followed = await follow(session, messages, self._conditions, now)
            await _settle(session, followed.done, now)
            for raw, wait in followed.later:
                await RawMessages(session).put_back([raw], now + wait)
        count_sorted(Sorted(messages=followed.done, events=events, new=new, applied=applied), now)

    async def _apply(
        self, session: Session, events: Sequence[NewEvent], new: Mapping[Key, Written]
    ) -> Sequence[tuple[str, Applied]]:
        """Camera by camera, so that two sorters wait for each other in one order."""
        due = sorted(_accepted(events, new), key=_place)
        applied = await self._conditions.apply_all(session, [_given(event) for event in due])
        conditions = await conditions_of(session, due, applied)
        wanted = [
            Wanted(event=new[event.key].id, condition=condition, ordinal=at, url=picture.url)
            for event, condition in zip(due, conditions, strict=True)
            for at, picture in enumerate(event.alert.pictures)
        ]
        await AlertPictures(session).want(wanted, self._now())
        return [(event.adapter, each) for event, each in zip(due, applied, strict=True)]


def _given(event: NewEvent) -> GivenAlert:
    assert event.kind is not None
    source = applying.AlertSource(code=event.source, community=event.community, place=event.grid)
    return GivenAlert(
        alert=event.alert, kind=event.kind, source=source, received_at=event.received_at
    )


def _accepted(events: Sequence[NewEvent], new: Mapping[Key, Written]) -> Collection[NewEvent]:
    """Those that are to be applied now; of two with one key the first is the one written."""
    accepted = {key for key, written in new.items() if written.fate is Fate.ACCEPTED}
    first: dict[Key, NewEvent] = {}
    for event in events:
        if event.key in accepted:
            first.setdefault(event.key, event)
    return first.values()


def _place(event: NewEvent) -> tuple[str, str, int]:
    return event.source, event.alert.camera, event.raw_id


async def _tables(session: Session, code: str) -> Tables | None:
    """A source out of use is still read: what it sent was taken."""
    reference = ReferenceRepository(session)
    source = await reference.current(ReferenceKind.ALERT_SOURCE, code)
    if source is None:
        return None
    wanted = source.body.mapping
    mapping = wanted and await reference.current(ReferenceKind.ALERT_MAPPING, wanted)
    if not mapping:
        return Tables(source=source.body)
    return Tables(source=source.body, mapping=mapping.body, mapping_version=mapping.version)


def _events(message: ReadMessage, now: datetime) -> Iterator[NewEvent]:
    """What is to be written of a message; a sign of life is nothing to keep.

    What follows an event is written when that is known.
    """
    tables = message.tables
    if tables is None:
        return
    codes = tables.codes()
    for alert in message.alerts:
        if alert.phase is Phase.HEARTBEAT or is_sequel(alert):
            continue
        camera = tables.source.camera(alert.camera)
        kind = codes.kind_of(alert)
        yield NewEvent(
            source=tables.source.code,
            adapter=message.raw.adapter,
            raw_id=message.raw.id,
            grid=camera.grid if camera else tables.source.grid,
            community=tables.source.grid,
            alert=alert,
            fate=_fate(kind, camera is not None, tables.ignores(alert.vendor_type)),
            kind=kind,
            received_at=message.raw.received_at,
            decided_at=now,
            mapping_version=tables.mapping_version,
        )


def _fate(kind: AlertKind | None, is_known: bool, is_ignored: bool) -> Fate:
    if kind is None and is_ignored:
        return Fate.IGNORED
    if not is_known:
        return Fate.UNKNOWN_CAMERA
    return Fate.UNMAPPED if kind is None else Fate.ACCEPTED


async def _settle(session: Session, messages: Sequence[ReadMessage], now: datetime) -> None:
    raw_messages = RawMessages(session)
    await raw_messages.settle_sorted([each.raw.id for each in messages if not each.faults], now)
    for message in messages:
        if message.faults:
            told = _told(message.faults)
            await raw_messages.settle(message.raw.id, RawState.QUARANTINED, told, now)


def _told(faults: Sequence[Fault]) -> list[dict[str, str]]:
    """Names of elements and rules, cut to what a list can show."""
    return [
        {
            "element": each.element[:_LONGEST_FAULT].replace("\x00", ""),
            "rule": each.rule[:_LONGEST_FAULT].replace("\x00", ""),
        }
        for each in faults[:_MOST_FAULTS]
    ]
