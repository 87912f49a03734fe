"""What a vendor said besides its alerts goes with what is personal about their issue."""

from sqlalchemy import and_, func, select, union, update
from sqlalchemy.orm import aliased

from domain.ids import IssueNumber
from storage.models import AlertConditionRow, AlertEventRow, AlertPictureRow
from storage.session import Session

_LATER = aliased(AlertConditionRow)


async def blank_attributes(session: Session, number: IssueNumber) -> int:
    """Of alerts that were counted on the issue's condition or have a picture there; how many.

    Conditions of one key follow one another, so an alert belongs to the last that was seen first
    before it came. The alerts themselves stay, so that they are known when they come again.
    """
    followed = (
        select(_LATER.id)
        .where(
            _LATER.community == AlertConditionRow.community,
            _LATER.source == AlertConditionRow.source,
            _LATER.camera == AlertConditionRow.camera,
            _LATER.zone == AlertConditionRow.zone,
            _LATER.kind == AlertConditionRow.kind,
            _LATER.first_seen > AlertConditionRow.first_seen,
            _LATER.first_seen <= AlertEventRow.received_at,
        )
        .correlate(AlertConditionRow, AlertEventRow)
        .exists()
    )
    is_of_key = and_(
        AlertEventRow.source == AlertConditionRow.source,
        AlertEventRow.camera == AlertConditionRow.camera,
        func.coalesce(AlertEventRow.zone, "") == AlertConditionRow.zone,
        AlertEventRow.kind == AlertConditionRow.kind,
        AlertEventRow.received_at >= AlertConditionRow.first_seen,
    )
    is_of_issue = AlertConditionRow.issue_number == number
    counted = select(AlertEventRow.id).join(AlertConditionRow, is_of_key)
    pictured = select(AlertPictureRow.event_id).join(
        AlertConditionRow, AlertConditionRow.id == AlertPictureRow.condition_id
    )
    ids = union(counted.where(is_of_issue, ~followed), pictured.where(is_of_issue))
    blanked = await session.execute(
        update(AlertEventRow)
        .where(AlertEventRow.id.in_(ids))
        .values(attributes="{}", attributes_sealed=None)
    )
    return blanked.rowcount
