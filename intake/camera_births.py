"""Births of issues that cameras open: the same insert as a person's whistle, the same relay."""

from datetime import datetime

from catalogue import label, say
from domain.alerts.condition import Condition
from domain.alerts.consequences import OpenIssue
from domain.ids import IssueNumber, Subject
from domain.vocabulary import Role
from storage.births import Birth, Births
from storage.reference import ReferenceRepository
from storage.session import Session


async def raise_for(
    session: Session, condition: Condition, asked: OpenIssue, now: datetime
) -> IssueNumber | None:
    """The number of the new issue; None when the condition's place lies in no district."""
    references = ReferenceRepository(session)
    district = await references.district_around(condition.place)
    if district is None:
        return None
    category = await references.category(asked.category)
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
        description=description_of(condition),
        emergency=category is not None and category.emergency,
        at_once=asked.at_once,
    )
    return await Births(session).raise_issue(birth)


def description_of(condition: Condition) -> str:
    """What people read: which camera, where in its picture, and what it says it saw."""
    key = condition.key
    what = label("alert_kind", key.kind)
    if key.zone is None:
        return say("alert.seen", camera=key.camera, what=what)
    return say("alert.seen_in_zone", camera=key.camera, zone=key.zone, what=what)
