"""What every adapter promises: it reads a message, never fails, and knows what the sender expects.

An adapter is pure: no clock, no network, no database. It reads what it can; an element that it
cannot read becomes a fault beside the alerts of the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from domain.alert import Alert


@dataclass(frozen=True, slots=True, kw_only=True)
class RawMessage:
    """What arrived, as it arrived; header names in lower case."""

    body: bytes = field(repr=False)
    received_at: datetime
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    topic: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """What an adapter may know of the source a message came from."""

    code: str
    zone: str = "Asia/Shanghai"
    """Of naive device times."""
    clock_offset_s: float = 0.0
    """Added to every device time: some platforms are wrong by a constant."""
    options: Mapping[str, object] = field(default_factory=dict)
    """The adapter's own settings, e.g. the field map of `mapped_json`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An element that could not be read: which one, and the rule it broke."""

    element: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorVerdict:
    """What people at the vendor's own screens made of one of its events."""

    delivery_key: str
    vendor_event_id: str
    is_false_alarm: bool
    """Else it was dealt with, so there was something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that one message says."""

    alerts: tuple[Alert, ...] = ()
    faults: tuple[Fault, ...] = ()
    verdicts: tuple[VendorVerdict, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorAnswer:
    """What the sender has to hear to take a message for delivered."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"


class Adapter(Protocol):
    """Registered under its `name`, which is a part of the source's address."""

    name: str

    def read(self, message: RawMessage, source: SourceView) -> Reading:
        """Everything that can be read of it."""

    def answer(self, message: RawMessage, source: SourceView) -> VendorAnswer:
        """Asked before `read`, when the raw message is durable; must be cheap and never fail."""
