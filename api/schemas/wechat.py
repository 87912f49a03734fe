"""Signing in from the mini-program."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import ConfigDict, StringConstraints, model_validator

from api.schemas.accounts import AppointmentId
from api.schemas.issues import Read
from api.schemas.text import Body

_Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,128}$")]
_BindCode = Annotated[str, StringConstraints(pattern=r"^\s*[A-Za-z0-9]{10}\s*$")]


class SignInByWeChat(Body):
    """What `wx.login` gave."""

    model_config = ConfigDict(
        hide_input_in_errors=True,
        json_schema_extra={"examples": [{"code": "0a3Wf1000xyzAB1cDE000fG2H10Wf10i"}]},
    )
    code: _Code
    """Works once, for five minutes."""
    appointment: AppointmentId | None = None
    """In which of several appointments; unless said, in the earliest."""


class BindWeChat(SignInByWeChat):
    """And beside it either the code of the phone button, or one from an administrator."""

    model_config = ConfigDict(
        hide_input_in_errors=True,
        json_schema_extra={
            "examples": [{"code": "0a3Wf1000xyzAB1cDE000fG2H10Wf10i", "bind_code": "7KQ2M9XB4T"}]
        },
    )
    phone_code: _Code | None = None
    bind_code: _BindCode | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.phone_code is None) == (self.bind_code is None):
            raise ValueError("either phone_code or bind_code")
        return self


class BindCodeRead(Read):
    """A code for one person; it is shown this once."""

    subject: str
    code: str | None
    """Null when it was shown before."""
    expires_at: datetime
