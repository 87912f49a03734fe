"""Rows of accounts and appointments, read into what the domain and views say."""

from domain.appointment import Appointment
from domain.ids import DepartmentCode, GridCode, Subject
from domain.reference import Post
from domain.vocabulary import Role
from storage.accounts.views import Account
from storage.models import AccountRow, AppointmentRow
from storage.session import AnyRow

ACCOUNT = (
    AccountRow.subject,
    AccountRow.login,
    AccountRow.password_hash,
    AccountRow.must_change_password,
    AccountRow.phone_hash.is_not(None).label("has_phone"),
    AccountRow.created_at,
    AccountRow.created_by,
    AccountRow.disabled_at,
    AccountRow.disabled_by,
)

APPOINTMENT = (
    AppointmentRow.id.label("appointment_id"),
    AppointmentRow.subject,
    AppointmentRow.roles,
    AppointmentRow.department,
    AppointmentRow.grids,
    AppointmentRow.post,
    AppointmentRow.places,
    AppointmentRow.since,
    AppointmentRow.until,
    AppointmentRow.appointed_by,
)


def account_of(row: AnyRow) -> Account:
    return Account(
        subject=Subject(row.subject),
        login=row.login,
        password_hash=row.password_hash,
        must_change_password=row.must_change_password,
        has_phone=row.has_phone,
        created_at=row.created_at,
        created_by=Subject(row.created_by),
        disabled_at=row.disabled_at,
        disabled_by=Subject(row.disabled_by) if row.disabled_by else None,
    )


def appointment_of(row: AnyRow) -> Appointment:
    return Appointment(
        id=row.appointment_id,
        subject=Subject(row.subject),
        roles=tuple(Role(role) for role in row.roles),
        department=DepartmentCode(row.department) if row.department else None,
        grids=tuple(GridCode(grid) for grid in row.grids),
        post=Post(row.post) if row.post else None,
        places=tuple(GridCode(grid) for grid in row.places),
        since=row.since,
        until=row.until,
        appointed_by=Subject(row.appointed_by),
    )
