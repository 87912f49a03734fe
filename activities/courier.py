"""The courier: takes notices out of the outbox, once each, and tries again where it must."""

import asyncio
import hashlib
import itertools
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from activities.channels import Message, Sender, Undelivered
from activities.invitations import with_words
from activities.outgoing import out_of_quiet_hours
from activities.resident_words import ResidentWords
from domain.reference import Channel, NoticePolicy
from observability import metrics
from storage.notice_policies import policies_for, policy_for
from storage.notices import DueNotice
from storage.outbox import Outbox
from storage.reference import ReferenceRepository
from storage.session import Database, Faulty, Session, Unreachable
from storage.zones import Zones

log = structlog.get_logger(__name__)

BATCH = 50
_AT_ONCE = 10
"""A batch of time-outs, ten at once, still ends well within the lease of its rows."""
_BACKOFF = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 3600, 3600, 3600))
_IDLE_S = 5.0
_TROUBLED_S = 1.0


@dataclass(frozen=True, slots=True)
class Manner:
    """How one message goes out, and in which words; without a zone it waits for no morning."""

    policy: NoticePolicy
    zone: ZoneInfo | None
    worded: Sequence[DueNotice]

    def opens(self, now: datetime) -> datetime:
        """Asked once more: after an outage, or a failure, it may have become night."""
        return now if self.zone is None else out_of_quiet_hours(self.policy, now, self.zone)


class Courier:
    """Delivers what is due. Several may run: a row is leased to one of them at a time."""

    def __init__(
        self,
        database: Database,
        senders: Mapping[Channel, Sender],
        now: Callable[[], datetime],
        residents: ResidentWords | None = None,
    ) -> None:
        self._database = database
        self._senders = senders
        self._now = now
        self._residents = residents or ResidentWords(None)

    async def run(
        self, wait: Callable[[float], Awaitable[object]], stopping: asyncio.Event
    ) -> None:
        """Deliver, then wait for the bell or for a while, until `stopping` is set."""
        while not stopping.is_set():
            pause = _IDLE_S
            try:
                while await self.deliver_due() >= BATCH:
                    if stopping.is_set():
                        return
            except Unreachable as trouble:
                log.warning("courier_troubled", error=str(trouble))
                pause = _TROUBLED_S
            await wait(pause)

    async def deliver_due(self) -> int:
        """One batch; how many notices were taken out."""
        async with self._database.begin() as session:
            due = await Outbox(session).due(self._now(), BATCH)
        batches = _gathered(due)
        manners = await self._manners_if_readable(batches[:_AT_ONCE])
        turns = asyncio.Semaphore(_AT_ONCE)

        async def in_turn(batch: list[DueNotice], known: Manner | None) -> None:
            async with turns:
                await self._deliver_if_readable(batch, known)

        await asyncio.gather(
            *map(in_turn, batches, itertools.chain(manners, itertools.repeat(None)))
        )
        return len(due)

    async def _deliver_if_readable(self, batch: list[DueNotice], known: Manner | None) -> None:
        """A policy or a text that cannot be read is this message's failure, and no other's."""
        try:
            manner = known or await self._asked_again(batch)
        except (Unreachable, Faulty):
            raise
        except Exception as error:
            log.exception("notice_unreadable", issue=batch[0].issue_number)
            await self._failed(batch, Undelivered(type(error).__name__))
        else:
            await self._deliver(batch, manner)

    async def _manners_if_readable(self, batches: list[list[DueNotice]]) -> Sequence[Manner | None]:
        """None for all where one cannot be read: then each is asked for alone, in its turn.

        Apart from the lease, which has committed: a read that fails must not give it back.
        """
        if not batches:
            return []
        try:
            async with self._database.read() as session:
                return await _manners(session, batches)
        except (Unreachable, Faulty):
            raise
        except Exception:
            log.exception("notices_unreadable")
            return [None] * len(batches)

    async def _asked_again(self, batch: list[DueNotice]) -> Manner:
        """What had to wait for its turn goes by what holds when it comes."""
        async with self._database.read() as session:
            return (await _manners(session, [batch]))[0]

    async def _deliver(self, batch: list[DueNotice], manner: Manner) -> None:
        first, now = batch[0], self._now()
        opens = manner.opens(now)
        if opens > now:
            async with self._database.begin() as session:
                await Outbox(session).postpone([each.id for each in batch], opens)
            return
        try:
            message = Message(
                id=_name(batch),
                recipient=first.recipient,
                webhook_url=manner.policy.webhook_url,
                notices=await self._for_residents(manner.worded, now),
                at=now,
            )
            await self._send(Channel(first.channel), message)
        except Undelivered as failure:
            await self._failed(batch, failure)
        else:
            await self._delivered(batch, now)

    async def _for_residents(
        self, notices: Sequence[DueNotice], now: datetime
    ) -> Sequence[DueNotice]:
        """With the links and codes that they promise, which are made only now.

        Raises:
            Undelivered: there is nothing to be sent for one of them.
        """
        if not self._residents.concern(notices):
            return notices
        try:
            async with self._database.begin() as session:
                return await self._residents.added(session, notices, now)
        except (Unreachable, Faulty, Undelivered):
            raise
        except Exception as error:
            log.exception("notice_unreadable", issue=notices[0].issue_number)
            raise Undelivered(type(error).__name__) from error

    async def _delivered(self, batch: list[DueNotice], now: datetime) -> None:
        async with self._database.begin() as session:
            await Outbox(session).delivered([each.id for each in batch], now)
        for each in batch:
            late = max((now - each.not_before).total_seconds(), 0.0)
            metrics.NOTICES_TOTAL.labels(channel=each.channel, outcome="delivered").inc()
            metrics.NOTICE_DELAY_SECONDS.labels(channel=each.channel).observe(late)

    async def _send(self, channel: Channel, message: Message) -> None:
        """Whatever a channel does, one message never stops the others.

        Raises:
            Undelivered: the channel did not take it, or broke.
        """
        sender = self._senders.get(channel)
        if sender is None:
            raise Undelivered(f"this installation has no {channel}")
        try:
            await sender.send(message)
        except Undelivered:
            raise
        except Exception as error:
            log.exception("channel_broke", channel=channel)
            raise Undelivered(type(error).__name__) from error

    async def _failed(self, batch: list[DueNotice], failure: Undelivered) -> None:
        """Tried again after a while; when that is used up, undelivered is a recorded fact."""
        now = self._now()
        async with self._database.begin() as session:
            for each in batch:
                gives_up = failure.final or each.attempts > len(_BACKOFF)
                again = None if gives_up else now + _BACKOFF[each.attempts - 1]
                await Outbox(session).failed(each.id, str(failure), at=now, next_at=again)
                outcome = "undelivered" if gives_up else "retried"
                metrics.NOTICES_TOTAL.labels(channel=each.channel, outcome=outcome).inc()
                log.warning(
                    "notice_undelivered" if gives_up else "notice_retried",
                    issue=each.issue_number,
                    channel=each.channel,
                    attempt=each.attempts,
                    error=str(failure),
                )


