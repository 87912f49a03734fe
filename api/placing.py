"""From where something is said to be, to the grid it lies in."""

from dataclasses import dataclass

from api.problems import FieldError, Problem
from api.schemas.issues import RaiseBody
from domain.ids import GridCode
from domain.position import Position
from storage.grid_map import NEAREST_WITHIN_M, GridMaps
from storage.reference import ReferenceRepository
from storage.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A grid, the position that was said if any, and how far away it lies when in no grid."""

    grid: GridCode
    position: Position | None = None
    away_m: int | None = None


async def placed(session: Session, maps: GridMaps, body: RaiseBody) -> Placement:
    """Where a whistle belongs: a building's name or a grid's code before the position.

    Raises:
        Problem: nothing was said, no or several buildings have the name, or the position lies too
            far from every grid.
    """
    position = body.position.to_position() if body.position else None
    if body.building is not None:
        return Placement(grid=await _named(session, body.building, body.grid), position=position)
    if body.grid is not None:
        return Placement(grid=GridCode(body.grid), position=position)
    if position is None:
        raise Problem.invalid(FieldError.of("grid", "place_missing"))
    return await _found(session, maps, position)


async def _named(session: Session, name: str, within: str | None) -> GridCode:
    found = await ReferenceRepository(session).grids_named(name, GridCode(within or ""))
    if not found:
        raise Problem.invalid(FieldError.of("building", "unknown_name"))
    if len(found) > 1:
        raise Problem.invalid(FieldError.of("building", "ambiguous_name"))
    return found[0]


async def _found(session: Session, maps: GridMaps, position: Position) -> Placement:
    known = await maps.present(session)
    found = known.find(position.wgs84)
    if found is None:
        far = FieldError.of("position", "outside_all_grids", most_m=NEAREST_WITHIN_M)
        raise Problem.invalid(far)
    return Placement(grid=found.grid, position=position, away_m=found.away_m or None)
