"""A link of the chain, and what its hash is made of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import any_, insert, select
from sqlalchemy.dialects.postgresql import array

from storage.audit.canonical import NOTHING, Keyring, canonical
from storage.models import AuditLinkRow
from storage.session import AnyRow, Session


class LinkSource(StrEnum):
    """Which rows a link may hold."""

    ENTRY = "entry"
    ISSUE_EVENT = "issue_event"
    MEETING_EVENT = "meeting_event"
    CHECKPOINT = "checkpoint"
    """Says up to which link entries may be gone; its key is the number of that link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealable:
    """A recorded row: its name in its source, and what it says."""

    source: LinkSource
    key: str
    digest: bytes
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link; `previous` is the hash of the one before."""

    seq: int
    source: LinkSource
    key: str
    digest: bytes
    sealed_at: datetime
    key_id: str
    previous: bytes
    hash: bytes = b""

    def hash_under(self, keys: Keyring) -> bytes | None:
        """What its hash has to be; None when the key is not known."""
        told = (self.seq, self.source, self.key, self.digest, self.sealed_at)
        return keys.sign(canonical("link", *told, self.key_id, self.previous), self.key_id)


def grown(
    head: Link | None, rows: Sequence[Sealable], keys: Keyring, at: datetime
) -> tuple[Link, ...]:
    """The links that follow the head when these rows are chained in this order."""
    links: list[Link] = []
    for row in rows:
        last = links[-1] if links else head
        link = Link(
            seq=last.seq + 1 if last else 1,
            source=row.source,
            key=row.key,
            digest=row.digest,
            sealed_at=at,
            key_id=keys.current_id,
            previous=last.hash if last else NOTHING,
        )
        links.append(replace(link, hash=link.hash_under(keys) or b""))
    return tuple(links)


class Links:
    """The chain as it is on record."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def head(self) -> Link | None:
        """The newest link."""
        newest = select(AuditLinkRow.__table__).order_by(AuditLinkRow.seq.desc()).limit(1)
        row = (await self._session.execute(newest)).one_or_none()
        return _link(row) if row else None

    async def add(self, links: Sequence[Link]) -> None:
        """One statement for all of them; two chains from one head are refused by the key."""
        await self._session.execute(
            insert(AuditLinkRow),
            [{name: getattr(link, name) for name in Link.__slots__} for link in links],
        )

    async def among(
        self, rows: Sequence[tuple[LinkSource, str]]
    ) -> frozenset[tuple[LinkSource, str]]:
        """Which of these rows are in the chain already."""
        found = set()
        for source in {each for each, _ in rows}:
            keys = [key for each, key in rows if each is source]
            linked = select(AuditLinkRow.key).where(
                AuditLinkRow.source == source, AuditLinkRow.key == any_(array(keys))
            )
            found |= {(source, key) for key in await self._session.scalars(linked)}
        return frozenset(found)

    async def after(self, seq: int, limit: int) -> tuple[Link, ...]:
        """The next links of the chain."""
        found = select(AuditLinkRow.__table__).where(AuditLinkRow.seq > seq)
        ordered = found.order_by(AuditLinkRow.seq).limit(limit)
        return tuple(_link(row) for row in await self._session.execute(ordered))

    async def at(self, seq: int) -> Link | None:
        found = select(AuditLinkRow.__table__).where(AuditLinkRow.seq == seq)
        row = (await self._session.execute(found)).one_or_none()
        return _link(row) if row else None

    async def before(self, at: datetime) -> Link | None:
        """The newest link that was sealed before an instant."""
        found = select(AuditLinkRow.__table__).where(AuditLinkRow.sealed_at < at)
        newest = found.order_by(AuditLinkRow.seq.desc()).limit(1)
        row = (await self._session.execute(newest)).one_or_none()
        return _link(row) if row else None

    async def checkpoints(self) -> tuple[Link, ...]:
        """All of them, oldest first."""
        found = select(AuditLinkRow.__table__).where(AuditLinkRow.source == LinkSource.CHECKPOINT)
        ordered = found.order_by(AuditLinkRow.seq)
        return tuple(_link(row) for row in await self._session.execute(ordered))


def _link(row: AnyRow) -> Link:
    return Link(
        seq=row.seq,
        source=LinkSource(row.source),
        key=row.key,
        digest=row.digest,
        sealed_at=row.sealed_at,
        key_id=row.key_id,
        previous=row.previous,
        hash=row.hash,
    )
