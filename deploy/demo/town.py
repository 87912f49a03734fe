"""Fuchun estate: where things are, and who acts there as the actor of a token."""

from collections.abc import Mapping
from pathlib import Path

from deploy.reference.shipped import FOLDER, Shipped, read
from domain.actor import Actor
from domain.ids import DepartmentCode, GridCode, Subject
from domain.reference import ReferenceKind, Staff
from domain.vocabulary import Role

REFERENCE = Path(__file__).parent / "reference"
MAPPINGS = Path(__file__).parent.parent / "alerts" / "mappings"
COUNTY, COMMUNITY, ESTATE = "qj", "qj.bh.hp", "qj.bh.hp.fc"

_SPECIAL: Mapping[str, tuple[tuple[Role, ...], str]] = {
    "command_centre_dispatcher": ((Role.DISPATCHER,), COUNTY),
    "command_centre_supervisor": ((Role.SUPERVISOR,), COUNTY),
    "command_centre_administrator": ((Role.ADMINISTRATOR,), COUNTY),
    "county_leader": ((Role.LEADER,), COUNTY),
    "hupan_secretary": ((Role.LEADER, Role.STAFF), COMMUNITY),
    "hupan_grid_worker": ((Role.GRID_WORKER,), COMMUNITY),
}
_RESIDENTS = {f"resident_b{building}": f"{ESTATE}.b{building}" for building in range(1, 8)}


def grid(place: str) -> GridCode:
    """`b3` is building 3, the empty place the estate itself."""
    return GridCode(f"{ESTATE}.{place}" if place else ESTATE)


def reference() -> tuple[Shipped, ...]:
    """The default tables, what codes of cameras mean, and over them the tables of the town."""
    return read(FOLDER, MAPPINGS, REFERENCE)


def people() -> Mapping[str, Actor]:
    """Everybody with a token: the staff of the reference data, and residents."""
    staff = [entry.body for entry in read(REFERENCE) if entry.kind is ReferenceKind.STAFF]
    return {
        **{each.code: _of_staff(each) for each in staff},
        **{code: _actor(code, (Role.RESIDENT,), home) for code, home in _RESIDENTS.items()},
    }


def names() -> Mapping[str, str]:
    """What the board calls people, departments and cameras: posts, never names."""
    kinds = (ReferenceKind.STAFF, ReferenceKind.DEPARTMENT, ReferenceKind.CATEGORY)
    known = {entry.code: entry.body.name for entry in reference() if entry.kind in kinds}
    residents = {code: f"{home[-1]}号楼居民" for code, home in _RESIDENTS.items()}
    return {**known, **residents, **_cameras(), "engine": "引擎"}


def _cameras() -> Mapping[str, str]:
    """Under the names in which they raise issues."""
    sources = [entry.body for entry in read(REFERENCE) if entry.kind is ReferenceKind.ALERT_SOURCE]
    return {f"{each.code}:{camera.ref}": camera.name for each in sources for camera in each.cameras}


def _of_staff(staff: Staff) -> Actor:
    code = staff.code
    if code in _SPECIAL:
        roles, scope = _SPECIAL[code]
        return _actor(code, roles, scope, staff.department)
    if code.endswith("_head"):
        return _actor(code, (Role.BUILDING_HEAD,), grid(code.split("_")[1]))
    if "_officer_" in code:
        return _actor(code, (Role.INFORMATION_OFFICER,), grid(code.split("_")[1]))
    return _actor(code, (Role.STAFF,), None, staff.department)


def _actor(
    code: str, roles: tuple[Role, ...], scope: str | None, department: str | None = None
) -> Actor:
    return Actor(
        subject=Subject(code),
        roles=roles,
        department=DepartmentCode(department) if department else None,
        grids=(GridCode(scope),) if scope else (),
    )
