"""Who people are to the engine: tokens of others, its own sessions, the ways in."""

import hashlib
import hmac
from typing import Self

from pydantic import Field, JsonValue, SecretStr, model_validator
from pydantic_settings import BaseSettings

from settings.secrets import SHORTEST_SECRET, said


class SigningIn(BaseSettings):
    """Exactly one key source for tokens of others, or keys of our own and none."""

    jwt_secret: SecretStr | None = None
    """Shared secret of HMAC tokens (HS256), 32 characters or more. For local set-ups."""
    jwt_public_key: str | None = None
    """PEM of the key that tokens are verified with; its type decides the algorithms."""
    jwt_jwks_url: str | None = Field(default=None, pattern=r"^https?://")
    """Address of the identity provider's key set."""
    jwt_issuer: str | None = None
    """Issuer that every token has to name."""
    jwt_audience: str | None = None
    """Audience that every token has to name."""

    session_keys: tuple[SecretStr, ...] = ()
    """Keys of the engine's own access tokens, as a JSON list, 32 characters or more each.

    The first signs, all verify. To rotate: add the new one last in every process, then put it
    first; the old one may go ten minutes later. Made from `jwt_secret` unless given; needed where
    there is none.
    """
    identity_keys: tuple[SecretStr, ...] = ()
    """Hash phones and names at other providers, as a JSON list, 32 characters or more each.

    The first hashes what is written, all find it; one that goes takes what it hashed with it. Made
    from `jwt_secret` unless given; needed where there is none.
    """
    access_minutes: int = Field(default=10, ge=1, le=60)
    """Minutes for which an access token works."""
    session_idle_hours: int = Field(default=24, ge=1, le=24 * 90)
    """Hours after which somebody who did not come back signs in again."""
    session_days: int = Field(default=30, ge=1, le=365)
    """Days after which everybody signs in again."""
    sign_in_per_minute: int = Field(default=120, ge=1, le=100_000)
    """Passwords that one address may try in a minute, at each API process; an office is one."""

    oidc: dict[str, JsonValue] | None = None
    """An OpenID provider that people sign in by, as JSON; docs/adr/0026 shows two."""
    oidc_client_secret: SecretStr | None = None
    """What the engine proves itself to that provider with."""

    wechat_appid: str | None = Field(default=None, pattern=r"^[A-Za-z0-9]{1,64}$")
    """The mini-program that people sign in from; without it there is no such way in."""
    wechat_secret: SecretStr | None = None
    """What the engine proves itself to WeChat with."""
    wechat_url: str = Field(default="https://api.weixin.qq.com", pattern=r"^https?://")
    """Where WeChat answers."""
    wechat_makes_residents: bool = False
    """Whether somebody whose phone is on no account becomes a resident of their own."""

    @property
    def session_ring(self) -> tuple[bytes, ...]:
        """What access tokens of the engine are signed with.

        Raises:
            ValueError: there is no secret to be had.
        """
        return self._ring(self.session_keys, "session_keys")

    @property
    def identity_ring(self) -> tuple[bytes, ...]:
        """What phones and external ids are hashed with.

        Raises:
            ValueError: there is no secret to be had.
        """
        ring = self._ring(self.identity_keys, "identity_keys")
        # What was hashed before there were keys of their own is found while the secret is there.
        return tuple(dict.fromkeys((*ring, *self._made("identity_keys"))))

    def _ring(self, given: tuple[SecretStr, ...], name: str) -> tuple[bytes, ...]:
        keys = tuple(each.get_secret_value().encode() for each in given)
        made = self._made(name)
        if not (keys or made):
            raise ValueError(f"set {name}: there is no jwt_secret to make them from")
        return keys or made

    def _made(self, name: str) -> tuple[bytes, ...]:
        """Never the secret itself: what verifies one kind of token must not verify another."""
        secret = said(self.jwt_secret)
        if secret is None:
            return ()
        return (hmac.new(secret.encode(), f"dispatch {name}".encode(), hashlib.sha256).digest(),)

    @model_validator(mode="after")
    def _one_key_source(self) -> Self:
        keys = (self.jwt_secret, self.jwt_public_key, self.jwt_jwks_url)
        given = sum(key is not None for key in keys)
        if given > 1 or not (given or self.session_keys):
            raise ValueError(
                "set exactly one of jwt_secret, jwt_public_key, jwt_jwks_url; "
                "or session_keys and none of them"
            )
        for ring in (self.session_keys, self.identity_keys):
            if any(len(each.get_secret_value()) < SHORTEST_SECRET for each in ring):
                raise ValueError(f"a key is shorter than {SHORTEST_SECRET} characters")
        if (self.wechat_appid is None) != (self.wechat_secret is None):
            raise ValueError("set both of wechat_appid and wechat_secret, or neither")
        return self
