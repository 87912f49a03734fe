"""Signing in, who one is, and accounts as administrators see them."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from api.schemas.issues import Read
from api.schemas.opaque import Opaque
from api.schemas.text import Body, Code, Instant, NoNul, Phone
from domain.appointment import MOST_GRIDS
from domain.reference import Post
from domain.vocabulary import Role

LOGIN = r"^[A-Za-z0-9][A-Za-z0-9_.-]{1,63}$"
_ID = r"^[0-9a-f]{32}$"
_PROVIDER = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
_GRID = r"^[a-z0-9][a-z0-9_.-]{0,127}$"
GivenRole = Literal[
    Role.RESIDENT,
    Role.GRID_WORKER,
    Role.BUILDING_HEAD,
    Role.INFORMATION_OFFICER,
    Role.HOUSEHOLD_HEAD,
    Role.RIDER,
    Role.HOTLINE,
    Role.STAFF,
    Role.LEADER,
    Role.DISPATCHER,
    Role.SUPERVISOR,
    Role.ADMINISTRATOR,
]
"""All that people have: the engine is nobody, and cameras come in with tokens of their source."""
SHORTEST, LONGEST = 12, 128
"""Characters of a new password."""

Login = Annotated[str, StringConstraints(pattern=LOGIN), Opaque]
AppointmentId = Annotated[str, StringConstraints(pattern=_ID)]
_Grid = Annotated[str, StringConstraints(pattern=_GRID)]
_Said = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST), NoNul]
_New = Annotated[str, StringConstraints(min_length=SHORTEST, max_length=LONGEST), NoNul]
_RefreshToken = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{20,200}$")]


class SignIn(Body):
    """A login name and its password."""

    model_config = ConfigDict(
        hide_input_in_errors=True,
        json_schema_extra={"examples": [{"login": "housing_a", "password": "correct horse bat"}]},
    )
    login: Annotated[str, StringConstraints(min_length=1, max_length=64), NoNul]
    password: Annotated[_Said, Field(json_schema_extra={"format": "password"})]
    appointment: AppointmentId | None = None
    """In which of several appointments; unless said, in the earliest."""


class Refresh(Body):
    """The latest refresh token, which is over with this."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"refresh_token": "pK2v" * 10}]})
    refresh_token: _RefreshToken


class ChangePassword(Body):
    """The password as it is, and as it will be."""

    model_config = ConfigDict(
        hide_input_in_errors=True,
        json_schema_extra={
            "examples": [{"password": "correct horse bat", "new_password": "another good one"}]
        },
    )
    password: Annotated[_Said, Field(json_schema_extra={"format": "password"})]
    new_password: Annotated[_New, Field(json_schema_extra={"format": "password"})]


class SwitchAppointment(Body):
    """Another appointment of one's own."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"appointment": "0b6f4a526c1e4f579d6e5a1d4f2f8c11"}]}
    )
    appointment: AppointmentId


class AppointmentRead(Read):
    """A post: roles in a department and in grids, for a time."""

    id: str
    roles: list[Role]
    department: str | None
    grids: list[str]
    post: Post | None
    since: datetime
    until: datetime | None
    appointed_by: str


class TokensRead(Read):
    """What a client keeps: the access token in memory, the refresh token where nobody reads it."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105 - RFC 6750
    expires_in: int
    """Seconds for which the access token works."""
    refresh_token: str
    """Works once; using it twice ends the session."""
    refresh_expires_at: datetime
    subject: str
    appointment: AppointmentRead
    """In which the bearer acts."""
    appointments: list[AppointmentRead]
    """All that are in force; `POST /me/appointment` switches."""
    must_change_password: bool
    """Until it is changed, nothing but that is allowed."""


class MeRead(Read):
    """Who one is."""

    subject: str
    login: str | None
    roles: list[Role]
    department: str | None
    grids: list[str]
    appointment: AppointmentRead | None
    """Null for a token that was not got by signing in."""
    appointments: list[AppointmentRead]
    must_change_password: bool
    way: str | None
    """By which way one came in: `password` or a provider."""
    signed_in_at: datetime | None
    session_ends_at: datetime | None


class SignedOut(Read):
    """How many sessions ended."""

    sessions: int


class Appoint(Body):
    """A new post."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"roles": ["staff"], "department": "water", "post": "a"}]}
    )
    roles: Annotated[list[GivenRole], Field(min_length=1, max_length=len(Role))]
    department: Annotated[str, StringConstraints(pattern=_GRID)] | None = None
    grids: Annotated[tuple[_Grid, ...], Field(max_length=MOST_GRIDS)] = ()
    post: Post | None = None
    since: Instant | None = None
    """From now on unless said."""
    until: Instant | None = None
    """Then it ends by itself."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until and self.until <= self.since:
            raise ValueError("an appointment ends after it begins")
        return self


class EndAppointment(Body):
    """When it ends."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"at": "2026-12-31T16:00:00Z"}]})
    at: Instant | None = None
    """Now unless said."""


class CreateAccount(Body):
    """Somebody who may sign in, in at least one appointment."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "subject": "water_c",
                    "login": "water_c",
                    "appointments": [{"roles": ["staff"], "department": "water"}],
                }
            ]
        }
    )
    subject: Annotated[Code, Opaque] | None = None
    """Opaque, and the same as in the reference data for staff; made up unless said."""
    login: Login | None = None
    """Without one nobody signs in by password."""
    phone: Phone | None = None
    """Kept as a keyed hash only: finds the account when a provider vouches for the phone."""
    appointments: Annotated[list[Appoint], Field(min_length=1, max_length=20)]


class ChangeAccount(Body):
    """What is said changes, the rest stays; null takes it away."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"disabled": True}]})
    login: Login | None = None
    phone: Phone | None = None
    disabled: bool | None = None
    """True ends everything they are signed in with, at once."""


class Unlink(Body):
    """A provider that shall know nobody as this account any more."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"provider": "wecom"}]})
    provider: Annotated[str, StringConstraints(pattern=_PROVIDER)]


class LinkedRead(Read):
    """That somebody is known to a provider."""

    provider: str
    linked_at: datetime
    linked_by: str


class AccountRead(Read):
    """An account. It has no name: names of staff are reference data."""

    subject: str
    login: str | None
    has_phone: bool
    must_change_password: bool
    created_at: datetime
    created_by: str
    disabled_at: datetime | None
    disabled_by: str | None


class AccountDetail(AccountRead):
    """An account with every appointment there ever was, the first one first."""

    appointments: list[AppointmentRead]
    identities: list[LinkedRead]


class AccountMade(AccountDetail):
    """A new account."""

    password: str | None
    """Shown this once, to be changed at the first sign-in; null without a login name."""


class PasswordReset(Read):
    """A new password."""

    subject: str
    password: str | None
    """Shown this once, to be changed at the next sign-in; null when it was shown before."""


class AccountPage(Read):
    """Accounts by their subjects."""

    items: list[AccountRead]
    next: str | None = Field(default=None, description="`after` of the next page.")
