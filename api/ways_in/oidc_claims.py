"""What a provider's claims make of somebody: who they are to it, and the posts they fill."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.ways_in.oidc_settings import ClaimsMapping, Gives, Reading
from domain.appointment import MOST_GRIDS
from domain.ids import DepartmentCode, GridCode
from domain.vocabulary import Role

_LONGEST_ID = 255
_MOST_VALUES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """One post as the claims describe it."""

    roles: tuple[Role, ...]
    department: DepartmentCode | None = None
    grids: tuple[GridCode, ...] = ()


def external_id(mapping: ClaimsMapping, claims: Mapping[str, Any]) -> str | None:
    """Who somebody is to the provider; None when the claims do not say."""
    found = _at(claims, mapping.external_id)
    if isinstance(found, bool) or not isinstance(found, str | int):
        return None
    return said if 0 < len(said := str(found)) <= _LONGEST_ID else None


def posts(mapping: ClaimsMapping, claims: Mapping[str, Any]) -> tuple[Claimed, ...]:
    """A post for each department that is claimed, or one without; none without a role.

    What names no department holds in all of them, so that nobody gets in one department the roles
    that were given for another.
    """
    given = [found for reading in mapping.readings for found in _gives(reading, claims)]
    named = tuple(dict.fromkeys(each.department for each in given if each.department))
    found = (
        _merged(department, [each for each in given if each.department in (None, department)])
        for department in (named or (None,))
    )
    return tuple(each for each in found if each.roles)


def _merged(department: str | None, given: Sequence[Gives]) -> Claimed:
    return Claimed(
        roles=tuple(sorted({role for each in given for role in each.roles})),
        department=DepartmentCode(department) if department else None,
        grids=tuple(GridCode(grid) for grid in sorted({g for each in given for g in each.grids}))[
            :MOST_GRIDS
        ],
    )


def _gives(reading: Reading, claims: Mapping[str, Any]) -> Iterable[Gives]:
    for value in _values(_at(claims, reading.claim)):
        if value in reading.values:
            yield reading.values[value]
        if (code := _after(reading.department_after, value)) is not None:
            yield from _valid(department=code)
        if (code := _after(reading.grid_after, value)) is not None:
            yield from _valid(grids=(code,))


def _valid(**said: object) -> Iterable[Gives]:
    """What cannot be a code is none; whether there is such a thing, the reference data knows."""
    try:
        yield Gives.model_validate(said)
    except ValueError:
        return


def _after(prefix: str | None, value: str) -> str | None:
    return value.removeprefix(prefix) if prefix and value.startswith(prefix) else None


def _values(claim: object) -> Iterable[str]:
    """A claim as text, be it one value or a list; ids of departments are numbers in some."""
    listed = claim if isinstance(claim, list) else [claim]
    for each in listed[:_MOST_VALUES]:
        if isinstance(each, str | int) and not isinstance(each, bool):
            yield str(each)


def _at(claims: object, path: Sequence[str]) -> object:
    found = claims
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
