"""Until when sources were heard without a gap."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from domain.ids import SourceCode
from storage.models import HeardSourceRow as Row
from storage.session import Session


async def heard_until(session: Session, source: SourceCode) -> datetime | None:
    """None for one that was never heard."""
    found = await session.execute(select(Row.heard_until).where(Row.source == source))
    return found.scalar_one_or_none()


async def is_heard(session: Session, sources: Collection[SourceCode], at: datetime) -> None:
    """All of these are, until this instant; never earlier than was known before."""
    if not sources:
        return
    rows = [{"source": each, "heard_until": at} for each in sorted(sources)]
    new = insert(Row).values(rows)
    later = func.greatest(Row.heard_until, new.excluded.heard_until)
    await session.execute(
        new.on_conflict_do_update(index_elements=["source"], set_={"heard_until": later})
    )
