"""What the operator says of an OpenID provider: who it is, whom it lets in, and as what."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, model_validator

from api.schemas.accounts import GivenRole
from domain.appointment import MOST_GRIDS

Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384"]
_Address = Annotated[str, StringConstraints(pattern=r"^https?://[!-~]{1,500}$")]
_Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,127}$")]
_Path = Annotated[tuple[str, ...], Field(min_length=1, max_length=8)]
"""Names on the way into the claims: `["realm_access", "roles"]`."""
_OTHER_WAYS = frozenset({"password", "wechat"})
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Gives(_Said):
    """What one value of a claim makes of its bearer."""

    roles: tuple[GivenRole, ...] = ()
    department: _Code | None = None
    grids: Annotated[tuple[_Code, ...], Field(max_length=MOST_GRIDS)] = ()


class Reading(_Said):
    """How one claim is read: by its exact values, or by what follows a prefix.

    Roles come from exact values alone, so that nobody at the provider makes up a new one.
    """

    claim: _Path
    values: Mapping[str, Gives] = Field(default_factory=dict)
    department_after: str | None = Field(default=None, min_length=1)
    """`/departments/`: the rest is the code of a department."""
    grid_after: str | None = Field(default=None, min_length=1)
    """`/grids/`: the rest is the code of a grid."""


class ClaimsMapping(_Said):
    """Which claim names the person, and which ones say what they are."""

    external_id: _Path = ("sub",)
    readings: tuple[Reading, ...] = ()


class OidcSettings(_Said):
    """`DISPATCH_OIDC`, as JSON; the secret comes in a variable of its own.

    Raises:
        ValueError: an address is not of https, and not of this machine.
    """

    name: str = Field(default="oidc", pattern=r"^[a-z][a-z0-9_-]{0,31}$")
    """Of the provider, in sessions and identities; never changed later."""
    issuer: _Address
    client_id: str = Field(min_length=1, max_length=200)
    client_secret: SecretStr | None = None
    redirect_uri: _Address
    """Where the provider sends the browser: `.../api/v1/sign-in/oidc/callback`."""
    return_to: Annotated[tuple[_Address, ...], Field(min_length=1)]
    """Whole addresses of our own pages that a sign-in or sign-out may end at; nothing else."""
    scope: str = Field(default="openid profile", pattern=r"^openid( [!-~]+)*$")
    algorithms: Annotated[tuple[Algorithm, ...], Field(min_length=1)] = ("RS256", "PS256", "ES256")
    """What an ID token may be signed with."""
    ask_userinfo: bool = False
    """Whether claims are also asked for at the userinfo endpoint."""
    policy: Literal["linked", "appoint"] = "linked"
    """Only accounts that an administrator linked, or whoever the claims make something of."""
    mapping: ClaimsMapping = ClaimsMapping()

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if self.name in _OTHER_WAYS:
            raise ValueError("another way in has this name")
        for address in (self.issuer, self.redirect_uri, *self.return_to):
            parts = urlsplit(address)
            if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
                raise ValueError("addresses of signing in need https")
            if parts.fragment or "@" in parts.netloc:
                raise ValueError("addresses of signing in have no fragment and no user")
        return self

    @property
    def is_secure(self) -> bool:
        """Whether browsers come over TLS."""
        return self.redirect_uri.startswith("https://")
