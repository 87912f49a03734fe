"""Who asks: a bearer token, verified and read strictly into an actor of the domain."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

import jwt
import structlog
from jwt.exceptions import ExpiredSignatureError, PyJWTError
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from api.keys import Key, KeySource, KeysUnavailable, UnknownKey
from api.problems import ApiCode, Problem
from api.schemas.opaque import PERSONAL_NUMBER, Opaque
from api.ways_in.watch import SessionOver, Watch
from domain.actor import ENGINE, Actor
from domain.ids import DepartmentCode, GridCode, Subject
from domain.vocabulary import Role
from storage.accounts.views import SignInSession

log = structlog.get_logger(__name__)

_LEEWAY = timedelta(seconds=10)
_LONGEST_TOKEN = 8192
_Visible = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,128}$")]
_Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,127}$")]

_CLAIMS = {
    "sub": "sub has to be 1 to 128 visible ASCII characters",
    "roles": "roles has to be a list of roles, not empty",
    "department": "department has to be a code of small letters, digits and . _ -",
    "grids": "grids has to be a list of at most 100 grid codes, such as qj.bh.hp",
}
"""What every claim has to be, for who set up the provider."""


class Claims(BaseModel):
    """What a token has to say about its bearer; other claims are the provider's own affair."""

    model_config = ConfigDict(strict=True, frozen=True)

    sub: Annotated[_Visible, Opaque]
    roles: list[str] = Field(min_length=1, max_length=len(Role))
    department: _Code | None = None
    grids: list[_Code] = Field(default=[], max_length=100)

    def actor(self) -> Actor:
        """The actor these claims describe.

        Raises:
            ValueError: an unknown role, or one that only the engine itself has.
        """
        roles = tuple(dict.fromkeys(Role(role) for role in self.roles))
        if Role.ENGINE in roles or self.sub == ENGINE.subject:
            raise ValueError("nobody is the engine")
        return Actor(
            subject=Subject(self.sub),
            roles=roles,
            department=DepartmentCode(self.department) if self.department else None,
            grids=tuple(GridCode(grid) for grid in self.grids),
        )


@dataclass(frozen=True, slots=True)
class Presence:
    """Who bears a token and, if they signed in here, their session."""

    actor: Actor
    session: SignInSession | None = None

    @property
    def must_change_password(self) -> bool:
        return self.session is not None and self.session.account.must_change_password


@dataclass(frozen=True, slots=True)
class Gate:
    """Lets in who bears a valid token: one of ours, or one of a key source of the operator's.

    A token that names a key of ours is verified with that key and in that way alone; any other
    is none of ours, whatever it claims.
    """

    keys: KeySource
    issuer: str | None = None
    audience: str | None = None
    own: Watch | None = None

    async def actor(self, token: str) -> Actor:
        """The bearer of a token.

        Raises:
            Problem: as `presence`; `password_change_needed` before all else is allowed.
        """
        presence = await self.presence(token)
        if presence.must_change_password:
            raise Problem(ApiCode.PASSWORD_CHANGE_NEEDED)
        return presence.actor

    async def presence(self, token: str) -> Presence:
        """The bearer of a token, who may have to change the password before anything else.

        Raises:
            Problem: `unauthenticated`, `token_expired` when all else is right with it,
                `session_over` when its session is, or `keys_unavailable` when that cannot be told
                now.
        """
        if len(token) > _LONGEST_TOKEN:
            raise unauthenticated("invalid_token")
        try:
            if self.own is not None and self.own.knows(token):
                session = await self.own.session_of(token)
                return Presence(session.appointment.actor, session)
            return Presence(Claims.model_validate(await self._verified(token)).actor())
        except KeysUnavailable as error:
            raise Problem(ApiCode.KEYS_UNAVAILABLE) from error
        except SessionOver as error:
            raise unauthenticated("invalid_token", code=ApiCode.SESSION_OVER) from error
        except ValidationError as error:
            raise unauthenticated("invalid_token", _fault(error)) from error
        except ExpiredSignatureError as error:
            raise unauthenticated(
                "invalid_token", "the token has expired", ApiCode.TOKEN_EXPIRED
            ) from error
        except (PyJWTError, UnknownKey, ValueError) as error:
            raise unauthenticated("invalid_token") from error

    async def _verified(self, token: str) -> Mapping[str, Any]:
        key = await self.keys.key_for(token)
        try:
            return self._decoded(token, key)
        except ExpiredSignatureError:
            self._decoded(token, key, may_be_over=True)  # what else is wrong is said instead
            raise

    def _decoded(self, token: str, key: Key, *, may_be_over: bool = False) -> Mapping[str, Any]:
        required = ["sub", "exp", *(["iss"] if self.issuer else [])]
        return jwt.decode(
            token,
            key.material,
            algorithms=list(key.algorithms),
            audience=self.audience,
            issuer=self.issuer,
            leeway=_LEEWAY,
            options={
                "require": required,
                "verify_aud": self.audience is not None,
                "verify_exp": not may_be_over,
            },
        )


def _fault(error: ValidationError) -> str:
    """What the provider has to mend: the claims, and of a telling number a word more."""
    found = error.errors(include_input=False)
    if any(each["type"] == PERSONAL_NUMBER for each in found):
        log.warning("token_names_a_person")
        return "sub has to be opaque; this looks like a phone or identity-card number"
    claims = dict.fromkeys(str(each["loc"][0]) for each in found if each["loc"])
    return "; ".join(_CLAIMS[claim] for claim in claims if claim in _CLAIMS)


def unauthenticated(
    error: str | None = None, fault: str | None = None, code: ApiCode = ApiCode.UNAUTHENTICATED
) -> Problem:
    """A no that says how to do better."""
    challenge = f'Bearer error="{error}"' if error else "Bearer"
    if fault:
        challenge += f', error_description="{fault}"'
    return Problem(code, headers={"WWW-Authenticate": challenge})
