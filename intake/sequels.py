"""What follows an alert: pictures and verdicts that name its event and nothing else.

They belong where their event belongs. One whose event is not known yet waits a while for it, as
messages overtake each other on their way; in the end it is set aside for a person.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from domain.alert import OF_ITS_EVENT, Alert, Phase
from domain.alerts.words import Verdict
from domain.ids import SourceCode
from intake.adapters.contract import Fault, VendorVerdict
from intake.applying import Applied, AppliesAlerts
from intake.reading import ReadMessage, Tables
from storage.alerts.events import AlertEvents, Key, NewEvent
from storage.alerts.pictures import AlertPictures, Wanted
from storage.alerts.vendor_events import KnownEvent, Name, condition_of, known_events
from storage.alerts.views import Fate
from storage.session import Session

log = structlog.get_logger(__name__)

PATIENCE = 6
"""Times that a message is read again because the event of something in it is not known yet."""
_FIRST_WAIT = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequel:
    """A picture or a verdict, and the message it came in."""

    message: ReadMessage
    tables: Tables
    said: Alert | VendorVerdict

    @property
    def name(self) -> Name:
        """Of the event it follows; an adapter gives none without."""
        return self.source, self.said.vendor_event_id or ""

    @property
    def source(self) -> SourceCode:
        return self.tables.source.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What was done of the sequels of some messages."""

    done: Sequence[ReadMessage]
    """Messages with nothing left to wait for, and what is a fault of them by now."""
    later: Sequence[tuple[int, timedelta]]
    """Messages that are to be read again, and after how long."""


def is_sequel(alert: Alert) -> bool:
    """Whether it names its event and nothing else."""
    return alert.camera == OF_ITS_EVENT and alert.phase is Phase.MEDIA


async def follow(
    session: Session, messages: Sequence[ReadMessage], conditions: AppliesAlerts, now: datetime
) -> Followed:
    """Asked after the alerts of the same messages were applied, in the same transaction."""
    sequels = [each for message in messages for each in _sequels(message)]
    if not sequels:
        return Followed(done=messages, later=())
    known = await known_events(session, {each.name for each in sequels})
    there = [(each, known[each.name]) for each in sequels if each.name in known]
    await _hang(session, there, now)
    await _judge(session, there, conditions)
    return _sorted_out(messages, [each for each in sequels if each.name not in known])


async def conditions_of(
    session: Session, events: Sequence[NewEvent], applied: Sequence[Applied]
) -> Sequence[int | None]:
    """On which each was counted; a picture goes where its event went, wherever it says it is.

    What brings a picture later often leaves out the zone that the event began in.
    """
    pictures = [each for each in events if each.alert.phase is Phase.MEDIA]
    names = {(each.source, each.alert.vendor_event_id or "") for each in pictures}
    known = await known_events(session, names)
    found: dict[Key, int | None] = {
        each.key: await condition_of(session, event, each.community)
        for each in pictures
        if (event := known.get((each.source, each.alert.vendor_event_id or ""))) is not None
    }
    counted = [each.condition for each in applied]
    return [found.get(event.key) or row for event, row in zip(events, counted, strict=True)]


def _sequels(message: ReadMessage) -> Iterator[Sequel]:
    if message.tables is None:
        return
    pictures: list[Alert | VendorVerdict] = [each for each in message.alerts if is_sequel(each)]
    for said in (*pictures, *message.verdicts):
        yield Sequel(message=message, tables=message.tables, said=said)


async def _hang(
    session: Session, there: Sequence[tuple[Sequel, KnownEvent]], now: datetime
) -> None:
    """A picture is an element of its own, at the place of its event and with its fate."""
    wanted: dict[Key, tuple[NewEvent, int | None]] = {}
    for sequel, known in there:
        if isinstance(sequel.said, Alert):
            event = _event(sequel, sequel.said, known, now)
            condition = await _condition(session, sequel, known)
            wanted.setdefault(event.key, (event, condition))
    new = await AlertEvents(session).put([event for event, _ in wanted.values()])
    accepted = {key: each.id for key, each in new.items() if each.fate is Fate.ACCEPTED}
    pictures = [
        Wanted(event=row, condition=wanted[key][1], ordinal=at, url=each.url)
        for key, row in accepted.items()
        for at, each in enumerate(wanted[key][0].alert.pictures)
    ]
    await AlertPictures(session).want(pictures, now)


def _event(sequel: Sequel, said: Alert, known: KnownEvent, now: datetime) -> NewEvent:
    raw = sequel.message.raw
    return NewEvent(
        source=sequel.source,
        adapter=raw.adapter,
        raw_id=raw.id,
        grid=known.grid,
        community=sequel.tables.source.grid,
        alert=replace(said, camera=known.camera, zone=known.zone),
        fate=known.fate,
        kind=known.kind,
        received_at=raw.received_at,
        decided_at=now,
        mapping_version=known.mapping_version,
    )


async def _judge(
    session: Session, there: Sequence[tuple[Sequel, KnownEvent]], conditions: AppliesAlerts
) -> None:
    """In the order of their rows, as others take them; the first verdict on a condition counts."""
    judged: list[tuple[int, Sequel, VendorVerdict]] = []
    for sequel, known in there:
        if isinstance(sequel.said, VendorVerdict):
            condition = await _condition(session, sequel, known)
            if condition is not None:
                judged.append((condition, sequel, sequel.said))
    for condition, sequel, said in sorted(judged, key=lambda each: each[0]):
        verdict = Verdict.FALSE_ALARM if said.is_false_alarm else Verdict.TRUE
        await conditions.judge(session, condition, verdict)
        log.info("verdict_heard", source=sequel.source, condition=condition, verdict=verdict)


async def _condition(session: Session, sequel: Sequel, known: KnownEvent) -> int | None:
    """None for what was never accepted."""
    if known.fate is not Fate.ACCEPTED:
        return None
    return await condition_of(session, known, sequel.tables.source.grid)


def _sorted_out(messages: Sequence[ReadMessage], lost: Sequence[Sequel]) -> Followed:
    """Who follows nothing we know waits a little longer each time, then is a fault."""
    faults: dict[int, list[Fault]] = {}
    for each in lost:
        element = "picture" if isinstance(each.said, Alert) else "verdict"
        fault = Fault(element=element, rule="event_unknown")
        faults.setdefault(each.message.raw.id, []).append(fault)
    done: list[ReadMessage] = []
    later: list[tuple[int, timedelta]] = []
    for message in messages:
        raw, found = message.raw, faults.get(message.raw.id, ())
        if found and raw.attempts < PATIENCE:
            later.append((raw.id, _FIRST_WAIT * 2**raw.attempts))
        else:
            done.append(replace(message, faults=(*message.faults, *found)))
    return Followed(done=done, later=later)
