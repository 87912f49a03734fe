"""What the operator decides: one frozen class, read from the environment by composition roots."""

from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from settings.pictures import Pictures
from settings.secrets import SHORTEST_SECRET, said
from settings.signing_in import SigningIn
from settings.upkeep import Upkeep
from storage.audit.canonical import Keyring
from storage.residents.making import LinkMaker
from storage.sealing.ring import KeyRing

_ORIGIN = r"^https?://[a-z0-9.-]+(:\d{1,5})?$"
Port = Annotated[int, Field(ge=0, le=65535)]
Seconds = Annotated[float, Field(gt=0, le=600)]


class Settings(SigningIn, Pictures, Upkeep):
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

    seal_keys: SecretStr | None = None
    """Keys for what is personal: `{"2026a": "32 bytes in base64"}`; the first seals, all open."""
    seal_key_files: tuple[Path, ...] = ()
    """The same as files, as a JSON list, each named after its key; one of the two is needed."""

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

    worker_metrics_host: str = "127.0.0.1"
    """Address on which the worker shows its metrics."""
    worker_metrics_port: Port = 9464
    """Port on which the worker shows its metrics; 0 shows none."""
    build_id: str | None = None
    """Build of this worker, for Temporal's worker versioning."""

    json_logs: bool = True
    """Logs as JSON lines; False for a person's terminal."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """Least severe level that is logged."""

    @property
    def seal_ring(self) -> KeyRing:
        """What personal data is sealed under."""
        return KeyRing.one_of(said(self.seal_keys), self.seal_key_files)

    @property
    def picture_link_key(self) -> bytes:
        """What links to pictures are signed with.

        Raises:
            ValueError: there is no secret to be had.
        """
        secret = said(self.picture_link_secret) or said(self.jwt_secret)
        if secret is None:
            raise ValueError("set picture_link_secret: there is no jwt_secret to make it from")
        return secret.encode()

    @property
    def link_maker(self) -> LinkMaker | None:
        """Makes residents' links, if there is a key and an address for them."""
        secret = said(self.resident_link_secret) or said(self.jwt_secret)
        return LinkMaker.of(secret, self.public_url, self.resident_link_days)

    @property
    def audit_keys(self) -> Keyring | None:
        """What the audit log is chained with."""
        key = said(self.audit_key)
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
    def _strong_secrets(self) -> Self:
        strong = ("jwt_secret", "webhook_secret", "picture_link_secret", "household_key")
        for name in (*strong, "intake_secret", "resident_link_secret", "audit_key"):
            secret: SecretStr | None = getattr(self, name)
            if secret is not None and len(secret.get_secret_value()) < SHORTEST_SECRET:
                raise ValueError(f"{name} is shorter than {SHORTEST_SECRET} characters")
        return self

    @model_validator(mode="after")
    def _keys_to_seal_with(self) -> Self:
        """Rather not start than keep what people say in the clear."""
        _ = self.seal_ring
        return self
