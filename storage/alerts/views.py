"""What is known of messages, of their elements and of tokens, as it was when it was read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from domain.alert import AlertKind, Phase, TimeQuality
from domain.ids import CameraRef, GridCode, SourceCode


class RawState(StrEnum):
    """Where a message is on its way."""

    WAITING = "waiting"
    SORTED = "sorted"
    QUARANTINED = "quarantined"
    """Something in it could not be read; the rest of it went on."""


class Fate(StrEnum):
    """What became of one element of a message."""

    ACCEPTED = "accepted"
    UNMAPPED = "unmapped"
    UNKNOWN_CAMERA = "unknown_camera"
    IGNORED = "ignored"
    """Its code is mapped to nothing, on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A token, without the token."""

    id: str
    source: SourceCode
    issued_at: datetime
    issued_by: str
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A message to be kept. `repeats_since` is how far back the same message is the same fact."""

    source: SourceCode
    adapter: str
    grid: GridCode
    fact: str
    """Names the delivery within its source."""
    bucket: int
    repeats_since: datetime
    body: bytes = field(repr=False)
    sha256: bytes
    headers: Mapping[str, str]
    content_type: str
    received_at: datetime
    purge_after: datetime
    topic: str | None = None
    peer: str | None = None


class Taken(NamedTuple):
    """A message that is leased: how long it is, and how often it was taken."""

    id: int
    size: int
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """A message with its body, to be sorted."""

    id: int
    source: SourceCode
    adapter: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str]
    content_type: str
    topic: str | None
    received_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RawLine:
    """A message as a list shows it."""

    id: int
    source: SourceCode
    adapter: str
    grid: GridCode
    state: RawState
    content_type: str
    size: int
    sha256: str
    topic: str | None
    received_at: datetime
    sorted_at: datetime | None
    attempts: int
    faults: tuple[Mapping[str, str], ...]
    purge_after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """An element of a message as a list shows it."""

    id: int
    source: SourceCode
    adapter: str
    raw_id: int | None
    grid: GridCode
    fate: Fate
    kind: AlertKind | None
    phase: Phase
    camera: CameraRef
    zone: str | None
    vendor_type: str
    vendor_type_name: str | None
    vendor_event_id: str | None
    severity: int | None
    confidence: float | None
    occurred_at: datetime | None
    received_at: datetime
    time_quality: TimeQuality
    late: bool
