"""Births of issues that cameras open: the same insert as a person's whistle, the same relay."""

from datetime import datetime

from catalogue import label, say
from domain.alert_source import Camera
from domain.alerts.condition import Condition
from domain.alerts.consequences import OpenIssue
from domain.ids import IssueNumber, Subject
from domain.reference import ReferenceKind
from domain.vocabulary import Role
from storage.births import Birth, Births
from storage.reference import ReferenceRepository
from storage.session import Session

_LONGEST_PLACE = 200


async def raise_for(
    session: Session, condition: Condition, asked: OpenIssue, now: datetime
) -> IssueNumber | None:
    """The number of the new issue; None when the condition's place lies in no district."""
    references = ReferenceRepository(session)
    district = await references.district_around(condition.place)
    if district is None:
        return None
    category = await references.category(asked.category)
    camera = await _camera_of(references, condition)
    birth = Birth(
        prefix=district.prefix,
        year=await references.local_year(district, now),
        district=district.code,
        grid=condition.place,
        category=asked.category,
        whistle_kind=asked.whistle_kind,
        source=Role.CAMERA,
        raised_by=Subject(f"{condition.source}:{condition.key.camera}"),
        raised_at=now,
        description=description_of(condition, camera),
        position=camera.position.to_position() if camera and camera.position else None,
        emergency=category is not None and category.emergency,
        at_once=asked.at_once,
    )
    return await Births(session).raise_issue(birth)


async def _camera_of(references: ReferenceRepository, condition: Condition) -> Camera | None:
    """As its source describes it now; None for the source as a whole, or one that is gone."""
    source = await references.current(ReferenceKind.ALERT_SOURCE, condition.source)
    return source.body.camera(condition.key.camera) if source else None


def description_of(condition: Condition, camera: Camera | None) -> str:
    """What people read: which camera, where in its picture, and what it says it saw."""
    key = condition.key
    where = camera.place[:_LONGEST_PLACE] if camera else key.camera
    what = label("alert_kind", key.kind)
    if key.zone is None:
        return say("alert.seen", camera=where, what=what)
    return say("alert.seen_in_zone", camera=where, zone=key.zone, what=what)