def _gathered(due: tuple[DueNotice, ...]) -> list[list[DueNotice]]:
    """Single notices alone, those of one digest together, in order of age."""
    digests: dict[str, list[DueNotice]] = defaultdict(list)
    batches: list[list[DueNotice]] = []
    for notice in due:
        if notice.digest_key is None:
            batches.append([notice])
            continue
        if notice.digest_key not in digests:
            batches.append(digests[notice.digest_key])
        digests[notice.digest_key].append(notice)
    return batches


def _name(batch: list[DueNotice]) -> str:
    """The same for the same notices and no others, so that a receiver may drop a repeat."""
    if len(batch) == 1:
        return f"notice_{batch[0].id}"
    ids = ",".join(str(each.id) for each in batch)
    return f"digest_{hashlib.sha256(ids.encode()).hexdigest()[:32]}"


async def _manners(session: Session, batches: list[list[DueNotice]]) -> list[Manner]:
    """Of these messages, in a few round trips for all of them."""
    references = ReferenceRepository(session)
    await references.foresee(policies_for(batch[0].recipient for batch in batches))
    policies = [await policy_for(references, batch[0].recipient) for batch in batches]
    zones = await Zones(session).of_issues([batch[0].issue_number for batch in batches])
    return [
        Manner(
            policy,
            None if _is_urgent(batch) else zones.get(batch[0].issue_number),
            await with_words(session, batch),
        )
        for policy, batch in zip(policies, batches, strict=True)
    ]


def _is_urgent(batch: list[DueNotice]) -> bool:
    return any(each.urgent for each in batch)
