"""What is known of accounts and of who is signed in, as it was when it was read."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.appointment import Appointment
from domain.ids import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who may sign in."""

    subject: Subject
    login: str | None = None
    password_hash: str | None = field(default=None, repr=False)
    must_change_password: bool = False
    has_phone: bool = False
    created_at: datetime
    created_by: Subject
    disabled_at: datetime | None = None
    disabled_by: Subject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """That somebody is known to a provider; as whom, nobody can tell from here."""

    provider: str
    linked_at: datetime
    linked_by: Subject


class Because(StrEnum):
    """Why a session ended before its time."""

    SIGNED_OUT = "signed_out"
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"
    ENDED_BY_ADMINISTRATOR = "ended_by_administrator"
    SWITCHED = "switched"
    """Its bearer goes on in another appointment, in a session of its own."""
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a reason
    UNLINKED = "unlinked"
    DISABLED = "disabled"
    SIGNED_OUT_AT_PROVIDER = "signed_out_at_provider"
    REFRESHED_TWICE = "refreshed_twice"
    """A refresh token was used again: somebody has a copy."""


class Use(StrEnum):
    """How a refresh token was used."""

    FIRST = "first"
    AGAIN = "again"
    LATE = "late"
    """Never before, but after its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSession:
    """Somebody signed in, in one appointment."""

    id: str
    account: Account
    appointment: Appointment
    way: str
    opened_at: datetime
    ends_at: datetime
    revoked_at: datetime | None = None

    def is_open(self, at: datetime) -> bool:
        """Whether its bearer is let in: nothing has ended the session, account or appointment."""
        return (
            self.revoked_at is None
            and self.account.disabled_at is None
            and at < self.ends_at
            and self.appointment.is_in_force(at)
        )
