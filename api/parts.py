"""What the application is made of, given to it by its composition root."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from temporalio.client import Client

from api.auth import Gate
from storage.grid_map import GridMaps
from storage.session import Database

MAX_BODY_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything with an outside: database, Temporal, keys of tokens, and the clock.

    `connect` is awaited once at start-up and has to return even while Temporal is down.
    """

    database: Database
    connect: Callable[[], Awaitable[Client]]
    gate: Gate
    now: Callable[[], datetime]
    patience: float = 10.0
    max_body_bytes: int = MAX_BODY_BYTES
    household_key: bytes | None = field(default=None, repr=False)
    maps: GridMaps = field(default_factory=GridMaps)
