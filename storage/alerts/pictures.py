"""Pictures of alerts that are still to be had: leased, tried again, stored or refused for good."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from domain.ids import EvidenceId, SourceCode
from storage.models import AlertEventRow, AlertPictureRow
from storage.session import Session

LEASE = timedelta(minutes=2)
LONGEST_URL = 2_000


class PictureState(StrEnum):
    """Where a picture of an alert is."""

    PENDING = "pending"
    STORED = "stored"
    REFUSED = "refused"
    """It may not be fetched, or is none."""
    FAILED = "failed"
    """Tried often enough."""


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

    async def want(self, wanted: Mapping[int, Sequence[str | None]], at: datetime) -> None:
        """All pictures of these events; None is one within the message."""
        rows = [
            {"event_id": event, "ordinal": ordinal, "url": url, "next_at": at}
            for event, urls in wanted.items()
            for ordinal, url in enumerate(urls)
        ]
        if rows:
            await self._session.execute(insert(AlertPictureRow).on_conflict_do_nothing(), rows)

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
