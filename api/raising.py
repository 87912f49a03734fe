"""From what was said to a birth: which district, whose whistle, in which role."""

from dataclasses import replace
from datetime import datetime, timedelta

from api.parts import Parts
from api.placing import placed
from api.problems import ApiCode, FieldError, Problem
from api.schemas.issues import RaiseBody
from domain.actor import Actor
from domain.household import Colour
from domain.ids import GridCode, Subject
from domain.reference import District, WhistleKind
from domain.routing import NoPolicy, choose_policy
from domain.vocabulary import Role
from storage.births import Birth
from storage.households import Households
from storage.reference import ReferenceRepository
from storage.session import Session

AHEAD, LATEST = timedelta(minutes=2), timedelta(days=30)


async def birth_of(
    session: Session, parts: Parts, actor: Actor, body: RaiseBody, at: datetime
) -> Birth:
    """The birth that a body asks for.

    Raises:
        Problem: it names what does not exist, or the actor may not blow this whistle.
    """
    reference = ReferenceRepository(session)
    place = await placed(session, parts.maps, body)
    grid, category, kind = await reference.named_by_whistle(
        place.grid, body.category, body.whistle_kind
    )
    if grid is None or category is None or kind is None:
        named = (("grid", grid), ("category", category), ("whistle_kind", kind))
        missing = (FieldError.of(name, "unknown_code") for name, found in named if found is None)
        raise Problem.invalid(*missing)
    source = _source(actor, body, kind)
    district = await _district(reference, grid.code)
    birth = Birth(
        prefix=district.prefix,
        year=await reference.local_year(district, at),
        district=district.code,
        grid=grid.code,
        category=category.code,
        whistle_kind=kind.code,
        source=source,
        raised_by=actor.subject,
        raised_at=at,
        description=body.description,
        resident=_resident(actor, body, source),
        emergency=category.emergency,
        reporter_name=body.reporter.name,
        reporter_phone=body.reporter.phone,
        reporter_address=body.reporter.address,
        said_at=_said_at(body, at),
        position=place.position,
        away_m=place.away_m,
    )
    households = Households(session, parts.household_key)
    colour = await households.colour_of(birth.grid, birth.reporter_address)
    return birth if colour is None else await _hastened(reference, birth, colour)


async def _hastened(reference: ReferenceRepository, birth: Birth, colour: Colour) -> Birth:
    """With priority, if the policy wants that for the colour, which is forgotten."""
    policies = [entry.body for entry in await reference.policies()]
    try:
        policy = choose_policy(policies, birth.category, birth.whistle_kind)
    except NoPolicy:  # the engine will say so; a whistle is taken all the same
        return birth
    return replace(birth, raised_with_priority=colour in policy.priority_for)


def _said_at(body: RaiseBody, at: datetime) -> datetime | None:
    """A phone's clock may be a little wrong; what is older than a month is another matter."""
    said = body.said_at
    if said is not None and said > at + AHEAD:
        raise Problem.invalid(FieldError.of("said_at", "in_future", minutes=AHEAD.seconds // 60))
    if said is not None and said < at - LATEST:
        raise Problem.invalid(FieldError.of("said_at", "too_long_ago", days=LATEST.days))
    return said


def _source(actor: Actor, body: RaiseBody, kind: WhistleKind) -> Role:
    if body.source is not None and not actor.has(body.source):
        raise Problem.invalid(FieldError.of("source", "not_held"))
    asked = (body.source,) if body.source else actor.roles
    may = [role for role in asked if role in kind.may_blow]
    if not may:
        allowed = {"whistle_kind": kind.code, "allowed": ",".join(kind.may_blow)}
        raise Problem(ApiCode.MAY_NOT_BLOW, allowed)
    return may[0]


def _resident(actor: Actor, body: RaiseBody, source: Role) -> Subject | None:
    """A resident speaks for themselves only; others may raise for a resident."""
    if body.resident is None:
        return None
    if source is Role.RESIDENT and body.resident != actor.subject:
        raise Problem.invalid(FieldError.of("resident", "not_held"))
    return Subject(body.resident)


async def _district(reference: ReferenceRepository, grid: GridCode) -> District:
    """The smallest district that the grid lies in."""
    around = await reference.district_around(grid)
    if around is None:
        raise Problem.invalid(FieldError.of("grid", "unknown_code"))
    return around
