"""Where an administrator's word holds: in the grids they cover, for everybody only if in all."""

from api.problems import ApiCode, Problem
from domain.actor import Actor
from domain.ids import DepartmentCode, GridCode
from domain.outline import GridOutline
from domain.reference import Absence, Grid, NoticePolicy, ReferenceKind, Staff
from storage.reference import ReferenceRepository
from storage.session import Session

_OF_A_DEPARTMENT = frozenset({"department", "b_post"})
_OF_SOMEBODY = "subject"


def require_cover(actor: Actor, *grids: GridCode) -> None:
    """Returns when the actor covers all of these grids.

    Raises:
        Problem: `out_of_scope`, with those that are not covered.
    """
    beyond = [grid for grid in grids if not actor.covers(grid)]
    if beyond:
        raise Problem(ApiCode.OUT_OF_SCOPE, {"grids": ", ".join(dict.fromkeys(beyond))})


async def require_jurisdiction(session: Session, actor: Actor, *entries: object) -> None:
    """Returns when the actor may change all of these entries.

    What holds in one place needs its grid; what holds for everybody needs those of all districts,
    which is nobody's before there are any.

    Raises:
        Problem: `out_of_scope`, with the grids that the actor lacks.
    """
    places = _Places(ReferenceRepository(session))
    for entry in entries:
        grid = await places.grid_of(entry)
        require_cover(actor, *((grid,) if grid is not None else await places.everywhere()))


async def administers_everything(session: Session, actor: Actor) -> bool:
    """Whether the actor covers all districts; before there are any, nobody does."""
    districts = await _Places(ReferenceRepository(session)).everywhere()
    return bool(districts) and all(actor.covers(grid) for grid in districts)


class _Places:
    """Where reference data holds."""

    def __init__(self, reference: ReferenceRepository) -> None:
        self._reference = reference

    async def everywhere(self) -> tuple[GridCode, ...]:
        districts = await self._reference.in_force(ReferenceKind.DISTRICT)
        return tuple(each.body.grid for each in districts)

    async def grid_of(self, entry: object) -> GridCode | None:
        """The place an entry is about; None when it holds for everybody."""
        match entry:
            case Grid() | GridOutline():
                return entry.code
            case Staff():
                return await self._of_department(entry.department)
            case Absence():
                return await self._of_person(entry.staff)
            case NoticePolicy():
                return await self._of_recipient(entry.code)
            case _:
                grid: GridCode | None = getattr(entry, "grid", None)
                return grid

    async def _of_department(self, code: str) -> GridCode | None:
        department = await self._reference.current(ReferenceKind.DEPARTMENT, DepartmentCode(code))
        return department.body.grid if department else None

    async def _of_person(self, subject: str) -> GridCode | None:
        person = await self._reference.current(ReferenceKind.STAFF, subject)
        return await self._of_department(person.body.department) if person else None

    async def _of_recipient(self, recipient: str) -> GridCode | None:
        """Of `<kind>:<code>`; kinds without a code, and `default`, are everybody."""
        kind, _, code = recipient.partition(":")
        if kind in _OF_A_DEPARTMENT:
            return await self._of_department(code)
        if kind == _OF_SOMEBODY:
            return await self._of_person(code)
        return GridCode(code) if code else None
