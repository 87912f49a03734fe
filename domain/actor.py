"""Who acts: an opaque subject with roles, a department and a grid scope."""

from dataclasses import dataclass

from domain.ids import DepartmentCode, GridCode, Subject
from domain.vocabulary import Role

GRID_SEPARATOR = "."


def lies_in(grid: GridCode, scope: GridCode) -> bool:
    """Whether `grid` is `scope` or lies below it in the five-level tree."""
    return grid == scope or grid.startswith(scope + GRID_SEPARATOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """An authenticated caller, or the engine itself. Carries no name and no phone."""

    subject: Subject
    roles: tuple[Role, ...]
    department: DepartmentCode | None = None
    grids: tuple[GridCode, ...] = ()

    def has(self, *roles: Role) -> bool:
        return any(role in self.roles for role in roles)

    def covers(self, grid: GridCode) -> bool:
        """Whether the grid lies in the actor's scope."""
        return any(lies_in(grid, scope) for scope in self.grids)


ENGINE = Actor(subject=Subject("engine"), roles=(Role.ENGINE,))
