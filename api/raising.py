"""From what was said to a birth: which district, whose whistle, in which role."""

from datetime import datetime

from api.problems import ApiCode, FieldError, Problem
from api.schemas.issues import RaiseBody
from domain.actor import Actor
from domain.ids import GridCode, Subject
from domain.reference import District, WhistleKind
from domain.vocabulary import Role
from storage.births import Birth
from storage.reference import ReferenceRepository
from storage.session import Session


async def birth_of(session: Session, actor: Actor, body: RaiseBody, at: datetime) -> Birth:
    """The birth that a body asks for.

    Raises:
        Problem: it names what does not exist, or the actor may not blow this whistle.
    """
    reference = ReferenceRepository(session)
    grid, category, kind = await reference.named_by_whistle(
        body.grid, body.category, body.whistle_kind
    )
    if grid is None or category is None or kind is None:
        named = (("grid", grid), ("category", category), ("whistle_kind", kind))
        missing = (FieldError.of(name, "unknown_code") for name, found in named if found is None)
        raise Problem.invalid(*missing)
    source = _source(actor, body, kind)
    district = await _district(reference, grid.code)
    return Birth(
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
    )


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
