"""Appointments: made, ended, never changed otherwise and never deleted."""

from datetime import datetime

from sqlalchemy import func, insert, or_, select, update

from domain.appointment import Appointment
from domain.ids import Subject
from storage.accounts.reading import APPOINTMENT, appointment_of
from storage.models import AppointmentRow
from storage.session import Session


class Appointments:
    """What somebody is, was and will be appointed to be."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, appointment: Appointment, at: datetime) -> None:
        await self._session.execute(
            insert(AppointmentRow).values(
                id=appointment.id,
                subject=appointment.subject,
                roles=[*appointment.roles],
                department=appointment.department,
                grids=[*appointment.grids],
                post=appointment.post,
                places=[*appointment.places],
                since=appointment.since,
                until=appointment.until,
                appointed_at=at,
                appointed_by=appointment.appointed_by,
            )
        )

    async def of(self, subject: Subject) -> tuple[Appointment, ...]:
        """All there ever were, the first one first."""
        found = select(*APPOINTMENT).where(AppointmentRow.subject == subject)
        ordered = found.order_by(AppointmentRow.since, AppointmentRow.id)
        return tuple(appointment_of(row) for row in await self._session.execute(ordered))

    async def in_force(self, subject: Subject, at: datetime) -> tuple[Appointment, ...]:
        """What somebody may act as now, the first one first."""
        return tuple(each for each in await self.of(subject) if each.is_in_force(at))

    async def end(self, id_: str, at: datetime, by: Subject) -> None:
        """It ends at an instant, unless it ends before it anyway; one to come never begins."""
        end = func.greatest(at, AppointmentRow.since)
        not_over = or_(AppointmentRow.until.is_(None), AppointmentRow.until > end)
        await self._session.execute(
            update(AppointmentRow)
            .where(AppointmentRow.id == id_, not_over)
            .values(until=end, ended_by=by)
        )
