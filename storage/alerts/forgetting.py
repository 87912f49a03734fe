"""What was read of messages goes by age; what is still about something stays."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, or_, select

from domain.alerts.words import ConditionState
from storage.models import AlertConditionRow, AlertEventRow, AlertPictureRow, PictureRow
from storage.session import Session


async def forget_events(session: Session, before: datetime, limit: int) -> int:
    """Deletes alerts that were received before, with their lines about pictures; how many.

    An alert outlives its message, so one that is sorted again is known again. It also outlives
    what it was counted on: a condition that is not closed, and an issue that is not. One whose
    picture hangs on an issue says where that picture came from, until the picture is erased.
    """
    old = (
        select(AlertEventRow.id)
        .where(
            AlertEventRow.raw_id.is_(None),
            AlertEventRow.received_at < before,
            ~_is_counted_on_what_goes_on(),
            ~_has_hung_picture(),
        )
        .order_by(AlertEventRow.received_at)
        .limit(limit)
    )
    gone = await session.execute(delete(AlertEventRow).where(AlertEventRow.id.in_(old)))
    return gone.rowcount


def _is_counted_on_what_goes_on() -> ColumnElement[bool]:
    """Conditions of one key follow one another, so what came before the first sighting is not."""
    return (
        select(AlertConditionRow.id)
        .where(
            AlertConditionRow.source == AlertEventRow.source,
            AlertConditionRow.camera == AlertEventRow.camera,
            AlertConditionRow.zone == func.coalesce(AlertEventRow.zone, ""),
            AlertConditionRow.kind == AlertEventRow.kind,
            AlertConditionRow.first_seen <= AlertEventRow.received_at,
            or_(
                AlertConditionRow.state != ConditionState.CLOSED,
                AlertConditionRow.issue_number.is_not(None)
                & AlertConditionRow.issue_ended_at.is_(None),
            ),
        )
        .exists()
    )


def _has_hung_picture() -> ColumnElement[bool]:
    erased = (
        select(PictureRow.id)
        .where(PictureRow.id == AlertPictureRow.picture, PictureRow.erased_at.is_not(None))
        .correlate(AlertPictureRow)
        .exists()
    )
    return (
        select(AlertPictureRow.id)
        .where(
            AlertPictureRow.event_id == AlertEventRow.id,
            AlertPictureRow.hung_at.is_not(None),
            ~erased,
        )
        .exists()
    )
