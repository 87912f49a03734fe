"""The audit log as it is asked for and shown."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.schemas.issues import Read
from api.schemas.text import Instant, NoNul, Subject
from domain.auditing import Deed
from storage.audit.exporting import ExportFormat
from storage.audit.queries import LARGEST_PAGE

_ObjectId = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,240}$"), NoNul]


class AuditFilters(BaseModel):
    """Which entries; what is left out does not matter."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True, populate_by_name=True)

    subject: Subject | None = None
    """Who saw or did it."""
    object: _ObjectId | None = None
    """The id of what it was about, such as the number of an issue."""
    act: Deed | None = None
    since: Instant | None = Field(default=None, alias="from")
    until: Instant | None = None
    """Not included."""
    cursor: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,200}$")] | None = None
    """`next` of the page before."""
    limit: int = Field(default=50, ge=1, le=LARGEST_PAGE)


class AuditSpan(BaseModel):
    """Which part of the log is exported."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True, populate_by_name=True)

    since: Instant = Field(alias="from")
    until: Instant
    """Not included; at most 93 days after `from`."""
    format: ExportFormat = ExportFormat.NDJSON


class AuditEntryRead(Read):
    """An entry; `seq` and `hash` are its link in the chain, null until it is chained."""

    id: int
    at: datetime
    act: str
    label: str
    """The act, for people."""
    object_kind: str
    object_id: str
    result: str
    """`done`, or the code of the no."""
    subject: str | None
    session: str | None
    appointment: str | None
    department: str | None
    grid: str | None
    request: str | None
    particulars: Mapping[str, str | int | bool | None]
    seq: int | None
    hash: str | None


class AuditPage(Read):
    """Newest first; ask with `cursor` for what follows `next`."""

    items: list[AuditEntryRead]
    next: str | None
