"""Tokens of sources, messages as they came, and what was read of them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from api.schemas.cameras import ConditionLineRead
from api.schemas.issues import Read
from api.schemas.text import Body, Code, NoNul
from domain.alert import AlertKind, Phase, TimeQuality
from domain.alerts.words import ConditionState
from storage.alerts.pictures import PictureState
from storage.alerts.queries import LARGEST_PAGE
from storage.alerts.views import Fate, RawState

_HOURS = 24 * 31
CameraName = Annotated[str, Field(min_length=1, max_length=200), NoNul]


class IssueToken(Body):
    """A new token for a source."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"others_end_after_hours": 24}]})
    others_end_after_hours: Annotated[int, Field(ge=0, le=_HOURS, strict=True)] | None = None
    """Tokens issued before end after so many hours, 0 at once; unless said they go on."""


class TokenRead(Read):
    """A token, without the token."""

    id: str
    source: str
    issued_at: datetime
    issued_by: str
    expires_at: datetime | None
    revoked_at: datetime | None


class TokenIssued(TokenRead):
    """A new token. It is shown this once: asked again with the same key, both secrets are null."""

    token: str | None
    address: str | None
    """Where to send, after the host."""
    signing_secret: str | None
    """For Standard Webhooks, when the source signs."""


class TokenList(Read):
    """Every token there ever was, newest first."""

    items: list[TokenRead]


class FaultRead(Read):
    """An element that could not be read, and the rule it broke."""

    element: str
    rule: str


class PageFilters(Body):
    """Which page of a list."""

    source: Code | None = None
    cursor: Annotated[str, Field(max_length=200, pattern=r"^[A-Za-z0-9_-]+$")] | None = None
    """`next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = 50


class RawFilters(PageFilters):
    """Which messages."""

    state: RawState | None = None


class EventFilters(PageFilters):
    """Which elements of messages."""

    fate: Fate | None = None
    camera: CameraName | None = None


class RawRead(Read):
    """A message as it came; its body is asked for by itself."""

    id: int
    source: str
    adapter: str
    grid: str
    state: RawState
    content_type: str
    size: int
    sha256: str
    topic: str | None
    received_at: datetime
    sorted_at: datetime | None
    attempts: int
    faults: list[FaultRead]
    purge_after: datetime


class RawPage(Read):
    """Newest first; ask with `cursor` for what follows `next`."""

    items: list[RawRead]
    next: str | None


class RawBody(Read):
    """A message with its body, for whoever mends a mapping."""

    message: RawRead
    body_base64: str
    truncated: bool
    """Only the beginning of a long body is shown."""


class EventPictureRead(Read):
    """What became of a picture of an alert."""

    ordinal: int
    state: PictureState
    error: str | None
    """Why it could not be had, by the name of the rule."""
    attempts: int
    picture: str | None


class EventRead(Read):
    """One element of a message in our words."""

    id: int
    source: str
    adapter: str
    raw_id: int | None
    """None once the message was purged."""
    grid: str
    fate: Fate
    kind: AlertKind | None
    phase: Phase
    camera: str
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
    condition: ConditionLineRead | None = None
    """What it was counted on, as that stands now; null unless it was accepted."""
    pictures: Annotated[list[EventPictureRead], Field(default_factory=list)]
    """Those that were wanted of it."""


class EventPage(Read):
    """Newest first; ask with `cursor` for what follows `next`."""

    items: list[EventRead]
    next: str | None


class ConditionFilters(PageFilters):
    """Which conditions."""

    camera: CameraName | None = None
    state: ConditionState | None = None


class Again(StrEnum):
    """Which messages of a source are sorted once more."""

    UNREADABLE = "unreadable"
    UNMAPPED = "unmapped"
    UNKNOWN_CAMERA = "unknown_camera"


class ReplayBody(Body):
    """Messages to be sorted once more, after what was wrong has been mended."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"of": "unmapped"}]})
    of: Again
    limit: Annotated[int, Field(ge=1, le=10_000, strict=True)] = 1_000


class Replayed(Read):
    """How many messages wait to be sorted once more; ask again while it is the limit."""

    messages: int
