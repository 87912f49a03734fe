"""Whether a subject is somebody already, whatever has an account or not."""

from collections.abc import Sequence

from sqlalchemy import exists, or_, select

from domain.ids import GridCode, Subject
from storage.filters import lies_in_one_of
from storage.models import IssueRow
from storage.session import Session


async def is_known_beyond(session: Session, subject: Subject, grids: Sequence[GridCode]) -> bool:
    """Whether issues outside these grids were raised by the subject, or for them."""
    theirs = or_(IssueRow.raised_by == subject, IssueRow.resident == subject)
    beyond = select(exists().where(theirs, ~lies_in_one_of(IssueRow.grid, grids)))
    return (await session.execute(beyond)).scalar_one()
