"""What may be the same matter, as a stranger is shown it, and who may join it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from api.problems import ApiCode, Problem
from api.schemas.places import MeTooBody, NearRead
from catalogue import label
from domain.actor import Actor
from domain.ids import IssueNumber
from domain.refusals import RefusalCode
from domain.visibility import scope_of
from domain.vocabulary import Role
from storage.births import Birth
from storage.followers import MOST_FOLLOWED, MOST_FOLLOWERS, Followers, Joinable
from storage.nearby import OPEN_STATES, Nearby, NearIssue
from storage.queries import Queries
from storage.reference import ReferenceRepository
from storage.session import Session

Facts = Mapping[str, Any]


def near_facts(found: Sequence[NearIssue], at: datetime) -> list[dict[str, Any]]:
    """As they are kept with an answer: words come when it is said."""
    return [
        {
            "number": each.number,
            "category": each.category,
            "state": each.state,
            "raised_at": each.raised_at.isoformat(),
            "age_minutes": (at - each.raised_at) // timedelta(minutes=1),
            "distance_m": each.distance_m,
            "followers": each.followers,
            "is_mine": each.is_mine,
        }
        for each in found
    ]


def shown_near(facts: Sequence[Facts], locale: str) -> list[NearRead]:
    return [NearRead(**each, label=label("state", each["state"], locale)) for each in facts]


async def near_birth(session: Session, birth: Birth, at: datetime) -> list[dict[str, Any]]:
    """What is offered to who raises; cameras have nobody to ask."""
    if birth.position is None or birth.source is Role.CAMERA:
        return []
    category = await ReferenceRepository(session).category(birth.category)
    assert category is not None
    found = await Nearby(session).issues(birth.position.wgs84, category, birth.raised_by, at)
    return near_facts(found, at)


async def require_joinable(
    session: Session, number: IssueNumber, actor: Actor, body: MeTooBody, at: datetime
) -> None:
    """Returns when the actor may follow the issue, which is held still until the commit.

    Raises:
        Problem: `not_found` to whom it was never offered, else why it may not be.
    """
    followers = Followers(session)
    issue = await followers.hold(number)
    if issue is None or not await _is_offered(session, issue, actor, body, at):
        raise Problem(ApiCode.NOT_FOUND)
    if actor.subject in issue.raisers:
        raise Problem(ApiCode.OWN_ISSUE)
    if issue.state not in OPEN_STATES:
        raise Problem(ApiCode.WORK_DONE)
    for count, limit in (
        (await followers.count_of(number), MOST_FOLLOWERS),
        (await followers.count_followed(actor.subject), MOST_FOLLOWED),
    ):
        if count >= limit:
            raise Problem(RefusalCode.LIMIT_REACHED, {"limit": limit})


async def _is_offered(
    session: Session, issue: Joinable, actor: Actor, body: MeTooBody, at: datetime
) -> bool:
    """A number alone opens nothing: who may not see the issue has to be near it."""
    if await Queries(session).issue(issue.number, scope_of(actor)) is not None:
        return True
    category = await ReferenceRepository(session).category(issue.category)
    if body.position is None or category is None:
        return False
    here = body.position.to_position().wgs84
    near = await Nearby(session).issues(here, category, actor.subject, at, among=(issue.number,))
    return bool(near)
