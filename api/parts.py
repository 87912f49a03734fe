"""What the application is made of, given to it by its composition root."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from temporalio.client import Client

from api.auth import Gate
from api.links import Links
from api.uploading import Uploads
from storage.grid_map import GridMaps
from storage.pictures.album import Album
from storage.session import Database

MAX_BODY_BYTES = 256 * 1024
MAX_PICTURE_BYTES = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything with an outside: database, Temporal, keys, pictures, and the clock.

    `connect` is awaited once at start-up and has to return even while Temporal is down.
    """

    database: Database
    connect: Callable[[], Awaitable[Client]]
    gate: Gate
    now: Callable[[], datetime]
    album: Album
    uploads: Uploads
    links: Links
    patience: float = 10.0
    max_body_bytes: int = MAX_BODY_BYTES
    max_picture_bytes: int = MAX_PICTURE_BYTES
    household_key: bytes | None = field(default=None, repr=False)
    maps: GridMaps = field(default_factory=GridMaps)
