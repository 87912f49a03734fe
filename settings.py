"""What the operator decides: one frozen class, read from the environment by composition roots."""

import hashlib
import hmac
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, JsonValue, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from storage.audit.canonical import Keyring
from storage.pictures.objects import Bucket
from storage.residents.making import LinkMaker
from storage.sealing.ring import KeyRing

_SHORTEST_SECRET = 32
_ORIGIN = r"^https?://[a-z0-9.-]+(:\d{1,5})?$"
Port = Annotated[int, Field(ge=0, le=65535)]
Seconds = Annotated[float, Field(gt=0, le=600)]


class Settings(BaseSettings):
    """Variables `DISPATCH_<FIELD>`; all but database, token key and seal keys have defaults.

    TLS and API key of Temporal come from Temporal's own variables (`TEMPORAL_TLS...`,
    `TEMPORAL_API_KEY`, `TEMPORAL_PROFILE`), which every Temporal tool reads.
    """

    model_config = SettingsConfigDict(
        env_prefix="DISPATCH_",
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    database_url: str = Field(repr=False)
    """PostgreSQL, as `postgresql+asyncpg://user:password@host:port/name`."""
    database_pool_size: int = Field(default=8, ge=1, le=100)
    """Connections that one process keeps at most."""
    database_timeout: Seconds = 5.0
    """Seconds after which a statement is given up."""

    temporal_address: str = "127.0.0.1:7233"
    """Host and port of the Temporal frontend."""
    temporal_namespace: str = "default"
    """Temporal namespace of this installation."""
    temporal_timeout: Seconds = 10.0
    """Seconds that a caller waits for a command's answer before being told to ask again."""

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

    seal_keys: SecretStr | None = None
    """Keys for what is personal: `{"2026a": "32 bytes in base64"}`; the first seals, all open."""
    seal_key_files: tuple[Path, ...] = ()
    """The same as files, as a JSON list, each named after its key; one of the two is needed."""

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

    household_key: SecretStr | None = None
    """Hashes addresses of households, 32 characters or more; without it only grids have colours."""

    audit_key: SecretStr | None = None
    """Chains the audit log, 32 characters or more; without it entries are kept and not chained."""
    audit_keys_before: tuple[SecretStr, ...] = ()
    """Keys that it was chained with before, as a JSON list; old links are verified with them."""
    keep_audit_years: int = Field(default=5, ge=1, le=100)
    """Years after which entries of the audit log may be closed off, by `deploy.audit close`."""

    webhook_secret: SecretStr | None = None
    """Signs outgoing webhooks (HMAC-SHA256), 32 characters or more."""

    webhook_hosts: tuple[str, ...] = ()
    """Hosts that webhooks may go to, as a JSON list; none until the operator names them."""

    api_port: Port = 8000
    """Port of the API, for tools that start it; the server itself is told by its command line."""
    api_max_body_bytes: int = Field(default=256 * 1024, ge=1024, le=16 * 1024 * 1024)
    """Longest request body; longer ones are refused before they are read."""

    public_url: str | None = Field(default=None, pattern=r"^https?://[^/?#]+(/[^?#]*)?$")
    """Address under which residents reach the API; without it they get no links."""
    resident_link_secret: SecretStr | None = None
    """Makes residents' links and codes, 32 characters or more, the same for API and workers.

    Made from `jwt_secret` unless given; without either there are none.
    """
    resident_link_days: int = Field(default=14, ge=1, le=90)
    """Days for which a resident's link works."""

    api_seconds: Seconds = 30.0
    """Seconds after which a request that has arrived is given up."""
    api_per_minute_of_actor: int = Field(default=600, ge=0, le=1_000_000)
    """Requests a minute that one process answers to one caller; 0 for no limit."""
    api_per_minute_of_address: int = Field(default=6000, ge=0, le=1_000_000)
    """Likewise for one address, behind which a whole office may sit."""
    api_origins: tuple[Annotated[str, Field(pattern=_ORIGIN)], ...] = ()
    """Origins, as a JSON list, whose pages may ask from a browser; none but those."""

    trusted_proxies: tuple[str, ...] = ()
    """Networks of proxies, as a JSON list, whose X-Forwarded-For is believed about cameras."""
    intake_secret: SecretStr | None = None
    """Makes the secrets that sources sign with, 32 characters or more; without it none may."""
    intake_max_body_bytes: int = Field(default=256 * 1024, ge=1024, le=16 * 1024 * 1024)
    """Longest message of a camera in JSON or XML, from adapters that read no pictures in it."""
    intake_max_multipart_bytes: int = Field(default=8 * 1024 * 1024, ge=1024, le=64 * 1024 * 1024)
    """Longest message of a camera with pictures, in parts or in base64; no adapter reads more."""

    mqtt_host: str | None = None
    """Broker that sources publish to; without one nothing is listened to."""
    mqtt_port: Port = 1883
    """Port of the broker."""
    mqtt_username: str | None = None
    """Who the engine is to the broker; it should be allowed to read topics and nothing else."""
    mqtt_password: SecretStr | None = None
    """The engine's password at the broker."""
    mqtt_client_id: str = Field(default="dispatch-intake", pattern=r"^[A-Za-z0-9_.-]{1,64}$")
    """Owns the session in which the broker keeps what was not heard yet; never change it."""
    mqtt_tls: bool = False
    """Whether the broker is spoken to by TLS."""
    mqtt_ca_file: str | None = None
    """Certificates that the broker's is held against, when not those of the system."""

    objects_folder: Path = Path("var/objects")
    """Folder in which pictures lie, unless they go to a bucket; API and workers share it."""
    objects_bucket: str | None = None
    """Bucket that pictures go to instead, at Amazon or wherever else S3 is spoken."""
    objects_endpoint: str | None = Field(default=None, pattern=r"^https?://")
    """Address of an S3 service other than Amazon's; asked with the bucket in the path."""
    objects_region: str = "us-east-1"
    """Region of the bucket."""
    objects_access_key: SecretStr | None = None
    """Key id for the bucket; without it the machine's own role or `AWS_...` variables are used."""
    objects_secret_key: SecretStr | None = None
    """The secret of that key."""

    picture_max_bytes: int = Field(default=10_000_000, ge=1024, le=32 * 1024 * 1024)
    """Largest picture that may be uploaded."""
    picture_max_pixels: int = Field(default=25_000_000, ge=10_000, le=100_000_000)
    """Most pixels of a picture, told from its header before anything is decoded."""
    picture_memory_mb: int = Field(default=768, ge=256, le=8192)
    """Memory that the decoding of one picture may take."""
    picture_seconds: int = Field(default=10, ge=1, le=600)
    """Seconds of a processor that the decoding of one picture may take."""
    picture_processes: int = Field(default=2, ge=1, le=64)
    """Pictures that one API process has decoded at once."""
    picture_max_unused: int = Field(default=50, ge=9, le=1000)
    """Pictures that a caller may have uploaded and not used yet."""
    picture_link_minutes: int = Field(default=5, ge=1, le=60)
    """Minutes for which a link to a picture works."""
    picture_link_secret: SecretStr | None = None
    """Signs links to pictures, 32 characters or more, the same for every API process.

    Made from `jwt_secret` unless given; needed where there is none.
    """

    worker_metrics_host: str = "127.0.0.1"
    """Address on which the worker shows its metrics."""
    worker_metrics_port: Port = 9464
    """Port on which the worker shows its metrics; 0 shows none."""
    build_id: str | None = None
    """Build of this worker, for Temporal's worker versioning."""

    reconcile_every_minutes: int = Field(default=10, ge=1, le=1440)
    """How often record, workflows and law are held against each other."""
    reconcile_grace_seconds: int = Field(default=300, ge=30, le=86400)
    """An issue that moved more recently is left alone by that check."""
    reconcile_page: int = Field(default=100, ge=1, le=1000)
    """Issues per page of that check; a run looks at two pages of open ones, one of closed ones."""
    keep_notices_days: int = Field(default=180, ge=1, le=36500)
    """Days after which a notice is forgotten that was delivered, dropped or given up."""
    keep_keys_days: int = Field(default=30, ge=1, le=36500)
    """Days for which a repeated request gets the answer of the first one."""
    keep_raw_days: int = Field(default=30, ge=1, le=36500)
    """Days for which a camera's message is kept as it came."""
    keep_alerts_days: int = Field(default=180, ge=1, le=36500)
    """Days after which is forgotten what was read of a camera's message, if nothing needs it."""
    keep_personal_days: int = Field(default=1095, ge=1, le=36500)
    """Days after its closing after which nothing personal is left of an issue."""
    keep_unused_pictures_hours: int = Field(default=24, ge=1, le=720)
    """Hours after which an uploaded picture is erased that no step uses."""
    keep_rechecks_days: int = Field(default=30, ge=1, le=36500)
    """Days after which a recheck is forgotten that was done."""

    json_logs: bool = True
    """Logs as JSON lines; False for a person's terminal."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """Least severe level that is logged."""

    @property
    def objects_place(self) -> Path | Bucket:
        """Where pictures lie."""
        if self.objects_bucket is None:
            return self.objects_folder
        return Bucket(
            name=self.objects_bucket,
            region=self.objects_region,
            endpoint=self.objects_endpoint,
            access_key=_said(self.objects_access_key),
            secret_key=_said(self.objects_secret_key),
        )

    @property
    def seal_ring(self) -> KeyRing:
        """What personal data is sealed under."""
        return KeyRing.one_of(_said(self.seal_keys), self.seal_key_files)

    @property
    def picture_link_key(self) -> bytes:
        """What links to pictures are signed with.

        Raises:
            ValueError: there is no secret to be had.
        """
        secret = _said(self.picture_link_secret) or _said(self.jwt_secret)
        if secret is None:
            raise ValueError("set picture_link_secret: there is no jwt_secret to make it from")
        return secret.encode()

    @property
    def link_maker(self) -> LinkMaker | None:
        """Makes residents' links, if there is a key and an address for them."""
        secret = _said(self.resident_link_secret) or _said(self.jwt_secret)
        return LinkMaker.of(secret, self.public_url, self.resident_link_days)

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
        return self._ring(self.identity_keys, "identity_keys")

    def _ring(self, given: tuple[SecretStr, ...], name: str) -> tuple[bytes, ...]:
        if given:
            return tuple(each.get_secret_value().encode() for each in given)
        secret = _said(self.jwt_secret)
        if secret is None:
            raise ValueError(f"set {name}: there is no jwt_secret to make them from")
        # Never the secret itself: what verifies one kind of token must not verify another.
        return (hmac.new(secret.encode(), f"dispatch {name}".encode(), hashlib.sha256).digest(),)

    @property
    def audit_keys(self) -> Keyring | None:
        """What the audit log is chained with."""
        key = _said(self.audit_key)
        before = [each.get_secret_value() for each in self.audit_keys_before]
        return None if key is None else Keyring.of(key, before)

    @property
    def servers(self) -> tuple[tuple[str, int], ...]:
        """What the engine itself stands on; nothing is ever fetched from there."""
        database = urlsplit(self.database_url)
        host, _, port = self.temporal_address.rpartition(":")
        return (
            (database.hostname or "localhost", database.port or 5432),
            (host, int(port) if port.isdecimal() else 7233),
            *(((self.mqtt_host, self.mqtt_port),) if self.mqtt_host else ()),
        )

    @model_validator(mode="after")
    def _one_strong_key(self) -> Self:
        keys = (self.jwt_secret, self.jwt_public_key, self.jwt_jwks_url)
        given = sum(key is not None for key in keys)
        if given > 1 or not (given or self.session_keys):
            raise ValueError(
                "set exactly one of jwt_secret, jwt_public_key, jwt_jwks_url; "
                "or session_keys and none of them"
            )
        for ring in (self.session_keys, self.identity_keys):
            if any(len(each.get_secret_value()) < _SHORTEST_SECRET for each in ring):
                raise ValueError(f"a key is shorter than {_SHORTEST_SECRET} characters")
        strong = ("jwt_secret", "webhook_secret", "picture_link_secret", "household_key")
        for name in (*strong, "intake_secret", "resident_link_secret", "audit_key"):
            secret: SecretStr | None = getattr(self, name)
            if secret is not None and len(secret.get_secret_value()) < _SHORTEST_SECRET:
                raise ValueError(f"{name} is shorter than {_SHORTEST_SECRET} characters")
        if (self.wechat_appid is None) != (self.wechat_secret is None):
            raise ValueError("set both of wechat_appid and wechat_secret, or neither")
        return self

    @model_validator(mode="after")
    def _keys_to_seal_with(self) -> Self:
        """Rather not start than keep what people say in the clear."""
        _ = self.seal_ring
        return self


def _said(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
