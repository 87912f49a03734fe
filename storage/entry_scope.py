"""Which entries of the kinds that not everybody may read lie in a scope, as SQL conditions.

It is `api.jurisdiction` in sets: where an entry is about a place, it is for those who cover it.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from domain.reference import ReferenceKind as Kind
from domain.visibility import EntryScope
from storage.filters import lies_in_one_of
from storage.models import ReferenceRow

_BYTES = "C"
"""The collation in which subtrees are ranges."""
_PARTED = ":"
_OF_A_DEPARTMENT = ("department", "b_post")
_OF_SOMEBODY = "subject"
Code: TypeAlias = ColumnElement[Any]


def entry_lies_in(kind: Kind, scope: EntryScope) -> ColumnElement[bool]:
    """Whether the present version of `ReferenceRow`, of this kind, is in the scope."""
    return _CONDITIONS[kind](scope)


def _is_absence(scope: EntryScope) -> ColumnElement[bool]:
    return _is_about_person(ReferenceRow.belongs_to, scope)


def _is_source(scope: EntryScope) -> ColumnElement[bool]:
    return lies_in_one_of(ReferenceRow.body["grid"].astext.collate(_BYTES), scope.grids)


def _is_notice_policy(scope: EntryScope) -> ColumnElement[bool]:
    """Of `<kind>:<code>`; without a code, or with one that names nobody, it is about no place."""
    kind = func.split_part(ReferenceRow.code, _PARTED, 1)
    code = func.split_part(ReferenceRow.code, _PARTED, 2)
    of_department, of_somebody = kind.in_(_OF_A_DEPARTMENT), kind == _OF_SOMEBODY
    return or_(
        code == "",
        and_(of_department, _is_about_department(code, scope)),
        and_(of_department, ~_there_is(aliased(ReferenceRow), Kind.DEPARTMENT, code).exists()),
        and_(of_somebody, _is_about_person(code, scope)),
        and_(of_somebody, ~_there_is(aliased(ReferenceRow), Kind.STAFF, code).exists()),
        and_(~of_department, ~of_somebody, lies_in_one_of(code.collate(_BYTES), scope.grids)),
    )


def _is_about_person(subject: Any, scope: EntryScope) -> ColumnElement[bool]:  # noqa: ANN401
    staff = aliased(ReferenceRow)
    department: Code = staff.belongs_to.expression
    theirs = [_is_about_department(department, scope)]
    if scope.department is not None:
        theirs.append(department == scope.department)
    return _there_is(staff, Kind.STAFF, subject).where(or_(*theirs)).exists()


def _is_about_department(code: Code, scope: EntryScope) -> ColumnElement[bool]:
    row = aliased(ReferenceRow)
    grid: Code = row.body["grid"].astext.collate(_BYTES)
    return _there_is(row, Kind.DEPARTMENT, code).where(lies_in_one_of(grid, scope.grids)).exists()


def _there_is(row: Any, kind: Kind, code: Any) -> Select[Any]:  # noqa: ANN401 - an alias, a column
    """The present version of what has this code."""
    later = aliased(ReferenceRow)
    newer = exists().where(later.kind == kind, later.code == row.code, later.version > row.version)
    return select(row.version).where(row.kind == kind, row.code == code, ~newer)


_CONDITIONS: Mapping[Kind, Callable[[EntryScope], ColumnElement[bool]]] = {
    Kind.ABSENCE: _is_absence,
    Kind.ALERT_SOURCE: _is_source,
    Kind.NOTICE_POLICY: _is_notice_policy,
}
