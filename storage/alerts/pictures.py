"""Pictures of alerts that are still to be had: leased, tried again, stored or refused for good."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.alerts.words import ConditionState, Decision
from domain.ids import EvidenceId, IssueNumber, SourceCode
from storage.models import AlertConditionRow, AlertEventRow, AlertPictureRow
from storage.session import Session

LEASE = timedelta(minutes=2)
LONGEST_URL = 2_000
MOST_OF_CONDITION = 3
"""As many as its issue shows; a storm has the same picture a thousand times."""
MOST_TRIED = 2 * MOST_OF_CONDITION
"""With those that could not be had."""


class PictureState(StrEnum):
    """Where a picture of an alert is."""

    PENDING = "pending"
    STORED = "stored"
    REFUSED = "refused"
    """It may not be fetched, or is none."""
    FAILED = "failed"
    """Tried often enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A picture that an event tells of; without a URL it lies within the message."""

    event: int
    condition: int | None
    ordinal: int
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hanging:
    """A picture that is there, and the issue it belongs to."""

    id: int
    picture: EvidenceId
    source: SourceCode
    issue: IssueNumber


class Unused(NamedTuple):
    """A picture that is there for nothing."""

    id: int
    picture: EvidenceId
    source: SourceCode


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedPicture:
    """A picture to be had: by its address or, without one, out of the message itself."""

    id: int
    source: SourceCode
    raw_id: int | None
    delivery_key: str
    ordinal: int
    url: str | None
    attempts: int


class AlertPictures:
    """Each picture of an accepted alert, once."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def want(self, wanted: Sequence[Wanted], at: datetime) -> None:
        """Pictures of events, as far as their conditions have room for more."""
        left = await self._room({each.condition for each in wanted if each.condition is not None})
        new: list[dict[str, object]] = []
        for each in wanted:
            if each.condition is not None:
                left[each.condition] = left.get(each.condition, 0) - 1
                if left[each.condition] < 0:
                    continue
            new.append(
                {
                    "event_id": each.event,
                    "condition_id": each.condition,
                    "ordinal": each.ordinal,
                    "url": each.url,
                    "next_at": at,
                }
            )
        if new:
            await self._session.execute(insert(AlertPictureRow).on_conflict_do_nothing(), new)

    async def _room(self, conditions: Collection[int]) -> dict[int, int]:
        """How many more pictures each may have; none while nobody is to be bothered with it."""
        if not conditions:
            return {}
        tried = func.count(AlertPictureRow.id)
        lost = AlertPictureRow.state.in_((PictureState.REFUSED, PictureState.FAILED))
        found = (
            select(AlertConditionRow.id, tried, tried.filter(lost))
            .join_from(
                AlertConditionRow,
                AlertPictureRow,
                AlertPictureRow.condition_id == AlertConditionRow.id,
                isouter=True,
            )
            .where(
                AlertConditionRow.id.in_(conditions),
                AlertConditionRow.decision.is_distinct_from(Decision.LOG),
            )
            .group_by(AlertConditionRow.id)
        )
        return {
            id_: min(MOST_OF_CONDITION - (tried - lost), MOST_TRIED - tried)
            for id_, tried, lost in await self._session.execute(found)
        }

    async def to_hang(self, since: datetime, limit: int) -> tuple[Hanging, ...]:
        """Stored pictures whose condition has its issue by now, oldest first; held till the end.

        What is older than `since` has no issue to come.
        """
        found = (
            select(
                AlertPictureRow.id,
                AlertPictureRow.picture,
                AlertEventRow.source,
                AlertConditionRow.issue_number,
            )
            .join(AlertEventRow, AlertEventRow.id == AlertPictureRow.event_id)
            .join(AlertConditionRow, AlertConditionRow.id == AlertPictureRow.condition_id)
            .where(
                AlertPictureRow.state == PictureState.STORED,
                AlertPictureRow.hung_at.is_(None),
                AlertPictureRow.settled_at > since,
                AlertConditionRow.issue_number.is_not(None),
            )
            .order_by(AlertPictureRow.id)
            .limit(limit)
            .with_for_update(of=AlertPictureRow, skip_locked=True)
        )
        return tuple(
            Hanging(
                id=row.id,
                picture=EvidenceId(row.picture),
                source=SourceCode(row.source),
                issue=IssueNumber(row.issue_number),
            )
            for row in await self._session.execute(found)
        )

    async def unused(self, limit: int) -> tuple[Unused, ...]:
        """Stored ones whose condition was closed without an issue; held till the end."""
        found = (
            select(AlertPictureRow.id, AlertPictureRow.picture, AlertEventRow.source)
            .join(AlertEventRow, AlertEventRow.id == AlertPictureRow.event_id)
            .join(AlertConditionRow, AlertConditionRow.id == AlertPictureRow.condition_id)
            .where(
                AlertPictureRow.state == PictureState.STORED,
                AlertPictureRow.hung_at.is_(None),
                AlertConditionRow.state == ConditionState.CLOSED,
                AlertConditionRow.issue_number.is_(None),
            )
            .order_by(AlertPictureRow.id)
            .limit(limit)
            .with_for_update(of=AlertPictureRow, skip_locked=True)
        )
        return tuple(
            Unused(row.id, EvidenceId(row.picture), SourceCode(row.source))
            for row in await self._session.execute(found)
        )

    async def hung(self, ids: Sequence[int], at: datetime) -> None:
        """Nothing is left to be done with these."""
        await self._session.execute(
            update(AlertPictureRow).where(AlertPictureRow.id.in_(ids)).values(hung_at=at)
        )

    async def due(self, now: datetime, limit: int) -> tuple[WantedPicture, ...]:
        """Leases what is due and counts the attempt; two workers at once get different ones."""
        taken = (
            select(AlertPictureRow.id)
            .where(AlertPictureRow.next_at <= now)
            .order_by(AlertPictureRow.next_at, AlertPictureRow.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("taken")
            .prefix_with("MATERIALIZED", dialect="postgresql")
        )
        leased = (
            update(AlertPictureRow)
            .where(AlertPictureRow.id == taken.c.id, AlertEventRow.id == AlertPictureRow.event_id)
            .values(next_at=now + LEASE, attempts=AlertPictureRow.attempts + 1)
            .returning(
                AlertPictureRow.id,
                AlertPictureRow.ordinal,
                AlertPictureRow.url,
                AlertPictureRow.attempts,
                AlertEventRow.source,
                AlertEventRow.raw_id,
                AlertEventRow.delivery_key,
            )
        )
        rows = (await self._session.execute(leased)).all()
        return tuple(
            WantedPicture(
                id=row.id,
                source=SourceCode(row.source),
                raw_id=row.raw_id,
                delivery_key=row.delivery_key,
                ordinal=row.ordinal,
                url=row.url,
                attempts=row.attempts,
            )
            for row in rows
        )

    async def stored(self, id_: int, picture: EvidenceId, at: datetime) -> None:
        await self._settle(id_, state=PictureState.STORED, picture=picture, settled_at=at)

    async def over(self, id_: int, state: PictureState, error: str, at: datetime) -> None:
        """Refused or failed, for good."""
        await self._settle(id_, state=state, error=error, settled_at=at)

    async def again(self, id_: int, error: str, at: datetime) -> None:
        """Not now: to be tried again at an instant."""
        await self._session.execute(
            update(AlertPictureRow)
            .where(AlertPictureRow.id == id_, AlertPictureRow.next_at.is_not(None))
            .values(next_at=at, error=error)
        )

    async def _settle(self, id_: int, **values: object) -> None:
        await self._session.execute(
            update(AlertPictureRow)
            .where(AlertPictureRow.id == id_, AlertPictureRow.next_at.is_not(None))
            .values(next_at=None, **values)
        )
