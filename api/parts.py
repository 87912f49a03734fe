"""What the application is made of, given to it by its composition root."""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from temporalio.client import Client

from api.auth import Gate
from api.body import Limits
from api.guard import Spans
from api.links import Links
from api.rates import Rates
from api.uploading import Uploads
from api.ways_in.oidc import Oidc
from api.ways_in.sessions import WaysIn
from api.ways_in.wechat import WeChatWay
from intake.adapters.contract import Adapter
from storage.audit.canonical import Keyring
from storage.grid_map import GridMaps
from storage.pictures.album import Album
from storage.residents.making import LinkMaker
from storage.session import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeParts:
    """What the door for cameras needs; without a `signing_key` nothing signed comes in."""

    adapters: Mapping[str, Adapter] = field(default_factory=dict)
    signing_key: bytes = field(default=b"", repr=False)
    proxies: tuple[str, ...] = ()
    keep_raw: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything with an outside: database, Temporal, keys, pictures, and the clock.

    `connect` is awaited once at start-up and has to return even while Temporal is down.
    """

    database: Database
    connect: Callable[[], Awaitable[Client]]
    gate: Gate
    ways_in: WaysIn
    now: Callable[[], datetime]
    album: Album
    uploads: Uploads
    links: Links
    patience: float = 10.0
    oidc: Oidc | None = None
    wechat: WeChatWay | None = None
    limits: Limits = Limits()  # noqa: RUF009 - frozen
    spans: Spans = Spans()  # noqa: RUF009 - frozen
    rates: Rates = field(default_factory=Rates)
    origins: tuple[str, ...] = ()
    intake: IntakeParts = field(default_factory=IntakeParts)
    household_key: bytes | None = field(default=None, repr=False)
    link_maker: LinkMaker | None = None
    audit_keys: Keyring | None = None
    maps: GridMaps = field(default_factory=GridMaps)
    tick: Callable[[], float] = time.monotonic
