"""Lets old entries go: a checkpoint says up to where, and the chain itself stays whole."""

from datetime import datetime

from sqlalchemy import BigInteger, cast, delete, select

from storage.audit.canonical import Keyring
from storage.audit.links import Link, Links, LinkSource, Sealable
from storage.audit.sealing import Sealer
from storage.audit.verifying import closing_digest
from storage.models import AuditEntryRow, AuditLinkRow
from storage.session import Session


async def close(session: Session, keys: Keyring, before: datetime, at: datetime) -> Link | None:
    """Chains a checkpoint over all links that were sealed before; the last one it covers.

    None when there is nothing to close, or another one seals just now.
    """
    covered = await Links(session).before(before)
    if covered is None or await _is_closed(session, covered):
        return covered
    checkpoint = Sealable(
        source=LinkSource.CHECKPOINT,
        key=str(covered.seq),
        digest=closing_digest(covered),
        recorded_at=at,
    )
    return covered if await Sealer(session, keys).checkpoint(checkpoint, at) else None


async def let_go(session: Session, covered: Link, limit: int) -> int:
    """Deletes a batch of entries under the checkpoint; the trigger refuses all others."""
    ids = (
        select(cast(AuditLinkRow.key, BigInteger))
        .where(AuditLinkRow.source == LinkSource.ENTRY, AuditLinkRow.seq <= covered.seq)
        .subquery()
    )
    batch = (
        select(AuditEntryRow.id)
        .where(AuditEntryRow.id.in_(select(ids.c[0])))
        .order_by(AuditEntryRow.id)
        .limit(limit)
    )
    gone = await session.execute(delete(AuditEntryRow).where(AuditEntryRow.id.in_(batch)))
    return gone.rowcount


async def _is_closed(session: Session, covered: Link) -> bool:
    known = {each.key for each in await Links(session).checkpoints()}
    return str(covered.seq) in known
