"""Signing in by a provider: what a page sends before and after."""

from typing import Annotated

from pydantic import ConfigDict, StringConstraints

from api.schemas.accounts import AppointmentId
from api.schemas.text import Body

Challenge = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
_Verifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._~-]{43,128}$")]
_SignInCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{20,200}$")]


class SignInByCode(Body):
    """The code of the address that the browser came back to, and what the page kept to itself."""

    model_config = ConfigDict(
        hide_input_in_errors=True,
        json_schema_extra={"examples": [{"code": "c" * 43, "verifier": "v" * 43}]},
    )
    code: _SignInCode
    verifier: _Verifier
    """Its SHA-256 in base64url was the `challenge` (RFC 7636)."""
    appointment: AppointmentId | None = None
    """In which of several appointments; unless said, in the earliest."""
