"""Who may appoint whom: nobody gives away more than they have, nor anything to themselves."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from api.jurisdiction import require_cover
from api.problems import ApiCode, FieldError, Problem
from api.references import require
from api.schemas.accounts import Appoint
from domain.actor import Actor
from domain.appointment import Appointment, is_reserved
from domain.ids import DepartmentCode, GridCode, Subject
from domain.reference import ReferenceKind
from domain.rights import Act, grids_of
from storage.accounts.appointments import Appointments
from storage.accounts.traces import is_known_beyond
from storage.reference import ReferenceRepository
from storage.session import Session

_ID_BYTES = 16


async def appointed(
    session: Session, actor: Actor, subject: Subject, body: Appoint, at: datetime
) -> Appointment:
    """The appointment that the actor asks for, not kept yet.

    Raises:
        Problem: `own_account`; `invalid_input` for a department or grid that is not;
            `out_of_scope` where it would hold beyond the actor's grids.
    """
    require_other(actor, subject)
    named = [("grids", ReferenceKind.GRID, grid) for grid in body.grids]
    if body.department:
        named.append(("department", ReferenceKind.DEPARTMENT, body.department))
    await require(session, named)
    places = await places_of(session, body.department, body.grids)
    if not places:
        raise Problem.invalid(FieldError.of("grids", "missing"))
    require_cover(actor, *places)
    return Appointment(
        id=secrets.token_hex(_ID_BYTES),
        subject=subject,
        roles=tuple(dict.fromkeys(body.roles)),
        department=DepartmentCode(body.department) if body.department else None,
        grids=tuple(GridCode(grid) for grid in dict.fromkeys(body.grids)),
        post=body.post,
        places=places,
        since=body.since or at,
        until=body.until,
        appointed_by=actor.subject,
    )


async def places_of(
    session: Session, department: str | None, grids: Sequence[str]
) -> tuple[GridCode, ...]:
    """Where an appointment holds: its grids and its department's; with neither, everywhere.

    Empty before there are districts, when everywhere is nowhere.
    """
    reference = ReferenceRepository(session)
    found = [GridCode(grid) for grid in grids]
    if department:
        entry = await reference.current(ReferenceKind.DEPARTMENT, department)
        if entry is not None and entry.body.grid:
            found.append(entry.body.grid)
    if not found:
        districts = await reference.in_force(ReferenceKind.DISTRICT)
        found = [each.body.grid for each in districts]
    return tuple(dict.fromkeys(found))


async def require_nobodys(session: Session, actor: Actor, subject: Subject) -> None:
    """Returns when an account under this subject would make nobody out of somebody else.

    An account is its subject's own issues, wherever they lie. So a member of staff has to be of a
    department that the actor covers, and nobody may have raised issues beyond the actor's grids.

    Raises:
        Problem: `invalid_input` for a subject that is the product's own; `out_of_scope` for staff
            of others; `account_taken` for who is known elsewhere.
    """
    if is_reserved(subject):
        raise Problem.invalid(FieldError.of("subject", "reserved"))
    reference = ReferenceRepository(session)
    staff = await reference.current(ReferenceKind.STAFF, subject)
    if staff is not None:
        require_cover(actor, *await places_of(session, staff.body.department, ()))
    grids = grids_of(actor, Act.KEEP_ACCOUNTS)
    if await is_known_beyond(session, subject, grids):
        raise Problem(ApiCode.ACCOUNT_TAKEN)


async def require_whole(session: Session, actor: Actor, subject: Subject, at: datetime) -> None:
    """Returns when all that an account is or will be lies in the actor's scope.

    Who could reset a password or link an identity on part of it would act as all of it.

    Raises:
        Problem: `own_account`; `not_found` when nothing of it lies there, else `out_of_scope`.
    """
    require_other(actor, subject)
    ever = await Appointments(session).of(subject)
    require_sight(actor, ever)
    lasting = [each for each in ever if not each.is_over(at)] or ever
    require_cover(actor, *(place for each in lasting for place in each.places))


def require_other(actor: Actor, subject: Subject) -> None:
    """Returns when it is somebody else's account.

    Raises:
        Problem: `own_account`.
    """
    if subject == actor.subject:
        raise Problem(ApiCode.OWN_ACCOUNT)


def require_sight(actor: Actor, ever: tuple[Appointment, ...]) -> None:
    """Returns when something of an account, be it over, lies in the actor's scope.

    Raises:
        Problem: `not_found`.
    """
    if not any(actor.covers(place) for each in ever for place in each.places):
        raise Problem(ApiCode.NOT_FOUND)
